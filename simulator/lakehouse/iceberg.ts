import { isDeepStrictEqual } from "node:util";

import {
    ADDED,
    DELETED,
    EXISTING,
    writeManifest,
    writeManifestList,
    type ManifestEntry,
    type ManifestFile,
} from "./manifest";
import { writeParquet } from "./parquet";
import {
    partitionFields,
    partitionOf,
    partitionPath,
    withTimestamps,
    type IntegrationPartition,
    type Partition,
    type PartitionField,
    type PartitionSpec,
} from "./partition";
import { checkLimits, evolve, FieldIds, fieldIds, toColumns, type Field, type Schema } from "./schema";
import { convert, mergeColumns, toText, type Columns, type Row, type Value } from "./types";
import { columnsOf, unnest, type Item, type UnnestSpec } from "./unnest";

/** How a table's rows are laid out: what the integration's table properties say. */
export interface Layout {
    unnest: UnnestSpec;
    partitionSpecs: IntegrationPartition[];
}

export interface CreateTableOptions extends Layout {
    /** `s3://bucket/prefix`, without a slash at the end */
    location: string;
    /** The source's key attributes, partition key first, with DynamoDB's type letters. */
    keys: { name: string; type: "S" | "N" | "B" }[];
    /** milliseconds since the epoch */
    now: number;
    /** Makes every id in the table, snapshot ids included. */
    uuid: () => string;
}

/**
 * An Iceberg table of format version 2. A value: each change gives another one, together with the objects to write.
 *
 * Changes are copy-on-write: a data file with a changed row is written anew, since Glue's tables have no delete files
 * that readers would have to merge. Nothing old is removed, so every snapshot can still be read.
 */
export interface LakehouseTable {
    readonly layout: Layout;
    readonly keys: readonly string[];
    readonly metadata: TableMetadata;
    /** Of the current metadata file: `s3://…/metadata/00002-….metadata.json` */
    readonly metadataLocation: string;
    readonly version: number;
    readonly uuid: () => string;
    /** Each snapshot's data files. */
    readonly files: ReadonlyMap<number, readonly DataFile[]>;
}

/** https://iceberg.apache.org/spec/#table-metadata-fields */
export interface TableMetadata {
    "format-version": 2;
    "table-uuid": string;
    location: string;
    "last-sequence-number": number;
    "last-updated-ms": number;
    "last-column-id": number;
    "current-schema-id": number;
    schemas: Schema[];
    "default-spec-id": number;
    "partition-specs": PartitionSpec[];
    "last-partition-id": number;
    "default-sort-order-id": 0;
    "sort-orders": [{ "order-id": 0; fields: [] }];
    properties: Record<string, string>;
    "current-snapshot-id"?: number;
    refs: { main?: { "snapshot-id": number; type: "branch" } };
    snapshots: Snapshot[];
    "snapshot-log": { "timestamp-ms": number; "snapshot-id": number }[];
    "metadata-log": { "timestamp-ms": number; "metadata-file": string }[];
}

export interface Snapshot {
    "snapshot-id": number;
    "parent-snapshot-id"?: number;
    "sequence-number": number;
    "timestamp-ms": number;
    "manifest-list": string;
    "schema-id": number;
    summary: { operation: "append" | "overwrite" | "delete" } & Record<string, string>;
}

interface DataFile {
    path: string;
    size: number;
    specId: number;
    partition: Partition;
    rows: readonly Row[];
    /** the snapshot that added it, and its sequence number */
    snapshotId: number;
    sequence: number;
}

/** An object for the table's bucket. */
export interface LakehouseObject {
    key: string;
    body: Uint8Array;
}

export interface Change {
    table: LakehouseTable;
    objects: LakehouseObject[];
    counts: { inserts: number; updates: number; deletes: number };
}

const KEY_TYPES = { S: "string", N: "double", B: "binary" } as const;
/** The Iceberg specification leaves the ids of partition fields to start at 1000. */
const FIRST_PARTITION_ID = 1000;

