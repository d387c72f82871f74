import type { SchemaElement } from "hyparquet" with { "resolution-mode": "import" };

import type { Field, FieldType, Schema } from "./schema";
import type { Value } from "./types";

/** A Parquet data file as Iceberg wants it: columns carry their field ids, and the table's schema is in the footer. */
export async function writeParquet(schema: Schema, rows: readonly Record<string, Value | null>[]): Promise<Uint8Array> {
    // An ES module, which TypeScript lets CommonJS load in no other way.
    const { ByteWriter, parquetWrite } = await import("hyparquet-writer");
    const writer = new ByteWriter();
    parquetWrite({
        writer,
        schema: [{ name: "table", num_children: schema.fields.length }, ...schema.fields.flatMap(element)],
        columnData: schema.fields.map(({ name }) => ({
            name: parquetName(name),
            data: rows.map((r) => toParquet(r[name])),
        })),
        kvMetadata: [{ key: "iceberg.schema", value: JSON.stringify(schema) }],
    });
    return writer.getBytes();
}

/** Iceberg's writers spell a column name with letters, digits and underscores alone: `a.b` is `a_x2Eb`. */
export function parquetName(name: string): string {
    const code = (ch: string) => `_x${ch.charCodeAt(0).toString(16).toUpperCase()}`;
    return name.replace(/[^A-Za-z0-9_]/g, code).replace(/^[0-9]/, "_$&");
}

function element({ id, name, required, type }: Field): SchemaElement[] {
    const repetition_type = required ? "REQUIRED" : "OPTIONAL";
    return typed({ name: parquetName(name), field_id: id, repetition_type }, type);
}

function typed(base: Omit<SchemaElement, "type">, type: FieldType): SchemaElement[] {
    switch (type) {
        case "string":
            return [{ ...base, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }];
        case "double":
            return [{ ...base, type: "DOUBLE" }];
        case "boolean":
            return [{ ...base, type: "BOOLEAN" }];
        case "binary":
            return [{ ...base, type: "BYTE_ARRAY" }];
        case "timestamptz": {
            const logical_type = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" } as const;
            return [{ ...base, type: "INT64", converted_type: "TIMESTAMP_MICROS", logical_type }];
        }
    }
    if (type.type === "struct") {
        return [{ ...base, num_children: type.fields.length }, ...type.fields.flatMap(element)];
    }
    const item: Field = { id: type["element-id"], name: "element", required: false, type: type.element };
    return [
        { ...base, num_children: 1, converted_type: "LIST", logical_type: { type: "LIST" } },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        ...element(item),
    ];
}

/** Fields of structs have their names as Parquet spells them. */
function toParquet(value: Value | null): unknown {
    if (value === null || typeof value !== "object" || value instanceof Date || value instanceof Uint8Array) {
        return value;
    }
    return Array.isArray(value)
        ? value
        : Object.fromEntries(Object.entries(value).map(([name, v]) => [parquetName(name), toParquet(v)]));
}
