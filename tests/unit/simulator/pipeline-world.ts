import { dump } from "js-yaml";
import * as assert from "node:assert/strict";

import type { BulkAction } from "../../../simulator/search/documents";
import type { BulkResult, SearchEndpoint } from "../../../simulator/search/endpoint";
import { SearchEndpoints } from "../../../simulator/search/store";
import { allServices } from "../../../simulator/services";
import { minutes, seconds } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { AwsError } from "../../../simulator/world/error";
import { World } from "../../../simulator/world/world";
import { ACCOUNT, REGION } from "./glue-world";

export const NAME = "orders";
export const HOST = `search-orders-abc.${REGION}.es.amazonaws.com`;
export const PIPELINE_ARN = `arn:aws:osis:${REGION}:${ACCOUNT}:pipeline/${NAME}`;
export const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/osis-orders`;
export const EXPORTS = "orders-exports";
export const DEAD_LETTERS = "orders-dlq";
export const LOG_GROUP = "/aws/vendedlogs/OpenSearchIngestion/orders/audit-logs";

/** How long a pipeline takes to be there. */
export const CREATION = minutes(5) + seconds(10);

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies and answers, taken apart by tests
type Any = any;

/** A domain, or a collection, that remembers what is written to it, and refuses what a test says. */
export class FakeEndpoint implements SearchEndpoint {
    readonly arn: string;
    readonly documents = new Map<string, Any>();
    readonly versions = new Map<string, number>();
    readonly indexes = new Map<string, object | undefined>();
    readonly templates = new Map<string, Record<string, unknown>>();
    readonly bulks: BulkAction[][] = [];
    /** Refuses a whole request. */
    forbidden: AwsError | undefined;
    /** Refuses one line; undefined takes it. */
    refuse: (action: BulkAction) => BulkResult | undefined = () => undefined;

    constructor(readonly kind: "domain" | "collection" = "domain") {
        const [service, resource] = kind === "domain" ? ["es", "domain/orders"] : ["aoss", "collection/c1"];
        this.arn = `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
    }

    async bulk(_caller: Context, actions: BulkAction[]): Promise<BulkResult[]> {
        this.check();
        this.bulks.push(actions);
        return actions.map((action) => this.refuse(action) ?? this.write(action));
    }

    async putIndexTemplate(_caller: Context, name: string, template: Record<string, unknown>): Promise<void> {
        this.check();
        this.templates.set(name, template);
    }

    async indexTemplate(_caller: Context, name: string): Promise<Record<string, unknown> | undefined> {
        this.check();
        return this.templates.get(name);
    }

    async createIndex(_caller: Context, index: string, body?: object): Promise<void> {
        this.check();
        this.indexes.set(index, body);
    }

    async hasIndex(_caller: Context, index: string): Promise<boolean> {
        this.check();
        return this.indexes.has(index);
    }

    private check(): void {
        if (this.forbidden) {
            throw this.forbidden;
        }
    }

    private write({ action, id = `generated-${this.documents.size}`, version, document }: BulkAction): BulkResult {
        const known = this.versions.get(id);
        if (version !== undefined && known !== undefined && version <= known) {
            return { status: 409, id, error: { type: "version_conflict_engine_exception", reason: "newer" } };
        }
        if (version !== undefined) {
            this.versions.set(id, version);
        }
        if (action === "delete") {
            return { status: this.documents.delete(id) ? 200 : 404, id };
        }
        this.documents.set(id, document);
        return { status: 201, id };
    }
}

export interface Statement {
    Effect: string;
    Action: string | string[];
    Resource: string | string[];
    Condition?: object;
}

const allow = (Action: string[], ...Resource: string[]): Statement => ({ Effect: "Allow", Action, Resource });

/** Everything that a pipeline from the table `orders` to a search cluster needs, as data that a test can take pieces from. */
export class PipelineWorld {
    readonly world = new World({ services: allServices });
    readonly ctx = this.world.administrator(ACCOUNT, REGION);
    endpoint = new FakeEndpoint();
    tableKey: Any[] = [{ AttributeName: "id", KeyType: "HASH" }];
    viewType: string | undefined = "NEW_AND_OLD_IMAGES";
    pointInTimeRecovery = true;
    exportBucketRegion = REGION;
    trust: Any = {
        Effect: "Allow",
        Principal: { Service: "osis-pipelines.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
            StringEquals: { "aws:SourceAccount": ACCOUNT },
            ArnLike: { "aws:SourceArn": `arn:aws:osis:${REGION}:${ACCOUNT}:pipeline/*` },
        },
    };
    rolePolicy: Statement[] = [
        allow(
            ["DescribeTable", "DescribeContinuousBackups", "ExportTableToPointInTime"].map((a) => `dynamodb:${a}`),
            TABLE_ARN,
        ),
        allow(["dynamodb:DescribeExport"], `${TABLE_ARN}/export/*`),
        allow(
            ["DescribeStream", "GetRecords", "GetShardIterator"].map((a) => `dynamodb:${a}`),
            `${TABLE_ARN}/stream/*`,
        ),
        allow(
            ["GetObject", "PutObject", "AbortMultipartUpload", "PutObjectAcl"].map((a) => `s3:${a}`),
            `arn:aws:s3:::${EXPORTS}/orders/*`,
        ),
        allow(["s3:PutObject"], `arn:aws:s3:::${DEAD_LETTERS}/osis/*`),
        allow(["es:DescribeDomain"], `arn:aws:es:${REGION}:${ACCOUNT}:domain/*`),
        allow(["aoss:BatchGetCollection"], "*"),
    ];
    body: Any = {
        version: "2",
        "orders-pipeline": {
            source: {
                dynamodb: {
                    tables: [
                        {
                            table_arn: TABLE_ARN,
                            export: { s3_bucket: EXPORTS, s3_region: REGION, s3_prefix: "orders/" },
                            stream: { start_position: "LATEST" },
                        },
                    ],
                    aws: { region: REGION },
                },
            },
            sink: [
                {
                    opensearch: {
                        hosts: [`https://${HOST}`],
                        index: "orders-v1",
                        document_id: '${getMetadata("primary_key")}',
                        action: '${getMetadata("opensearch_action")}',
                        document_version: '${getMetadata("document_version")}',
                        document_version_type: "external",
                        aws: { region: REGION },
                        dlq: { s3: { bucket: DEAD_LETTERS, key_path_prefix: "osis/orders", region: REGION } },
                    },
                },
            ],
        },
    };
    settings: Any = { MinUnits: 2, MaxUnits: 4, PipelineRoleArn: ROLE_ARN };