/** An empty table whose schema is its keys. */
export function createTable(options: CreateTableOptions): { table: LakehouseTable; objects: LakehouseObject[] } {
    const { location, keys, now, uuid } = options;
    const ids = new FieldIds(0);
    const columns: Columns = Object.fromEntries(keys.map((k) => [k.name, KEY_TYPES[k.type]]));
    const metadata: TableMetadata = {
        "format-version": 2,
        "table-uuid": uuid(),
        location,
        "last-sequence-number": 0,
        "last-updated-ms": now,
        schemas: [{ type: "struct", "schema-id": 0, fields: evolve([], columns, ids) }],
        "last-column-id": ids.last,
        "current-schema-id": 0,
        "partition-specs": [{ "spec-id": 0, fields: [] }],
        "default-spec-id": 0,
        "last-partition-id": FIRST_PARTITION_ID - 1,
        "sort-orders": [{ "order-id": 0, fields: [] }],
        "default-sort-order-id": 0,
        properties: { "write.format.default": "parquet" },
        refs: {},
        snapshots: [],
        "snapshot-log": [],
        "metadata-log": [],
    };
    const layout: Layout = { unnest: options.unnest, partitionSpecs: options.partitionSpecs };
    const empty = { layout, keys: keys.map((k) => k.name), version: -1, metadataLocation: "", uuid, files: new Map() };
    return withMetadata({ ...empty, metadata }, metadata, now);
}

/** Replaces every row, as a full load does; the table keeps its history. */
export function replaceRows(
    table: LakehouseTable,
    items: readonly Item[],
    now: number,
    layout: Layout = table.layout,
): Promise<Change> {
    const rows = items.map((item) => toRow(item, layout, table.keys));
    const relaid = { ...table, layout };
    const counts = { inserts: rows.length, updates: 0, deletes: 0 };
    return commit(relaid, rows, { keep: () => false, resync: true, counts }, now);
}

/** What happened in the source since the last time. `deletes` are keys; those that the table lacks are passed over. */
export function applyChanges(
    table: LakehouseTable,
    changes: { upserts: readonly Item[]; deletes: readonly Item[] },
    now: number,
): Promise<Change> {
    const rows = changes.upserts.map((item) => toRow(item, table.layout, table.keys));
    const upserted = new Set(rows.map((row) => rowKey(row, table.keys)));
    const deleted = new Set(changes.deletes.map((key) => rowKey(toRow(key, table.layout, table.keys), table.keys)));
    const present = new Set(currentFiles(table).flatMap((f) => f.rows.map((row) => rowKey(row, table.keys))));
    const updates = [...upserted].filter((key) => present.has(key)).length;
    const counts = {
        inserts: upserted.size - updates,
        updates,
        deletes: [...deleted].filter((key) => present.has(key) && !upserted.has(key)).length,
    };
    const keep = (row: Row) => {
        const key = rowKey(row, table.keys);
        return !upserted.has(key) && !deleted.has(key);
    };
    return commit(table, rows, { keep, resync: false, counts }, now);
}

/**
 * The rows of the current snapshot, of a version (`snapshotId`), or of a moment (`asOf`, milliseconds since the epoch),
 * with the columns of that snapshot; what a row lacks is null.
 */
export function readRows(
    table: LakehouseTable,
    at: { snapshotId?: number; asOf?: number } = {},
): Record<string, Value | null>[] {
    const { metadata } = table;
    const id =
        at.snapshotId ??
        (at.asOf === undefined
            ? metadata["current-snapshot-id"]
            : metadata["snapshot-log"].findLast((entry) => entry["timestamp-ms"] <= at.asOf!)?.["snapshot-id"]);
    if (id === undefined && at.asOf === undefined) {
        return [];
    }
    const snapshot = metadata.snapshots.find((s) => s["snapshot-id"] === id);
    if (!snapshot) {
        throw new RangeError(
            `The table has no snapshot ${at.snapshotId ?? `as of ${new Date(at.asOf!).toISOString()}`}.`,
        );
    }
    const columns = toColumns(metadata.schemas.find((s) => s["schema-id"] === snapshot["schema-id"])!.fields);
    return table.files.get(id!)!.flatMap((f) => f.rows.map((row) => valuesOf(row, columns)));
}

