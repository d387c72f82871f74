import { problem, warning, type Problem } from "../errors";
import { AWS_OPTIONS, BUCKET, REGION, ROLE_ARN, type PipelineAws } from "./aws-options";
import {
    advisedAgainst,
    at,
    duration,
    flag,
    group,
    inWords,
    isMapping,
    isOff,
    listOf,
    oneOf,
    refused,
    required,
    text,
    whole,
    withAlso,
    type Mapping,
    type Option,
} from "./options";
import { isSecretReference } from "./secret-reference";
import type {
    DynamoDbPipelineTable,
    DynamoDbPipelineSource,
    PipelineCredentials,
    DocumentDbPipelineSource,
    RdsPipelineJoin,
    RdsPipelineSource,
    PipelineSourceKind,
} from "./sources";

const KEY_ARN = text({
    pattern: /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/.+$/,
    form: "the whole ARN of a key, not its id or alias",
});
const STAGING = { s3Bucket: required(BUCKET, "Name the bucket"), s3Prefix: text({ min: 0 }), s3Region: REGION };
const BATCH_SIZE = whole({ min: 1, max: 1_000_000 });
const PARTITION_COUNT = whole({ min: 1, max: 1000 });

const SECRET: Option = {
    judge: (argument, value) =>
        isSecretReference(value)
            ? []
            : [
                  // Never the value itself: it is somebody's password.
                  problem(
                      argument,
                      "It is written in the body, and OpenSearch Ingestion takes credentials from Secrets Manager alone",
                      "Declare the secret in extension.aws.secrets, and refer to it: ${{aws_secrets:id:key}}",
                  ),
              ],
    write: (value) => value,
};
const CREDENTIALS = required(
    group<PipelineCredentials>({ username: required(SECRET), password: required(SECRET) }),
    "Refer to user and password in Secrets Manager",
);

const DYNAMODB_TABLE = group<DynamoDbPipelineTable>(
    {
        tableArn: required(
            text({
                pattern: /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255}$/,
                form: "the ARN of a table, not of its stream or an index",
            }),
        ),
        export: group<NonNullable<DynamoDbPipelineTable["export"]>>({ ...STAGING, s3SseKmsKeyId: KEY_ARN }),
        stream: group<NonNullable<DynamoDbPipelineTable["stream"]>>(
            {
                startPosition: oneOf("LATEST"),
                viewOnRemove: oneOf("NEW_IMAGE", "OLD_IMAGE"),
                disableCheckpointing: flag,
            },
            {
                also: {
                    shard_discovery_interval: advisedAgainst(
                        "Only the newest Data Prepper (2.17) has it, and OpenSearch Ingestion chooses the release",
                        "Leave it out",
                    ),
                },
            },
        ),
    },
    {
        together: (argument, { export: load, stream }) =>
            load == null && stream == null
                ? [
                      problem(
                          argument,
                          "It has neither export nor stream, so nothing is read",
                          "Give one of them, or both",
                      ),
                  ]
                : [],
    },
);

const DYNAMODB = group<DynamoDbPipelineSource>(
    {
        tables: required(listOf(DYNAMODB_TABLE, { min: 1, max: 1 }), "Give the one table"),
        aws: required(group<PipelineAws>(AWS_OPTIONS), "Give the Region: aws: { region: … }"),
        acknowledgments: flag,
        s3DataFileAcknowledgmentTimeout: duration(),
    },
    { also: { shard_acknowledgment_timeout: duration() }, together: oneRegionProblems },
);

/** A pipeline reads a table of its own Region, and AWS exports to a bucket there. */
function oneRegionProblems(argument: string, { aws, tables }: Mapping): Problem[] {
    const region = isMapping(aws) ? aws.region : undefined;
    const [table] = (Array.isArray(tables) ? tables : []) as unknown[];
    if (typeof region !== "string" || !isMapping(table)) {
        return [];
    }
    const path = `${argument}.tables[0]`;
    const { table_arn: arn, export: load } = table;
    const tableRegion = typeof arn === "string" ? arn.split(":")[3] : undefined;
    return [
        ...(tableRegion && tableRegion !== region
            ? [
                  problem(
                      `${path}.table_arn`,
                      `The table is in ${tableRegion}, the pipeline in ${region}`,
                      `Replicate the table to ${region} (a DynamoDB global table), and read the replica`,
                  ),
              ]
            : []),
        ...(isMapping(load) ? bucketRegionProblems(`${path}.export`, load, region) : []),
    ];
}

