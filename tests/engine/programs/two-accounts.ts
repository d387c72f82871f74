import { Table } from "@pulumi/aws/dynamodb/table";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const region = "eu-west-1";

const application = new zeroetl.AwsAccount("application", { region });
const analytics = new zeroetl.AwsAccount("analytics", {
    region,
    assumeRole: { roleArn: config.require("analyticsRole") },
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
    { provider: application },
);
const lakehouse = new zeroetl.Lakehouse("bank", {}, { provider: analytics });

new zeroetl.DynamoDbToLakehouse("customers", { table, lakehouse }, { provider: application });
