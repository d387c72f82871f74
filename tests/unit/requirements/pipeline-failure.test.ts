import * as assert from "node:assert/strict";

import { explainPipelineFailure } from "../../../sdk/requirements";

const DENIED = "User: arn:aws:sts::123456789012:assumed-role/osis-orders/osis is not authorized to perform:";

describe("What to do about a pipeline's failure", () => {
    const CASES: [reason: string, nextStep: RegExp][] = [
        ["vpcAttachmentOptions is a required parameter for the source rds", /attachmentCidr/],
        [
            `The service cannot assume the role arn:aws:iam::123456789012:role/osis-orders`,
            /osis-pipelines\.amazonaws\.com/,
        ],
        [
            `${DENIED} iam:PassRole on resource: arn:aws:iam::123456789012:role/osis-orders`,
            /whoever runs Pulumi iam:PassRole/,
        ],
        [`${DENIED} osis:ValidatePipeline`, /osis:ValidatePipeline/],
        [`${DENIED} logs:CreateLogDelivery`, /leave logGroupName out/],
        [`${DENIED} iam:CreateServiceLinkedRole`, /first pipeline/],
        [`${DENIED} dynamodb:DescribeExport on resource: arn:…:table/orders/export/1`, /table\/name\/export\/\*/],
        [`${DENIED} dynamodb:GetRecords`, /table\/name\/stream\/\*/],
        [`${DENIED} dynamodb:DescribeContinuousBackups`, /Allow the pipeline's role the action that AWS names/],
        [`${DENIED} aoss:BatchGetCollection`, /data access policy/],
        ["security_exception: no permissions for [indices:admin/create] and User [name=osis]", /backend role/],
        [`${DENIED} es:ESHttpPut`, /domain's access policy/],
        [`${DENIED} secretsmanager:GetSecretValue`, /the secret/],
        [`${DENIED} kms:GenerateDataKey`, /in the key's policy too/],
        ["Point-in-time recovery (PITR) needs to be enabled for exporting data from orders", /Turn on point-in-time/],
        ["The view type of the stream must not be KEYS_ONLY", /NEW_AND_OLD_IMAGES/],
        ["DynamoDB stream is not enabled for the table", /NEW_AND_OLD_IMAGES/],
        ["NoSuchBucket: The specified bucket does not exist", /own account and Region/],
        ["password authentication failed for user osis", /the secret has the user's present/],
        ["The CIDR 10.0.0.0/24 overlaps that of the VPC", /RFC 1918/],
        ["The VPC vpc-1 needs DNS support and DNS hostnames.", /DNS hostnames of the VPC/],
        ["Timed out while connecting to catalog on port 27017", /security groups/],
        ["The heap circuit breaker is open", /more units/],
        ["The pipeline has 30000 characters; the quota is 24,000 characters", /Shorten the body/],
    ];
    for (const [reason, nextStep] of CASES) {
        it(reason, () => assert.match(explainPipelineFailure(reason)!, nextStep));
    }

    it("is not known of every text", () => {
        assert.equal(explainPipelineFailure("An internal failure"), undefined);
    });
});
