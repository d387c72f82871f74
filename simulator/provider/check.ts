import type { Fields, Shape, Typings } from "./typings";
import { UNKNOWN, isObject, type Properties } from "./values";

/** Something wrong with an input, and where. */
export interface Failure {
    /** `rules[0].status` */
    path: string;
    reason: string;
}

/** What is wrong with a resource's inputs, as far as their names, presence and types tell. */
export function checkInputs(typings: Typings, fields: Fields, inputs: Properties, prefix = ""): Failure[] {
    const path = (key: string) => (prefix ? `${prefix}.${key}` : key);
    const unknown = Object.keys(inputs).filter((key) => !(key in fields) && !key.startsWith("__"));
    return [
        ...unknown.map((key) => ({ path: path(key), reason: "Invalid or unknown key" })),
        ...Object.entries(fields).flatMap(([key, { shape, optional }]) => {
            const value = inputs[key];
            if (value !== undefined && value !== null) {
                return checkValue(typings, shape, value, path(key));
            }
            const argument = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
            const reason = `Missing required argument. The argument "${argument}" is required, but no definition was found.`;
            return optional ? [] : [{ path: path(key), reason }];
        }),
    ];
}

function checkValue(typings: Typings, shape: Shape, value: unknown, path: string): Failure[] {
    if (value === UNKNOWN || shape === "any" || shape === "asset") {
        return [];
    }
    if (typeof shape === "string") {
        const expected = shape === "json" ? "string" : shape;
        const fits = typeof value === expected || (shape === "json" && isObject(value));
        return fits ? [] : [mismatch(path, expected, value)];
    }
    if ("list" in shape) {
        return Array.isArray(value)
            ? value.flatMap((item, i) => checkValue(typings, shape.list, item, `${path}[${i}]`))
            : [mismatch(path, "array", value)];
    }
    if (!isObject(value)) {
        return [mismatch(path, "object", value)];
    }
    return "map" in shape
        ? Object.entries(value).flatMap(([key, item]) => checkValue(typings, shape.map, item, `${path}.${key}`))
        : checkInputs(typings, typings.object(shape), value, path);
}

function mismatch(path: string, expected: string, value: unknown): Failure {
    const actual = Array.isArray(value) ? "array" : typeof value;
    const shown = JSON.stringify(value);
    return { path, reason: `expected ${expected} type, got ${shown} of type ${actual}` };
}

/** Documents that were given as objects, as the text that AWS takes. */
export function documentsAsText(fields: Fields, inputs: Properties): Properties {
    return Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [
            key,
            fields[key]?.shape === "json" && isObject(value) ? JSON.stringify(value) : value,
        ]),
    );
}
