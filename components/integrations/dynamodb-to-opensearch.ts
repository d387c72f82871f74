import * as pulumi from "@pulumi/pulumi";
import type { Table } from "@pulumi/aws/dynamodb/table";

import { nameIn, readBody, tableReadingIn } from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { derived } from "../checked";
import type { ArgumentNames } from "../pipeline/arguments";
import { madeBody, ownBody, type BodyArgs, type BodyMakingArgs, type SourceWriting } from "../pipeline/body";
import { indexesOf } from "../pipeline/indexes";
import { makePipeline } from "../pipeline/make-pipeline";
import type { PipelineNetworkArgs } from "../pipeline/network";
import { pipelineNameOf, SearchPipeline, type PipelineArgs, type PipelineParts } from "../pipeline/search-pipeline";
import { stagingBucket, type StagingArgs } from "../pipeline/storage";
import type { ExistingTable } from "./dynamodb-source";
import { pipelineTable, type PipelineTable, type TableToCreate } from "./pipeline-table";

/** How a table is read. */
interface TableReadingArgs extends StagingArgs {
    /**
     * `"export and stream"`: all items once, then each change, seconds after it. `"export"`: all items once. `"stream"`: changes alone, from now on. Exports are
     * billed by the table's size.
     *
     * @default "export and stream"
     */
    read?: "export and stream" | "export" | "stream";
    /**
     * What is seen of an item that is removed: its keys alone, or the item as it was, which conditions on its attributes need.
     *
     * @default "OLD_IMAGE" where an index has a condition, "NEW_IMAGE" else
     */
    viewOnRemove?: "NEW_IMAGE" | "OLD_IMAGE";
    /**
     * Whether the pipeline forgets a change only once OpenSearch has it. `false` is faster, and loses changes when a pipeline fails.
     *
     * @default true
     */
    acknowledgments?: boolean;
}

/** Arguments of {@link DynamoDbToOpenSearch}. */
export type DynamoDbToOpenSearchArgs = PipelineArgs &
    BodyArgs<BodyMakingArgs & TableReadingArgs> & {
        /**
         * The source: a table of the program, the ARN of another, or one to make. It needs point-in-time recovery for the export, and a stream with
         * `NEW_AND_OLD_IMAGES` for changes (`NEW_IMAGE` will do, with a warning of what it misses); one that is made here has both. The pipeline is made in the
         * table's account and Region.
         */
        table: Table | ExistingTable | TableToCreate;
        /** A way into the VPC of a domain or a collection that is in one. @default none: the target has a public endpoint */
        vpc?: PipelineNetworkArgs;
    };

/**
 * A DynamoDB table as documents in OpenSearch, seconds behind: all items are exported once, and each change follows.
 *
 * It checks the table, makes a role with what this pipeline needs, buckets for the export and for what OpenSearch refuses, and a log group; lets the target
 * accept the role; makes the indexes with their mappings; and then the pipeline. Destroying it keeps table, indexes and dead letters.
 *
 * @example
 * ```ts
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const search = new zeroetl.SearchTarget("catalog", { kind: "domain" });
 * const catalog = new zeroetl.DynamoDbToOpenSearch("catalog", {
 *     table: { create: { hashKey: "sku", attributes: [{ name: "sku", type: "S" }], billingMode: "PAY_PER_REQUEST" } },
 *     search,
 *     index: {
 *         name: "products",
 *         mapping: { properties: { name: { type: "text" }, price: { type: "double" }, addedAt: { type: "date" } } },
 *     },
 *     processors: [{ deleteEntries: { withKeys: ["internalNotes"] } }],
 * });
 * export const says = catalog.explanation;
 * ```
 *
 * @example Several kinds of items in one table
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const shop = new zeroetl.DynamoDbToOpenSearch("shop", {
 *     table: aws.dynamodb.Table.get("shop", "shop"),
 *     search: new zeroetl.SearchTarget("shop", { kind: "collection" }),
 *     indexes: [
 *         { name: "products", when: '/type == "product"' },
 *         { name: "orders", when: '/type == "order"', mapping: { properties: { total: { type: "double" } } } },
 *     ],
 *     capacity: { writesPerSecond: 3000, itemBytes: 2048, shards: 200 },
 * });
 * export const indexes = shop.indexNames;
 * ```
 */
