import { Table } from "@pulumi/aws/dynamodb/table";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();

const newTable = () =>
    new Table("customers", {
        name: config.get("table") ?? "Customers",
        attributes: [{ name: "Id", type: "S" }],
        hashKey: "Id",
        billingMode: "PAY_PER_REQUEST",
        pointInTimeRecovery: { enabled: true },
    });
const tableArn = config.get("tableArn");
const lakehouse = new zeroetl.Lakehouse("bank", {
    databaseName: config.get("database"),
    ...config.getObject<zeroetl.LakehouseArgs>("lakehouse"),
});
const customers = new zeroetl.DynamoDbToLakehouse("customers", {
    table: tableArn === undefined ? newTable() : { arn: tableArn },
    lakehouse,
    timeouts: { needsAttention: "20s" },
    ...config.getObject<Partial<zeroetl.DynamoDbToOwnLakehouseArgs>>("integration"),
});

export const integrationArn = customers.integrationArn;
export const bucketName = lakehouse.bucketName;
export const roleArn = lakehouse.roleArn;
