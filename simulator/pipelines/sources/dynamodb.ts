import type { AttributeValue, ExportDescription, TableDescription } from "@aws-sdk/client-dynamodb";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";

import { exportedItems, type Item } from "../../services/dynamodb";
import { indexOf, sequenceNumber } from "../../services/dynamodb-streams/shard";
import { lookUpTable, type Change } from "../../services/dynamodb/table";
import { base64 } from "../../services/dynamodb/values";
import { minutes, seconds } from "../../world/clock";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { MeteredReader, PipelineEvent, PipelineSource, SourceProblem } from "../source";
import { placeOf } from "./place";

/** The stream is read from that long before the export's moment, and the export's versions lie that far back. */
const OVERLAP = minutes(5);
const EXPORT_POLL = seconds(30);
/** To microseconds, in which versions count. */
const MICROSECONDS = 1000;
const READABLE = ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"];

interface Options {
    table_arn: string;
    export?: { s3_bucket: string; s3_prefix?: string; s3_region?: string; s3_sse_kms_key_id?: string };
    stream?: { view_on_remove?: string };
}

/** How far the pipeline is. */
interface Place {
    export?: { arn: string; time: number; state: "running" | "read" };
    /** index in the table's history of the next change. @default the stream has not been read yet */
    next?: number;
    /** of the last change: versions within a second count on */
    second: number;
    tie: number;
}

/** A refusal with the metric that counts it. */
class ReadFailure extends AwsError {
    constructor(
        { code, message, status }: AwsError,
        readonly metric: string,
    ) {
        super(code, message, status);
    }
}

/** `source.dynamodb`: a table's export, then what its stream says. */
export const openDynamoDb = (reader: MeteredReader): PipelineSource => new DynamoDbSource(reader);

class DynamoDbSource implements PipelineSource {
    private readonly options: Options;
    private readonly place: Place;
    private table: TableDescription | undefined;
    /** A failed export is not tried again until the pipeline starts anew. */
    private hasFailed = false;
    private pollAt = 0;

    constructor(private readonly reader: MeteredReader) {
        this.options = (reader.options.tables as Options[])[0];
        const { table_arn } = this.options;
        this.place = placeOf<Place>(reader, ["dynamodb", table_arn], () => ({ second: 0, tie: 0 }));
    }

    /** Asked for once: a pipeline that runs does not look again. */
    async problems(): Promise<SourceProblem[]> {
        if (this.table) {
            return [];
        }
        const { accountId, region } = splitArn(this.options.table_arn);
        if (accountId !== this.role.accountId || region !== this.role.region) {
            const message = `The table ${this.options.table_arn} must be in the account and the Region of the pipeline, ${this.role.accountId} and ${this.role.region}.`;
            return [{ code: "ValidationException", message }];
        }
        try {
            const { Table } = await this.role.call("dynamodb", "DescribeTable", { TableName: this.options.table_arn });
            const problems = [...(await this.recoveryProblems()), ...this.streamProblems(Table)];
            this.table = problems.length === 0 ? Table : undefined;
            return problems;
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            return [{ code: error.code, message: error.message }];
        }
    }

    async read(): Promise<PipelineEvent[]> {
        const { place, options } = this;
        if (options.export && place.export?.state !== "read") {
            return this.hasFailed ? [] : this.readExport(options.export);
        }
        return options.stream ? this.readStream() : [];
    }

    close(): void {
        this.table = undefined;
        this.hasFailed = false;
    }

    private get role(): Context {
        return this.reader.role;
    }

    private async recoveryProblems(): Promise<SourceProblem[]> {
        const { table_arn: TableName } = this.options;
        if (!this.options.export) {
            return [];
        }
        const { ContinuousBackupsDescription } = await this.role.call("dynamodb", "DescribeContinuousBackups", {
            TableName,
        });
        return ContinuousBackupsDescription.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === "ENABLED"
            ? []
            : [
                  {
                      code: "PointInTimeRecoveryUnavailableException",
                      message: `Point-in-time recovery (PITR) needs to be enabled for exporting data from ${TableName}.`,
                  },
              ];
    }