    get pipeline(): Any {
        return this.body["orders-pipeline"];
    }

    get table(): Any {
        return this.pipeline.source.dynamodb.tables[0];
    }

    get sink(): Any {
        return this.pipeline.sink[0].opensearch;
    }

    osis(operation: string, input: object = {}): Promise<Any> {
        return this.ctx.call("osis", operation, input);
    }

    async setUp(): Promise<this> {
        await this.ctx.call("dynamodb", "CreateTable", {
            TableName: "orders",
            AttributeDefinitions: this.tableKey.map(({ AttributeName }) => ({ AttributeName, AttributeType: "S" })),
            KeySchema: this.tableKey,
            BillingMode: "PAY_PER_REQUEST",
            StreamSpecification: this.viewType && { StreamEnabled: true, StreamViewType: this.viewType },
        });
        await this.pass(seconds(30));
        await this.ctx.call("dynamodb", "UpdateContinuousBackups", {
            TableName: "orders",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: this.pointInTimeRecovery },
        });
        await this.bucket(EXPORTS, this.exportBucketRegion);
        await this.bucket(DEAD_LETTERS, REGION);
        await this.ctx.call("iam", "CreateRole", {
            RoleName: "osis-orders",
            AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [this.trust] }),
        });
        await this.putRolePolicy();
        const { byHost } = this.world.state(SearchEndpoints, ACCOUNT, REGION);
        byHost.set(HOST, { client: () => this.endpoint } as never);
        return this;
    }

    putRolePolicy(): Promise<Any> {
        return this.ctx.call("iam", "PutRolePolicy", {
            RoleName: "osis-orders",
            PolicyName: "pipeline",
            PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: this.rolePolicy }),
        });
    }

    /** Takes one action from the role. */
    withdraw(action: string): void {
        this.rolePolicy = this.rolePolicy
            .map((statement) => ({
                ...statement,
                Action: (statement.Action as string[]).filter((each) => each !== action),
            }))
            .filter(({ Action }) => Action.length > 0);
    }

    get bodyText(): string {
        return dump(this.body);
    }

    create(more: object = {}): Promise<Any> {
        return this.osis("CreatePipeline", {
            PipelineName: NAME,
            PipelineConfigurationBody: this.bodyText,
            ...this.settings,
            ...more,
        });
    }

    /** Makes the pipeline, and waits until it is there or has failed. */
    async created(more: object = {}): Promise<Any> {
        await this.create(more);
        await this.pass(CREATION);
        return this.read();
    }

    /** Why it does not come to be. */
    async failure(): Promise<string> {
        await this.setUp();
        const { Status, StatusReason } = await this.created();
        assert.equal(Status, "CREATE_FAILED");
        return StatusReason.Description;
    }

    /** The pipeline once it has loaded what the table held. */
    async loaded(): Promise<this> {
        await this.created();
        await this.pass(minutes(4));
        return this;
    }

    async read(): Promise<Any> {
        return (await this.osis("GetPipeline", { PipelineName: NAME })).Pipeline;
    }

    put(Item: object): Promise<Any> {
        return this.ctx.call("dynamodb", "PutItem", { TableName: "orders", Item });
    }

    delete(Key: object): Promise<Any> {
        return this.ctx.call("dynamodb", "DeleteItem", { TableName: "orders", Key });
    }

    pass(ms: number): Promise<void> {
        return this.world.clock.advance(ms);
    }

    /** The sum of a metric so far, 0 where it was never sent. */
    async sum(MetricName: string): Promise<number> {
        const { Datapoints } = await this.ctx.call("cloudwatch", "GetMetricStatistics", {
            Namespace: "AWS/OSIS",
            MetricName,
            Dimensions: [{ Name: "PipelineName", Value: NAME }],
            StartTime: new Date(0),
            EndTime: new Date(this.ctx.now + 1),
            Period: 2 ** 31,
            Statistics: ["Sum"],
        });
        return Datapoints[0]?.Sum ?? 0;
    }

    async deadLetters(): Promise<{ key: string; letters: Any[] }[]> {
        const { Contents = [] } = await this.ctx.call("s3", "ListObjectsV2", { Bucket: DEAD_LETTERS });
        return Promise.all(
            Contents.map(async ({ Key }: { Key: string }) => {
                const { Body } = await this.ctx.call("s3", "GetObject", { Bucket: DEAD_LETTERS, Key });
                return { key: Key, letters: JSON.parse(Buffer.from(Body).toString()).dlqObjects };
            }),
        );
    }

    private bucket(Bucket: string, region: string): Promise<Any> {
        return this.world
            .administrator(ACCOUNT, region)
            .call("s3", "CreateBucket", { Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
    }
}
