import { Table } from "@pulumi/aws/dynamodb/table";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const table = new Table("customers", {
    name: "Customers",
    attributes: [{ name: "Id", type: "S" }],
    hashKey: "Id",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
});
const target = new pulumi.StackReference("organization/target/dev");

new zeroetl.DynamoDbToLakehouse("customers", {
    table,
    lakehouse: target.requireOutput("reference") as pulumi.Output<zeroetl.LakehouseReference>,
});
