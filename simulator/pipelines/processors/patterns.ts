import type { BodyProblem } from "../schema";

/** Whether a regular expression can be read; none is no problem. */
export function patternProblems(pattern: string | undefined, path: string): BodyProblem[] {
    try {
        new RegExp(pattern ?? "");
        return [];
    } catch {
        return [{ path, message: `${pattern} is no regular expression` }];
    }
}

/** Whether a key has one of the patterns, from end to end. */
export const matchesAny = (key: string, patterns: string[] = []): boolean =>
    patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(key));
