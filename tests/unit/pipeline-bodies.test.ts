import * as assert from "node:assert/strict";

import fc from "fast-check";

import {
    pipelineYaml,
    secretCredentials,
    type OpenSearchSink,
    type PipelineDefinition,
    type PipelineSource,
    type Processor,
} from "../../sdk/requirements";
import { readBody } from "../../simulator/pipelines/body";
import { sinkDefects } from "../../simulator/pipelines/sink-defects";
import { bodyProblems } from "../../simulator/pipelines/validate";

import { BROKEN_BODIES } from "./requirements/opensearch/broken-bodies";

const REGION = "eu-west-1";
const STAGING = { s3Bucket: "staging", s3Region: REGION, s3Prefix: "orders/" };
const ROLE_ARN = "arn:aws:iam::111122223333:role/osis";
const KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1111";
const authentication = secretCredentials("db");

/** What the simulator refuses of a body: in its validation, or when a pipeline is to start with it. */
function refused(text: string): string[] {
    const problems = bodyProblems(text);
    const defects = problems.length > 0 ? [] : defectsOf(text);
    return [...problems, ...defects].map(({ path, message }) => `${path}: ${message}`);
}

function defectsOf(text: string) {
    return readBody(text).subPipelines.flatMap(({ routes, sinks }) =>
        sinks.flatMap(({ name, options, path }) =>
            name === "opensearch" ? sinkDefects(options, Object.keys(routes), path) : [],
        ),
    );
}

/** What a value may be, beside not given at all. */
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const some = <T>(...values: T[]) => fc.constantFrom(...values);

const dynamodb: fc.Arbitrary<PipelineSource> = fc
    .record({
        export: maybe(some({ ...STAGING }, { ...STAGING, s3SseKmsKeyId: KEY_ARN })),
        stream: maybe(
            fc.record({
                startPosition: some("LATEST" as const),
                viewOnRemove: maybe(some("NEW_IMAGE" as const, "OLD_IMAGE" as const)),
                disableCheckpointing: maybe(fc.boolean()),
            }),
        ),
        acknowledgments: maybe(fc.boolean()),
        s3DataFileAcknowledgmentTimeout: maybe(some("15m" as const, "1h" as const)),
        stsRoleArn: maybe(some(ROLE_ARN)),
    })
    .filter((options) => options.export !== undefined || options.stream !== undefined)
    .map(({ export: load, stream, stsRoleArn, ...rest }) => ({
        dynamodb: {
            tables: [{ tableArn: `arn:aws:dynamodb:${REGION}:111122223333:table/orders`, export: load, stream }],
            aws: { region: REGION, stsRoleArn },
            ...rest,
        },
    }));

const documentdb: fc.Arbitrary<PipelineSource> = fc
    .record({
        reading: some({}, { export: true, stream: false }, { export: false, stream: true }),
        port: maybe(fc.integer({ min: 1150, max: 65535 })),
        partitionCount: maybe(fc.integer({ min: 1, max: 1000 })),
        exportBatchSize: maybe(fc.integer({ min: 1, max: 1_000_000 })),
        streamBatchSize: maybe(fc.integer({ min: 1, max: 1_000_000 })),
        acknowledgments: maybe(fc.boolean()),
        readPreference: maybe(some("primaryPreferred", "primary")),
        directConnection: maybe(fc.boolean()),
        idKey: maybe(some("sku")),
        disableS3ReadForLeader: maybe(fc.boolean()),
    })
    .map(({ reading, partitionCount, exportBatchSize, streamBatchSize, ...rest }) => ({
        documentdb: {
            host: `catalog.cluster-abc.${REGION}.docdb.amazonaws.com`,
            authentication,
            collections: [{ collection: "shop.orders", ...reading, partitionCount, exportBatchSize, streamBatchSize }],
            ...STAGING,
            ...rest,
        },
    }));

const rds: fc.Arbitrary<PipelineSource> = fc
    .record({
        engine: some("mysql" as const, "postgresql" as const, "aurora-mysql" as const, "aurora-postgresql" as const),
        reading: some(
            { stream: true },
            { export: { kmsKeyId: KEY_ARN, iamRoleArn: ROLE_ARN }, stream: false },
            { export: { kmsKeyId: KEY_ARN, iamRoleArn: ROLE_ARN }, stream: true },
        ),
        tables: maybe(some({ include: ["public.orders"] }, { exclude: ["public.tmp"] })),
        acknowledgments: maybe(fc.boolean()),
        s3DataFileAcknowledgmentTimeout: maybe(some("30m" as const)),
        streamAcknowledgmentTimeout: maybe(some("10m" as const)),
        partitionCount: maybe(fc.integer({ min: 1, max: 1000 })),
        tls: maybe(some({ insecure: false })),
    })
    .map(({ reading, ...rest }) => ({
        rds: {
            dbIdentifier: "orders",
            database: "shop",
            authentication,
            ...STAGING,
            aws: { region: REGION },
            ...reading,
            ...rest,
        },
    }));

const sources = { dynamodb, documentdb, rds };

const action = some<OpenSearchSink["action"]>(
    "source",
    "index",
    "create",
    "update",
    "upsert",
    "delete",
    { cases: [{ when: '/status == "GONE"', type: "delete" }], otherwise: "source" },
    { cases: [{ when: "/total > 5 and not (/total > 10)", type: "upsert" }], otherwise: "index" },
);

