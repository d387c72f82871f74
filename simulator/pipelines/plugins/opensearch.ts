import { isTemplate } from "../expressions/format";
import {
    awsOptions,
    flag,
    integer,
    listOf,
    name,
    oneOf,
    options,
    ROLE,
    text,
    duration,
    type BodyProblem,
    type Options,
    type Plugin,
} from "../schema";
import { conditionProblems, templateProblems } from "../expressions/problems";

/** Of Data Prepper, not of OpenSearch Ingestion. */
const REFUSED = [
    "username",
    "password",
    "cert",
    "proxy",
    "insecure",
    "socket_timeout",
    "dlq_file",
    "ism_policy_file",
    "template_file",
];

export const CUSTOM = "custom";
/** The default for collections: no template is put and no index made. */
export const MANAGEMENT_DISABLED = "management_disabled";

/** OpenSearch Ingestion's own. */
const MIN_RETRIES = 16;

/** Old names of options. */
const DEPRECATED = {
    aws_sigv4: flag,
    aws_region: name,
    aws_sts_role_arn: ROLE.sts_role_arn,
    serverless: flag,
    document_id_field: text(),
    routing_field: text(),
};

const serverlessOptions = options({ network_policy_name: text(), collection_name: text(), vpce_id: text() });

const deadLetters = options({
    s3: options({
        bucket: text(),
        key_path_prefix: text(),
        region: name,
        sts_role_arn: ROLE.sts_role_arn,
        sts_external_id: ROLE.sts_external_id,
        force_path_style: flag,
        bucket_owner: text(),
    }),
});

/** `sink.opensearch`: a domain or a collection. */
export const opensearch: Plugin = {
    schema: options(
        {
            hosts: listOf({ type: "string", pattern: "^https?://[^/\\s]+/?$" }, { minItems: 1 }),
            aws: options({
                ...awsOptions.properties,
                serverless: flag,
                serverless_options: serverlessOptions,
                resource_name: text(),
                semantic_enrichment: { type: "object" },
            }),
            index: name,
            // Which of them exist is found out when the sink is built.
            index_type: text(),
            template_type: oneOf("v1", "index-template"),
            template_content: text(),
            number_of_shards: integer(1),
            number_of_replicas: integer(0),
            normalize_index: flag,
            document_id: text(),
            routing: text(),
            action: text(),
            actions: listOf(options({ type: text(), when: text() }, ["type"])),
            document_version: text(),
            document_version_type: text(),
            script: options({ source: name, params: { type: "object" } }, ["source"]),
            query_lookup: options(
                {
                    query_when: name,
                    query_term: name,
                    query_duration: duration,
                    query_on_bulk_errors: flag,
                    async_limit: integer(1),
                },
                ["query_when", "query_term"],
            ),
            pipeline: text(),
            bulk_size: { type: "integer" },
            flush_timeout: { type: "integer" },
            max_retries: { type: "integer" },
            dlq: deadLetters,
            distribution_version: oneOf("default", "es6"),
            document_root_key: text(),
            enable_request_compression: flag,
            ...DEPRECATED,
            ...Object.fromEntries(REFUSED.map((option) => [option, {}])),
        },
        ["hosts"],
    ),
    check: (given, path) => [
        ...refusedProblems(given, path),
        ...indexProblems(given, path),
        ...versionProblems(given, path),
        ...scriptProblems(given, path),
        ...expressionProblems(given, path),
    ],
};

function refusedProblems(given: Options, path: string): BodyProblem[] {
    return [
        ...REFUSED.filter((option) => option in given).map((option) => ({
            path: `${path}.${option}`,
            message: "is not supported by OpenSearch Ingestion",
        })),
        ...(given.max_retries !== undefined && given.max_retries < MIN_RETRIES
            ? [{ path: `${path}.max_retries`, message: `must be ${MIN_RETRIES} or more` }]
            : []),
    ];
}

function indexProblems({ index, index_type = CUSTOM }: Options, path: string): BodyProblem[] {
    return index === undefined && [CUSTOM, MANAGEMENT_DISABLED].includes(index_type)
        ? [{ path: `${path}.index`, message: "is required" }]
        : [];
}

function versionProblems({ document_version }: Options, path: string): BodyProblem[] {
    return document_version === undefined || isTemplate(document_version)
        ? []
        : [{ path: `${path}.document_version`, message: "must be an expression in ${…}" }];
}

function scriptProblems({ script, action, actions = [], document_version_type }: Options, path: string): BodyProblem[] {
    if (!script) {
        return [];
    }
    const types = [action, ...actions.map((each: Options) => each.type)].filter((type) => type !== undefined);
    const others = types.some((type) => !["update", "upsert"].includes(type) && !isTemplate(type));
    return [
        ...(others || types.length === 0
            ? [{ path: `${path}.script`, message: "goes with the actions update and upsert alone" }]
            : []),
        ...(document_version_type === "external"
            ? [{ path: `${path}.script`, message: "can't be combined with document_version_type external" }]
            : []),
    ];
}

function expressionProblems(given: Options, path: string): BodyProblem[] {
    const templates = ["index", "document_id", "routing", "action", "document_version", "pipeline"];
    return [
        ...templates.flatMap((option) => templateProblems(given[option], `${path}.${option}`)),
        ...(given.actions ?? []).flatMap(({ type, when }: Options, index: number) => [
            ...templateProblems(type, `${path}.actions[${index}].type`),
            ...conditionProblems(when, `${path}.actions[${index}].when`),
        ]),
    ];
}