export function currentSchema({ metadata }: LakehouseTable): Schema {
    return metadata.schemas.find((s) => s["schema-id"] === metadata["current-schema-id"])!;
}

interface Edit {
    /** Which rows stay. */
    keep: (row: Row) => boolean;
    /** Whether columns and partitions are laid out anew, and every file with them. */
    resync: boolean;
    counts: Change["counts"];
}

async function commit(table: LakehouseTable, rows: readonly Row[], edit: Edit, now: number): Promise<Change> {
    const { table: laidOut, rewriteAll } = layOut(table, rows, edit.resync);
    const before = currentFiles(table);
    const removed = before.filter((f) => rewriteAll || !f.rows.every(edit.keep));
    if (removed.length === 0 && rows.length === 0) {
        return { table: { ...table, layout: laidOut.layout }, objects: [], counts: edit.counts };
    }
    const remaining = removed.flatMap((f) => f.rows.filter(edit.keep));
    const byKey = new Map([...remaining, ...rows].map((row) => [rowKey(row, table.keys), row]));
    const snapshotId = Number.parseInt(table.uuid().replaceAll("-", "").slice(-13), 16);
    const added = await writeDataFiles(laidOut, [...byKey.values()], snapshotId);
    const kept = before.filter((f) => !removed.includes(f));
    const committed = await addSnapshot(laidOut, snapshotId, { kept, removed, added: added.files }, now);
    return { table: committed.table, objects: [...added.objects, ...committed.objects], counts: edit.counts };
}

/** The table with the schema that `rows` need. Columns and partitions are laid out when the first rows come, and at a resync. */
function layOut(table: LakehouseTable, rows: readonly Row[], resync: boolean) {
    const { metadata, keys } = table;
    const current = currentSchema(table);
    const anew = rows.length > 0 && (resync || metadata.snapshots.length === 0);
    const incoming = columnsOf(rows);
    const columns = anew
        ? { ...Object.fromEntries(keys.map((key) => [key, incoming[key]])), ...incoming }
        : mergeColumns(toColumns(current.fields), incoming);
    const columnIds = new FieldIds(metadata["last-column-id"]);
    const fields = evolve(current.fields, columns, columnIds);
    checkLimits(fields);

    // A retyped column has another id: what holds the old one, partitions included, is made anew.
    const ids = new Set(fieldIds(fields));
    const retyped = fieldIds(current.fields).some((id) => !ids.has(id));
    const partitionIds = new FieldIds(metadata["last-partition-id"]);
    const partitions =
        anew || retyped ? partitionFields(table.layout.partitionSpecs, keys, fields, partitionIds) : undefined;
    return {
        table: { ...table, metadata: withPartitions(withFields(metadata, fields, columnIds.last), partitions) },
        rewriteAll: resync || retyped,
    };
}

function withFields(metadata: TableMetadata, fields: Field[], lastColumnId: number): TableMetadata {
    const id = metadata["current-schema-id"];
    if (isDeepStrictEqual(metadata.schemas[id].fields, fields)) {
        return metadata;
    }
    const schemas = [...metadata.schemas, { type: "struct" as const, "schema-id": metadata.schemas.length, fields }];
    return { ...metadata, schemas, "current-schema-id": schemas.length - 1, "last-column-id": lastColumnId };
}

function withPartitions(metadata: TableMetadata, fields: PartitionField[] | undefined): TableMetadata {
    const specs = metadata["partition-specs"];
    const shape = (all: PartitionField[]) => all.map((f) => [f["source-id"], f.transform]);
    if (!fields || isDeepStrictEqual(shape(specs[metadata["default-spec-id"]].fields), shape(fields))) {
        return metadata;
    }
    return {
        ...metadata,
        "partition-specs": [...specs, { "spec-id": specs.length, fields }],
        "default-spec-id": specs.length,
        "last-partition-id": Math.max(metadata["last-partition-id"], ...fields.map((f) => f["field-id"])),
    };
}

