import type { Duration } from "../duration";
import { problem, warning } from "../errors";
import { AWS_OPTIONS, BUCKET, REGION, ROLE_ARN, type PipelineAws } from "./aws-options";
import {
    advisedAgainst,
    anything,
    condition,
    duration,
    flag,
    group,
    inWords,
    isMapping,
    listOf,
    mapOf,
    oneOf,
    refused,
    required,
    template,
    text,
    whole,
    withAlso,
    type Option,
} from "./options";
import { sinkProblems } from "./sink-problems";

/** What is done with a document. */
export const SINK_ACTIONS = ["index", "create", "update", "upsert", "delete"] as const;
export type SinkAction = (typeof SINK_ACTIONS)[number];

/** Where a pipeline leaves what OpenSearch refuses. */
export interface DeadLetterBucket {
    bucket: string;
    keyPathPrefix?: string;
    /** Always written: where it is not, AWS looks in us-east-1. */
    region: string;
    stsRoleArn?: string;
    stsExternalId?: string;
    forcePathStyle?: boolean;
    /** The account of the bucket. */
    bucketOwner?: string;
}

/** How a sink gets at its domain or collection. */
export interface SinkAws extends PipelineAws {
    region: string;
    /** Whether the target is a collection. @default false */
    serverless?: boolean;
    serverlessOptions?: {
        /** Of the network policy that the service edits: give the pipeline one of its own. 3 to 32 characters. */
        networkPolicyName?: string;
        /** 3 to 32 characters, although a collection's name may have 64. */
        collectionName?: string;
        /** 3 to 32 characters. */
        vpceId?: string;
    };
    resourceName?: string;
    /** Of a collection: which fields are searched by meaning. As AWS's documentation has it. */
    semanticEnrichment?: Record<string, unknown>;
}

/** Options of `sink.opensearch`, as the YAML has them, in camel case. */
export interface OpenSearchSinkOptions {
    /** The domain's own endpoint (not a custom one), or the collection's. */
    hosts: [string];
    aws: SinkAws;
    /** A name, one with expressions (`orders-${/type}`), or one by date (`orders-%{yyyy.MM.dd}`). */
    index: string;
    /** @default - "custom", which puts a template and makes the index; "management_disabled", which does neither, for a collection */
    indexType?: "custom" | "management_disabled";
    /** @default "v1" */
    templateType?: "v1" | "index-template";
    /** JSON. Not read with `management_disabled`. A change counts only with a higher `version` in it, and for a new index. */
    templateContent?: string;
    numberOfShards?: number;
    numberOfReplicas?: number;
    /** Whether a dynamic index's name is put in lower case and cleaned. @default false */
    normalizeIndex?: boolean;
    documentId?: string;
    routing?: string;
    /** One of the actions, or an expression. */
    action?: string;
    /** The first whose condition holds. The last is the one where none does. */
    actions?: { type: string; when?: string }[];
    documentVersion?: string;
    documentVersionType?: "internal" | "external" | "external_gte";
    /** Of `update` and `upsert`. */
    script?: { source: string; params?: Record<string, unknown> };
    queryLookup?: {
        queryWhen: string;
        queryTerm: string;
        /** @default "3m" */
        queryDuration?: Duration;
        queryOnBulkErrors?: boolean;
        /** @default 5000 */
        asyncLimit?: number;
    };
    /** MiB in a request; negative for no limit. @default 5 */
    bulkSize?: number;
    /** Milliseconds; -1 for never. @default 60000 */
    flushTimeout?: number;
    /** At least 16. @default - for ever */
    maxRetries?: number;
    dlq?: { s3: DeadLetterBucket };
    distributionVersion?: "default" | "es6";
    /** The attribute that becomes the document. */
    documentRootKey?: string;
    /** @default true */
    enableRequestCompression?: boolean;
    /** Routes that lead here. @default - every event */
    routes?: string[];
    includeKeys?: string[];
    excludeKeys?: string[];
    tagsTargetKey?: string;
}

/** The least that OpenSearch Ingestion takes as `max_retries`. */
export const MIN_RETRIES = 16;

/** The route of events that no other takes. */
export const DEFAULT_ROUTE = "_default";

const SERVERLESS_NAME = text({ min: 3, max: 32 });

const SINK_AWS = group<SinkAws>({
    ...AWS_OPTIONS,
    region: REGION,
    serverless: flag,
    serverlessOptions: group<NonNullable<SinkAws["serverlessOptions"]>>({
        networkPolicyName: SERVERLESS_NAME,
        collectionName: SERVERLESS_NAME,
        vpceId: SERVERLESS_NAME,
    }),
    resourceName: text(),
    semanticEnrichment: mapOf(anything),
});

const DLQ_S3 = group<DeadLetterBucket>({
    bucket: required(BUCKET, "Name the bucket: the service takes a body without it, and loses what is refused"),
    keyPathPrefix: text({ min: 0 }),
    region: REGION,
    stsRoleArn: ROLE_ARN,
    stsExternalId: AWS_OPTIONS.stsExternalId,
    forcePathStyle: flag,
    bucketOwner: text({ pattern: /^\d{12}$/, form: "an account's id" }),
});

/** One of the words, or an expression that becomes one. */
function wordOrExpression(...words: readonly string[]): Option {
    const word = oneOf(...words);
    return {
        ...word,
        judge: (argument, value) =>
            typeof value === "string" && value.includes("${")
                ? template.judge(argument, value)
                : word.judge(argument, value),
    };
}

const ACTION = wordOrExpression(...SINK_ACTIONS);

