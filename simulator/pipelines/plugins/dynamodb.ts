import { awsOptions, duration, flag, listOf, name, oneOf, options, type Plugin } from "../schema";

const KEY_ARN = "^arn:[\\w-]+:kms:[\\w-]+:\\d{12}:key/.+$";

const exported = options(
    {
        s3_bucket: name,
        s3_prefix: { type: "string" },
        s3_region: name,
        s3_sse_kms_key_id: { type: "string", pattern: KEY_ARN },
    },
    ["s3_bucket"],
);

const stream = options({
    start_position: oneOf("LATEST"),
    // Other names of view types get through, and mean nothing.
    view_on_remove: oneOf("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"),
    disable_checkpointing: flag,
    shard_discovery_interval: duration,
});

const table = options({ table_arn: name, export: exported, stream }, ["table_arn"]);

/** `source.dynamodb`: one table, by its export, its stream, or both. */
export const dynamodb: Plugin = {
    schema: options(
        {
            tables: listOf(table, { minItems: 1, maxItems: 1 }),
            aws: awsOptions,
            acknowledgments: flag,
            shard_acknowledgment_timeout: duration,
            s3_data_file_acknowledgment_timeout: duration,
        },
        ["tables", "aws"],
    ),
    check({ tables: [{ table_arn, export: exporting, stream }] }, path) {
        return [
            ...(/^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+$/.test(table_arn)
                ? []
                : [{ path: `${path}.tables[0].table_arn`, message: "must be the ARN of a DynamoDB table" }]),
            ...(exporting || stream
                ? []
                : [{ path: `${path}.tables[0]`, message: "needs export, stream, or both: nothing would be read" }]),
        ];
    },
};
