import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const streamEnabled = config.getBoolean("streamEnabled") ?? true;

// The shop's products, as its application keeps them.
const table = new aws.dynamodb.Table("products", {
    name: "products",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "sku",
    attributes: [{ name: "sku", type: "S" }],
    pointInTimeRecovery: { enabled: true },
    streamEnabled,
    streamViewType: streamEnabled ? "NEW_AND_OLD_IMAGES" : undefined,
});

// Where its customers look for them.
const search = new zeroetl.SearchTarget("catalog", { kind: "domain" });

const catalog = new zeroetl.DynamoDbToOpenSearch("catalog", {
    table,
    search,
    index: {
        name: "products",
        mapping: {
            properties: {
                sku: { type: "keyword" },
                name: { type: "text" },
                price: { type: "double" },
                addedAt: { type: "date" },
                maker: { properties: { name: { type: "keyword" }, country: { type: "keyword" } } },
                offers: { type: "nested", properties: { shop: { type: "keyword" }, inStock: { type: "integer" } } },
            },
        },
    },
    processors: [{ deleteEntries: { withKeys: config.getObject<string[]>("hidden") ?? ["purchasePrice"] } }],
    deadLetters: (config.getBoolean("deadLetters") ?? true) ? {} : false,
});

export const endpoint = search.endpoint;
export const explanation = catalog.explanation;
export const deadLetterBucket = catalog.deadLetterBucket;
export const pipelineName = catalog.pipelineName;
export const errorMetric = catalog.metrics.documentErrors;
