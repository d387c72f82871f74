/** Iceberg's types, as far as zero-ETL makes them. */
export type ColumnType =
    "string" | "double" | "boolean" | "binary" | "timestamptz" | { list: ColumnType } | { struct: Columns };

export type Columns = Record<string, ColumnType>;

export type Value = string | number | boolean | Uint8Array | Date | Value[] | { [field: string]: Value };

/** A value with the type that it came with; a column's type is what the cells of all rows agree on. */
export interface Cell {
    type: ColumnType;
    value: Value;
}

export type Row = Record<string, Cell>;

/**
 * Data that AWS does not take. `FAILED` is the end of an integration; `NEEDS_ATTENTION` heals when the data or the table
 * properties are put right.
 */
export class IngestionError extends Error {
    constructor(
        readonly status: "FAILED" | "NEEDS_ATTENTION",
        message: string,
    ) {
        super(message);
    }
}

export const isList = (type: ColumnType): type is { list: ColumnType } => typeof type === "object" && "list" in type;

export const isStruct = (type: ColumnType): type is { struct: Columns } => typeof type === "object" && "struct" in type;

/** The type that holds both: structs grow together, whatever else differs becomes a string. */
export function mergeTypes(a: ColumnType, b: ColumnType): ColumnType {
    if (isStruct(a) && isStruct(b)) {
        return { struct: mergeColumns(a.struct, b.struct) };
    }
    if (isList(a) && isList(b)) {
        return a.list === b.list ? a : "string";
    }
    return a === b ? a : "string";
}

export function mergeColumns(a: Columns, b: Columns): Columns {
    const merged = { ...a };
    for (const [name, type] of Object.entries(b)) {
        merged[name] = Object.hasOwn(merged, name) ? mergeTypes(merged[name], type) : type;
    }
    return merged;
}

/** A cell's value in the form that its column has. */
export function convert({ type, value }: Cell, target: ColumnType): Value {
    if (isStruct(type) && isStruct(target)) {
        const fields = Object.entries(value as Record<string, Value>);
        return Object.fromEntries(
            fields.map(([name, field]) => [
                name,
                convert({ type: type.struct[name], value: field }, target.struct[name]),
            ]),
        );
    }
    return target === "string" ? toText(value) : value;
}

export function toText(value: Value): string {
    return typeof value === "string" ? value : typeof value === "object" ? toJson(value) : String(value);
}

function toJson(value: Value): string {
    return value instanceof Uint8Array
        ? Buffer.from(value).toString("base64")
        : value instanceof Date
          ? value.toISOString()
          : JSON.stringify(value, (_, v) => (v instanceof Uint8Array ? Buffer.from(v).toString("base64") : v));
}
