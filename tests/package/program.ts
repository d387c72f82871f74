/** A small program of a user, in TypeScript. */
export const PROGRAM = `
import { Table } from "@pulumi/aws/dynamodb";
import { Config } from "@pulumi/pulumi";
import { DynamoDbToLakehouse, Lakehouse } from "pulumi-aws-zero-etl";

const table = new Table("accounts", {
    attributes: [{ name: "CustomerID", type: "S" }],
    hashKey: "CustomerID",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: new Config().getBoolean("pointInTimeRecovery") ?? true },
});
const lakehouse = new Lakehouse("bank", { databaseName: "bank" });
const accounts = new DynamoDbToLakehouse("accounts", {
    table,
    lakehouse,
    partitionBy: [{ field: "OpenedAt", by: "month", format: "iso" }],
});
export const status = accounts.status;
`;