/** One file for the rows of each partition. */
async function writeDataFiles(table: LakehouseTable, rows: readonly Row[], snapshotId: number) {
    const { metadata } = table;
    const schema = currentSchema(table);
    const spec = metadata["partition-specs"][metadata["default-spec-id"]];
    const columns = toColumns(schema.fields);
    const partitions = Map.groupBy(
        rows.map((row) => {
            const values = valuesOf(row, columns);
            return { row, values, partition: partitionOf(values, spec, schema.fields) };
        }),
        ({ partition }) => partitionPath(partition, spec),
    );
    const sequence = metadata["last-sequence-number"] + 1;
    const written = [...partitions].map(async ([folder, members]) => {
        const body = await writeParquet(
            schema,
            members.map((m) => m.values),
        );
        const name = `${String(sequence).padStart(5, "0")}-${table.uuid()}.parquet`;
        const path = [metadata.location, "data", folder, name].filter(Boolean).join("/");
        const file: DataFile = {
            path,
            size: body.byteLength,
            specId: spec["spec-id"],
            partition: members[0].partition,
            rows: members.map((m) => m.row),
            snapshotId,
            sequence,
        };
        return { file, object: { key: keyOf(path), body } };
    });
    const done = await Promise.all(written);
    return { files: done.map((d) => d.file), objects: done.map((d) => d.object) };
}

async function addSnapshot(
    table: LakehouseTable,
    id: number,
    files: { kept: DataFile[]; removed: DataFile[]; added: DataFile[] },
    now: number,
): Promise<{ table: LakehouseTable; objects: LakehouseObject[] }> {
    const { metadata } = table;
    const sequence = metadata["last-sequence-number"] + 1;
    const folder = `${metadata.location}/metadata`;
    const entries = [
        ...files.added.map((f) => toEntry(f, ADDED, id)),
        ...files.kept.map((f) => toEntry(f, EXISTING, id)),
        ...files.removed.map((f) => toEntry(f, DELETED, id)),
    ];
    const manifests: { file: ManifestFile; object: LakehouseObject }[] = [];
    for (const [specId, members] of Map.groupBy(entries, (e) => e.specId)) {
        const spec = metadata["partition-specs"][specId];
        const body = await writeManifest(
            members.map((m) => m.entry),
            schemaOfSpec(metadata, spec),
            spec,
        );
        const path = `${folder}/${table.uuid()}-m${manifests.length}.avro`;
        const file = toManifestFile(
            path,
            body.byteLength,
            specId,
            members.map((m) => m.entry),
            { id, sequence },
        );
        manifests.push({ file, object: { key: keyOf(path), body } });
    }
    const parent = metadata["current-snapshot-id"];
    const listPath = `${folder}/snap-${id}-1-${table.uuid()}.avro`;
    const list = await writeManifestList(
        manifests.map((m) => m.file),
        { id, parent, sequence },
    );
    const snapshot: Snapshot = {
        "snapshot-id": id,
        ...(parent !== undefined && { "parent-snapshot-id": parent }),
        "sequence-number": sequence,
        "timestamp-ms": now,
        "manifest-list": listPath,
        "schema-id": metadata["current-schema-id"],
        summary: summaryOf(files),
    };
    const next: TableMetadata = {
        ...metadata,
        "last-sequence-number": sequence,
        "current-snapshot-id": id,
        refs: { main: { "snapshot-id": id, type: "branch" } },
        snapshots: [...metadata.snapshots, snapshot],
        "snapshot-log": [...metadata["snapshot-log"], { "timestamp-ms": now, "snapshot-id": id }],
    };
    const committed = withMetadata(
        { ...table, files: new Map(table.files).set(id, [...files.kept, ...files.added]) },
        next,
        now,
    );
    return {
        table: committed.table,
        objects: [...manifests.map((m) => m.object), { key: keyOf(listPath), body: list }, ...committed.objects],
    };
}