export class DynamoDbToOpenSearch extends SearchPipeline {
    protected readonly parts: PipelineParts;
    /** The table's ARN. */
    readonly tableArn: pulumi.Output<string>;
    /** The table's name. */
    readonly tableName: pulumi.Output<string>;

    constructor(name: string, args: DynamoDbToOpenSearchArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:DynamoDbToOpenSearch", name, {}, opts);

        const pipelineName = pipelineNameOf(name, args);
        const reading =
            args.body === undefined ? readingOf(args) : derived(args.body, (body) => tableReadingIn(readBody(body)));
        const table = pipelineTable(this, name, args.table, { reading, account: accountOf(this) });
        const body =
            args.body === undefined
                ? madeBody(this, name, args, {
                      pipelineName,
                      indexes: indexesOf(args),
                      source: tableHalf(this, name, args, { ...table, pipelineName }),
                  })
                : ownBody(this, args, { kind: "dynamodb", replaces: REPLACED });

        this.parts = makePipeline(this, name, args, { kind: "dynamodb", pipelineName, body });
        this.tableArn = table.arn;
        this.tableName = derived(table.arn, (arn) => nameIn(arn));
        this.registerOutputs({ tableArn: this.tableArn, tableName: this.tableName });
    }
}

const REPLACED = ["read", "viewOnRemove", "acknowledgments", "stagingBucket"] as const;

const ARGUMENTS: ArgumentNames = [
    ["source.dynamodb.tables[0].table_arn", "table"],
    ["source.dynamodb.tables[0].export.s3_bucket", "stagingBucket"],
    ["source.dynamodb.tables[0].stream.view_on_remove", "viewOnRemove"],
    ["source.dynamodb.tables[0]", "read"],
    ["source.dynamodb.acknowledgments", "acknowledgments"],
];

/** As they would be. */
const STAND_INS = {
    tableArn: "arn:aws:dynamodb:eu-west-1:111122223333:table/table",
    bucket: "bucket",
    region: "eu-west-1",
    prefix: "pipeline",
};

type MadeTableArgs = PipelineArgs & BodyMakingArgs & TableReadingArgs;

function readingOf(args: MadeTableArgs) {
    const isRouted = args.indexes?.some(({ when }) => when !== undefined);
    const { read = "export and stream", viewOnRemove = isRouted ? "OLD_IMAGE" : "NEW_IMAGE" } = args;
    return { export: read.startsWith("export"), stream: read.endsWith("stream"), viewOnRemove };
}

/** The source's half of the body, and the bucket that the export goes through. */
function tableHalf(
    component: pulumi.Resource,
    name: string,
    args: MadeTableArgs,
    { arn, kmsKeyArn, pipelineName }: PipelineTable & { pipelineName: pulumi.Output<string> },
): SourceWriting<typeof STAND_INS> {
    const { acknowledgments = true } = args;
    const reading = readingOf(args);
    const staging = reading.export ? stagingBucket(component, name, args) : undefined;
    return {
        values: {
            tableArn: arn,
            bucket: staging?.name ?? "",
            region: accountOf(component).region,
            prefix: pipelineName,
        },
        standIns: STAND_INS,
        arguments: ARGUMENTS,
        write: ({ tableArn, bucket, region, prefix }) => ({
            source: {
                dynamodb: {
                    tables: [
                        {
                            tableArn,
                            ...(reading.export && {
                                export: { s3Bucket: bucket, s3Region: region, s3Prefix: `${prefix}/` },
                            }),
                            ...(reading.stream && {
                                stream: { startPosition: "LATEST", viewOnRemove: reading.viewOnRemove },
                            }),
                        },
                    ],
                    aws: { region },
                    acknowledgments,
                },
            },
        }),
        kmsKeyArns: [kmsKeyArn],
        ready: staging?.guards ?? [],
    };
}
