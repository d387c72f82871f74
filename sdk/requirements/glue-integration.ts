import { validate } from "@aws-sdk/util-arn-parser";

import {
    isGlueDatabaseArn,
    isRedshiftCatalogArn,
    isRedshiftNamespaceArn,
    isS3TablesCatalogArn,
    nameIn,
    parseArn,
} from "./arn";
import { dynamoDbSourceProblems } from "./dynamodb-source";
import { problem, warning, type Problem } from "./errors";
import {
    integrationRules,
    lengthProblems,
    problemsBy,
    type CommonIntegrationInputs,
    type IntegrationChange,
    type IntegrationRule,
} from "./integration-rules";
import { refreshIntervalProblems } from "./interval";
import { databaseNameProblems, targetNamespaceProblems } from "./names";

/** What `glue:CreateIntegration` takes. */
export interface GlueIntegrationInputs extends CommonIntegrationInputs {
    /** Maxwell filter syntax, at most 2048 characters; not for a DynamoDB table. */
    dataFilter?: string;
    /** In words, 15 minutes to 6 days. @default - 15 minutes for DynamoDB, 1 hour for SaaS */
    refreshInterval?: string;
    sourceProperties?: Record<string, string>;
    /** `false` takes one snapshot. @default true */
    continuousSync?: boolean;
    /** Only for a target in S3 Tables. @default - `zetl_` and the integration's id */
    targetNamespace?: string;
}

type Input = keyof GlueIntegrationInputs;

/**
 * How AWS changes each input of an integration: in place, by way of its tags, or not at all. The key, the source, the
 * target and the rest of the configuration stay as they were created: another value means another integration, which loads everything again.
 */
export const GLUE_INTEGRATION_CHANGES: Record<Input, IntegrationChange> = {
    integrationName: "modify",
    description: "modify",
    dataFilter: "modify",
    refreshInterval: "modify",
    tags: "tag",
    sourceArn: "replace",
    targetArn: "replace",
    kmsKeyId: "replace",
    additionalEncryptionContext: "replace",
    sourceProperties: "replace",
    continuousSync: "replace",
    targetNamespace: "replace",
};

/** The one exception to {@link GLUE_INTEGRATION_CHANGES}: for a Redshift target the interval is fixed when it is created. */
export function changeOf(input: Input, { targetArn }: Pick<GlueIntegrationInputs, "targetArn">): IntegrationChange {
    return input === "refreshInterval" && isRedshiftNamespaceArn(targetArn)
        ? "replace"
        : GLUE_INTEGRATION_CHANGES[input];
}

/**
 * What AWS would refuse.
 *
 * @param isUnknown Tells a value that is not known yet: what depends on it is not judged.
 */
export function glueIntegrationProblems(
    inputs: GlueIntegrationInputs,
    isUnknown?: (value: unknown) => boolean,
): Problem[] {
    return problemsBy(RULES, inputs, isUnknown);
}

const RULES: IntegrationRule<GlueIntegrationInputs>[] = [
    ...integrationRules("glue"),
    { reads: ["sourceArn"], judge: ({ sourceArn }) => sourceProblems(sourceArn) },
    { reads: ["targetArn"], judge: ({ targetArn }) => targetProblems(targetArn) },
    { reads: ["dataFilter"], judge: ({ dataFilter }) => lengthProblems("dataFilter", dataFilter, 1, 2048) },
    {
        reads: ["sourceArn", "dataFilter"],
        judge: ({ sourceArn, dataFilter }) =>
            dataFilter !== undefined && isOfDynamoDb(sourceArn)
                ? [problem("dataFilter", "A DynamoDB table is integrated as a whole", "Leave the filter out")]
                : [],
    },
    {
        reads: ["refreshInterval"],
        judge: ({ refreshInterval }) =>
            refreshInterval === undefined ? [] : refreshIntervalProblems("refreshInterval", refreshInterval),
    },
    {
        reads: ["sourceArn", "continuousSync"],
        judge: ({ sourceArn, continuousSync }) =>
            continuousSync === false && isOfDynamoDb(sourceArn)
                ? [
                      warning(
                          "continuousSync",
                          "AWS documents one-time snapshots for SaaS sources, and for DynamoDB only in a notice",
                          "Try it on a small table first",
                      ),
                  ]
                : [],
    },
    {
        reads: ["targetNamespace"],
        judge: ({ targetNamespace }) =>
            targetNamespace === undefined ? [] : targetNamespaceProblems("targetNamespace", targetNamespace),
    },
    {
        reads: ["targetArn", "targetNamespace"],
        judge: ({ targetArn, targetNamespace }) =>
            targetNamespace !== undefined && !isS3TablesCatalogArn(targetArn)
                ? [problem("targetNamespace", "Only a target in S3 Tables has a namespace", "Leave it out")]
                : [],
    },
];

/** Tables, SaaS connections, DMS endpoints of self-managed databases, Oracle Database@AWS. */
const SOURCE_SERVICES = ["dynamodb", "glue", "dms", "odb"];

function sourceProblems(arn: string): Problem[] {
    if (!validate(arn)) {
        return [];
    }
    const { service } = parseArn(arn);
    if (service === "dynamodb") {
        return dynamoDbSourceProblems("sourceArn", { arn });
    }
    return SOURCE_SERVICES.includes(service)
        ? []
        : [
              problem(
                  "sourceArn",
                  `Glue takes no source of ${service}`,
                  "Give a DynamoDB table, a Glue connection or a DMS endpoint; Aurora and RDS go by the API of RDS",
              ),
          ];
}

function targetProblems(arn: string): Problem[] {
    if (isGlueDatabaseArn(arn)) {
        return databaseNameProblems("targetArn", nameIn(arn));
    }
    const isTarget = [isS3TablesCatalogArn, isRedshiftCatalogArn, isRedshiftNamespaceArn];
    return !validate(arn) || isTarget.some((is) => is(arn))
        ? []
        : [
              problem(
                  "targetArn",
                  `"${arn}" is nothing that Glue integrates into`,
                  "Give a Glue database, the catalog s3tablescatalog/bucket, a Redshift catalog or a Redshift namespace",
              ),
          ];
}

function isOfDynamoDb(arn: string): boolean {
    return validate(arn) && parseArn(arn).service === "dynamodb";
}
