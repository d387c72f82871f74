import type { Problem } from "../../sdk/requirements";

/** What AWS itself would refuse; the rest is advice. */
export function errors(problems: Problem[]): Problem[] {
    return problems.filter(isError);
}

export function isError({ severity }: Problem): boolean {
    return severity === "error";
}

export function warnings(problems: Problem[]): Problem[] {
    return problems.filter(({ severity }) => severity === "warning");
}

/** Each once. */
export function distinct(problems: Problem[]): Problem[] {
    return [...new Map(problems.map((problem) => [`${problem.argument}: ${problem.message}`, problem])).values()];
}
