import type { SqlValue } from "./warehouse";

/** NULLs last, as PostgreSQL has them. */
export function compare(a: SqlValue, b: SqlValue): number {
    if (a === null || b === null) {
        return a === b ? 0 : a === null ? 1 : -1;
    }
    if (isNumeric(a) && isNumeric(b)) {
        return Number(a) - Number(b);
    }
    const [left, right] = [text(a), text(b)];
    return left < right ? -1 : left > right ? 1 : 0;
}

const isNumeric = (value: SqlValue) =>
    typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));

export const text = (value: SqlValue): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
