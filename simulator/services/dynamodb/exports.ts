import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type {
    AttributeValue,
    DescribeExportInput,
    DescribeExportOutput,
    ExportDescription,
    ExportTableToPointInTimeInput,
    ExportTableToPointInTimeOutput,
    ListExportsInput,
    ListExportsOutput,
} from "@aws-sdk/client-dynamodb";
import { hours, minutes } from "../../world/clock";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import type { World } from "../../world/world";
import { bucketArn } from "../s3/bucket";
import { earliestRecovery } from "./settings";
import { lookUpTable, onTable, Tables, type Change, type Table } from "./table";
import { base64, invalid, type Item } from "./values";

/** Even an empty table takes AWS minutes. */
const EXPORT = minutes(2);
const MIN_WINDOW = minutes(15);
const MAX_WINDOW = hours(24);
const MAX_EXPORTS_PER_PAGE = 25;
/** What an export needs on its objects beside writing them. */
const MORE_ACTIONS = ["AbortMultipartUpload", "PutObjectAcl"];

export interface TableExport {
    table: Table;
    description: ExportDescription;
}

/** What an export holds: items as they are at its end, and the keys of those deleted since its beginning. */
export interface ExportedItems {
    upserts: Item[];
    deletes: Item[];
}

export const exportOperations = {
    ExportTableToPointInTime: operation<ExportTableToPointInTimeInput, ExportTableToPointInTimeOutput>({
        access: onTable("ExportTableToPointInTime"),
        handle(input, ctx) {
            const table = lookUpTable(ctx, input.TableArn!);
            if (!table) {
                throw new AwsError("TableNotFoundException", `Table not found: ${input.TableArn}`);
            }
            const { exports } = ctx.state(Tables, table.accountId, table.region);
            const earlier = [...exports.values()].find(
                ({ description }) => input.ClientToken && description.ClientToken === input.ClientToken,
            );
            if (earlier) {
                return { ExportDescription: repeated(earlier.description, input) };
            }
            const description = describe(ctx, table, input);
            exports.set(description.ExportArn!, { table, description });
            ctx.world.clock.schedule(ctx.world.duration("dynamodb", EXPORT), () => complete(ctx, table, description));
            return { ExportDescription: { ...description } };
        },
    }),

    DescribeExport: operation<DescribeExportInput, DescribeExportOutput>({
        access: (input) => [{ action: "dynamodb:DescribeExport", resource: input.ExportArn! }],
        handle: (input, ctx) => ({ ExportDescription: findExport(ctx.world, input.ExportArn!).description }),
    }),

    ListExports: operation<ListExportsInput, ListExportsOutput>({
        handle(input, ctx) {
            const all = [...ctx.state(Tables).exports.values()]
                .map(({ description }) => description)
                .filter(({ TableArn }) => TableArn === (input.TableArn ?? TableArn));
            const start = Number(input.NextToken ?? 0);
            const end = start + (input.MaxResults ?? MAX_EXPORTS_PER_PAGE);
            return {
                ExportSummaries: all
                    .slice(start, end)
                    .map(({ ExportArn, ExportStatus, ExportType }) => ({ ExportArn, ExportStatus, ExportType })),
                ...(end < all.length && { NextToken: String(end) }),
            };
        },
    }),
};

/** The rows of an export, for services that read it inside the world. */
export function exportedItems(world: World, exportArn: string): ExportedItems {
    const { table, description } = findExport(world, exportArn);
    if (description.ExportType !== "INCREMENTAL_EXPORT") {
        return { upserts: table.itemsBefore(description.ExportTime!.getTime()), deletes: [] };
    }
    const changes = changesOf(table, description);
    return {
        upserts: changes.map((change) => change.after).filter((item) => item !== undefined),
        deletes: changes.filter((change) => !change.after).map((change) => change.key),
    };
}

function findExport(world: World, arn: string): TableExport {
    const { accountId, region } = splitArn(arn);
    const found = world.state(Tables, accountId, region).exports.get(arn);
    if (!found) {
        throw new AwsError("ExportNotFoundException", `Export not found: ${arn}`);
    }
    return found;
}

function changesOf(table: Table, { IncrementalExportSpecification }: ExportDescription): Change[] {
    const { ExportFromTime, ExportToTime } = IncrementalExportSpecification!;
    return table.changesBetween(ExportFromTime!.getTime(), ExportToTime!.getTime());
}

function repeated(earlier: ExportDescription, input: ExportTableToPointInTimeInput): ExportDescription {
    if (earlier.TableArn !== input.TableArn || earlier.S3Bucket !== input.S3Bucket) {
        throw new AwsError("ExportConflictException", "The client token was used by an export with other parameters");
    }
    return earlier;
}

