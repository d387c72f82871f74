import * as path from "node:path";

import { DeleteItemCommand, DynamoDBClient, PutItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Simulator, Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, summary, tell, waitFor } from "../demo";
import { asLines, waitForDocuments } from "../search-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/catalog-search");

const KETTLE = { sku: { S: "kettle-1" }, part: { S: "product" } };

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const dynamodb = new DynamoDBClient(clientConfig(simulator));
    const put = (Item: Record<string, AttributeValue>) =>
        dynamodb.send(new PutItemCommand({ TableName: "shop", Item }));

    await stack.setConfig({ streamViewType: "KEYS_ONLY" });
    const stopped = await stack.preview({ expectFailure: true });
    tell("A stream of keys alone: stopped at preview");
    detail(stopped.stdout.match(/InvalidArgument: .*/g)?.slice(0, 1) ?? []);
    await stack.setConfig({ streamViewType: "NEW_AND_OLD_IMAGES" });

    const up = await stack.up({ args: ["--skip-preview"] });
    const { explanation, deadLetterBucket } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}`);
    detail(String(explanation).split("\n"));

    await put({
        ...KETTLE,
        name: { S: "Enamel kettle" },
        price: { M: { amount: { N: "39.9" }, currency: { S: "EUR" } } },
        addedAt: { S: "2026-03-01" },
        supplier: { S: "Acme" },
    });
    await put({ ...KETTLE, part: { S: "review#1" }, stars: { N: "5" }, text: { S: "Whistles well" } });
    tell("The application writes a product and a review; each arrives in its index");
    detail(asLines(await waitForDocuments(simulator, "products", ({ length }) => length === 1)));
    detail(asLines(await waitForDocuments(simulator, "reviews", ({ length }) => length === 1)));

    await put({ ...KETTLE, sku: { S: "teapot-1" }, price: { M: { amount: { S: "on request" } } } });
    tell("A price that is none: the document is in the bucket of dead letters, with the reason");
    detail(await deadLetters(simulator, `${deadLetterBucket}`));

    await dynamodb.send(new DeleteItemCommand({ TableName: "shop", Key: KETTLE }));
    await waitForDocuments(simulator, "products", ({ length }) => length === 0);
    tell("The product is removed, and its document is gone");

    const again = await stack.up({ args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed, but for the domain with its indexes: ${summary(destroyed.stdout)}`);
}

async function deadLetters(simulator: Simulator, Bucket: string): Promise<string[]> {
    const s3 = new S3Client({ ...clientConfig(simulator), forcePathStyle: true });
    const [letter] = await waitFor(
        "the bucket of dead letters",
        async () => (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents,
        ({ length }) => length > 0,
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: letter!.Key }));
    const { dlqObjects } = JSON.parse(await Body!.transformToString()) as DeadLetters;
    return dlqObjects.map(({ failedData }) => `${failedData.indexId}  ${failedData.message}`);
}

interface DeadLetters {
    dlqObjects: { failedData: { indexId: string; message: string } }[];
}

void demo(PROJECT, story);
