import { formatArn, nameIn, parseArn, rootCatalogArn } from "./arn";
import { problem, type Problem } from "./errors";
import { allow, GLUE_SERVICE, policyDocument, type PolicyDocument, type Statement } from "./policy-document";

/** The resource property takes no longer role ARN: a long path does not fit. */
export const MAX_ROLE_ARN_LENGTH = 128;

export const METRICS_NAMESPACE = "AWS/Glue/ZeroETL";
export const LOG_GROUP = "/aws-glue/zeroETL-integrations/logs/";

/** What AWS asks of the role on a key that the resource property names. */
export const KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey"];

export function roleArnProblems(argument: string, roleArn: string): Problem[] {
    return roleArn.length <= MAX_ROLE_ARN_LENGTH
        ? []
        : [
              problem(
                  argument,
                  `The role's ARN has ${roleArn.length} characters, and AWS takes ${MAX_ROLE_ARN_LENGTH}`,
                  "Give the role a shorter name or path",
              ),
          ];
}

/**
 * Lets Glue, and nobody else, take the role.
 *
 * @param sourceAccount Only for integrations of this account (`aws:SourceAccount`). AWS does not document whether
 * zero-ETL sends that key, and a condition on a key that is not sent shuts Glue out: leave it out unless it is tried.
 */
export function glueTrustPolicy({ sourceAccount }: { sourceAccount?: string } = {}): PolicyDocument {
    return policyDocument([
        {
            Effect: "Allow",
            Principal: { Service: GLUE_SERVICE },
            Action: "sts:AssumeRole",
            ...(sourceAccount === undefined
                ? {}
                : { Condition: { StringEquals: { "aws:SourceAccount": sourceAccount } } }),
        },
    ]);
}

export interface TargetRoleArgs {
    databaseArn: string;
    bucketArn: string;
    /** Where the tables go in the bucket, without slashes at its ends; empty for the whole bucket. */
    prefix: string;
    /** The keys of the bucket and of the resource property. */
    kmsKeyArns?: string[];
    /** Whether Lake Formation governs the location. */
    lakeFormation?: boolean;
    /** The Glue connection of type NETWORK, when the writers run in a VPC. */
    connectionArn?: string;
}

/** The least that AWS asks of the role that writes Iceberg tables to a Glue database in a bucket. */
export function targetRolePolicy(args: TargetRoleArgs): PolicyDocument {
    return policyDocument([
        ...storageStatements(args),
        ...catalogStatements(args),
        ...reportingStatements(args),
        ...keyStatements(args),
        ...lakeFormationStatements(args),
        ...networkStatements(args),
    ]);
}

function storageStatements({ bucketArn, prefix }: TargetRoleArgs): Statement[] {
    return [
        allow("ListBucket", ["s3:ListBucket"], [bucketArn]),
        allow(
            "WriteTables",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            [[bucketArn, ...(prefix === "" ? [] : [prefix]), "*"].join("/")],
        ),
    ];
}

function catalogStatements({ databaseArn }: TargetRoleArgs): Statement[] {
    const tables = formatArn({ ...parseArn(databaseArn, "databaseArn"), resource: `table/${nameIn(databaseArn)}/*` });
    return [
        allow("ReadDatabase", ["glue:GetDatabase"], [rootCatalogArn(databaseArn), databaseArn]),
        allow(
            "MaintainTables",
            [
                "glue:CreateTable",
                "glue:GetTable",
                "glue:GetTables",
                "glue:DeleteTable",
                "glue:UpdateTable",
                "glue:GetTableVersion",
                "glue:GetTableVersions",
                "glue:GetResourcePolicy",
            ],
            [rootCatalogArn(databaseArn), databaseArn, tables],
        ),
    ];
}

function reportingStatements({ databaseArn }: TargetRoleArgs): Statement[] {
    // AWS's sample says "*". The group is documented, with and without a slash at its end in the field.
    const group = `log-group:${LOG_GROUP.replace(/\/$/, "")}*`;
    return [
        {
            ...allow("PublishMetrics", ["cloudwatch:PutMetricData"], ["*"]),
            Condition: { StringEquals: { "cloudwatch:namespace": METRICS_NAMESPACE } },
        },
        allow(
            "WriteLogs",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [formatArn({ ...parseArn(databaseArn), service: "logs", resource: group })],
        ),
    ];
}

function keyStatements({ kmsKeyArns = [] }: TargetRoleArgs): Statement[] {
    // AWS does not name the others; roles in the field needed them.
    const actions = [...KEY_ACTIONS, "kms:Encrypt", "kms:ReEncrypt*", "kms:DescribeKey"];
    return kmsKeyArns.length === 0 ? [] : [allow("UseKeys", actions, kmsKeyArns)];
}

function lakeFormationStatements({ lakeFormation = false }: TargetRoleArgs): Statement[] {
    return lakeFormation ? [allow("GetLakeFormationAccess", ["lakeformation:GetDataAccess"], ["*"])] : [];
}

function networkStatements({ connectionArn }: TargetRoleArgs): Statement[] {
    return connectionArn === undefined
        ? []
        : [
              allow("ReadConnection", ["glue:GetConnection"], [rootCatalogArn(connectionArn), connectionArn]),
              allow(
                  "UseNetwork",
                  [
                      "ec2:CreateTags",
                      "ec2:DeleteTags",
                      "ec2:DescribeRouteTables",
                      "ec2:DescribeVpcEndpoints",
                      "ec2:DescribeSecurityGroups",
                      "ec2:DescribeSubnets",
                      "ec2:CreateNetworkInterface",
                      "ec2:DeleteNetworkInterface",
                  ],
                  ["*"],
              ),
          ];
}