function describe(ctx: Context, table: Table, input: ExportTableToPointInTimeInput): ExportDescription {
    const { S3Bucket, S3BucketOwner, S3Prefix, S3SseAlgorithm, S3SseKmsKeyId, ClientToken } = input;
    const { ExportFormat = "DYNAMODB_JSON", ExportType = "FULL_EXPORT", FilterSpecification } = input;
    if (FilterSpecification || (ExportFormat === "ION" && ExportType !== "FULL_EXPORT")) {
        throw invalid("ExportTableToPointInTime: filters and increments in ION are not simulated");
    }
    return {
        ExportArn: `${table.arn}/export/${String(ctx.now).slice(0, 13).padStart(14, "0")}-${randomBytes(4).toString("hex")}`,
        ExportStatus: "IN_PROGRESS",
        StartTime: new Date(ctx.now),
        TableArn: table.arn,
        TableId: table.description.TableId,
        ExportFormat,
        ExportType,
        ...exportedTime(ctx, table, input),
        ...{ S3Bucket, S3BucketOwner, S3Prefix, S3SseAlgorithm, S3SseKmsKeyId, ClientToken },
    };
}

/** The moment or the window, which must lie within the table's point-in-time recovery. */
function exportedTime(
    ctx: Context,
    table: Table,
    { ExportType, ExportTime, IncrementalExportSpecification }: ExportTableToPointInTimeInput,
): Pick<ExportDescription, "ExportTime" | "IncrementalExportSpecification"> {
    const earliest = earliestRecovery(ctx, table);
    if (earliest === undefined) {
        throw new AwsError(
            "PointInTimeRecoveryUnavailableException",
            `Point in time recovery is not enabled for table '${table.name}'`,
        );
    }
    // Whatever was written before the call lies before this moment, down to the same millisecond.
    const latest = new Date(Math.floor(ctx.now) + 1);
    const requireCovered = (time: Date) => {
        if (time.getTime() < Math.floor(earliest) || time > latest) {
            throw new AwsError(
                "InvalidExportTimeException",
                `The specified ExportTime is outside of the point in time recovery window: ${time.toISOString()}`,
            );
        }
    };
    if (ExportType !== "INCREMENTAL_EXPORT") {
        const time = ExportTime ?? latest;
        requireCovered(time);
        return { ExportTime: time };
    }
    const { ExportFromTime, ExportToTime = latest, ExportViewType } = IncrementalExportSpecification ?? {};
    if (!ExportFromTime) {
        throw invalid("IncrementalExportSpecification with ExportFromTime is required for INCREMENTAL_EXPORT");
    }
    const window = ExportToTime.getTime() - ExportFromTime.getTime();
    if (window < MIN_WINDOW || window > MAX_WINDOW) {
        throw invalid(
            `Difference between ExportFromTime and ExportToTime must be between 15 minutes and 24 hours: ${window / 60_000} minutes`,
        );
    }
    requireCovered(ExportFromTime);
    requireCovered(ExportToTime);
    return {
        IncrementalExportSpecification: {
            ExportFromTime,
            ExportToTime,
            ExportViewType: ExportViewType ?? "NEW_AND_OLD_IMAGES",
        },
    };
}

async function complete(ctx: Context, table: Table, description: ExportDescription): Promise<void> {
    try {
        // A service exports to a bucket of its own and reads the rows by `exportedItems`.
        const manifest = ctx.caller.kind === "service" ? undefined : await writeFiles(ctx, table, description);
        Object.assign(description, { ExportStatus: "COMPLETED", ExportManifest: manifest });
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        Object.assign(description, {
            ExportStatus: "FAILED",
            FailureCode: `S3${error.code.replace(/Exception$/, "")}`,
            FailureMessage: error.message,
        });
    }
    const { upserts, deletes } = exportedItems(ctx.world, description.ExportArn!);
    description.EndTime = new Date(ctx.now);
    description.ItemCount = upserts.length + deletes.length;
    description.BilledSizeBytes = table.describe().TableSizeBytes;
}

