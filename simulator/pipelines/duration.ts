import { days, hours, minutes, seconds } from "../world/clock";

/** `30m`, `1500ms`, or ISO 8601: `PT30M`. */
export const DURATION = "^(P(?=.)(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?|\\d+(ms|s|m|h|d))$";

const UNITS: Record<string, (n: number) => number> = { ms: (n) => n, s: seconds, m: minutes, h: hours, d: days };

/** Of a text that has the pattern. */
export function millisecondsOf(duration: string): number {
    const parts = duration.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gi);
    return [...parts].reduce((sum, [, number, unit]) => sum + UNITS[unit.toLowerCase()](Number(number)), 0);
}
