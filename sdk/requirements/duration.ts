import { problem, type Problem } from "./errors";

/** A time to wait, as Pulumi's `customTimeouts` has it: "45s", "30m", "1h". */
export type Duration = `${number}${"s" | "m" | "h"}`;

const SECONDS_PER: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** Seconds; `undefined` for what is no duration. */
export function durationSeconds(duration: string): number | undefined {
    const [, count, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(duration) ?? [];
    return count && unit ? Number(count) * SECONDS_PER[unit]! : undefined;
}

export function durationProblems(argument: string, duration: string | undefined): Problem[] {
    return duration === undefined || durationSeconds(duration) !== undefined
        ? []
        : [
              problem(
                  argument,
                  `"${duration}" is not a time`,
                  `Write seconds, minutes or hours, such as "45s", "30m" or "1h"`,
              ),
          ];
}
