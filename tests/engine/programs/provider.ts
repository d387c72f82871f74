import { Table } from "@pulumi/aws/dynamodb/table";
import { Role } from "@pulumi/aws/iam/role";
import { Bucket } from "@pulumi/aws/s3/bucket";

const table = new Table("accounts", {
    attributes: [
        { name: "CustomerID", type: "S" },
        { name: "AccountNumber", type: "S" },
    ],
    hashKey: "CustomerID",
    rangeKey: "AccountNumber",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    tags: { purpose: "test" },
});
const bucket = new Bucket("lake", { forceDestroy: true });
const role = new Role("writer", {
    assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
    inlinePolicies: [
        {
            name: "write",
            policy: bucket.arn.apply((arn) =>
                JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: `${arn}/*` }],
                }),
            ),
        },
    ],
});

export const tableArn = table.arn;
export const bucketName = bucket.bucket;
export const roleArn = role.arn;
