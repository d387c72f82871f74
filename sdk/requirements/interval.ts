import { InvalidArgument, problem, type Problem } from "./errors";

/** How often AWS looks for changes, in words: "15 minutes", "1 hour", "6 days". Whole numbers, 15 minutes to 6 days. */
export type RefreshInterval = `${number} ${"minute" | "minutes" | "hour" | "hours" | "day" | "days"}`;

export const MIN_REFRESH_MINUTES = 15;
export const MAX_REFRESH_MINUTES = 6 * 24 * 60;

/** What AWS takes when nothing is said: the shortest for a DynamoDB table. */
export const DEFAULT_DYNAMODB_REFRESH: RefreshInterval = "15 minutes";

const MINUTES_PER = { minute: 1, hour: 60, day: 24 * 60 };

/** Whole minutes. @throws {@link InvalidArgument} for anything but a whole number of minutes, hours or days. */
export function refreshMinutes(interval: string, argument = "refreshInterval"): number {
    const minutes = parse(interval);
    if (minutes === undefined) {
        throw new InvalidArgument(argument, ...notInWords(interval));
    }
    return minutes;
}

/** The same interval in the largest unit that fits: 1440 is "1 day", 90 is "90 minutes". */
export function refreshInterval(minutes: number): RefreshInterval {
    const unit = (["day", "hour", "minute"] as const).find((candidate) => minutes % MINUTES_PER[candidate] === 0);
    if (!unit) {
        throw new RangeError(`${minutes} is not a whole number of minutes`);
    }
    const count = minutes / MINUTES_PER[unit];
    return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** AWS's form: the minutes as a string. */
export function toAwsRefreshInterval(interval: string): string {
    return String(refreshMinutes(interval));
}

/** From AWS's form back to words. */
export function fromAwsRefreshInterval(minutes: string): RefreshInterval {
    return refreshInterval(Number(minutes));
}

export function refreshIntervalProblems(argument: string, interval: string): Problem[] {
    const minutes = parse(interval);
    if (minutes === undefined) {
        return [problem(argument, ...notInWords(interval))];
    }
    if (minutes < MIN_REFRESH_MINUTES || minutes > MAX_REFRESH_MINUTES) {
        return [problem(argument, `"${interval}" is out of range`, `AWS takes 15 minutes to 6 days`)];
    }
    return [];
}

/** What a reader of the plan should know about a long interval: one export covers at most 24 hours. */
export function refreshIntervalNote(interval: string): string | undefined {
    const minutes = refreshMinutes(interval);
    if (minutes < MINUTES_PER.day) {
        return undefined;
    }
    const exports = Math.ceil(minutes / MINUTES_PER.day);
    return (
        `After ${interval} AWS exports the changes in windows of at most 24 hours, one after the other: ` +
        `${exports} or ${exports + 1} exports each time, each billed by DynamoDB.`
    );
}

function parse(interval: string): number | undefined {
    const [, count, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(interval) ?? [];
    return count && unit ? Number(count) * MINUTES_PER[unit as keyof typeof MINUTES_PER] : undefined;
}

function notInWords(interval: string): [rule: string, fix: string] {
    return [
        `"${interval}" is not an interval`,
        `Write a whole number of minutes, hours or days, such as "15 minutes", "1 hour" or "6 days"`,
    ];
}

/** How often a warehouse takes what has changed, in words: "30 seconds", "2 minutes", "1 hour", or "continuously". */
export type LoadInterval = `${number} ${"second" | "seconds"}` | RefreshInterval | "continuously";

/** Whole seconds; 0 for "continuously". @throws {@link InvalidArgument} for anything else. */
export function loadSeconds(interval: string, argument = "refreshInterval"): number {
    if (interval === "continuously") {
        return 0;
    }
    const [, seconds] = /^([1-9]\d*) seconds?$/.exec(interval) ?? [];
    const minutes = parse(interval);
    if (seconds === undefined && minutes === undefined) {
        throw new InvalidArgument(
            argument,
            `"${interval}" is not an interval`,
            'Write a whole number of seconds, minutes, hours or days, such as "30 seconds" or "2 minutes", or "continuously"',
        );
    }
    return minutes === undefined ? Number(seconds) : minutes * 60;
}
