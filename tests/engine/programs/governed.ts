import { Table } from "@pulumi/aws/dynamodb/table";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { Key } from "@pulumi/aws/kms/key";
import { DynamoDbToLakehouse, Lakehouse } from "pulumi-aws-zero-etl";

/* Components alone: encrypted, governed by Lake Formation, and partitioned by a key. */
const table = new Table("accounts", {
    hashKey: "id",
    rangeKey: "openedAt",
    attributes: [
        { name: "id", type: "S" },
        { name: "openedAt", type: "N" },
    ],
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
});
const lakehouse = new Lakehouse("bank", {
    kmsKeyArn: new Key("files").arn,
    lakeFormation: { administrators: [getCallerIdentityOutput().arn] },
});
new DynamoDbToLakehouse("accounts", {
    table,
    lakehouse,
    partitionBy: [{ field: "openedAt", by: "month", format: "epoch_sec" }],
});
