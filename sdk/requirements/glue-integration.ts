import { validate } from "@aws-sdk/util-arn-parser";

import {
    isGlueDatabaseArn,
    isRedshiftCatalogArn,
    isRedshiftNamespaceArn,
    isS3TablesCatalogArn,
    nameIn,
    parseArn,
} from "./arn";
import { dynamoDbSourceProblems, sameRegionProblems } from "./dynamodb-source";
import { problem, warning, type Problem } from "./errors";
import { refreshIntervalProblems } from "./interval";
import { databaseNameProblems, integrationNameProblems, targetNamespaceProblems } from "./names";

/** What `glue:CreateIntegration` takes. */
export interface GlueIntegrationInputs {
    /** 1–128 characters, unique in the account and Region. */
    integrationName: string;
    sourceArn: string;
    targetArn: string;
    /** At most 1000 characters. */
    description?: string;
    /** Maxwell filter syntax, at most 2048 characters; not for a DynamoDB table. */
    dataFilter?: string;
    /** Encrypts what is on its way. @default - a key of AWS */
    kmsKeyId?: string;
    /** Only with `kmsKeyId`. */
    additionalEncryptionContext?: Record<string, string>;
    /** At most 50. */
    tags?: Record<string, string>;
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
export const GLUE_INTEGRATION_CHANGES: Record<Input, "modify" | "tag" | "replace"> = {
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
export function changeOf(
    input: Input,
    { targetArn }: Pick<GlueIntegrationInputs, "targetArn">,
): "modify" | "tag" | "replace" {
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
    isUnknown: (value: unknown) => boolean = () => false,
): Problem[] {
    return RULES.filter(({ reads }) => !reads.some((input) => isUnknown(inputs[input]))).flatMap(({ judge }) =>
        judge(inputs),
    );
}

interface Rule {
    reads: Input[];
    judge(inputs: GlueIntegrationInputs): Problem[];
}

const RULES: Rule[] = [
    {
        reads: ["integrationName"],
        judge: ({ integrationName }) => integrationNameProblems("integrationName", "glue", integrationName),
    },
    { reads: ["sourceArn"], judge: ({ sourceArn }) => arnProblems("sourceArn", sourceArn) },
    { reads: ["sourceArn"], judge: ({ sourceArn }) => sourceProblems(sourceArn) },
    { reads: ["targetArn"], judge: ({ targetArn }) => arnProblems("targetArn", targetArn) },
    { reads: ["targetArn"], judge: ({ targetArn }) => targetProblems(targetArn) },
    {
        reads: ["sourceArn", "targetArn"],
        judge: ({ sourceArn, targetArn }) =>
            validate(sourceArn) && validate(targetArn) ? sameRegionProblems("sourceArn", { sourceArn, targetArn }) : [],
    },
    { reads: ["description"], judge: ({ description }) => lengthProblems("description", description, 0, 1000) },
    { reads: ["dataFilter"], judge: ({ dataFilter }) => lengthProblems("dataFilter", dataFilter, 1, 2048) },
    {
        reads: ["sourceArn", "dataFilter"],
        judge: ({ sourceArn, dataFilter }) =>
            dataFilter !== undefined && isOfDynamoDb(sourceArn)
                ? [problem("dataFilter", "A DynamoDB table is integrated as a whole", "Leave the filter out")]
                : [],
    },
    { reads: ["kmsKeyId"], judge: ({ kmsKeyId }) => lengthProblems("kmsKeyId", kmsKeyId, 1, 2048) },
    {
        reads: ["kmsKeyId", "additionalEncryptionContext"],
        judge: ({ kmsKeyId, additionalEncryptionContext }) =>
            additionalEncryptionContext !== undefined && kmsKeyId === undefined
                ? [
                      problem(
                          "additionalEncryptionContext",
                          "An encryption context needs a key of yours",
                          "Give kmsKeyId, or leave the context out",
                      ),
                  ]
                : [],
    },
    { reads: ["tags"], judge: ({ tags = {} }) => tagProblems(tags) },
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

export const MAX_TAGS = 50;

function tagProblems(tags: Record<string, string>): Problem[] {
    const count = Object.keys(tags).length;
    return [
        ...(count > MAX_TAGS ? [problem("tags", `There are ${count} tags`, `AWS takes ${MAX_TAGS} at most`)] : []),
        ...Object.entries(tags).flatMap(([key, value]) => [
            ...lengthProblems("tags", key, 1, 128),
            ...lengthProblems(`tags.${key}`, value, 0, 256),
            ...(/^aws/i.test(key)
                ? [problem(`tags.${key}`, `Keys that begin with "aws" are AWS's own`, "Choose another")]
                : []),
        ]),
    ];
}

function arnProblems(argument: string, arn: string): Problem[] {
    return validate(arn)
        ? lengthProblems(argument, arn, 1, 512)
        : [problem(argument, `"${arn}" is not an ARN`, "Give arn:partition:service:region:account:resource")];
}

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

function lengthProblems(argument: string, value: string | undefined, min: number, max: number): Problem[] {
    return value === undefined || (value.length >= min && value.length <= max)
        ? []
        : [problem(argument, `It has ${value.length} characters`, `AWS takes ${min} to ${max}`)];
}

function isOfDynamoDb(arn: string): boolean {
    return validate(arn) && parseArn(arn).service === "dynamodb";
}

/** How an integration is: what a wait, a diff and an alarm ask. `unknown` is a status that this version does not know. */
export type IntegrationHealth = "pending" | "healthy" | "needs attention" | "failed" | "unknown";

const HEALTH: Record<string, IntegrationHealth> = {
    CREATING: "pending",
    MODIFYING: "pending",
    DELETING: "pending",
    // In AWS's documentation, though not among the values of its API.
    CREATED: "pending",
    ACTIVE: "healthy",
    // A new snapshot after a change of types or an error that passed: it becomes active by itself.
    SYNCING: "healthy",
    REPLICATING: "healthy",
    NEEDS_ATTENTION: "needs attention",
    FAILED: "failed",
};

/** AWS tries again for so long after NEEDS_ATTENTION, and goes on by itself once the cause is gone; then FAILED is the end. */
export const RETRY_DAYS = 7;

/** Glue writes a status in upper case, RDS and Redshift in lower case. */
export function healthOf(status: string): IntegrationHealth {
    return HEALTH[status.toUpperCase()] ?? "unknown";
}

interface Explanation {
    text: RegExp;
    cause: string;
    nextStep: string;
    /** What Glue and the target role may not do. A call that is refused with such a text speaks of its caller instead. */
    ofIntegrationsOnly?: true;
}

/** Causes behind AWS's texts; the first that fits counts. */
const EXPLANATIONS: Explanation[] = [
    {
        text: /explicit deny/i,
        cause: "A statement with the effect Deny forbids it, and no Allow outweighs that",
        nextStep: "Find it in a policy of the kind that AWS names, and remove it or except from it whom AWS names",
    },
    {
        text: /lakeformation:GetDataAccess/i,
        cause: "Lake Formation governs the target, and the target role may not ask it for access to the files",
        nextStep: "Allow the role lakeformation:GetDataAccess; AWS goes on by itself",
        ofIntegrationsOnly: true,
    },
    {
        text: /lake ?formation/i,
        cause: "Lake Formation governs the target, and the target role lacks grants there",
        nextStep:
            "Allow it lakeformation:GetDataAccess, and grant it ALL on the database and its tables and DATA_LOCATION_ACCESS on the S3 location",
    },
    {
        text: /point.?in.?time.?recovery|\bPITR\b/i,
        cause: "Point-in-time recovery of the source table is off",
        nextStep: "Turn it on; AWS goes on by itself",
    },
    {
        text: /AWS managed key/i,
        cause: "The source table is encrypted with the AWS managed key aws/dynamodb, which zero-ETL cannot use",
        nextStep: "Encrypt the table with a key that AWS owns or with a customer managed key; AWS goes on by itself",
    },
    {
        text: /source( table)? .*not found/i,
        cause: "The source table does not exist",
        nextStep: "Create it again, or give the ARN of one that exists",
    },
    {
        text: /dynamodb:(DescribeTable|DescribeExport|ExportTableToPointInTime)/i,
        cause: "The source table's policy does not let Glue export it",
        nextStep:
            "Allow glue.amazonaws.com the three export actions there, for the account and the integrations of the source",
        ofIntegrationsOnly: true,
    },
    {
        text: /glue:AuthorizeInboundIntegration/i,
        cause: "The catalog's policy in the target's account does not accept this source",
        nextStep:
            "Allow glue.amazonaws.com glue:AuthorizeInboundIntegration there, on the catalog and the database, with the source's ARN as aws:SourceArn",
        ofIntegrationsOnly: true,
    },
    {
        text: /Target Glue database not found/i,
        cause: "The target database does not exist",
        nextStep: "Create it with the name in targetArn and a location in S3",
    },
    {
        text: /LocationUri/i,
        cause: "The target database has no location, and the tables' files go below it",
        nextStep: "Set its locationUri to s3://bucket/prefix/; AWS goes on by itself",
    },
    {
        text: /NoSuchBucket|bucket does not exist/i,
        cause: "The bucket of the target database's location does not exist",
        nextStep: "Create it in the database's Region, or give the database a location in another bucket",
    },
    {
        text: /bucket .*\bRegion\b/i,
        cause: "The bucket of the target database's location is in another Region",
        nextStep: "Give the database a location in a bucket of its own Region, and let the target role write there",
    },
    {
        text: /KMSKeyNotAccessible/i,
        cause: "The integration's own key cannot be used: it is disabled or gone, or the caller may not use it",
        nextStep:
            "See that the key is symmetric and enabled, and allow the caller kms:DescribeKey and kms:CreateGrant on it",
    },
    {
        text: /glue\.amazonaws\.com .*sts:AssumeRole|(cannot|can't|unable to|failed to) assume/i,
        cause: "Glue may not take the target role: the role is gone, or does not trust Glue",
        nextStep:
            "See that the role in the database's resource property exists, and that its trust policy allows glue.amazonaws.com sts:AssumeRole; AWS goes on by itself",
        ofIntegrationsOnly: true,
    },
    {
        text: /not authorized to perform:? ?(glue:GetConnection|ec2:(Describe|Create))/i,
        cause: "The target role may not use the VPC connection",
        nextStep: "Allow it glue:GetConnection on the connection and the ec2 actions that network interfaces need",
        ofIntegrationsOnly: true,
    },
    {
        text: /does not contain a valid S3 endpoint or NAT gateway|Can't connect to (S3|Lambda) through|Connection (subnet|security group) not found/i,
        cause: "The writers cannot reach AWS from the connection's subnet",
        nextStep: "Give the subnet an S3 gateway endpoint or a NAT gateway, and endpoints for Glue, STS and Lambda",
    },
    {
        text: /not authorized to perform:? ?glue:CreateInboundIntegration/i,
        cause: "The caller may not point an integration at this target",
        nextStep:
            "Where the target is in another account, let the target's stack run first, with lakehouse.accept() for this source. Otherwise allow the caller glue:CreateInboundIntegration on the target's catalog and database",
    },
    {
        text: /not authorized to perform:? ?(s3|glue|kms|logs|cloudwatch):/i,
        cause: "The target role lacks the permission that the message names",
        nextStep: "Allow it in the role's policy; AWS goes on by itself",
        ofIntegrationsOnly: true,
    },
    {
        text: /partition column .*(doesn't|does not) exist/i,
        cause: "No item has the attribute that the table is to be partitioned by",
        nextStep:
            "Correct partitionBy: names are case-sensitive, and a nested attribute is a.b.c; AWS goes on by itself",
    },
    {
        text: /partition column .*(convert|partitioned by)/i,
        cause: "An item's value does not fit the way in which the table is to be partitioned",
        nextStep: "Correct the item, or the format in partitionBy; AWS goes on by itself",
    },
    {
        text: /\d+ columns/i,
        cause: "The items have more attributes than AWS takes as columns of a table",
        nextStep: 'Set unnest to "top-level", where nested attributes stay together, or to "none"',
    },
    {
        text: /unsupported character ':'/i,
        cause: "An attribute's name has a colon, which AWS takes in no column and no nested field",
        nextStep: "Rename the attribute in all items",
    },
    {
        text: /contains invalid characters/i,
        cause: "AWS does not take the name of the database or the table",
        nextStep: "Use lower-case letters, digits and underscores",
    },
    {
        text: /Provided target id is not valid/i,
        cause: "The target is not one that AWS takes, such as a namespace in place of its table bucket",
        nextStep: "Give the database, or the catalog s3tablescatalog/bucket with targetNamespace",
    },
    {
        text: /UNRECOVERABLE_ACCESS_DENIED/i,
        cause: "The target has no resource property with a role, or the role was too new for AWS to know it",
        nextStep:
            "See that the property exists and names the role. If AWS does not go on by itself then, delete the integration and create it again",
    },
    {
        text: /another operation is in progress/i,
        cause: "Something else is changing at the same target",
        nextStep: "Wait until it is done; changes at one target come one after the other",
    },
];

/**
 * What an error of AWS means and what to do, or `undefined` for one that is not known.
 *
 * @param of Where AWS said it: in an integration's own errors, or in answer to a call.
 */
export function explain(
    errorCode: string | undefined,
    message: string | undefined,
    of: "integration" | "call" = "integration",
): string | undefined {
    const said = `${errorCode ?? ""} ${message ?? ""}`;
    const explanation = EXPLANATIONS.find(
        ({ text, ofIntegrationsOnly }) => text.test(said) && !(ofIntegrationsOnly && of === "call"),
    );
    return explanation && `${explanation.cause}. ${explanation.nextStep}.`;
}
