import { streams, type Schema as AvroSchema } from "avsc";
import { buffer } from "node:stream/consumers";

import { parquetName } from "./parquet";
import { partitionAvroType, type Partition, type PartitionSpec } from "./partition";
import { type Field, type Schema } from "./schema";

/** A file's place in a snapshot: https://iceberg.apache.org/spec/#manifest-entry-fields */
export const EXISTING = 0;
export const ADDED = 1;
export const DELETED = 2;

export interface ManifestEntry {
    status: typeof EXISTING | typeof ADDED | typeof DELETED;
    snapshot_id: number;
    sequence_number: number;
    file_sequence_number: number;
    data_file: {
        content: 0;
        file_path: string;
        file_format: "PARQUET";
        partition: Partition;
        record_count: number;
        file_size_in_bytes: number;
    };
}

/** https://iceberg.apache.org/spec/#manifest-lists */
export interface ManifestFile {
    manifest_path: string;
    manifest_length: number;
    partition_spec_id: number;
    content: 0;
    sequence_number: number;
    min_sequence_number: number;
    added_snapshot_id: number;
    added_files_count: number;
    existing_files_count: number;
    deleted_files_count: number;
    added_rows_count: number;
    existing_rows_count: number;
    deleted_rows_count: number;
}

export function writeManifest(
    entries: readonly ManifestEntry[],
    schema: Schema,
    spec: PartitionSpec,
): Promise<Uint8Array> {
    const named = entries.map((e) => ({
        ...e,
        data_file: { ...e.data_file, partition: mapKeys(e.data_file.partition, parquetName) },
    }));
    return avroFile(entrySchema(schema.fields, spec), named, {
        schema: JSON.stringify(schema),
        "schema-id": String(schema["schema-id"]),
        "partition-spec": JSON.stringify(spec.fields),
        "partition-spec-id": String(spec["spec-id"]),
        "format-version": "2",
        content: "data",
    });
}

export function writeManifestList(
    manifests: readonly ManifestFile[],
    snapshot: { id: number; parent: number | undefined; sequence: number },
): Promise<Uint8Array> {
    return avroFile(MANIFEST_FILE, manifests, {
        "snapshot-id": String(snapshot.id),
        "parent-snapshot-id": String(snapshot.parent ?? "null"),
        "sequence-number": String(snapshot.sequence),
        "format-version": "2",
    });
}

const field = (id: number, name: string, type: unknown) => ({ name, type, "field-id": id });
const optional = (id: number, name: string, type: unknown) => ({
    name,
    type: ["null", type],
    default: null,
    "field-id": id,
});

function entrySchema(fields: readonly Field[], spec: PartitionSpec): AvroSchema {
    const partition = spec.fields.map((p) =>
        optional(
            p["field-id"],
            parquetName(p.name),
            partitionAvroType(
                p.transform,
                fields.find((f) => f.id === p["source-id"])!,
            ),
        ),
    );
    return {
        type: "record",
        name: "manifest_entry",
        fields: [
            field(0, "status", "int"),
            optional(1, "snapshot_id", "long"),
            optional(3, "sequence_number", "long"),
            optional(4, "file_sequence_number", "long"),
            field(2, "data_file", {
                type: "record",
                name: "r2",
                fields: [
                    field(134, "content", "int"),
                    field(100, "file_path", "string"),
                    field(101, "file_format", "string"),
                    field(102, "partition", { type: "record", name: "r102", fields: partition }),
                    field(103, "record_count", "long"),
                    field(104, "file_size_in_bytes", "long"),
                ],
            }),
        ],
    } as AvroSchema;
}

const MANIFEST_FILE = {
    type: "record",
    name: "manifest_file",
    fields: [
        field(500, "manifest_path", "string"),
        field(501, "manifest_length", "long"),
        field(502, "partition_spec_id", "int"),
        field(517, "content", "int"),
        field(515, "sequence_number", "long"),
        field(516, "min_sequence_number", "long"),
        field(503, "added_snapshot_id", "long"),
        field(504, "added_files_count", "int"),
        field(505, "existing_files_count", "int"),
        field(506, "deleted_files_count", "int"),
        field(512, "added_rows_count", "long"),
        field(513, "existing_rows_count", "long"),
        field(514, "deleted_rows_count", "long"),
    ],
} as AvroSchema;

function avroFile(
    schema: AvroSchema,
    records: readonly object[],
    metadata: Record<string, string>,
): Promise<Uint8Array> {
    const options = {
        writeHeader: "always",
        metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value)])),
    };
    // The typings lack the member that writes a header without records.
    const encoder = new streams.BlockEncoder(schema, options as object);
    for (const record of records) {
        encoder.write(record);
    }
    encoder.end();
    return buffer(encoder);
}

function mapKeys<T>(record: Record<string, T>, rename: (key: string) => string): Record<string, T> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [rename(key), value]));
}
