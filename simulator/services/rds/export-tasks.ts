import type {
    DescribeExportTasksMessage,
    ExportTask,
    ExportTasksMessage,
    StartExportTaskMessage,
} from "@aws-sdk/client-rds";

import { asService } from "../../integrations/callers";
import { writeParquet } from "../../lakehouse/parquet";
import type { Field } from "../../lakehouse/schema";
import type { Row, TableSnapshot } from "../../relational/feed";
import { minutes } from "../../world/clock";
import type { AccessCheck } from "../../world/access";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { bucketArn, lookUpBucket } from "../s3/bucket";
import { assumeRole } from "../sts";
import { after, IDENTIFIER } from "./databases";
import { isDocumentDb } from "./engines";
import { filtered, paged } from "./listings";
import { findSnapshot, invalidParameter, RdsState, type Export } from "./state";

const EXPORTER = "export.rds.amazonaws.com";
const STARTING = minutes(2);
const EXPORTING = minutes(8);
const MAX_IDENTIFIER = 60;

/** What the caller must be allowed to do with the key, so that RDS may work with it. */
export const EXPORT_KEY_ACTIONS = [
    "CreateGrant",
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "RetireGrant",
];

export const exportTasks = {
    StartExportTask: operation<StartExportTaskMessage, ExportTask>({
        access: ({ SourceArn, IamRoleArn }) => [
            { action: "rds:StartExportTask", resource: SourceArn! },
            {
                action: "iam:PassRole",
                resource: IamRoleArn!,
                context: { "iam:PassedToService": EXPORTER },
            },
        ],
        async handle(input, ctx) {
            const { exports } = ctx.state(RdsState);
            const id = input.ExportTaskIdentifier!;
            if (!IDENTIFIER.test(id) || id.length > MAX_IDENTIFIER) {
                throw invalidParameter(`The parameter ExportTaskIdentifier is not a valid identifier: ${id}`);
            }
            if (exports.has(id)) {
                throw new AwsError("ExportTaskAlreadyExistsFault", `The export task ${id} already exists.`);
            }
            const snapshot = findSnapshot(ctx, input.SourceArn!);
            const { Status, Engine, SnapshotCreateTime } = snapshot.description;
            if (Status !== "available" || isDocumentDb(Engine!)) {
                const why = isDocumentDb(Engine!) ? `the engine ${Engine} has no exports` : `it is ${Status}`;
                throw new AwsError(
                    "InvalidExportSourceStateFault",
                    `The snapshot ${input.SourceArn} can't be exported: ${why}.`,
                );
            }
            const KmsKeyId = await exportKey(ctx, input.KmsKeyId!);
            requireBucket(ctx, input.S3BucketName!);
            requireRole(ctx, input);
            const { ExportTaskIdentifier, SourceArn, ExportOnly, S3Prefix, IamRoleArn } = input;
            const grantId = await letIn(ctx, KmsKeyId, IamRoleArn!);
            const started: Export = {
                task: {
                    ...{ ExportTaskIdentifier, SourceArn, ExportOnly, S3Prefix, IamRoleArn, KmsKeyId },
                    S3Bucket: input.S3BucketName,
                    SnapshotTime: SnapshotCreateTime,
                    SourceType: input.SourceArn!.includes(":cluster") ? "CLUSTER" : "SNAPSHOT",
                    Status: "STARTING",
                    PercentProgress: 0,
                    TotalExtractedDataInGB: 0,
                },
                tables: (snapshot.data?.tables ?? []).filter((table) => isExported(table, ExportOnly)),
                grantId,
                cancel: () => undefined,
            };
            exports.set(id, started);
            proceed(ctx, started);
            return { ...started.task };
        },
    }),

    DescribeExportTasks: operation<DescribeExportTasksMessage, ExportTasksMessage>({
        handle(input, ctx) {
            const { exports } = ctx.state(RdsState);
            const { ExportTaskIdentifier: id } = input;
            if (id !== undefined && !exports.has(id)) {
                throw new AwsError("ExportTaskNotFoundFault", `The export task ${id} does not exist.`, 404);
            }
            const all = [...exports.values()]
                .map(({ task }) => task)
                .filter((task) => task.ExportTaskIdentifier === (id ?? task.ExportTaskIdentifier))
                .filter((task) => task.SourceArn === (input.SourceArn ?? task.SourceArn));
            const matching = filtered(all, input.Filters, {
                "export-task-identifier": (task) => [task.ExportTaskIdentifier],
                "s3-bucket": (task) => [task.S3Bucket],
                "source-arn": (task) => [task.SourceArn],
                status: (task) => [task.Status?.toLowerCase(), task.Status],
            });
            const { page, Marker } = paged(matching, input);
            return { ExportTasks: page, Marker };
        },
    }),
};

/** The tables of a finished export, for services that read them inside the world. */
export function exportedTables(ctx: Context, taskId: string): TableSnapshot[] {
    const { task, tables } = ctx.state(RdsState).exports.get(taskId)!;
    return task.Status === "COMPLETE" ? tables : [];
}

function proceed(ctx: Context, started: Export): void {
    const { task } = started;
    after(ctx.world, started, STARTING, () => {
        Object.assign(task, { Status: "IN_PROGRESS", TaskStartTime: new Date(ctx.now) });
        after(ctx.world, started, EXPORTING, () => finish(ctx, started));
    });
}

