import { SearchError } from "./error";

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object in a request's body. */
export function parseJson(text: string): Json {
    try {
        const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
        if (isJson(value)) {
            return value;
        }
    } catch {
        // Not JSON: the same answer as for JSON that is no object.
    }
    throw new SearchError("parse_exception", "Failed to parse content to map");
}

/** `{ "a.b": 1 }` as `{ a: { b: 1 } }`: to OpenSearch both are the same document. */
export function expandDots(source: Json): Json {
    const expanded: Json = {};
    for (const [key, value] of Object.entries(source)) {
        const path = key.split(".");
        if (path.some((name) => name.trim() === "")) {
            throw new SearchError("mapper_parsing_exception", `field name [${key}] has an empty part`);
        }
        const inner = isJson(value) ? expandDots(value) : Array.isArray(value) ? value.map(expandItem) : value;
        merge(expanded, path.reduceRight<unknown>((nested, name) => ({ [name]: nested }), inner) as Json);
    }
    return expanded;
}

const expandItem = (item: unknown) => (isJson(item) ? expandDots(item) : item);

/** Puts `source` into `target`, objects into objects, as partial updates and templates do. */
export function merge(target: Json, source: Json): Json {
    for (const [key, value] of Object.entries(source)) {
        const old = target[key];
        target[key] = isJson(old) && isJson(value) ? merge({ ...old }, value) : value;
    }
    return target;
}

/** All values at a path, those in lists one by one. */
export function valuesAt(source: unknown, path: string[]): unknown[] {
    if (Array.isArray(source)) {
        return source.flatMap((item) => valuesAt(item, path));
    }
    if (path.length === 0) {
        return source === null || source === undefined ? [] : [source];
    }
    return isJson(source) ? valuesAt(source[path[0]], path.slice(1)) : [];
}
