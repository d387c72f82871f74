import { isDeepStrictEqual } from "node:util";

/** Settings by their whole name, without `index.` before it, however they are nested. */
export function flatSettings(settings: object = {}, prefix = ""): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(settings).flatMap(([key, value]) => {
            const name = `${prefix}${key}`;
            return typeof value === "object" && value !== null && !Array.isArray(value)
                ? Object.entries(flatSettings(value as object, `${name}.`))
                : [[name.replace(/^index\./, ""), value as unknown]];
        }),
    );
}

/** OpenSearch keeps numbers and truth values as text. */
export function isSameSetting(left: unknown, right: unknown): boolean {
    return isDeepStrictEqual(asText(left), asText(right));
}

function asText(value: unknown): unknown {
    return Array.isArray(value) ? value.map(asText) : value === undefined ? undefined : String(value);
}
