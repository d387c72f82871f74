import { Table } from "@pulumi/aws/dynamodb/table";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

type Options = Omit<zeroetl.DynamoDbToOpenSearchArgs, "table" | "search">;
type ExistingDomain = Extract<zeroetl.SearchTargetArgs, { domain: object }>["domain"];

const config = new pulumi.Config();
/** The stack whose domain this one searches in; none in that stack itself. */
const owner = config.get("owner");
/** Pipelines from the one table, by their names. */
const pipelines = config.getObject<Record<string, Options>>("pipelines") ?? {};

const domain = owner && (new pulumi.StackReference(owner).requireOutput("reference") as ExistingDomain);
const search = new zeroetl.SearchTarget("search", domain ? { kind: "domain", domain } : { kind: "domain" });
const table = new Table("products", {
    name: `products-${pulumi.getStack()}`,
    attributes: [{ name: "Id", type: "S" }],
    hashKey: "Id",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
});
const made = Object.entries(pipelines).map(([name, options]) => {
    // The union of arguments does not survive a spread.
    const args = { ...options, table, search } as zeroetl.DynamoDbToOpenSearchArgs;
    const pipeline = new zeroetl.DynamoDbToOpenSearch(name, args);
    new zeroetl.PipelineAlarms(name, { pipeline });
    return pipeline;
});

export const reference = search.reference();
export const endpoint = search.endpoint;
export const tableName = table.name;
export const roleArns = made.map(({ roleArn }) => roleArn);
export const deadLetterBuckets = made.map(({ deadLetterBucket }) => deadLetterBucket);