/** Exports go to a bucket of their own Region, or do not come to an end. */
function bucketRegionProblems(argument: string, { s3_region }: Mapping, region: string): Problem[] {
    return typeof s3_region === "string" && s3_region !== region
        ? [
              problem(
                  `${argument}.s3_region`,
                  `The bucket is in ${s3_region}, the pipeline in ${region}`,
                  `Use a bucket of ${region}`,
              ),
          ]
        : [];
}

const LOCAL_FILE = advisedAgainst(
    "It names a file beside the pipeline, where nobody can put one",
    "Leave it out: the service knows the authorities of DocumentDB",
);

const DOCUMENTDB = group<DocumentDbPipelineSource>(
    {
        host: required(
            text({ pattern: /^[^\s@]+$/, form: "the cluster's endpoint, without user and password" }),
            "Give the cluster's endpoint",
        ),
        port: whole({ min: 1, max: 65_535 }),
        authentication: CREDENTIALS,
        collections: required(
            listOf(
                group<DocumentDbPipelineSource["collections"][0]>(
                    {
                        collection: required(
                            text({ pattern: /^[^.\s]+\..+$/, form: "database.collection" }),
                            "Give database.collection",
                        ),
                        export: flag,
                        stream: flag,
                        partitionCount: PARTITION_COUNT,
                        exportBatchSize: BATCH_SIZE,
                        streamBatchSize: BATCH_SIZE,
                    },
                    {
                        together: (argument, options) =>
                            isOff(options.export) && isOff(options.stream)
                                ? [
                                      problem(
                                          argument,
                                          "Neither export nor stream is on, so nothing is read",
                                          "Turn one on",
                                      ),
                                  ]
                                : [],
                    },
                ),
                { min: 1, max: 1 },
            ),
            "Give the one collection",
        ),
        s3Bucket: required(BUCKET, "Name the staging bucket"),
        s3Prefix: STAGING.s3Prefix,
        s3Region: REGION,
        acknowledgments: flag,
        readPreference: oneOf("primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"),
        directConnection: flag,
        idKey: text(),
        disableS3ReadForLeader: flag,
        aws: group<Omit<PipelineAws, "region">>(
            {
                stsRoleArn: ROLE_ARN,
                stsExternalId: AWS_OPTIONS.stsExternalId,
                stsHeaderOverrides: AWS_OPTIONS.stsHeaderOverrides,
            },
            { also: { region: refused("DocumentDB's source has no Region: it is the pipeline's", "Leave it out") } },
        ),
    },
    {
        also: {
            insecure: flag,
            ssl_insecure_disable_verification: flag,
            trust_store_file_path: LOCAL_FILE,
            trust_store_password: LOCAL_FILE,
        },
    },
);

const TABLES = listOf(text(), { max: 1000 });