    private streamProblems({ TableArn, StreamSpecification }: TableDescription): SourceProblem[] {
        const { stream } = this.options;
        const viewType = StreamSpecification?.StreamViewType;
        if (!stream) {
            return [];
        }
        const problem = (message: string) => [{ code: "InvalidPluginConfigurationException", message }];
        if (!StreamSpecification?.StreamEnabled) {
            return problem(`Streams must be enabled on the table ${TableArn}.`);
        }
        if (!READABLE.includes(viewType!)) {
            return problem(
                `The stream of ${TableArn} must have the view type NEW_IMAGE or NEW_AND_OLD_IMAGES; it is ${viewType}.`,
            );
        }
        return stream.view_on_remove === "OLD_IMAGE" && viewType !== "NEW_AND_OLD_IMAGES"
            ? problem(`view_on_remove OLD_IMAGE needs a stream with NEW_AND_OLD_IMAGES on ${TableArn}.`)
            : [];
    }

    /** Nothing as long as the export runs, then all its items. */
    private async readExport(target: NonNullable<Options["export"]>): Promise<PipelineEvent[]> {
        const { place, role, reader } = this;
        if (role.now < this.pollAt) {
            return [];
        }
        this.pollAt = role.now + EXPORT_POLL;
        place.export ??= await this.orExportFails(() => this.startExport(target));
        const { arn, time } = place.export;
        const description = await this.counted("export", () => this.describeExport(arn));
        if (description.ExportStatus === "IN_PROGRESS") {
            return [];
        }
        await this.orExportFails(() => this.fetch(description, target));
        const { upserts } = exportedItems(reader.world, arn);
        reader.count("dynamodb.exportJobSuccess");
        reader.count("dynamodb.exportS3ObjectsTotal");
        reader.count("dynamodb.exportS3ObjectsProcessed");
        reader.count("dynamodb.exportRecordsTotal", upserts.length);
        place.export.state = "read";
        return upserts.map((item) =>
            this.event(item, item, { time, name: null, version: (time - OVERLAP) * MICROSECONDS }),
        );
    }

    private async startExport({ s3_bucket, s3_prefix, s3_sse_kms_key_id: key }: NonNullable<Options["export"]>) {
        const time = Math.floor(this.role.now);
        const { ExportDescription } = await this.counted("export", () =>
            this.role.call("dynamodb", "ExportTableToPointInTime", {
                TableArn: this.options.table_arn,
                S3Bucket: s3_bucket,
                S3Prefix: s3_prefix?.replace(/\/$/, ""),
                ...(key === undefined ? { S3SseAlgorithm: "AES256" } : { S3SseAlgorithm: "KMS", S3SseKmsKeyId: key }),
                ExportFormat: "ION",
                ExportTime: new Date(time),
            }),
        );
        return { arn: ExportDescription.ExportArn as string, time, state: "running" as const };
    }

    private async describeExport(ExportArn: string): Promise<ExportDescription> {
        return (await this.role.call("dynamodb", "DescribeExport", { ExportArn })).ExportDescription;
    }

    /** The files of the export, as the role. */
    private async fetch(description: ExportDescription, { s3_region }: NonNullable<Options["export"]>): Promise<void> {
        const { ExportStatus, FailureCode, FailureMessage, ExportManifest, S3Bucket: Bucket } = description;
        if (ExportStatus === "FAILED") {
            throw new AwsError(FailureCode!, FailureMessage!);
        }
        const s3 = this.role.as(this.role.caller, s3_region ?? this.role.region);
        const read = async (Key: string) => {
            const { Body } = await s3.call("s3", "GetObject", { Bucket, Key });
            return JSON.parse(Buffer.from(Body).toString());
        };
        const { manifestFilesS3Key } = await read(ExportManifest!);
        const { dataFileS3Key: Key } = await read(manifestFilesS3Key);
        await s3.call("s3", "GetObject", { Bucket, Key });
    }

    private async orExportFails<T>(work: () => Promise<T>): Promise<T> {
        try {
            return await work();
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            if (error instanceof ReadFailure) {
                this.reader.count(error.metric);
            }
            this.hasFailed = true;
            this.place.export = undefined;
            throw new ReadFailure(error, "dynamodb.exportJobFailure");
        }
    }