/** Writes the next metadata file. */
function withMetadata(table: LakehouseTable, metadata: TableMetadata, now: number) {
    const version = table.version + 1;
    const name = `${String(version).padStart(5, "0")}-${table.uuid()}.metadata.json`;
    const metadataLocation = `${metadata.location}/metadata/${name}`;
    const previous = { "timestamp-ms": table.metadata["last-updated-ms"], "metadata-file": table.metadataLocation };
    const written: TableMetadata = {
        ...metadata,
        "last-updated-ms": now,
        "metadata-log": version === 0 ? [] : [...metadata["metadata-log"], previous],
    };
    const body = new TextEncoder().encode(JSON.stringify(written, null, 2));
    return {
        table: { ...table, metadata: written, metadataLocation, version },
        objects: [{ key: keyOf(metadataLocation), body }],
    };
}

function toEntry(file: DataFile, status: ManifestEntry["status"], snapshotId: number) {
    const entry: ManifestEntry = {
        status,
        // Of a deleted file it is the snapshot that deleted it.
        snapshot_id: status === DELETED ? snapshotId : file.snapshotId,
        sequence_number: file.sequence,
        file_sequence_number: file.sequence,
        data_file: {
            content: 0,
            file_path: file.path,
            file_format: "PARQUET",
            partition: file.partition,
            record_count: file.rows.length,
            file_size_in_bytes: file.size,
        },
    };
    return { specId: file.specId, entry };
}

function toManifestFile(
    path: string,
    length: number,
    specId: number,
    entries: readonly ManifestEntry[],
    snapshot: { id: number; sequence: number },
): ManifestFile {
    const count = (status: number) => entries.filter((e) => e.status === status).length;
    const rows = (status: number) =>
        entries.filter((e) => e.status === status).reduce((sum, e) => sum + e.data_file.record_count, 0);
    const live = entries.filter((e) => e.status !== DELETED).map((e) => e.sequence_number);
    return {
        manifest_path: path,
        manifest_length: length,
        partition_spec_id: specId,
        content: 0,
        sequence_number: snapshot.sequence,
        min_sequence_number: Math.min(snapshot.sequence, ...live),
        added_snapshot_id: snapshot.id,
        added_files_count: count(ADDED),
        existing_files_count: count(EXISTING),
        deleted_files_count: count(DELETED),
        added_rows_count: rows(ADDED),
        existing_rows_count: rows(EXISTING),
        deleted_rows_count: rows(DELETED),
    };
}

function summaryOf(files: { kept: DataFile[]; removed: DataFile[]; added: DataFile[] }): Snapshot["summary"] {
    const records = (all: DataFile[]) => String(all.reduce((sum, f) => sum + f.rows.length, 0));
    const operation = files.removed.length === 0 ? "append" : files.added.length === 0 ? "delete" : "overwrite";
    const live = [...files.kept, ...files.added];
    return {
        operation,
        "added-data-files": String(files.added.length),
        "deleted-data-files": String(files.removed.length),
        "added-records": records(files.added),
        "deleted-records": records(files.removed),
        "total-data-files": String(live.length),
        "total-records": records(live),
        "total-files-size": String(live.reduce((sum, f) => sum + f.size, 0)),
        "total-delete-files": "0",
        "total-position-deletes": "0",
        "total-equality-deletes": "0",
    };
}

/** The latest schema that has all the columns that a partition spec, perhaps an old one, is made of. */
function schemaOfSpec({ schemas }: TableMetadata, spec: PartitionSpec): Schema {
    return schemas.findLast((s) => spec.fields.every((p) => s.fields.some((f) => f.id === p["source-id"])))!;
}

function currentFiles({ metadata, files }: LakehouseTable): readonly DataFile[] {
    return files.get(metadata["current-snapshot-id"] ?? -1) ?? [];
}

function toRow(item: Item, layout: Layout, keys: readonly string[]): Row {
    return withTimestamps(unnest(item, layout.unnest, keys), layout.partitionSpecs);
}

function rowKey(row: Row, keys: readonly string[]): string {
    return JSON.stringify(keys.map((key) => toText(row[key].value)));
}

function valuesOf(row: Row, columns: Columns): Record<string, Value | null> {
    return Object.fromEntries(
        Object.entries(columns).map(([name, type]) => [name, row[name] ? convert(row[name], type) : null]),
    );
}

/** The object's key in the bucket of an `s3://` path. */
function keyOf(path: string): string {
    return path.replace(/^s3:\/\/[^/]+\//, "");
}
