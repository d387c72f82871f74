import { IngestionError, isList, isStruct, type Columns, type ColumnType } from "./types";

/** Iceberg's own notation: https://iceberg.apache.org/spec/#schemas */
export interface Schema {
    type: "struct";
    "schema-id": number;
    fields: Field[];
}

export interface Field {
    id: number;
    name: string;
    required: boolean;
    type: FieldType;
}

export type FieldType =
    | Extract<ColumnType, string>
    | { type: "list"; "element-id": number; element: FieldType; "element-required": boolean }
    | { type: "struct"; fields: Field[] };

/** AWS Glue zero-ETL: wider tables go to FAILED. */
export const MAX_COLUMNS = 1000;
/** AWS Glue zero-ETL: a larger schema goes to FAILED. */
export const MAX_SCHEMA_BYTES = 10 * 1024 * 1024;

/** Hands out field ids, none twice in a table's life: old data files keep theirs. */
export class FieldIds {
    constructor(public last: number) {}

    next(): number {
        return ++this.last;
    }
}

/**
 * The fields for `columns`. What `previous` has in the same type keeps its id, so that older files still serve it; a new
 * or retyped column gets a fresh one.
 */
export function evolve(previous: readonly Field[], columns: Columns, ids: FieldIds): Field[] {
    // Ids are given level by level, as Iceberg's own writers do.
    const fields = Object.entries(columns).map(([name, type]) => {
        const before = previous.find((f) => f.name === name);
        const kept = before && sameKind(before.type, type) ? before : undefined;
        return { name, type, kept, id: kept?.id ?? ids.next() };
    });
    return fields.map(({ name, type, kept, id }) => ({
        id,
        name,
        required: false,
        type: evolveType(kept?.type, type, ids),
    }));
}

function evolveType(previous: FieldType | undefined, type: ColumnType, ids: FieldIds): FieldType {
    if (isStruct(type)) {
        const fields = typeof previous === "object" && previous.type === "struct" ? previous.fields : [];
        return { type: "struct", fields: evolve(fields, type.struct, ids) };
    }
    if (isList(type)) {
        return (
            previous ?? {
                type: "list",
                "element-id": ids.next(),
                element: evolveType(undefined, type.list, ids),
                "element-required": false,
            }
        );
    }
    return type;
}

function sameKind(field: FieldType, type: ColumnType): boolean {
    return isStruct(type)
        ? typeof field === "object" && field.type === "struct"
        : JSON.stringify(toColumnType(field)) === JSON.stringify(type);
}

export function toColumns(fields: readonly Field[]): Columns {
    return Object.fromEntries(fields.map((f) => [f.name, toColumnType(f.type)]));
}

function toColumnType(type: FieldType): ColumnType {
    if (typeof type === "string") {
        return type;
    }
    return type.type === "struct" ? { struct: toColumns(type.fields) } : { list: toColumnType(type.element) };
}

/** Every field's id, nested ones included. */
export function fieldIds(fields: readonly Field[]): number[] {
    const inType = (type: FieldType): number[] =>
        typeof type === "string"
            ? []
            : type.type === "struct"
              ? fieldIds(type.fields)
              : [type["element-id"], ...inType(type.element)];
    return fields.flatMap((f) => [f.id, ...inType(f.type)]);
}

export function checkLimits(fields: readonly Field[]): void {
    if (fields.length > MAX_COLUMNS) {
        throw new IngestionError(
            "FAILED",
            `The table has ${fields.length} columns; at most ${MAX_COLUMNS} columns are supported.`,
        );
    }
    const colon = findName(fields, (name) => name.includes(":"));
    if (colon !== undefined) {
        throw new IngestionError("FAILED", `Column name "${colon}" contains the unsupported character ':'.`);
    }
    const bytes = Buffer.byteLength(JSON.stringify(fields));
    if (bytes > MAX_SCHEMA_BYTES) {
        throw new IngestionError("FAILED", `The schema has ${bytes} bytes; at most ${MAX_SCHEMA_BYTES} are supported.`);
    }
}

function findName(fields: readonly Field[], test: (name: string) => boolean): string | undefined {
    for (const { name, type } of fields) {
        const found = test(name)
            ? name
            : typeof type === "object" && type.type === "struct"
              ? findName(type.fields, test)
              : undefined;
        if (found !== undefined) {
            return found;
        }
    }
    return undefined;
}
