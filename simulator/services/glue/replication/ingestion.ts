import { randomUUID } from "node:crypto";

import {
    applyChanges,
    createTable,
    currentSchema,
    replaceRows,
    type Change,
    type LakehouseObject,
    type LakehouseTable,
    type Layout,
} from "../../../lakehouse/iceberg";
import type { Field, FieldType } from "../../../lakehouse/schema";
import { asOwner } from "../../../integrations/callers";
import { finishRead, sourceTableName, startRead, type SourceRead } from "../../../integrations/dynamodb-source";
import { splitArn, type Context } from "../../../world/context";
import { AwsError } from "../../../world/error";
import type { World } from "../../../world/world";
import type { ExportedItems } from "../../dynamodb";
import { integrationId, stateOf, tableKey, type Integration } from "../state";
import { asGlue, asRole } from "./callers";
import { LOG_GROUP, METRIC_NAMESPACE } from "./prerequisites";
import { databaseNotFound, layoutOf, noLocation, parseLocation, targetDatabase, targetTableName } from "./target";

/** Of the bucket in which Glue keeps exports on their way; it belongs to AWS. */
const INTERMEDIATE_BUCKET = "aws-glue-zetl-intermediate";
/** AWS writes a table with the outcome of each operation, and does not tell its name. */
const STATUS_TABLE = "zero_etl_status";

/** A load on its way. */
export interface Load extends SourceRead {
    /** the table and layout that it was started for */
    as: string;
}

/** Has DynamoDB export what the target lacks: everything, or the changes of at most a day. */
export async function startLoad(world: World, integration: Integration): Promise<Load> {
    const glue = asGlue(world, integration);
    const as = signature(glue, integration);
    const isLoaded = integration.loaded === as && currentTable(glue, integration) !== undefined;
    const readTo = isLoaded ? integration.syncedTo : undefined;
    return { ...(await startRead(glue, integration.sourceArn, INTERMEDIATE_BUCKET, readTo)), as };
}

/** Writes an export's rows to the target; false as long as the export runs. */
export async function finishLoad(world: World, integration: Integration, load: Load): Promise<boolean> {
    const glue = asGlue(world, integration);
    const items = await finishRead(glue, load);
    if (!items) {
        return false;
    }
    const properties = stateOf(glue, integration.targetArn).resourceProperties.get(integration.targetArn)?.target;
    if (!properties?.RoleArn) {
        const message = `No integration resource property with a target role exists for ${integration.targetArn}`;
        throw new AwsError("UNRECOVERABLE_ACCESS_DENIED", message);
    }
    const role = asRole(world, integration, properties.RoleArn);
    const table = targetTableName(role, integration.sourceArn, integration.targetArn);
    try {
        const change = await nextTable(role, integration, load, items);
        await publish(role, integration, table, change, properties.KmsArn);
        integration.syncedTo = load.to;
        integration.loaded = load.as;
        await writeStatus(role, integration, load, change.counts, properties.KmsArn);
        await reportSuccess(role, integration, load, change.counts);
    } catch (error) {
        await reportFailure(role, integration, load, error as Error);
        throw error;
    }
    return true;
}

/** What makes a full load necessary when it changes. */
function signature(ctx: Context, integration: Integration): string {
    return JSON.stringify([
        targetTableName(ctx, integration.sourceArn, integration.targetArn),
        layoutOf(ctx, integration),
    ]);
}

function currentTable(ctx: Context, integration: Integration): LakehouseTable | undefined {
    const name = targetTableName(ctx, integration.sourceArn, integration.targetArn);
    return stateOf(ctx, integration.targetArn).lakehouse.get(tableKey(targetDatabase(integration), name));
}

