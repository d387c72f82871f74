import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();

// A shop's products and their reviews, in one table, as its application keeps them.
const table = new aws.dynamodb.Table("shop", {
    name: "shop",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "sku",
    rangeKey: "part",
    attributes: [
        { name: "sku", type: "S" },
        { name: "part", type: "S" },
    ],
    pointInTimeRecovery: { enabled: true },
    streamEnabled: true,
    streamViewType: config.get("streamViewType") ?? "NEW_AND_OLD_IMAGES",
});

// Where customers look for them.
const search = new zeroetl.SearchTarget("shop", { kind: "domain", instanceType: "m7g.large.search" });

const catalog = new zeroetl.DynamoDbToOpenSearch("catalog", {
    table,
    search,
    indexes: [
        {
            name: "products",
            when: '/part == "product"',
            mapping: {
                properties: {
                    name: { type: "text", fields: { exact: { type: "keyword" } } },
                    price: { properties: { amount: { type: "double" }, currency: { type: "keyword" } } },
                    addedAt: { type: "date" },
                },
            },
        },
        { name: "reviews", mapping: { properties: { stars: { type: "integer" }, text: { type: "text" } } } },
    ],
    processors: [{ deleteEntries: { withKeys: ["supplier"] } }],
    capacity: { writesPerSecond: 500, itemBytes: 2048 },
});

// Who is on call hears of what is refused, lost or late.
const topicArn = config.get("onCallTopicArn");
new zeroetl.PipelineAlarms("catalog", { pipeline: catalog, actions: topicArn === undefined ? [] : [topicArn] });

export const tableName = table.name;
export const endpoint = search.endpoint;
export const { explanation, deadLetterBucket, status } = catalog;
