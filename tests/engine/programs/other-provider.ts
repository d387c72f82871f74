import { Table } from "@pulumi/aws/dynamodb/table";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

// A plain provider: only @pulumi/aws knows the role that it takes.
const provider = new Provider("other", {
    region: "eu-west-1",
    assumeRoles: [{ roleArn: new pulumi.Config().require("role") }],
});
const table = new Table(
    "customers",
    {
        name: "Customers",
        attributes: [{ name: "Id", type: "S" }],
        hashKey: "Id",
        billingMode: "PAY_PER_REQUEST",
        pointInTimeRecovery: { enabled: true },
    },
    { provider },
);
const lakehouse = new zeroetl.Lakehouse("bank", {}, { provider });

new zeroetl.DynamoDbToLakehouse("customers", { table, lakehouse }, { provider });