async function nextTable(
    role: Context,
    integration: Integration,
    load: Load,
    { upserts, deletes }: ExportedItems,
): Promise<Change> {
    const now = Math.floor(role.now);
    const existing = currentTable(role, integration);
    if (!load.full) {
        if (!existing) {
            // Dropped while its changes were on their way: what comes next is a full load.
            throw new AwsError("EntityNotFoundException", "Target table not found");
        }
        return applyChanges(existing, { upserts, deletes }, now);
    }
    const layout = layoutOf(role, integration);
    const { table, objects } = existing ? { table: existing, objects: [] } : await newTable(role, integration, layout);
    const change = await replaceRows(table, upserts, now, layout);
    return { ...change, objects: [...objects, ...change.objects] };
}

async function newTable(role: Context, integration: Integration, layout: Layout) {
    const { sourceArn, targetArn } = integration;
    const TableName = sourceTableName(sourceArn);
    const { Table } = await asOwner(role.world, sourceArn).call("dynamodb", "DescribeTable", { TableName });
    const types = new Map(
        (Table.AttributeDefinitions as { AttributeName: string; AttributeType: "S" | "N" | "B" }[]).map((a) => [
            a.AttributeName,
            a.AttributeType,
        ]),
    );
    return createTable({
        ...layout,
        location: locationOf(role, integration, targetTableName(role, sourceArn, targetArn)),
        keys: (Table.KeySchema as { AttributeName: string }[]).map(({ AttributeName: name }) => ({
            name,
            type: types.get(name)!,
        })),
        now: Math.floor(role.now),
        uuid: randomUUID,
    });
}

/** The database may have changed while the export was on its way. */
function locationOf(ctx: Context, integration: Integration, table: string): string {
    const name = targetDatabase(integration);
    const database = stateOf(ctx, integration.targetArn).databases.get(name);
    if (!database) {
        throw databaseNotFound(name);
    }
    const location = parseLocation(database.LocationUri);
    if (!location) {
        throw noLocation(name);
    }
    return ["s3:/", location.bucket, location.prefix, table].filter(Boolean).join("/");
}

/** Writes the objects, then points the catalog at them: readers see a whole snapshot or none of it. */
async function publish(
    role: Context,
    integration: Integration,
    name: string,
    { table, objects }: Change | { table: LakehouseTable; objects: LakehouseObject[] },
    kmsKey: string | undefined,
): Promise<void> {
    const Bucket = new URL(table.metadata.location).host;
    const encryption = kmsKey === undefined ? {} : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKey };
    for (const { key, body } of objects) {
        await role.call("s3", "PutObject", { Bucket, Key: key, Body: body, ...encryption });
    }
    const state = stateOf(role, integration.targetArn);
    const DatabaseName = targetDatabase(integration);
    const key = tableKey(DatabaseName, name);
    if (objects.length > 0) {
        const { accountId: CatalogId } = splitArn(integration.targetArn);
        const before = state.tables.get(key)?.at(-1)?.Parameters?.metadata_location;
        await role.call("glue", state.lakehouse.has(key) ? "UpdateTable" : "CreateTable", {
            CatalogId,
            DatabaseName,
            TableInput: {
                Name: name,
                TableType: "EXTERNAL_TABLE",
                Parameters: {
                    table_type: "ICEBERG",
                    metadata_location: table.metadataLocation,
                    ...(before && { previous_metadata_location: before }),
                    glue_integration_id: integrationId(integration),
                },
                StorageDescriptor: {
                    Location: table.metadata.location,
                    Columns: currentSchema(table).fields.map((f) => ({ Name: f.name, Type: hiveType(f.type) })),
                },
            },
        });
    }
    state.lakehouse.set(key, table);
}

function hiveType(type: FieldType): string {
    if (typeof type === "string") {
        return type === "timestamptz" ? "timestamp" : type;
    }
    const member = ({ name, type: inner }: Field) => `${name}:${hiveType(inner)}`;
    return type.type === "list" ? `array<${hiveType(type.element)}>` : `struct<${type.fields.map(member).join(",")}>`;
}

type Counts = Change["counts"];