const writing = fc.record({
    action: maybe(action),
    documentId: maybe(some("${/sku}")),
    routing: maybe(some("${/region}")),
    normalizeIndex: maybe(fc.boolean()),
    bulkSize: maybe(fc.integer({ min: 1, max: 50 })),
    flushTimeout: maybe(fc.integer({ min: 1, max: 60_000 })),
    maxRetries: maybe(fc.integer({ min: 16, max: 1000 })),
    dlq: maybe(some({ s3: { bucket: "dead-letters", keyPathPrefix: "orders/", region: REGION } })),
    documentRootKey: maybe(some("order")),
    keys: some({}, { includeKeys: ["id"] }, { excludeKeys: ["secret"] }),
});

const domainSink = fc
    .record({
        writing,
        index: some("orders", "orders-${/region}", "orders-%{yyyy.MM.dd}"),
        template: some(
            {},
            { indexType: "management_disabled" as const },
            { templateContent: '{"mappings":{}}' },
            { templateType: "index-template" as const, templateContent: '{"template":{"mappings":{}}}' },
            { numberOfShards: 2, numberOfReplicas: 1 },
        ),
        stsRoleArn: maybe(some(ROLE_ARN)),
    })
    .map(({ writing: { keys, ...rest }, index, template, stsRoleArn }) => ({
        hosts: [`https://search-orders-abc.${REGION}.es.amazonaws.com`] as [string],
        aws: { region: REGION, stsRoleArn },
        index,
        ...template,
        ...keys,
        ...rest,
    }));

const collectionSink = fc
    .record({ writing, network: maybe(some({ networkPolicyName: "orders", collectionName: "orders" })) })
    .map(({ writing: { keys, ...rest }, network }) => ({
        hosts: [`https://abcdefghij.${REGION}.aoss.amazonaws.com`] as [string],
        aws: { region: REGION, serverless: true, serverlessOptions: network },
        index: "orders",
        indexType: "management_disabled" as const,
        ...keys,
        ...rest,
    }));

const sinks: Record<string, fc.Arbitrary<OpenSearchSink>> = { domain: domainSink, collection: collectionSink };

const PROCESSORS: Processor[] = [
    {
        addEntries: {
            entries: [
                { key: "kind", value: "order" },
                { key: "at", valueExpression: 'getMetadata("primary_key")' },
            ],
        },
    },
    { copyValues: { entries: [{ fromKey: "a", toKey: "b", overwriteIfToKeyExists: true }] } },
    { renameKeys: { entries: [{ fromKey: "a", toKey: "b" }] } },
    { deleteEntries: { withKeys: ["secret"], deleteWhen: "/a == 1" } },
    { selectEntries: { includeKeys: ["id", "total"] } },
    { convertType: { key: "total", type: "double" } },
    { date: { match: [{ key: "at", patterns: ["yyyy-MM-dd"] }], destination: "day" } },
    { dropEvents: { dropWhen: '/status in {"a", "b"}' } },
    { flatten: { source: "address", target: "" } },
    { parseJson: { source: "raw" } },
    { truncate: { entries: [{ sourceKeys: ["name"], length: 10 }] } },
    { obfuscate: { source: "email" } },
    { awsLambda: { functionName: "enrich", aws: { region: REGION, stsRoleArn: ROLE_ARN } } },
];

/** What the plugins let pass: the source or OpenSearch refuses it later, or something else is done than what is meant. */
const SEEN_LATER = [
    "no version",
    "a bucket as a URI",
    "a view that there is not",
    "a table of another Region",
    "a bucket of another Region",
    "a host without TLS",
    "an index in capitals",
    "metadata that there is not",
    "no id, and deletes",
    "an external version that is not given",
    "the default action first",
    "an index template in the old form",
    "a collection's host in a domain's sink",
    "a managed index in a collection",
    "a second role",
    "a value and a format",
    "a user in the host",
    "nothing to read",
    "no staging bucket",
    "a preference that there is not",
    "a plain password",
    "no credentials",
    "an ARN as the identifier",
    "a table of PostgreSQL without its schema",
    "a staging bucket of another Region",
    "neither export nor stream",
    "joins and external versions",
    "metadata of another source",
];

describe("bodies of pipelines: what the requirements say, and what the simulator does", () => {
    for (const [source, sourceOf] of Object.entries(sources)) {
        for (const [sink, sinkOf] of Object.entries(sinks)) {
            it(`every body from ${source} into a ${sink} is taken`, () => {
                const definition: fc.Arbitrary<PipelineDefinition> = fc
                    .record({
                        source: sourceOf,
                        sinks: fc.array(sinkOf, { minLength: 1, maxLength: 3 }),
                        processors: maybe(fc.subarray(PROCESSORS)),
                        isRouted: fc.boolean(),
                    })
                    .map(({ isRouted, sinks, ...rest }) => ({
                        name: "orders",
                        ...rest,
                        ...(isRouted && { routes: { large: "/total >= 100" } }),
                        sinks: sinks.map((each, i) => ({
                            ...each,
                            aws: { ...each.aws, ...sinks[0]!.aws },
                            ...(isRouted && { routes: [i === 0 ? "large" : "_default"] }),
                        })),
                        ...(source !== "dynamodb" && { secrets: { db: { secretId: "orders-db", region: REGION } } }),
                    }));
                fc.assert(
                    fc.property(definition, (given) => {
                        assert.deepEqual(refused(pipelineYaml(given)), []);
                    }),
                    { numRuns: 300 },
                );
            });
        }
    }

    it("a body with a fault is refused by both, but for what shows only where the pipeline runs", () => {
        const taken = BROKEN_BODIES.filter(({ text }) => refused(text).length === 0).map(({ what }) => what);
        assert.deepEqual(taken, SEEN_LATER);
        assert.ok(BROKEN_BODIES.length - taken.length >= 60);
    });
});
