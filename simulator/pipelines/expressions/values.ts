import { ExpressionError } from "./error";

/** What `typeof` tells apart. */
export const TYPES = ["integer", "long", "boolean", "big_decimal", "double", "string", "map", "array"];

const MAX_INTEGER = 2 ** 31;

export function typeOf(value: unknown): string | undefined {
    switch (typeof value) {
        case "string":
        case "boolean":
            return typeof value;
        case "number":
            return !Number.isInteger(value) ? "double" : Math.abs(value) < MAX_INTEGER ? "integer" : "long";
        case "object":
            return value === null ? undefined : Array.isArray(value) ? "array" : "map";
        default:
            return undefined;
    }
}

/** Values of different kinds are not equal; a missing one is null. */
export function equal(a: unknown, b: unknown): boolean {
    const isPlain = typeof a !== "object" && typeof b !== "object";
    return (a ?? null) === (b ?? null) || (!isPlain && JSON.stringify(a ?? null) === JSON.stringify(b ?? null));
}

export function order(operator: string, a: number, b: number): boolean {
    switch (operator) {
        case "<":
            return a < b;
        case "<=":
            return a <= b;
        case ">":
            return a > b;
        default:
            return a >= b;
    }
}

/** Numbers are added, texts put together. */
export function add(a: unknown, b: unknown): number | string {
    return typeof a === "string" && typeof b === "string" ? a + b : requireNumber(a) + requireNumber(b);
}

export function requireBoolean(value: unknown): boolean {
    if (typeof value !== "boolean") {
        throw new ExpressionError(`${JSON.stringify(value)} is neither true nor false`);
    }
    return value;
}

export function requireNumber(value: unknown): number {
    if (typeof value !== "number") {
        throw new ExpressionError(`${JSON.stringify(value)} is no number`);
    }
    return value;
}

export function requireText(value: unknown): string {
    if (typeof value !== "string") {
        throw new ExpressionError(`${JSON.stringify(value)} is no text`);
    }
    return value;
}
