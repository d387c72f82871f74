import type { Duration } from "../duration";
import { problem, type Problem } from "../errors";
import { AWS_OPTIONS, BUCKET, REGION, ROLE_ARN, type PipelineAws } from "./aws-options";
import {
    advisedAgainst,
    at,
    duration,
    flag,
    group,
    inWords,
    isMapping,
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
import { isSecretReference, type SecretReference } from "./secret-reference";

/** Where an export or a staging area goes. */
interface Staging {
    s3Bucket: string;
    /** @default - the whole bucket */
    s3Prefix?: string;
    /** @default - the pipeline's Region */
    s3Region?: string;
}

/** A table of DynamoDB. Without `export` it is read from its stream alone, without `stream` it is exported once. */
export interface DynamoDbPipelineTable {
    tableArn: string;
    /** The initial load. Point-in-time recovery has to be on. */
    export?: Staging & {
        /** The whole ARN of a key, not its id or alias. @default - a key of S3 */
        s3SseKmsKeyId?: string;
    };
    /** The changes. The stream has to carry new images. */
    stream?: {
        startPosition?: "LATEST";
        /** What a sink gets of an item that was removed. `OLD_IMAGE` needs a stream of new and old images. @default "NEW_IMAGE" */
        viewOnRemove?: "NEW_IMAGE" | "OLD_IMAGE";
        /** @default false */
        disableCheckpointing?: boolean;
    };
}

/** One table of DynamoDB, in the pipeline's account and Region. */
export interface DynamoDbPipelineSource {
    tables: [DynamoDbPipelineTable];
    aws: PipelineAws;
    /** Whether a position moves on only when sinks have what came before it. @default false */
    acknowledgments?: boolean;
    /** @default "15m" */
    s3DataFileAcknowledgmentTimeout?: Duration;
}

/** User and password, in Secrets Manager. */
export interface PipelineCredentials {
    username: SecretReference;
    password: SecretReference;
}

/** One collection of a DocumentDB cluster made of instances, in the pipeline's account and Region. */
export interface DocumentDbPipelineSource {
    /** The cluster's endpoint. */
    host: string;
    /** @default 27017 */
    port?: number;
    authentication: PipelineCredentials;
    collections: [
        {
            /** `database.collection`. */
            collection: string;
            /** The initial load. @default true */
            export?: boolean;
            /** @default true */
            stream?: boolean;
            /** 1 to 1000. @default 100 */
            partitionCount?: number;
            /** 1 to 1,000,000. @default 10000 */
            exportBatchSize?: number;
            /** 1 to 1,000,000. @default 1000 */
            streamBatchSize?: number;
        },
    ];
    /** The staging bucket, between reading the database and writing documents. */
    s3Bucket: string;
    s3Prefix?: string;
    s3Region?: string;
    /** @default false */
    acknowledgments?: boolean;
    /** As MongoDB's drivers have it. Change streams of 3.6 and 4.0 are read from the primary alone. @default "primaryPreferred" */
    readPreference?: string;
    /** @default true */
    directConnection?: boolean;
    /** Another attribute for the id. @default - `_id` */
    idKey?: string;
    /** @default false */
    disableS3ReadForLeader?: boolean;
    aws?: Omit<PipelineAws, "region">;
}

/** Rows of one table inside of those of another. */
export interface RdsPipelineJoin {
    parent: string;
    child: string;
    parentKey: string;
    childKey: string;
    childPrimaryKey: string;
    /** @default "one_to_many" */
    joinType?: "one_to_many" | "one_to_one";
    /** Children beyond are dropped. @default 1000 */
    maxChildRecords?: number;
}

export type RdsPipelineEngine = "mysql" | "postgresql" | "aurora-mysql" | "aurora-postgresql";

/** One database of RDS or Aurora, in the pipeline's account and Region. */
export interface RdsPipelineSource {
    /** Of the instance or the cluster. */
    dbIdentifier: string;
    engine: RdsPipelineEngine;
    /** Whether `dbIdentifier` is a cluster's. @default - true for Aurora */
    cluster?: boolean;
    database: string;
    /** MySQL: `table`, PostgreSQL: `schema.table`; at most 1000 each. @default - every table */
    tables?: { include?: string[]; exclude?: string[] };
    /** The staging bucket. */
    s3Bucket: string;
    s3Prefix?: string;
    s3Region?: string;
    /** The initial load, from a snapshot that is exported to the staging bucket. @default - none */
    export?: { kmsKeyId: string; iamRoleArn: string };
    /** Whether changes follow. AWS's own default is not to, so it is always written. */
    stream: boolean;
    authentication: PipelineCredentials;
    aws: PipelineAws;
    /** @default true */
    acknowledgments?: boolean;
    /** @default "30m" */
    s3DataFileAcknowledgmentTimeout?: Duration;
    /** @default "10m" */
    streamAcknowledgmentTimeout?: Duration;
    /** 1 to 1000. @default 100 */
    partitionCount?: number;
    tls?: { insecure?: boolean };
    /** One level, one parent; all the tables are among those included. */
    joins?: {
        /** @default "__versions" */
        versionField?: string;
        relations: RdsPipelineJoin[];
    };
}

/** What a pipeline reads. */
export type PipelineSource =
    { dynamodb: DynamoDbPipelineSource } | { documentdb: DocumentDbPipelineSource } | { rds: RdsPipelineSource };

export type PipelineSourceKind = "dynamodb" | "documentdb" | "rds";

/** The plugin of a source by the names that bodies have for it: `mongodb` is DocumentDB's older one. */
export function sourceKindOf(plugin: string): PipelineSourceKind | undefined {
    return ({ dynamodb: "dynamodb", documentdb: "documentdb", mongodb: "documentdb", rds: "rds" } as const)[plugin];
}

/** What each source tells about an event, by the names that `getMetadata` takes. */
export const SOURCE_METADATA: Record<PipelineSourceKind, readonly string[]> = {
    dynamodb: [
        "primary_key",
        "partition_key",
        "sort_key",
        "table_name",
        "opensearch_action",
        "dynamodb_event_name",
        "dynamodb_timestamp",
        "document_version",
        "ttl_delete",
    ],
    documentdb: [
        "primary_key",
        "partition_key",
        "s3_partition_key",
        "documentdb_collection",
        "documentdb_event_name",
        "documentdb_id_bson_type",
        "documentdb_timestamp",
        "document_version",
        "opensearch_action",
        "ingestion_type",
    ],
    rds: [
        "primary_key",
        "document_version",
        "event_timestamp",
        "opensearch_action",
        "change_event_type",
        "database_name",
        "schema_name",
        "table_name",
        "ingestion_type",
        "s3_partition_key",
    ],
};

/** What joins add to the metadata of rows. */
export const JOIN_METADATA = /^_(table|fields|is_delete|is_parent|primary_key|child_.*|join_type|max_child_records)$/;

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
        dbIdentifier: required(text({ pattern: /^[a-zA-Z][a-zA-Z0-9-]{0,62}$/, form: "the identifier, not the ARN" })),
        engine: required(oneOf("mysql", "postgresql", "aurora-mysql", "aurora-postgresql"), "Name the engine"),
        cluster: flag,
        database: required(text()),
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

function isOff(value: unknown): boolean {
    return value === false || value === "false";
}

/** The options of each source. */
export const SOURCE_OPTIONS: Record<PipelineSourceKind, Option> = {
    dynamodb: DYNAMODB,
    documentdb: DOCUMENTDB,
    rds: RDS,
};
