import { flag, integer, listOf, name, options, ROLE, text, type Plugin } from "../schema";

const MAX_BATCH = 1_000_000;

const collection = options(
    {
        collection: { type: "string", pattern: "^[^.]+\\..+$" },
        export: flag,
        stream: flag,
        partition_count: integer(1, 1000),
        export_batch_size: integer(1, MAX_BATCH),
        stream_batch_size: integer(1, MAX_BATCH),
    },
    ["collection"],
);

/** `source.documentdb`, also called `mongodb`: one collection of a cluster. */
export const documentdb: Plugin = {
    schema: options(
        {
            host: name,
            port: integer(1, 65_535),
            authentication: options({ username: text(), password: text() }, ["username", "password"]),
            // Data Prepper takes several, OpenSearch Ingestion one.
            collections: listOf(collection, { minItems: 1, maxItems: 1 }),
            s3_bucket: name,
            s3_prefix: text(),
            s3_region: name,
            acknowledgments: flag,
            read_preference: text(),
            direct_connection: flag,
            insecure: flag,
            ssl_insecure_disable_verification: flag,
            trust_store_file_path: text(),
            trust_store_password: text(),
            id_key: text(),
            disable_s3_read_for_leader: flag,
            aws: options(ROLE),
        },
        ["host", "collections"],
    ),
};