    /** What is new in the stream, or how a closed one ends. */
    private async readStream(): Promise<PipelineEvent[]> {
        const { place, role, options } = this;
        const { history, streams } = lookUpTable(role, options.table_arn)!;
        const stream = streams.find(({ arn }) => arn === this.table!.LatestStreamArn)!;
        place.next = Math.max(place.next ?? this.firstChange(history), stream.first);
        // Nothing to ask for: a reader's empty answers would fill the log of requests.
        if (place.next >= (stream.end ?? history.length)) {
            return [];
        }
        const records = await this.counted("stream", () => this.recordsFrom(stream.arn, place.next!));
        const last = records.at(-1)?.dynamodb?.SequenceNumber;
        place.next = last === undefined ? history.length : indexOf(last)! + 1;
        return records.map((record) => this.changeEvent(record));
    }

    /** Without an export the stream begins now. */
    private firstChange(history: Change[]): number {
        const from = this.place.export && this.place.export.time - OVERLAP;
        const index = from === undefined ? -1 : history.findIndex(({ at }) => at >= from);
        return index < 0 ? history.length : index;
    }

    private async recordsFrom(StreamArn: string, index: number): Promise<_Record[]> {
        const call = (operation: string, input: object) => this.role.call("dynamodb-streams", operation, input);
        const { StreamDescription } = await call("DescribeStream", { StreamArn });
        const shard = { StreamArn, ShardId: StreamDescription.Shards[0].ShardId };
        const { ShardIterator } = await call("GetShardIterator", {
            ...shard,
            ShardIteratorType: "AT_SEQUENCE_NUMBER",
            SequenceNumber: sequenceNumber(index),
        }).catch((error) => {
            if (error instanceof AwsError && error.code === "TrimmedDataAccessException") {
                return call("GetShardIterator", { ...shard, ShardIteratorType: "TRIM_HORIZON" });
            }
            throw error;
        });
        return (await call("GetRecords", { ShardIterator })).Records;
    }

    private changeEvent({ eventName, dynamodb }: _Record): PipelineEvent {
        const { Keys, NewImage, OldImage, ApproximateCreationDateTime } = dynamodb!;
        const withOld = this.options.stream!.view_on_remove === "OLD_IMAGE" && eventName === "REMOVE";
        const time = ApproximateCreationDateTime!.getTime();
        const image = (withOld ? OldImage : NewImage) ?? {};
        return this.event(Keys as Item, image as Item, { time, name: eventName!, version: this.versionAt(time) });
    }

    /** Seconds, and within one the order in the stream. */
    private versionAt(time: number): number {
        const { place } = this;
        const second = Math.floor(time / 1000);
        place.tie = second === place.second ? place.tie + 1 : 0;
        place.second = second;
        return second * 1_000_000 + place.tie;
    }

    private event(item: Item, image: Item, change: { time: number; name: string | null; version: number }) {
        const keys = this.table!.KeySchema!.map(({ AttributeName }) => String(plain(item[AttributeName!])));
        return {
            data: plainItem(image),
            metadata: {
                primary_key: keys.join("|"),
                partition_key: keys[0],
                sort_key: keys[1] ?? null,
                table_name: splitArn(this.options.table_arn).resource.replace(/^table\//, ""),
                opensearch_action: change.name === "REMOVE" ? "delete" : "index",
                dynamodb_event_name: change.name,
                dynamodb_timestamp: change.time,
                document_version: change.version,
                // Nothing of the simulator expires.
                ttl_delete: false,
            },
        };
    }

    /** A call of the API, with the metric that counts refusals. */
    private async counted<T>(kind: "export" | "stream", work: () => Promise<T>): Promise<T> {
        this.reader.count(`dynamodb.${kind}ApiInvocations`);
        try {
            return await work();
        } catch (error) {
            throw error instanceof AwsError ? new ReadFailure(error, `dynamodb.${kind}4xxErrors`) : error;
        }
    }
}

const plainItem = (item: Item): Record<string, unknown> =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));

/** Without DynamoDB's type tags: bytes as base64, sets as lists. */
function plain(value: AttributeValue): unknown {
    const { S, N, B, SS, NS, BS, BOOL, L, M } = value;
    if (N !== undefined) {
        return Number(N);
    }
    if (B) {
        return base64(B);
    }
    if (L) {
        return L.map(plain);
    }
    return S ?? BOOL ?? SS ?? NS?.map(Number) ?? BS?.map(base64) ?? (M ? plainItem(M) : null);
}
