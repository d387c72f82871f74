import { x86 } from "murmurhash3js-revisited";

import type { Field } from "./schema";
import { IngestionError, toText, type Cell, type Row, type Value } from "./types";

/** An entry of the table properties' PartitionSpec. */
export interface IntegrationPartition {
    FieldName?: string;
    /** `identity` | `year` | `month` | `day` | `hour` */
    FunctionSpec?: string;
    /** `epoch_sec` | `epoch_milli` | `iso`; of the time functions alone */
    ConversionSpec?: string;
}

/** Iceberg's partition spec: https://iceberg.apache.org/spec/#partition-specs */
export interface PartitionSpec {
    "spec-id": number;
    fields: PartitionField[];
}

export interface PartitionField {
    "source-id": number;
    "field-id": number;
    name: string;
    transform: string;
}

export type PartitionValue = string | number | boolean | Uint8Array | null;
export type Partition = Record<string, PartitionValue>;

/** Into how many buckets keys go when no partitions are asked for. AWS tells no number; a few suit small tables. */
export const KEY_BUCKETS = 8;

const DAY = 24 * 3600 * 1000;
const HOUR = 3600 * 1000;

const isTimeFunction = (p: IntegrationPartition) => p.FunctionSpec !== undefined && p.FunctionSpec !== "identity";

/** The row with its time partition columns as the UTC timestamps that AWS stores in their place. */
export function withTimestamps(row: Row, partitions: readonly IntegrationPartition[]): Row {
    const converted = { ...row };
    for (const { FieldName = "", ConversionSpec } of partitions.filter(isTimeFunction)) {
        if (row[FieldName]) {
            converted[FieldName] = {
                type: "timestamptz",
                value: toTimestamp(FieldName, row[FieldName], ConversionSpec),
            };
        }
    }
    return converted;
}

function toTimestamp(column: string, { value }: Cell, conversion: string | undefined): Date {
    const date = new Date(
        conversion === "iso" ? isoMillis(value) : Number(value) * (conversion === "epoch_sec" ? 1000 : 1),
    );
    if (value === "" || Number.isNaN(date.getTime())) {
        throw new IngestionError(
            "NEEDS_ATTENTION",
            `Partition column "${column}" has the value "${toText(value)}", which can't be converted to a timestamp as ${conversion}.`,
        );
    }
    return date;
}

/** ISO 8601 without a zone is UTC here; JavaScript would take it as local time. */
function isoMillis(value: Value): number {
    const iso = /^(\d{4}-\d\d(?:-\d\d)?)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(
        String(value),
    );
    return iso ? Date.parse(iso[2] ? `${iso[1]}T${iso[2]}${iso[3] ?? "Z"}` : iso[1]) : NaN;
}

/**
 * The partition fields for a table. Without any asked for, rows go to buckets of the first key that Iceberg can hash;
 * it cannot hash numbers, which are doubles here.
 */
export function partitionFields(
    partitions: readonly IntegrationPartition[],
    keys: readonly string[],
    fields: readonly Field[],
    ids: { next(): number },
): PartitionField[] {
    const column = (name: string) => fields.find((f) => f.name === name);
    if (partitions.length === 0) {
        const key = keys.map(column).find((f) => f?.type === "string" || f?.type === "binary");
        const name = key && `${key.name}_bucket`;
        return key
            ? [{ "source-id": key.id, "field-id": ids.next(), name: name!, transform: `bucket[${KEY_BUCKETS}]` }]
            : [];
    }
    return partitions.map(({ FieldName = "", FunctionSpec = "identity" }) => {
        const source = column(FieldName);
        if (!source) {
            throw new IngestionError("NEEDS_ATTENTION", `Partition column "${FieldName}" doesn't exist in the table.`);
        }
        if (typeof source.type !== "string") {
            throw new IngestionError(
                "NEEDS_ATTENTION",
                `Partition column "${FieldName}" has the type ${source.type.type}, which can't be partitioned by.`,
            );
        }
        const name = FunctionSpec === "identity" ? FieldName : `${FieldName}_${FunctionSpec}`;
        return { "source-id": source.id, "field-id": ids.next(), name, transform: FunctionSpec };
    });
}

/** Where a row belongs. `values` are in the form of their columns. */
export function partitionOf(
    values: Record<string, Value | null>,
    spec: PartitionSpec,
    fields: readonly Field[],
): Partition {
    return Object.fromEntries(
        spec.fields.map(({ name, transform, "source-id": id }) => {
            const value = values[fields.find((f) => f.id === id)!.name];
            return [name, value === null ? null : transformed(value, transform)];
        }),
    );
}

function transformed(value: Value, transform: string): PartitionValue {
    const date = value as Date;
    switch (transform) {
        case "identity":
            return value instanceof Date ? value.getTime() * 1000 : (value as PartitionValue);
        case "year":
            return date.getUTCFullYear() - 1970;
        case "month":
            return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
        case "day":
            return Math.floor(date.getTime() / DAY);
        case "hour":
            return Math.floor(date.getTime() / HOUR);
        default: {
            const bytes = typeof value === "string" ? Buffer.from(value) : (value as Uint8Array);
            return (x86.hash32(bytes) & 0x7fffffff) % KEY_BUCKETS;
        }
    }
}

/** `State=CO/OpenedAt_month=2024-09`, the folders that Iceberg's writers make. */
export function partitionPath(partition: Partition, spec: PartitionSpec): string {
    return spec.fields
        .map(
            ({ name, transform }) =>
                `${encodeURIComponent(name)}=${encodeURIComponent(readable(partition[name], transform))}`,
        )
        .join("/");
}

function readable(value: PartitionValue, transform: string): string {
    if (typeof value === "number") {
        switch (transform) {
            case "year":
                return String(1970 + value);
            case "month":
                return new Date(Date.UTC(1970, value)).toISOString().slice(0, 7);
            case "day":
                return new Date(value * DAY).toISOString().slice(0, 10);
            case "hour":
                return new Date(value * HOUR).toISOString().slice(0, 13).replace("T", "-");
        }
    }
    return value === null ? "null" : toText(value);
}

/** The Avro type of a partition value in manifests. */
export function partitionAvroType(transform: string, source: Field): string | object {
    switch (transform) {
        case "identity":
            return (
                {
                    string: "string",
                    double: "double",
                    boolean: "boolean",
                    binary: "bytes",
                    timestamptz: { type: "long", logicalType: "timestamp-micros", "adjust-to-utc": true },
                } as Record<string, string | object>
            )[source.type as string];
        case "day":
            return { type: "int", logicalType: "date" };
        default:
            return "int";
    }
}