async function finish(ctx: Context, started: Export): Promise<void> {
    const { task } = started;
    try {
        await writeFiles(asExporter(ctx, task.SourceArn!, task.IamRoleArn!), started);
        Object.assign(task, { Status: "COMPLETE", PercentProgress: 100 });
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        Object.assign(task, { Status: "FAILED", FailureCause: `${error.code}: ${error.message}` });
    }
    await keyOwner(ctx, task.KmsKeyId!).call("kms", "RevokeGrant", { KeyId: task.KmsKeyId, GrantId: started.grantId });
    task.TaskEndTime = new Date(ctx.now);
}

/** The export's role as RDS assumes it. */
function asExporter({ world }: Context, sourceArn: string, roleArn: string): Context {
    const { accountId, region } = splitArn(sourceArn);
    const rds = asService(world, EXPORTER, { arn: sourceArn, sourceArn, accountId, region });
    return rds.as(assumeRole(rds, roleArn, "rds-export"));
}

async function exportKey(ctx: Context, keyId: string): Promise<string> {
    try {
        const { KeyMetadata } = await ctx.call("kms", "DescribeKey", { KeyId: keyId });
        if (KeyMetadata.KeyState !== "Enabled") {
            throw new AwsError("DisabledException", `it is ${KeyMetadata.KeyState}`);
        }
        for (const action of EXPORT_KEY_ACTIONS) {
            ctx.authorize(onKey(ctx, action, KeyMetadata.Arn));
        }
        return KeyMetadata.Arn;
    } catch (error) {
        throw error instanceof AwsError
            ? new AwsError("KMSKeyNotAccessibleFault", `The KMS key ${keyId} is not accessible: ${error.message}`)
            : error;
    }
}

/** RDS makes the grants that the caller may make: the role itself needs no right to the key. */
async function letIn(ctx: Context, KeyId: string, GranteePrincipal: string): Promise<string> {
    const grant = { KeyId, GranteePrincipal, Operations: ["GenerateDataKey", "Decrypt"] };
    return (await keyOwner(ctx, KeyId).call("kms", "CreateGrant", grant)).GrantId;
}

function keyOwner({ world }: Context, keyArn: string): Context {
    const { accountId, region } = splitArn(keyArn);
    return world.administrator(accountId, region);
}

/** A use of a key by RDS on behalf of the caller. */
function onKey(ctx: Context, action: string, resource: string): AccessCheck {
    const context = { "kms:ViaService": `rds.${ctx.region}.amazonaws.com`, "kms:CallerAccount": ctx.accountId };
    return { action: `kms:${action}`, resource, context };
}

function requireBucket(ctx: Context, name: string): void {
    const bucket = lookUpBucket(ctx, name);
    if (bucket?.region !== ctx.region) {
        const why = bucket ? `is in ${bucket.region}, not in ${ctx.region}` : "does not exist";
        throw new AwsError("InvalidS3BucketFault", `The S3 bucket ${name} ${why}.`);
    }
}

/** RDS must be able to take the role, and the role to write to the bucket. */
function requireRole(ctx: Context, { SourceArn, IamRoleArn, S3BucketName, S3Prefix }: StartExportTaskMessage): void {
    try {
        const role = asExporter(ctx, SourceArn!, IamRoleArn!);
        const bucket = bucketArn(ctx, S3BucketName!);
        const objects = `${bucket}/${S3Prefix ? `${S3Prefix}/` : ""}*`;
        for (const action of ["GetBucketLocation", "ListBucket"]) {
            role.authorize({ action: `s3:${action}`, resource: bucket });
        }
        for (const action of ["DeleteObject", "GetObject", "PutObject"]) {
            role.authorize({ action: `s3:${action}`, resource: objects });
        }
    } catch (error) {
        throw error instanceof AwsError
            ? new AwsError(
                  "IamRoleMissingPermissionsFault",
                  `The IAM role ${IamRoleArn} isn't authorized to call the export task: ${error.message}`,
              )
            : error;
    }
}

/** ExportOnly names databases, or tables with their databases before them. */
function isExported({ database, schema, table }: TableSnapshot, only: string[] = []): boolean {
    const names = [database, ...(schema === undefined ? [] : [`${database}.${schema}`])];
    const full = `${names.at(-1)}.${table}`;
    return only.length === 0 || [...names, full].some((name) => only.includes(name));
}

async function writeFiles(role: Context, { task, tables }: Export): Promise<void> {
    const root = `${task.S3Prefix ? `${task.S3Prefix}/` : ""}${task.ExportTaskIdentifier}`;
    // Whatever key the bucket has.
    const encryption = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: task.KmsKeyId };
    const put = (Key: string, Body: Uint8Array | string) =>
        role.call("s3", "PutObject", {
            ...{ Bucket: task.S3Bucket, Key: `${root}/${Key}`, Body: Buffer.from(Body) },
            ...encryption,
        });
    for (const { database, schema = database, table, columns, rows } of tables) {
        const fields = columns.map(({ name }, index): Field => ({
            id: index + 1,
            name,
            required: false,
            type: "string",
        }));
        const data = await writeParquet({ type: "struct", "schema-id": 0, fields }, rows.map(asText));
        await put(`${database}/${schema}.${table}/1/part-00000.gz.parquet`, data);
    }
    const info = { exportTaskIdentifier: task.ExportTaskIdentifier, sourceArn: task.SourceArn, status: "COMPLETE" };
    await put(`export_info_${task.ExportTaskIdentifier}.json`, JSON.stringify(info));
}

const asText = (row: Row): Record<string, string | null> =>
    Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
            name,
            value === null ? null : typeof value === "object" ? JSON.stringify(value) : String(value),
        ]),
    );
