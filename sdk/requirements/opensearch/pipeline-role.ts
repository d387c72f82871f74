import { formatArn } from "../arn";
import { allow, policyDocument, type PolicyDocument, type Statement } from "../policy-document";
import type { RdsPipelineEngine } from "./sources";

/** Who runs pipelines: the same name in every partition. */
export const OSIS_SERVICE = "osis-pipelines.amazonaws.com";

/** Who writes exports of RDS's snapshots. */
export const RDS_EXPORT_SERVICE = "export.rds.amazonaws.com";

/** Where pipelines run. */
export interface PipelinePlace {
    partition: string;
    region: string;
    accountId: string;
}

/** Lets OpenSearch Ingestion take the role for pipelines of this account and Region, and for nobody else's (the confused deputy). */
export function pipelineTrustPolicy(place: PipelinePlace): PolicyDocument {
    return policyDocument([
        {
            Sid: "RunPipelines",
            Effect: "Allow",
            Principal: { Service: OSIS_SERVICE },
            Action: "sts:AssumeRole",
            Condition: {
                StringEquals: { "aws:SourceAccount": place.accountId },
                ArnLike: { "aws:SourceArn": arn(place, "osis", "pipeline/*") },
            },
        },
    ]);
}

/** A bucket, and where in it. */
export interface BucketPart {
    bucketArn: string;
    /** Slashes at its ends do not count. @default - the whole bucket */
    prefix?: string;
}

/** What a pipeline reads, as far as its role has to know. */
export type PipelineRoleSource =
    | {
          kind: "dynamodb";
          tableArn: string;
          /** Where the initial load goes. @default - none */
          export?: BucketPart;
          /** Whether changes are read. */
          stream: boolean;
      }
    | { kind: "documentdb"; staging: BucketPart }
    | {
          kind: "rds";
          engine: RdsPipelineEngine;
          /** Of the instance or the cluster. */
          dbIdentifier: string;
          /** Whether `dbIdentifier` is a cluster's. @default - true for Aurora */
          cluster?: boolean;
          staging: BucketPart;
          /** The initial load. @default - none */
          export?: { roleArn: string; kmsKeyArn: string };
      };

export interface PipelineRoleArgs extends PipelinePlace {
    source: PipelineRoleSource;
    /** Where documents go. */
    target: { domainArn: string } | { collectionArn: string };
    /** The bucket of dead letters. */
    deadLetters?: BucketPart;
    /** Secrets that the body refers to. */
    secretArns?: string[];
    /** Customers' keys of the buckets, the table and the secrets. */
    kmsKeyArns?: string[];
    /** The VPC that the pipeline is attached to: its subnets and security groups, all of the account where they are not known. */
    vpc?: { subnetIds?: string[]; securityGroupIds?: string[] };
    /** The key of a persistent buffer. */
    bufferKeyArn?: string;
}

/** The least that AWS asks of a pipeline's role: a statement for each step, named after it. */
export function pipelineRolePolicy(args: PipelineRoleArgs): PolicyDocument {
    return policyDocument([
        ...sourceStatements(args),
        ...targetStatements(args),
        ...some("WriteDeadLetters", ["s3:PutObject"], args.deadLetters && [objectsIn(args.deadLetters)]),
        ...some("ReadSecrets", ["secretsmanager:GetSecretValue"], args.secretArns),
        ...some("UseKeys", ["kms:GenerateDataKey", "kms:Decrypt"], args.kmsKeyArns),
        ...some(
            "UseBufferKey",
            ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"],
            args.bufferKeyArn === undefined ? undefined : [args.bufferKeyArn],
        ),
        ...networkStatements(args),
    ]);
}

function sourceStatements(args: PipelineRoleArgs): Statement[] {
    const { source } = args;
    switch (source.kind) {
        case "dynamodb":
            return tableStatements(source);
        case "documentdb":
            return stagingStatements(source.staging, ["s3:ListBucket"]);
        case "rds":
            return [
                ...stagingStatements(source.staging, ["s3:ListBucket", "s3:GetBucketLocation"]),
                ...databaseStatements(args, source),
            ];
    }
}

type SourceOf<Kind> = Extract<PipelineRoleSource, { kind: Kind }>;

function tableStatements({ tableArn, export: load, stream }: SourceOf<"dynamodb">): Statement[] {
    return [
        allow("DescribeTable", ["dynamodb:DescribeTable"], [tableArn]),
        ...(load === undefined
            ? []
            : [
                  allow(
                      "ExportTable",
                      ["dynamodb:DescribeContinuousBackups", "dynamodb:ExportTableToPointInTime"],
                      [tableArn],
                  ),
                  // Of an export and not of its table, as those find who see it stuck.
                  allow("FollowExport", ["dynamodb:DescribeExport"], [`${tableArn}/export/*`]),
                  allow(
                      "UseExport",
                      ["s3:GetObject", "s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"],
                      [objectsIn(load)],
                  ),
              ]),
        ...(stream
            ? [
                  allow(
                      "ReadStream",
                      ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                      [`${tableArn}/stream/*`],
                  ),
              ]
            : []),
    ];
}

function stagingStatements(staging: BucketPart, onBucket: string[]): Statement[] {
    return [
        allow("FindStaging", onBucket, [staging.bucketArn]),
        allow("UseStaging", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [objectsIn(staging)]),
    ];
}

