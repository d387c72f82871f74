import { changed } from "./resource";
import { isZero, type Properties } from "./values";

/** Which member of AWS's shape each property is. */
export type Members = Record<string, string>;

/** Properties that AWS calls the same, with a capital. */
export const capitalized = (...keys: string[]): Members =>
    Object.fromEntries(keys.map((key) => [key, key[0].toUpperCase() + key.slice(1)]));

/** What is given, as AWS takes it. */
export const toMembers = (members: Members, given: Properties): Properties =>
    Object.fromEntries(Object.entries(members).map(([key, member]) => [member, given[key]]));

/**
 * What AWS has, as properties.
 *
 * @param otherwise what stands for that of which AWS says nothing
 */
export const fromMembers = (members: Members, found: object, otherwise: Properties = {}): Properties =>
    Object.fromEntries(
        Object.entries(members).map(([key, member]) => [key, (found as Properties)[member] ?? otherwise[key]]),
    );

/** What an update has to say: of a property that is no longer given, that it has none. */
export function changedMembers(members: Members, before: Properties, after: Properties): Properties {
    const keys = Object.keys(members).filter((key) => changed(before, after, key) && !areZero(before[key], after[key]));
    return Object.fromEntries(keys.map((key) => [members[key], after[key] ?? noneOf(before[key])]));
}

const areZero = (...values: unknown[]) => values.every(isZero);

function noneOf(value: unknown): unknown {
    switch (typeof value) {
        case "boolean":
            return false;
        case "number":
            return 0;
        case "string":
            return "";
        default:
            return Array.isArray(value) ? [] : undefined;
    }
}
