import { awsOptions, duration, flag, integer, listOf, name, oneOf, options, text, type Plugin } from "../schema";
import { joinProblems } from "./joins";

const MAX_TABLES = 1000;

const relation = options(
    {
        parent: name,
        child: name,
        parent_key: name,
        child_key: name,
        child_primary_key: name,
        join_type: oneOf("one_to_many", "one_to_one"),
        max_child_records: integer(1),
    },
    ["parent", "child", "parent_key", "child_key", "child_primary_key"],
);

/** `source.rds`: the tables of one database of an RDS instance or an Aurora cluster. */
export const rds: Plugin = {
    schema: options(
        {
            db_identifier: name,
            engine: oneOf("mysql", "postgresql", "aurora-mysql", "aurora-postgresql"),
            cluster: flag,
            database: name,
            tables: options({
                include: listOf(name, { maxItems: MAX_TABLES }),
                exclude: listOf(name, { maxItems: MAX_TABLES }),
            }),
            s3_bucket: name,
            s3_prefix: text(),
            s3_region: name,
            export: {
                ...options({ kms_key_id: name, iam_role_arn: name, export_role_arn: name }, ["kms_key_id"]),
                // Two names of one option.
                if: { not: { required: ["export_role_arn"] } },
                then: { required: ["iam_role_arn"] },
            },
            stream: flag,
            authentication: options({ username: text(), password: text() }, ["username", "password"]),
            aws: awsOptions,
            acknowledgments: flag,
            s3_data_file_acknowledgment_timeout: duration,
            stream_acknowledgment_timeout: duration,
            partition_count: integer(1, 1000),
            tls: options({ insecure: flag }),
            joins: options({ version_field: name, relations: listOf(relation, { minItems: 1 }) }, ["relations"]),
        },
        ["db_identifier", "engine", "database", "s3_bucket", "authentication", "aws"],
    ),
    check: ({ joins, tables }, path) =>
        joins ? joinProblems(joins.relations, tables?.include ?? [], `${path}.joins`) : [],
};