function databaseStatements(place: PipelinePlace, source: SourceOf<"rds">): Statement[] {
    const { engine, dbIdentifier, cluster = engine.startsWith("aurora-"), export: load } = source;
    const [noun, type, snapshotType] = cluster
        ? ["DBCluster", "cluster", "cluster-snapshot"]
        : ["DBInstance", "db", "snapshot"];
    const snapshot = cluster ? "DBClusterSnapshot" : "DBSnapshot";
    const database = arn(place, "rds", `${type}:${dbIdentifier}`);
    // AWS names them <database>-snapshot-<8 hexadecimal digits>.
    const snapshots = arn(place, "rds", `${snapshotType}:${dbIdentifier}-snapshot-*`);
    return [
        allow("DescribeDatabases", [`rds:Describe${noun}s`], [arn(place, "rds", `${type}:*`)]),
        ...(load === undefined
            ? []
            : [
                  allow(
                      "TakeSnapshot",
                      [`rds:Create${snapshot}`, `rds:Describe${snapshot}s`, "rds:AddTagsToResource"],
                      [database, snapshots],
                  ),
                  allow("ExportSnapshot", ["rds:StartExportTask"], [database, snapshots]),
                  {
                      ...allow("FollowExport", ["rds:DescribeExportTasks"], ["*"]),
                      Condition: {
                          StringEquals: {
                              "aws:RequestedRegion": place.region,
                              "aws:ResourceAccount": place.accountId,
                          },
                      },
                  },
                  allow(
                      "UseExportKey",
                      [
                          "kms:Decrypt",
                          "kms:Encrypt",
                          "kms:DescribeKey",
                          "kms:RetireGrant",
                          "kms:CreateGrant",
                          "kms:ReEncrypt*",
                          "kms:GenerateDataKey*",
                      ],
                      [load.kmsKeyArn],
                  ),
                  allow("PassExportRole", ["iam:PassRole"], [load.roleArn]),
              ]),
    ];
}

function targetStatements({ target, ...place }: PipelineRoleArgs): Statement[] {
    if ("domainArn" in target) {
        return [
            allow("DescribeDomains", ["es:DescribeDomain"], [arn(place, "es", "domain/*")]),
            allow("WriteDocuments", ["es:ESHttp*"], [`${target.domainArn}/*`]),
        ];
    }
    return [
        allow("WriteDocuments", ["aoss:APIAccessAll"], [target.collectionArn]),
        // IAM knows no resource of the others.
        allow("FindCollection", ["aoss:BatchGetCollection"], ["*"]),
        // The service makes the collection's network policy, or adds itself to it.
        allow(
            "OpenNetwork",
            ["aoss:CreateSecurityPolicy", "aoss:GetSecurityPolicy", "aoss:UpdateSecurityPolicy"],
            ["*"],
        ),
    ];
}

function networkStatements({ vpc, ...place }: PipelineRoleArgs): Statement[] {
    if (vpc === undefined) {
        return [];
    }
    const interfaces = arn(place, "ec2", "network-interface/*");
    const each = (type: string, ids: string[] = ["*"]) => ids.map((id) => arn(place, "ec2", `${type}/${id}`));
    return [
        allow(
            "AttachToNetwork",
            [
                "ec2:AttachNetworkInterface",
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
                "ec2:DetachNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
            ],
            [interfaces, ...each("subnet", vpc.subnetIds), ...each("security-group", vpc.securityGroupIds)],
        ),
        allow("DescribeNetwork", ["ec2:Describe*"], ["*"]),
        {
            ...allow("TagNetworkInterfaces", ["ec2:CreateTags"], [interfaces]),
            Condition: { StringEquals: { "aws:RequestTag/OSISManaged": "true" } },
        },
    ];
}

/**
 * Lets RDS take the role that writes snapshots to the staging bucket.
 *
 * @param sourceAccount Only for exports of this account (`aws:SourceAccount`). AWS does not document whether it sends that key, and a
 * condition on a key that is not sent shuts it out: leave it out unless it is tried.
 */
export function exportRoleTrustPolicy({ sourceAccount }: { sourceAccount?: string } = {}): PolicyDocument {
    return policyDocument([
        {
            Sid: "ExportSnapshots",
            Effect: "Allow",
            Principal: { Service: RDS_EXPORT_SERVICE },
            Action: "sts:AssumeRole",
            ...(sourceAccount === undefined
                ? {}
                : { Condition: { StringEquals: { "aws:SourceAccount": sourceAccount } } }),
        },
    ]);
}

/** What the role needs that writes snapshots to the staging bucket. */
export function exportRolePolicy(staging: BucketPart): PolicyDocument {
    return policyDocument([
        allow("FindStaging", ["s3:ListBucket", "s3:GetBucketLocation"], [staging.bucketArn]),
        allow("UseStaging", ["s3:PutObject*", "s3:GetObject*", "s3:DeleteObject*"], [objectsIn(staging)]),
    ]);
}

/** The ARN of a pipeline, for an alarm or a policy. */
export function pipelineArn(place: PipelinePlace, pipelineName: string): string {
    return arn(place, "osis", `pipeline/${pipelineName}`);
}

function objectsIn({ bucketArn, prefix = "" }: BucketPart): string {
    return [bucketArn, ...prefix.split("/").filter(Boolean), "*"].join("/");
}

function some(sid: string, actions: string[], resources: string[] = []): Statement[] {
    return resources.length === 0 ? [] : [allow(sid, actions, resources)];
}

function arn({ partition, region, accountId }: PipelinePlace, service: string, resource: string): string {
    return formatArn({ partition, service, region, accountId, resource });
}
