import { ResourcePolicy as TablePolicy } from "@pulumi/aws/dynamodb/resourcePolicy";
import { Table } from "@pulumi/aws/dynamodb/table";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase";
import { ResourcePolicy as CatalogPolicy } from "@pulumi/aws/glue/resourcePolicy";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Bucket } from "@pulumi/aws/s3/bucket";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

/*
 * An integration between plain aws resources, with as little as is usual in ready-made values. What is configured as wrong are
 * mistakes that the inputs show while all ARNs are unknown.
 */
const { glueTrustPolicy, targetRolePolicy } = zeroetl.requirements;

const config = new pulumi.Config();
const wrong = config.getBoolean("wrong");
const { accountId } = getCallerIdentityOutput();
const policy = (...Statement: object[]) => pulumi.jsonStringify({ Version: "2012-10-17", Statement });

const orders = new Table("orders", {
    hashKey: "id",
    attributes: [{ name: "id", type: "S" }],
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: config.getBoolean("pointInTimeRecovery") ? { enabled: true } : undefined,
    serverSideEncryption: wrong ? { enabled: true } : undefined,
});
const exportable = new TablePolicy("orders-export", {
    resourceArn: orders.arn,
    policy: policy({
        Effect: "Allow",
        Principal: { Service: "glue.amazonaws.com" },
        Action: [
            "dynamodb:DescribeTable",
            "dynamodb:DescribeExport",
            ...(wrong ? [] : ["dynamodb:ExportTableToPointInTime"]),
        ],
        Resource: "*",
        Condition: {
            StringEquals: { "aws:SourceAccount": accountId },
            ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:aws:glue:eu-west-1:${accountId}:integration:*` },
        },
    }),
});
const bucket = new Bucket("lake", { forceDestroy: true, region: config.get("bucketRegion") });
const database = new CatalogDatabase("shop", {
    name: wrong ? "the-shop" : "shop",
    locationUri: wrong ? undefined : pulumi.interpolate`s3://${bucket.bucket}/shop/`,
});
const trust = [glueTrustPolicy().Statement].flat() as object[];
const role = new Role("writer", {
    path: wrong ? `/${"long/".repeat(20)}` : "/",
    assumeRolePolicy: policy(...trust, ...(wrong ? [{ ...trust[0], Principal: { AWS: "*" } }] : [])),
});
const rights = pulumi
    .all([database.arn, bucket.arn])
    .apply(([databaseArn, bucketArn]) => JSON.stringify(targetRolePolicy({ databaseArn, bucketArn, prefix: "shop" })));
const allowed = new RolePolicy("writer", {
    role: role.name,
    policy: wrong ? policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }) : rights,
});
const property = new zeroetl.GlueIntegrationResourceProperty(
    "shop",
    { resourceArn: database.arn, target: { roleArn: role.arn } },
    { dependsOn: allowed },
);
const catalog = new CatalogPolicy("catalog", {
    policy: policy({
        Effect: "Allow",
        Principal: { Service: "glue.amazonaws.com" },
        Action: wrong ? "glue:GetTable" : "glue:AuthorizeInboundIntegration",
        Resource: wrong ? "*" : [pulumi.interpolate`arn:aws:glue:eu-west-1:${accountId}:catalog`, database.arn],
        Condition: wrong ? undefined : { StringLike: { "aws:SourceArn": orders.arn } },
    }),
});
for (const name of ["orders", ...(wrong ? ["orders-again"] : [])]) {
    new zeroetl.GlueIntegration(
        name,
        { integrationName: name, sourceArn: orders.arn, targetArn: database.arn },
        { dependsOn: [exportable, property, catalog] },
    );
}
if (wrong) {
    new zeroetl.DynamoDbTablePolicyMember("orders-member", {
        tableArn: orders.arn,
        member: {
            statement: { Sid: "Own", Effect: "Allow", Principal: "*", Action: "dynamodb:GetItem", Resource: "*" },
        },
    });
}