const RDS = group<RdsPipelineSource>(
    {
        dbIdentifier: required(
            text({ pattern: /^[a-zA-Z][a-zA-Z0-9-]{0,62}$/, form: "the identifier, not the ARN" }),
            "Name the cluster or the instance",
        ),
        engine: required(oneOf("mysql", "postgresql", "aurora-mysql", "aurora-postgresql"), "Name the engine"),
        cluster: flag,
        database: required(text(), "Name the one that is read"),
        tables: group<NonNullable<RdsPipelineSource["tables"]>>({ include: TABLES, exclude: TABLES }),
        s3Bucket: required(BUCKET, "Name the staging bucket"),
        s3Prefix: STAGING.s3Prefix,
        s3Region: REGION,
        export: group<NonNullable<RdsPipelineSource["export"]>>(
            {
                kmsKeyId: required(text(), "RDS encrypts every export: name the key"),
                iamRoleArn: required(ROLE_ARN, "Name the role that RDS exports with"),
            },
            { aliases: { export_role_arn: "iam_role_arn" } },
        ),
        stream: flag,
        authentication: CREDENTIALS,
        aws: required(group<PipelineAws>(AWS_OPTIONS), "Give the Region: aws: { region: … }"),
        acknowledgments: flag,
        s3DataFileAcknowledgmentTimeout: duration(),
        streamAcknowledgmentTimeout: duration(),
        partitionCount: PARTITION_COUNT,
        tls: group<NonNullable<RdsPipelineSource["tls"]>>({ insecure: flag }),
        joins: group<NonNullable<RdsPipelineSource["joins"]>>({
            versionField: text(),
            relations: required(
                withAlso(
                    listOf(
                        group<RdsPipelineJoin>({
                            parent: required(text()),
                            child: required(text()),
                            parentKey: required(text()),
                            childKey: required(text()),
                            childPrimaryKey: required(text()),
                            joinType: oneOf("one_to_many", "one_to_one"),
                            maxChildRecords: whole({ min: 1 }),
                        }),
                        { min: 1 },
                    ),
                    relationProblems,
                ),
            ),
        }),
    },
    {
        together: (argument, options) => [
            ...(options.export == null && (options.stream == null || isOff(options.stream))
                ? [
                      problem(
                          at(argument, "stream"),
                          "Neither an export nor the stream is on, so nothing is read",
                          "Write stream: true, since AWS's own default is false",
                      ),
                  ]
                : []),
            ...tableNameProblems(argument, options),
            ...joinedTableProblems(argument, options),
            ...(isMapping(options.aws) && typeof options.aws.region === "string"
                ? bucketRegionProblems(argument, options, options.aws.region)
                : []),
        ],
    },
);

/** One parent for all, and one level: a child has one parent and is none. */
function relationProblems(argument: string, relations: unknown): Problem[] {
    const joins = Array.isArray(relations) ? relations.filter(isMapping) : [];
    const [first] = joins;
    return joins.flatMap(({ parent, child }, index) => [
        ...(parent === first!.parent
            ? []
            : [
                  problem(
                      `${argument}[${index}].parent`,
                      "It is another parent, and a pipeline joins to one",
                      "Make another pipeline",
                  ),
              ]),
        ...(child === first!.parent
            ? [problem(`${argument}[${index}].child`, "It is the parent too, and joins have one level", "Leave it out")]
            : []),
        ...(joins.findIndex((other) => other.child === child) < index
            ? [problem(`${argument}[${index}].child`, "It is joined twice", "Leave one out")]
            : []),
    ]);
}

/** The database is put before each name: what is left of it differs from engine to engine, and a wrong name is read as no table. */
function tableNameProblems(argument: string, { engine, tables }: Mapping): Problem[] {
    const lists = isMapping(tables) ? [["include", tables.include] as const, ["exclude", tables.exclude] as const] : [];
    const named = lists.flatMap(([list, names]) =>
        (Array.isArray(names) ? names : []).map(
            (name, i) => [`${at(at(argument, "tables"), list)}[${i}]`, name] as const,
        ),
    );
    return named.flatMap(([path, name]) => {
        if (typeof name !== "string" || typeof engine !== "string") {
            return [];
        }
        if (engine.endsWith("postgresql")) {
            return name.includes(".")
                ? []
                : [problem(path, `"${name}" has no schema`, `Give schema.table, such as public.${name}`)];
        }
        return name.includes(".")
            ? [
                  warning(
                      path,
                      `"${name}" has a point in it, and a table of MySQL is named alone`,
                      "Leave its database out",
                  ),
              ]
            : [];
    });
}

function joinedTableProblems(argument: string, { tables, joins }: Mapping): Problem[] {
    const included = isMapping(tables) && Array.isArray(tables.include) ? tables.include : [];
    const relations = isMapping(joins) && Array.isArray(joins.relations) ? joins.relations.filter(isMapping) : [];
    const absent = relations
        .flatMap(({ parent, child }) => [parent, child])
        .filter((table) => typeof table === "string" && !included.includes(table));
    return absent.length === 0
        ? []
        : [
              problem(
                  at(at(argument, "tables"), "include"),
                  `Joined tables are not among those included: ${inWords([...new Set(absent)] as string[])}`,
                  "Include every table that is joined",
              ),
          ];
}

/** The options of each source. */
export const SOURCE_OPTIONS: Record<PipelineSourceKind, Option> = {
    dynamodb: DYNAMODB,
    documentdb: DOCUMENTDB,
    rds: RDS,
};
