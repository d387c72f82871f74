import { isDeepStrictEqual } from "node:util";

/** What the engine sends at preview in place of a value that is not known yet: Pulumi's `runtime.unknownValue`. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is not known yet, or has a part that is not: in a list, in an object, inside a text. */
export function isUnknown(value: unknown): boolean {
    if (typeof value === "string") {
        return value.includes(UNKNOWN);
    }
    return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/** Plain JSON: the engine's property maps take neither `undefined` nor a Date, and lose the resource over one. */
export function plain<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}

/** The keys whose values differ; a value that is not known yet differs from any. */
export function changedKeys<T extends object>(
    olds: T,
    news: T,
    keys: readonly (keyof T & string)[],
): (keyof T & string)[] {
    return keys.filter((key) => isUnknown(news[key]) || !isDeepStrictEqual(olds[key], news[key]));
}
