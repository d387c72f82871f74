import { isDeepStrictEqual } from "node:util";

/** What a value says of that which is declared: what else it has, such as fields that documents brought, is not looked at. */
export function declaredIn(declared: unknown, actual: unknown): unknown {
    if (!isMap(declared) || !isMap(actual)) {
        return actual;
    }
    return Object.fromEntries(
        Object.keys(declared)
            .filter((key) => key in actual)
            .map((key) => [key, declaredIn(declared[key], actual[key])]),
    );
}

/**
 * The declared value with what somebody changed or took away since it was written. OpenSearch shows some things in another form
 * than it took them: what it still shows as it did then has not changed.
 *
 * @param stored What was shown after it was written.
 * @returns `undefined` for what is gone, here and inside.
 */
export function changedSince(declared: unknown, stored: unknown, actual: unknown): unknown {
    if (isDeepStrictEqual(stored, actual)) {
        return declared;
    }
    if (!isMap(declared) || !isMap(stored) || !isMap(actual)) {
        return actual;
    }
    return Object.fromEntries(
        Object.keys(declared).map((key) => [key, changedSince(declared[key], stored[key], actual[key])]),
    );
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
