import type { Duration } from "../duration";
import { type PipelineAws } from "./aws-options";
import { type SecretReference } from "./secret-reference";

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