const ACTIONS = withAlso(
    listOf(group<{ type: string; when?: string }>({ type: required(ACTION), when: condition }), { min: 1 }),
    (argument, actions) => {
        const list = Array.isArray(actions) ? actions.filter(isMapping) : [];
        const early = list.findIndex(({ when }, index) => when == null && index < list.length - 1);
        return [
            ...(early < 0
                ? []
                : [
                      problem(
                          `${argument}[${early}]`,
                          "It has no condition and is not the last, so it is never used: where no condition holds, the last entry counts",
                          "Put it last",
                      ),
                  ]),
            ...(list.length > 0 && list.at(-1)!.when != null
                ? [
                      warning(
                          `${argument}[${list.length - 1}].when`,
                          "The last entry is used where no condition holds, its own included",
                          "Put an entry without a condition last",
                      ),
                  ]
                : []),
        ];
    },
);

const OSIS_REFUSES = "OpenSearch Ingestion refuses it";
const BY_ROLE = "Leave it out: the pipeline signs its requests as its role";
const deprecated = (instead: string) => advisedAgainst("It is an old name", `Write ${instead}`);

const SINK = group<OpenSearchSinkOptions>(
    {
        hosts: required(
            listOf(text({ pattern: /^(https:\/\/[^\s/]+\/?|[^\s/:]+)$/, form: "https:// and the endpoint" }), {
                min: 1,
            }),
            "Give the endpoint of the domain or the collection",
        ),
        aws: SINK_AWS,
        index: template,
        indexType: withAlso(text(), (argument, value) =>
            INDEX_TYPES.includes(String(value))
                ? []
                : [problem(argument, `"${String(value)}" is no type of index`, `Use ${inWords(INDEX_TYPES)}`)],
        ),
        templateType: oneOf("v1", "index-template"),
        templateContent: text(),
        numberOfShards: whole({ min: 1 }),
        numberOfReplicas: whole({ min: 0 }),
        normalizeIndex: flag,
        documentId: template,
        routing: template,
        action: ACTION,
        actions: ACTIONS,
        documentVersion: withAlso(template, (argument, value) =>
            String(value).includes("${")
                ? []
                : [problem(argument, "It has no expression", 'Write ${getMetadata("document_version")}')],
        ),
        documentVersionType: oneOf("internal", "external", "external_gte"),
        script: group<NonNullable<OpenSearchSinkOptions["script"]>>({
            source: required(text()),
            params: mapOf(anything),
        }),
        queryLookup: group<NonNullable<OpenSearchSinkOptions["queryLookup"]>>({
            queryWhen: required(condition),
            queryTerm: required(text()),
            queryDuration: duration(),
            queryOnBulkErrors: flag,
            asyncLimit: whole({ min: 1 }),
        }),
        bulkSize: whole(),
        flushTimeout: whole({ min: -1 }),
        maxRetries: withAlso(whole(), (argument, value) =>
            Number(value) < MIN_RETRIES
                ? [
                      problem(
                          argument,
                          `It is ${Number(value)}, and OpenSearch Ingestion takes ${MIN_RETRIES} or more`,
                          "Give more, or leave it out to try for ever",
                      ),
                  ]
                : [],
        ),
        dlq: group<NonNullable<OpenSearchSinkOptions["dlq"]>>({ s3: required(DLQ_S3, "Dead letters go to S3") }),
        distributionVersion: oneOf("default", "es6"),
        documentRootKey: text(),
        enableRequestCompression: flag,
        routes: listOf(text(), { min: 1 }),
        includeKeys: listOf(text()),
        excludeKeys: listOf(text()),
        tagsTargetKey: text(),
    },
    {
        also: {
            username: refused(OSIS_REFUSES, BY_ROLE),
            password: refused(OSIS_REFUSES, BY_ROLE),
            cert: refused(OSIS_REFUSES, BY_ROLE),
            proxy: refused(OSIS_REFUSES, "Leave it out"),
            insecure: refused(OSIS_REFUSES, "Leave it out: the endpoints of AWS have certificates"),
            socket_timeout: refused(OSIS_REFUSES, "Leave it out"),
            dlq_file: refused(OSIS_REFUSES, "Write dlq: { s3: { bucket, region } }"),
            ism_policy_file: refused(OSIS_REFUSES, "Put the policy into the domain beforehand"),
            template_file: refused(OSIS_REFUSES, "Write the template as template_content"),
            aws_sigv4: deprecated("aws: { region }"),
            aws_region: deprecated("aws: { region }"),
            aws_sts_role_arn: deprecated("aws: { sts_role_arn }"),
            serverless: deprecated("aws: { serverless: true }"),
            document_id_field: deprecated("document_id"),
            routing_field: deprecated("routing"),
            // Data Prepper's, of which the facts of AWS say nothing.
            pipeline: text(),
            connect_timeout: whole(),
            estimate_bulk_size_using_compression: flag,
            max_local_compressions_for_estimation: whole(),
            disable_authentication: flag,
        },
        together: sinkProblems,
    },
);

const INDEX_TYPES = [
    "custom",
    "management_disabled",
    "trace-analytics-raw",
    "trace-analytics-plain-raw",
    "trace-analytics-service-map",
    "log-analytics",
    "log-analytics-plain",
    "metric-analytics",
    "metric-analytics-plain",
    "otel-v1-apm-service-map",
    "tsdb",
];

/** The options of `sink.opensearch`. */
export const OPENSEARCH_SINK_OPTIONS: Option = SINK;
