import { validate } from "@aws-sdk/util-arn-parser";

import { isDynamoDbTableArn, isRedshiftNamespaceArn } from "./arn";
import { problem, type Problem } from "./errors";
import {
    integrationRules,
    problemsBy,
    type CommonIntegrationInputs,
    type IntegrationChange,
    type IntegrationRule,
} from "./integration-rules";

/** What `redshift:CreateIntegration` takes for a DynamoDB table. It knows no filter: a table is integrated as a whole. */
export type RedshiftIntegrationInputs = CommonIntegrationInputs;

export const REDSHIFT_INTEGRATION_CHANGES: Record<keyof RedshiftIntegrationInputs, IntegrationChange> = {
    integrationName: "modify",
    description: "modify",
    tags: "tag",
    sourceArn: "replace",
    targetArn: "replace",
    kmsKeyId: "replace",
    additionalEncryptionContext: "replace",
};

/**
 * What AWS would refuse.
 *
 * @param isUnknown Tells a value that is not known yet: what depends on it is not judged.
 */
export function redshiftIntegrationProblems(
    inputs: RedshiftIntegrationInputs,
    isUnknown?: (value: unknown) => boolean,
): Problem[] {
    return problemsBy(RULES, inputs, isUnknown);
}

const RULES: IntegrationRule<RedshiftIntegrationInputs>[] = [
    ...integrationRules("redshift"),
    {
        reads: ["sourceArn"],
        judge: ({ sourceArn }) =>
            !validate(sourceArn) || isDynamoDbTableArn(sourceArn)
                ? []
                : [
                      problem(
                          "sourceArn",
                          `"${sourceArn}" is no DynamoDB table`,
                          "Give arn:partition:dynamodb:region:account:table/name; Aurora and RDS go by the API of RDS",
                      ),
                  ],
    },
    {
        reads: ["targetArn"],
        judge: ({ targetArn }) =>
            !validate(targetArn) || isRedshiftNamespaceArn(targetArn)
                ? []
                : [
                      problem(
                          "targetArn",
                          `"${targetArn}" is no Redshift namespace`,
                          "Give the cluster's clusterNamespaceArn, or the ARN of the serverless namespace; a lakehouse takes DynamoDB by the API of Glue",
                      ),
                  ],
    },
];