/** Writes the data file and the manifests, and gives the key of the summary. */
async function writeFiles(ctx: Context, table: Table, description: ExportDescription): Promise<string> {
    const isIncremental = description.ExportType === "INCREMENTAL_EXPORT";
    const id = description.ExportArn!.split("/").at(-1);
    const root = `${description.S3Prefix ? `${description.S3Prefix}/` : ""}AWSDynamoDB`;
    const isIon = description.ExportFormat === "ION";
    const lines = isIncremental
        ? changesOf(table, description).map((change) => JSON.stringify(incrementalLine(change, description)))
        : exportedItems(ctx.world, description.ExportArn!).upserts.map((item) =>
              isIon ? `$ion_1_0 {Item:${toIon({ M: item })}}` : JSON.stringify({ Item: toJson(item) }),
          );
    const data = gzipSync(lines.map((line) => `${line}\n`).join(""));
    const name = `${randomBytes(13).toString("hex")}.${isIon ? "ion" : "json"}.gz`;
    const dataKey = `${root}/${isIncremental ? "" : `${id}/`}data/${name}`;
    for (const action of MORE_ACTIONS) {
        ctx.authorize({ action: `s3:${action}`, resource: `${bucketArn(ctx, description.S3Bucket!)}/${dataKey}` });
    }
    const write = (Key: string, Body: Buffer | string) =>
        ctx.call("s3", "PutObject", {
            Bucket: description.S3Bucket,
            ExpectedBucketOwner: description.S3BucketOwner,
            Key,
            Body: Buffer.from(Body),
            ...(description.S3SseAlgorithm === "KMS"
                ? { ServerSideEncryption: "aws:kms", SSEKMSKeyId: description.S3SseKmsKeyId }
                : { ServerSideEncryption: description.S3SseAlgorithm }),
        });
    const digest = (content: Buffer | string) => createHash("md5").update(content).digest("base64");
    const files = JSON.stringify({
        itemCount: lines.length,
        md5Checksum: digest(data),
        etag: createHash("md5").update(data).digest("hex"),
        dataFileS3Key: dataKey,
    });
    const summary = JSON.stringify({
        version: isIncremental ? "2023-08-01" : "2020-06-30",
        exportArn: description.ExportArn,
        startTime: description.StartTime,
        endTime: new Date(ctx.now),
        tableArn: description.TableArn,
        tableId: description.TableId,
        exportTime: description.ExportTime,
        exportFromTime: description.IncrementalExportSpecification?.ExportFromTime,
        exportToTime: description.IncrementalExportSpecification?.ExportToTime,
        s3Bucket: description.S3Bucket,
        s3Prefix: description.S3Prefix ?? null,
        s3SseAlgorithm: description.S3SseAlgorithm ?? "AES256",
        s3SseKmsKeyId: description.S3SseKmsKeyId ?? null,
        manifestFilesS3Key: `${root}/${id}/manifest-files.json`,
        billedSizeBytes: table.describe().TableSizeBytes,
        itemCount: lines.length,
        outputFormat: description.ExportFormat,
        outputView: description.IncrementalExportSpecification?.ExportViewType,
        exportType: description.ExportType,
    });
    await write(`${root}/${id}/_started`, "");
    await write(dataKey, data);
    for (const [name, content] of [
        ["files", files],
        ["summary", summary],
    ]) {
        await write(`${root}/${id}/manifest-${name}.json`, content);
        await write(`${root}/${id}/manifest-${name}.checksum`, digest(content));
    }
    return `${root}/${id}/manifest-summary.json`;
}

function incrementalLine({ at, key, before, after }: Change, { IncrementalExportSpecification }: ExportDescription) {
    const withOld = IncrementalExportSpecification!.ExportViewType === "NEW_AND_OLD_IMAGES";
    return {
        Metadata: { WriteTimestampMicros: { N: String(at * 1000) } },
        Keys: toJson(key),
        ...(withOld && before && { OldImage: toJson(before) }),
        ...(after && { NewImage: toJson(after) }),
    };
}

/** DynamoDB JSON: as in the API, bytes as base64. */
export function toJson(item: Item): object {
    const plain = (value: AttributeValue): unknown => {
        const { B, BS, L, M } = value;
        return B
            ? { B: base64(B) }
            : BS
              ? { BS: BS.map(base64) }
              : L
                ? { L: L.map(plain) }
                : M
                  ? { M: toJson(M) }
                  : value;
    };
    return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

/** Amazon Ion as text: numbers are decimals, and a set is a list with its type before it. */
function toIon({ S, N, B, SS, NS, BS, BOOL, L, M }: AttributeValue): string {
    const list = (elements: string[]) => `[${elements.join(",")}]`;
    const blob = (bytes: Uint8Array) => `{{${base64(bytes)}}}`;
    const decimal = (number: string) => (number.includes(".") ? number : `${number}.`);
    if (S !== undefined) {
        return JSON.stringify(S);
    }
    if (N !== undefined) {
        return decimal(N);
    }
    if (M) {
        return `{${Object.entries(M)
            .map(([name, value]) => `${JSON.stringify(name)}:${toIon(value)}`)
            .join(",")}}`;
    }
    if (SS || NS || BS) {
        const elements = SS?.map((text) => JSON.stringify(text)) ?? NS?.map(decimal) ?? BS!.map(blob);
        return `$dynamodb_${SS ? "SS" : NS ? "NS" : "BS"}::${list(elements)}`;
    }
    return B ? blob(B) : L ? list(L.map(toIon)) : String(BOOL ?? null);
}
