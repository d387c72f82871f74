import { Table } from "@pulumi/aws/dynamodb/table";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Domain } from "@pulumi/aws/opensearch/domain";
import { Pipeline } from "@pulumi/aws/opensearchingest/pipeline";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import * as pulumi from "@pulumi/pulumi";
import { requirements } from "pulumi-aws-zero-etl";

/* From a table to a domain with plain aws resources. What is configured as wrong shows in the inputs, while all ARNs are unknown. */
const wrong = new pulumi.Config().getBoolean("wrong");
const region = "eu-west-1";
const everybody = { Effect: "Allow", Principal: { AWS: "*" }, Action: "es:*", Resource: "*" };

const table = new Table("products", {
    name: "products",
    attributes: [{ name: "id", type: "S" }],
    hashKey: "id",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
});
const domain = new Domain("search", {
    domainName: "search",
    clusterConfig: { instanceType: "r7g.large.search", instanceCount: 3 },
    ebsOptions: { ebsEnabled: true, volumeSize: 10 },
    accessPolicies: wrong ? JSON.stringify({ Version: "2012-10-17", Statement: [everybody] }) : undefined,
});
const [exported, deadLetters] = ["exports", "dead-letters"].map((name) => {
    const bucket = new Bucket(name, { bucket: `products-${name}` });
    new BucketLifecycleConfiguration(name, {
        bucket: bucket.bucket,
        rules: [{ id: "old", status: "Enabled", expiration: { days: 30 } }],
    });
    return bucket;
}) as [Bucket, Bucket];

const { accountId } = getCallerIdentityOutput();
const place = accountId.apply((id) => ({ partition: "aws", region, accountId: id }));
const role = new Role("pipeline", {
    assumeRolePolicy: wrong
        ? JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                  {
                      Effect: "Allow",
                      Principal: { Service: ["osis-pipelines.amazonaws.com", "lambda.amazonaws.com"] },
                      Action: "sts:AssumeRole",
                  },
              ],
          })
        : place.apply((here) => JSON.stringify(requirements.pipelineTrustPolicy(here))),
});
const body = pulumi
    .all([table.arn, domain.endpoint, exported.bucket, deadLetters.bucket])
    .apply(([tableArn, endpoint, s3Bucket, refused]) =>
        requirements.pipelineYaml({
            name: "products",
            source: {
                dynamodb: {
                    tables: [
                        {
                            tableArn,
                            export: { s3Bucket, s3Region: region },
                            stream: { startPosition: "LATEST" },
                        },
                    ],
                    aws: { region },
                },
            },
            sinks: [
                {
                    hosts: [`https://${endpoint}`],
                    aws: { region },
                    index: "products",
                    dlq: { s3: { bucket: refused, region } },
                },
            ],
        }),
    );
const allowed = pulumi.all([body, domain.arn, place]).apply(([text, domainArn, here]) =>
    JSON.stringify(
        requirements.pipelineRolePolicy({
            ...here,
            ...requirements.bodyNeeds(text, here).role,
            target: { domainArn },
        }),
    ),
);
const rights = new RolePolicy("pipeline", {
    role: role.name,
    policy: wrong
        ? JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] })
        : allowed,
});
new Pipeline(
    "products",
    {
        pipelineName: "products",
        pipelineConfigurationBody: body,
        pipelineRoleArn: role.arn,
        minUnits: wrong ? 4 : 2,
        maxUnits: wrong ? 2 : 4,
        logPublishingOptions: {
            isLoggingEnabled: true,
            cloudwatchLogDestination: { logGroup: wrong ? "/products" : "/aws/vendedlogs/products" },
        },
    },
    { dependsOn: rights },
);
if (wrong) {
    // A body of somebody's own, known from the beginning.
    new Pipeline("by-hand", {
        pipelineName: "by-hand",
        pipelineConfigurationBody: `
version: "2"
by-hand:
  buffer: { bounded_blocking: {} }
  source:
    dynamodb:
      tables: [{ table_arn: "arn:aws:dynamodb:eu-west-1:111122223333:table/products", stream: {} }]
      aws: { region: eu-west-1 }
  sink: [{ opensearch: { hosts: ["https://search-products-abc.eu-west-1.es.amazonaws.com"], index: products, aws: { region: eu-west-1 } } }]
`,
        pipelineRoleArn: role.arn,
        minUnits: 2,
        maxUnits: 4,
    });
}
