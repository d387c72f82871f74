import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();

// The bank's accounts, as its application keeps them.
const table = new aws.dynamodb.Table("customer-accounts", {
    name: "CustomerAccounts",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "CustomerID",
    rangeKey: "AccountNumber",
    attributes: [
        { name: "CustomerID", type: "S" },
        { name: "AccountNumber", type: "S" },
    ],
    pointInTimeRecovery: { enabled: config.getBoolean("pointInTimeRecovery") ?? true },
});

// Where analysts look for them: bank.customer_accounts in Athena.
const lakehouse = new zeroetl.Lakehouse("bank", { databaseName: "bank" });

const accounts = new zeroetl.DynamoDbToLakehouse("customer-accounts", {
    table,
    lakehouse,
    tableName: "customer_accounts",
    unnest: "full",
    refreshInterval: config.get<zeroetl.requirements.RefreshInterval>("refreshInterval") ?? "15 minutes",
});

export const tableName = table.name;
export const integrationArn = accounts.integrationArn;
export const integrationStatus = accounts.status;
export const location = lakehouse.location;