async function writeStatus(
    role: Context,
    integration: Integration,
    load: Load,
    counts: Counts,
    kmsKey: string | undefined,
): Promise<void> {
    const state = stateOf(role, integration.targetArn);
    const now = Math.floor(role.now);
    const layout: Layout = { unnest: "FULL", partitionSpecs: [] };
    const existing = state.lakehouse.get(tableKey(targetDatabase(integration), STATUS_TABLE));
    const { table, objects } = existing
        ? { table: existing, objects: [] }
        : createTable({
              ...layout,
              location: locationOf(role, integration, STATUS_TABLE),
              keys: [{ name: "operation_id", type: "S" }],
              now,
              uuid: randomUUID,
          });
    const row = {
        operation_id: { S: load.exportArn },
        integration_arn: { S: integration.arn },
        table_name: { S: sourceTableName(integration.sourceArn) },
        operation: { S: loadType(load) },
        status: { S: "SUCCEEDED" },
        insert_count: { N: String(counts.inserts) },
        update_count: { N: String(counts.updates) },
        delete_count: { N: String(counts.deletes) },
        finished_at: { S: new Date(now).toISOString() },
    };
    const change = await applyChanges(table, { upserts: [row], deletes: [] }, now);
    await publish(role, integration, STATUS_TABLE, { ...change, objects: [...objects, ...change.objects] }, kmsKey);
}

/** AWS does not document the values of the metrics' dimension. */
const loadType = ({ full }: Load) => (full ? "INITIAL_LOAD" : "INCREMENTAL");

async function reportSuccess(role: Context, integration: Integration, load: Load, counts: Counts): Promise<void> {
    const tableName = sourceTableName(integration.sourceArn);
    const { inserts, updates, deletes } = counts;
    await log(role, integration, [
        ["IngestionStarted", { tableName, message: "Ingestion Job started" }],
        [
            "IngestionProcessingStats",
            { tableName, insert_count: inserts, update_count: updates, delete_count: deletes },
        ],
        ["IngestionCompleted", { tableName, message: "Ingestion Job completed", lastSyncedTimestamp: String(load.to) }],
    ]);
    await measure(role, integration, load, {
        InsertCount: inserts,
        UpdateCount: updates,
        DeleteCount: deletes,
        IngestionSucceeded: 1,
        LastSyncTimestamp: load.to,
    });
}

/** A failure is reported as far as the role can; what it can't do must not hide the failure's own cause. */
async function reportFailure(role: Context, integration: Integration, load: Load, error: Error): Promise<void> {
    const tableName = sourceTableName(integration.sourceArn);
    const details = { tableName, errorMessage: error.message, error_code: "client_error" };
    await Promise.allSettled([
        log(role, integration, [["IngestionFailed", details]]),
        measure(role, integration, load, { IngestionFailed: 1 }),
    ]);
}

async function log(role: Context, integration: Integration, entries: [messageType: string, details: object][]) {
    const group = { logGroupName: LOG_GROUP };
    const stream = { ...group, logStreamName: integrationId(integration) };
    await unlessThere(role.call("logs", "CreateLogGroup", group));
    await unlessThere(role.call("logs", "CreateLogStream", stream));
    await role.call("logs", "PutLogEvents", {
        ...stream,
        logEvents: entries.map(([messageType, details]) => ({
            timestamp: Math.floor(role.now),
            message: JSON.stringify({ integrationArn: integration.arn, messageType, details }),
        })),
    });
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
    try {
        await creation;
    } catch (error) {
        if (!(error instanceof AwsError && error.code === "ResourceAlreadyExistsException")) {
            throw error;
        }
    }
}

async function measure(role: Context, integration: Integration, load: Load, values: Record<string, number>) {
    const Dimensions = Object.entries({
        integrationArn: integration.arn,
        loadType: loadType(load),
        tableName: sourceTableName(integration.sourceArn),
    }).map(([Name, Value]) => ({ Name, Value }));
    await role.call("cloudwatch", "PutMetricData", {
        Namespace: METRIC_NAMESPACE,
        MetricData: Object.entries(values).map(([MetricName, Value]) => ({
            MetricName,
            Dimensions,
            Value,
            Timestamp: new Date(role.now),
        })),
    });
}
