import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();

const search = new zeroetl.SearchTarget("shop", { kind: "collection" });
const catalog = new zeroetl.DynamoDbToOpenSearch("catalog", {
    table: {
        create: {
            name: "catalog",
            hashKey: "Id",
            attributes: [{ name: "Id", type: "S" }],
            billingMode: "PAY_PER_REQUEST",
        },
    },
    search,
    indexes: [
        {
            name: "products",
            when: '/type == "product"',
            mapping: { properties: { price: { type: "double" }, name: { type: "text" } } },
        },
        { name: "others" },
    ],
    processors: config.getObject<zeroetl.requirements.Processor[]>("processors"),
    pipelineName: config.get("pipelineName"),
});
export const alarms = new zeroetl.PipelineAlarms("catalog", { pipeline: catalog }).alarms;

export const { pipelineArn, status, deadLetterBucket, roleArn, explanation } = catalog;
export const endpoint = search.endpoint;
