/** A value as an application writes it: JSON, and what JSON lacks in MongoDB's Extended JSON: `{ $oid: "…" }`, `{ $date: "…" }`. */
export type DocumentValue = string | number | boolean | null | DocumentValue[] | { [field: string]: DocumentValue };

export type Fields = Record<string, DocumentValue>;

/** What a document has at least, once it is kept. */
export type StoredDocument = Fields & { _id: DocumentValue };

/** The BSON types that Extended JSON writes as an object with one field, by that field. */
const EXTENDED: Record<string, string> = {
    $binary: "BINARY",
    $date: "DATE_TIME",
    $maxKey: "MAX_KEY",
    $minKey: "MIN_KEY",
    $numberDecimal: "DECIMAL128",
    $numberDouble: "DOUBLE",
    $numberInt: "INT32",
    $numberLong: "INT64",
    $oid: "OBJECT_ID",
    $regularExpression: "REGULAR_EXPRESSION",
    $timestamp: "TIMESTAMP",
};
const MAX_INT32 = 2 ** 31 - 1;

/** A value as it is kept, of its own: dates, bytes and big integers in Extended JSON. Throws where BSON has no such value. */
export function canonical(value: unknown): DocumentValue {
    if (value instanceof Date) {
        return { $date: value.toISOString() };
    }
    if (value instanceof Uint8Array) {
        return { $binary: { base64: Buffer.from(value).toString("base64"), subType: "00" } };
    }
    if (Array.isArray(value)) {
        return value.map(canonical);
    }
    if (value instanceof RegExp) {
        throw new TypeError("Regular expressions are not simulated");
    }
    switch (typeof value) {
        case "bigint":
            return { $numberLong: String(value) };
        case "string":
        case "number":
        case "boolean":
            return value;
        case "object":
            return value === null
                ? null
                : Object.fromEntries(
                      Object.entries(value)
                          .filter(([, content]) => content !== undefined)
                          .map(([name, content]) => [name, canonical(content)]),
                  );
        default:
            throw new TypeError(`BSON has no ${typeof value}`);
    }
}

export const isFields = (value: DocumentValue | undefined): value is Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** What an object of Extended JSON stands for; undefined if it is just an object. */
export function extended(value: DocumentValue): [kind: string, content: DocumentValue] | undefined {
    const [entry, ...others] = isFields(value) ? Object.entries(value) : [];
    return entry && others.length === 0 && entry[0] in EXTENDED ? entry : undefined;
}

/** `STRING`, `OBJECT_ID`, …: the names of BSON's types in its Java library. */
export function bsonType(value: DocumentValue): string {
    const special = extended(value);
    if (special) {
        return EXTENDED[special[0]]!;
    }
    switch (typeof value) {
        case "string":
            return "STRING";
        case "boolean":
            return "BOOLEAN";
        case "number":
            return !Number.isInteger(value) ? "DOUBLE" : Math.abs(value) <= MAX_INT32 ? "INT32" : "INT64";
        default:
            return value === null ? "NULL" : Array.isArray(value) ? "ARRAY" : "DOCUMENT";
    }
}

/** The value in the JSON that a pipeline makes of it: times in ms, ids and bytes as text, decimals as text, which keeps their digits. */
export function toJson(value: DocumentValue): unknown {
    const special = extended(value);
    if (special) {
        return specialToJson(...special);
    }
    if (Array.isArray(value)) {
        return value.map(toJson);
    }
    return isFields(value)
        ? Object.fromEntries(Object.entries(value).map(([name, content]) => [name, toJson(content)]))
        : value;
}

function specialToJson(kind: string, content: DocumentValue): unknown {
    switch (kind) {
        case "$date":
            return timeOf(content);
        case "$numberInt":
        case "$numberLong":
        case "$numberDouble":
            return Number(content);
        case "$binary":
            return (content as Fields).base64;
        case "$timestamp":
            return (content as Fields).t;
        case "$minKey":
        case "$maxKey":
            return null;
        default:
            // Object ids and decimals are their text; a regular expression is its pattern and options.
            return content;
    }
}

function timeOf(content: DocumentValue): number {
    return isFields(content) ? Number(content.$numberLong) : new Date(content as string | number).getTime();
}

/** Something with an order, where values of a kind have one. */
export function comparable(value: DocumentValue | undefined): string | number | undefined {
    const special = value === undefined ? undefined : extended(value);
    if (special?.[0] === "$numberDecimal") {
        return Number(special[1]);
    }
    const plain = value === undefined ? undefined : toJson(value);
    return typeof plain === "string" || typeof plain === "number" ? plain : undefined;
}

/** One text per value: numbers are equal whatever their type, fields have an order. */
export function identity(value: DocumentValue | undefined): string {
    const number = value !== undefined && /^(INT|DOUBLE|DECIMAL)/.test(bsonType(value)) ? comparable(value) : undefined;
    return JSON.stringify(number ?? value ?? null);
}
