import * as path from "node:path";

import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
    BatchWriteItemCommand,
    DeleteItemCommand,
    DynamoDBClient,
    PutItemCommand,
    UpdateItemCommand,
    type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Simulator, Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, explain, POLICIES, refusal, summary, tell, violations, waitFor } from "../demo";
import { SearchReader } from "../search-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/catalog-search");
const TABLE = "products";

/** What Data Prepper writes of a document that OpenSearch refuses. */
interface DeadLetter {
    failedData: { index: string; indexId: string; status: number; message: string };
}

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const config = clientConfig(simulator);
    const shop = new DynamoDBClient(config);
    const policyPacks = [POLICIES];

    await stack.setConfig({ streamEnabled: "false" });
    const refused = await stack.preview({ policyPacks, expectFailure: true });
    tell("A table without a stream: refused at preview");
    detail(refusal(refused.stdout));
    await stack.setConfig({ streamEnabled: "true" });

    const up = await stack.up({ policyPacks, args: ["--skip-preview"] });
    const { endpoint, explanation, deadLetterBucket, pipelineName, errorMetric } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}. What the pipeline does:`);
    explain(`${explanation}`);

    const catalog = new SearchReader(config, "es", `${endpoint}`);
    await load(shop, [
        product("lamp-1", "A brass desk lamp", { N: "89.90" }),
        product("lamp-2", "A paper lamp", { N: "19" }),
        product("chair-1", "An oak chair", { N: "240" }),
    ]);
    tell("The shop writes three products; who looks for a lamp finds two:");
    await catalog.show(TABLE, { match: { name: "lamp" } }, ({ length }) => length === 2);

    await put(shop, product("rug-1", "A wool rug", { S: "on request" }));
    tell("It writes one whose price is no number; the domain refuses it, and it lies among the dead letters:");
    detail(await deadLetters(new S3Client({ ...config, forcePathStyle: true }), `${deadLetterBucket}`));
    const errors = await countOf(new CloudWatchClient(config), simulator, `${pipelineName}`, `${errorMetric}`);
    detail([`${errorMetric} = ${errors}`]);

    await setPrice(shop, "lamp-2", "14.50");
    await shop.send(new DeleteItemCommand({ TableName: TABLE, Key: { sku: { S: "lamp-1" } } }));
    tell("One lamp becomes cheaper, the other one is gone");
    await catalog.show(
        TABLE,
        { match: { name: "lamp" } },
        ([first, ...rest]) => first?.price === 14.5 && rest.length === 0,
    );

    await stack.setConfig({ deadLetters: "false" });
    const stopped = await stack.preview({ policyPacks, expectFailure: true });
    tell("Dead letters off: stopped at preview by the policy pack");
    detail(violations(stopped.stdout));
    await stack.setConfig({ deadLetters: "true", hidden: JSON.stringify(["purchasePrice", "offers"]) });

    const changed = await stack.up({ policyPacks, args: ["--skip-preview"] });
    tell(`Offers are hidden as well: ${summary(changed.stdout)}`);
    await put(shop, product("rug-1", "A wool rug", { N: "410" }));
    await catalog.show(TABLE, { term: { sku: "rug-1" } }, ({ length }) => length === 1);

    const again = await stack.up({ policyPacks, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}. The index is still there:`);
    await catalog.show(TABLE, { match_all: {} }, ({ length }) => length === 3);
}

/** An item whose maker is a map, and whose offers are a list of maps. */
function product(sku: string, name: string, price: AttributeValue): Record<string, AttributeValue> {
    return {
        sku: { S: sku },
        name: { S: name },
        price,
        purchasePrice: { N: "7" },
        addedAt: { S: "2026-03-01" },
        maker: { M: { name: { S: "Holm" }, country: { S: "DK" } } },
        offers: { L: [{ M: { shop: { S: "Oslo" }, inStock: { N: "3" } } }] },
    };
}

async function load(client: DynamoDBClient, items: Record<string, AttributeValue>[]): Promise<void> {
    const RequestItems = { [TABLE]: items.map((Item) => ({ PutRequest: { Item } })) };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
}

async function put(client: DynamoDBClient, Item: Record<string, AttributeValue>): Promise<void> {
    await client.send(new PutItemCommand({ TableName: TABLE, Item }));
}

async function setPrice(client: DynamoDBClient, sku: string, price: string): Promise<void> {
    await client.send(
        new UpdateItemCommand({
            TableName: TABLE,
            Key: { sku: { S: sku } },
            UpdateExpression: "SET price = :price",
            ExpressionAttributeValues: { ":price": { N: price } },
        }),
    );
}

/** The first of the dead letters, taken apart, and where it lies. */
async function deadLetters(s3: S3Client, Bucket: string): Promise<string[]> {
    const [{ Key }] = await waitFor(
        "The dead letters",
        async () => (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents,
        ({ length }) => length > 0,
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const { dlqObjects } = JSON.parse(await Body!.transformToString()) as { dlqObjects: DeadLetter[] };
    return [
        `s3://${Bucket}/${Key}`,
        ...dlqObjects.map(({ failedData }) => `${failedData.indexId}: ${failedData.status} ${failedData.message}`),
    ];
}

/** What a metric has come to in the last hour. */
async function countOf(client: CloudWatchClient, { world }: Simulator, pipeline: string, MetricName: string) {
    const [{ Sum }] = await waitFor(
        MetricName,
        async () => {
            const { Datapoints } = await client.send(
                new GetMetricStatisticsCommand({
                    Namespace: "AWS/OSIS",
                    MetricName,
                    Dimensions: [{ Name: "PipelineName", Value: pipeline }],
                    StartTime: new Date(world.clock.now() - 3_600_000),
                    EndTime: new Date(world.clock.now()),
                    Period: 3600,
                    Statistics: ["Sum"],
                }),
            );
            return Datapoints;
        },
        ({ length }) => length > 0,
    );
    return Sum;
}

void demo(PROJECT, story);
