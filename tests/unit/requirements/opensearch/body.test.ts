import assert from "node:assert/strict";

import fc from "fast-check";
import { load } from "js-yaml";

import {
    explainPipeline,
    InvalidArgument,
    pipelineBody,
    pipelineBodyProblems,
    pipelineMetrics,
    pipelineYaml,
    secretCredentials,
    toYaml,
    type OpenSearchSink,
    type PipelineDefinition,
    type PipelineSource,
    type Processor,
} from "../../../../sdk/requirements";
import { DATABASE_BODY, DOCUMENT_BODY, TABLE_BODY } from "./bodies";

const REGION = "eu-west-1";
const roleArn = "arn:aws:iam::111122223333:role/osis";
const keyArn = "arn:aws:kms:eu-west-1:111122223333:key/1111";

const aws = {
    region: REGION,
    stsRoleArn: roleArn,
    stsExternalId: "external",
    stsHeaderOverrides: { "x-amz-source-account": "111122223333" },
};

/** Each source, with the least and with every option that it has. */
const SOURCES: Record<string, PipelineSource> = {
    "a table": {
        dynamodb: {
            tables: [{ tableArn: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", stream: {} }],
            aws: { region: REGION },
        },
    },
    "a table with everything": {
        dynamodb: {
            tables: [
                {
                    tableArn: "arn:aws-cn:dynamodb:eu-west-1:111122223333:table/orders",
                    export: { s3Bucket: "exports", s3Prefix: "orders", s3Region: REGION, s3SseKmsKeyId: keyArn },
                    stream: { startPosition: "LATEST", viewOnRemove: "OLD_IMAGE", disableCheckpointing: true },
                },
            ],
            aws,
            acknowledgments: true,
            s3DataFileAcknowledgmentTimeout: "30m",
        },
    },
    "a collection": {
        documentdb: {
            host: "catalog.cluster-abc.eu-west-1.docdb.amazonaws.com",
            authentication: secretCredentials("db"),
            collections: [{ collection: "shop.products" }],
            s3Bucket: "staging",
        },
    },
    "a collection with everything": {
        documentdb: {
            host: "catalog.cluster-abc.eu-west-1.docdb.amazonaws.com",
            port: 27018,
            authentication: secretCredentials("db"),
            collections: [
                {
                    collection: "shop.products",
                    export: true,
                    stream: false,
                    partitionCount: 10,
                    exportBatchSize: 5000,
                    streamBatchSize: 500,
                },
            ],
            s3Bucket: "staging",
            s3Prefix: "products",
            s3Region: REGION,
            acknowledgments: true,
            readPreference: "secondaryPreferred",
            directConnection: false,
            idKey: "sku",
            disableS3ReadForLeader: true,
            aws: { stsRoleArn: roleArn, stsExternalId: "external", stsHeaderOverrides: {} },
        },
    },
    "a database": {
        rds: {
            dbIdentifier: "billing",
            engine: "mysql",
            database: "billing",
            s3Bucket: "staging",
            stream: true,
            authentication: secretCredentials("db"),
            aws: { region: REGION },
        },
    },
    "a database with everything": {
        rds: {
            dbIdentifier: "billing",
            engine: "aurora-postgresql",
            cluster: true,
            database: "billing",
            tables: { include: ["public.invoices", "public.lines"], exclude: ["public.tmp"] },
            s3Bucket: "staging",
            s3Prefix: "billing",
            s3Region: REGION,
            export: { kmsKeyId: keyArn, iamRoleArn: roleArn },
            stream: true,
            authentication: secretCredentials("db"),
            aws,
            acknowledgments: false,
            s3DataFileAcknowledgmentTimeout: "1h",
            streamAcknowledgmentTimeout: "90s",
            partitionCount: 5,
            tls: { insecure: false },
            joins: {
                versionField: "__v",
                relations: [
                    {
                        parent: "public.invoices",
                        child: "public.lines",
                        parentKey: "id",
                        childKey: "invoice_id",
                        childPrimaryKey: "id",
                        joinType: "one_to_many",
                        maxChildRecords: 50,
                    },
                ],
            },
        },
    },
};

const dlq = { s3: { bucket: "dead-letters", region: REGION } };
const domain = { hosts: ["https://search-x.eu-west-1.es.amazonaws.com"] as [string], aws: { region: REGION }, dlq };
const collection = {
    hosts: ["https://abc.eu-west-1.aoss.amazonaws.com"] as [string],
    aws: {
        region: REGION,
        serverless: true,
        serverlessOptions: {
            networkPolicyName: "catalog-osis",
            collectionName: "catalog",
            vpceId: "vpce-050f79086ee71ac05",
        },
        semanticEnrichment: { fields: ["title"] },
    },
    dlq,
};

/** Each target, with the least and with every option that it has. */
const SINKS: Record<string, OpenSearchSink> = {
    "a domain": { ...domain, index: "orders-v1" },
    "a domain with everything": {
        ...domain,
        aws: { ...aws, resourceName: "x" },
        index: "orders-%{yyyy.MM.dd}",
        indexType: "custom",
        templateType: "index-template",
        templateContent: JSON.stringify({
            version: 2,
            template: { mappings: { properties: { price: { type: "double" } } } },
        }),
        numberOfShards: 2,
        numberOfReplicas: 0,
        normalizeIndex: true,
        documentId: '${/PK}-${getMetadata("sort_key")}',
        routing: "${/customer}",
        action: { cases: [{ when: "/deleted == true", type: "delete" }], otherwise: "index" },
        versions: "external_gte",
        queryLookup: {
            queryWhen: "/a == 1",
            queryTerm: "a",
            queryDuration: "3m",
            queryOnBulkErrors: true,
            asyncLimit: 100,
        },
        bulkSize: -1,
        flushTimeout: -1,
        maxRetries: 16,
        dlq: {
            s3: {
                ...dlq.s3,
                keyPathPrefix: "x/",
                stsRoleArn: roleArn,
                stsExternalId: "external",
                forcePathStyle: true,
                bucketOwner: "111122223333",
            },
        },
        distributionVersion: "default",
        documentRootKey: "document",
        enableRequestCompression: false,
        routes: ["live", "_default"],
        includeKeys: ["a"],
        tagsTargetKey: "tags",
    },
    "a domain by a script": {
        ...domain,
        index: "orders",
        action: "upsert",
        script: { source: "ctx._source.n += params.n", params: { n: 1, camelCase: true } },
    },
    "a collection": { ...collection, index: "orders" },
    "a time series": { ...collection, index: "events", documentId: "generated" },
};

const PROCESSORS: Processor[] = [
    {
        addEntries: {
            entries: [
                { key: "a", value: { camelCase: 1 }, overwriteIfKeyExists: true, addWhen: "/b != null" },
                { metadataKey: "shop", format: "${/first} ${/last}", appendIfKeyExists: true },
                { key: "c", valueExpression: "/a + 1", iterateOn: "list" },
            ],
        },
    },
    {
        copyValues: {
            entries: [{ fromKey: "a", toKey: "b", overwriteIfToKeyExists: true, copyWhen: "/a > 1" }],
            fromList: "x",
            toList: "y",
        },
    },
    {
        renameKeys: {
            entries: [
                { fromKey: "a", toKey: "b" },
                { fromKeyRegex: "^x", toKey: "y", renameWhen: "length(/a) > 1" },
            ],
        },
    },
    {
        deleteEntries: {
            withKeys: ["a"],
            withKeysRegex: ["^_"],
            excludeFromDelete: ["b"],
            deleteWhen: "/a == 1",
            iterateOn: "l",
        },
    },
    { selectEntries: { includeKeys: ["a"], includeKeysRegex: ["b"], selectWhen: "/a typeof string" } },
    {
        convertType: {
            keys: ["price"],
            type: "big_decimal",
            scale: 2,
            nullConversionValues: [""],
            convertWhen: "/a in {1, 2}",
            tagsOnFailure: ["x"],
        },
    },
    {
        date: {
            match: [{ key: "at", patterns: ["yyyy-MM-dd"] }],
            destination: "@timestamp",
            outputFormat: "x",
            sourceTimezone: "UTC",
            destinationTimezone: "UTC",
            dateWhen: "true",
        },
    },
    { dropEvents: { dropWhen: 'getMetadata("opensearch_action") == "delete"', handleFailedEvents: "skip" } },
    { flatten: { source: "a", target: "", removeSourceKeys: true, flattenWhen: "/a == 1", flattenSeparator: "_" } },
    {
        parseJson: {
            source: "a",
            destination: "b",
            pointer: "/x",
            depth: 2,
            deleteSource: true,
            parseWhen: 'startsWith(/a, "{")',
        },
    },
    {
        truncate: {
            entries: [{ sourceKeys: ["a"], startAt: 0, length: 10, recursive: true, truncateWhen: "not (/a == 1)" }],
        },
    },
    {
        obfuscate: {
            source: "a",
            target: "b",
            patterns: ["x"],
            action: { mask: { mask_character: "#" } },
            obfuscateWhen: "/a != 1",
        },
    },
    {
        awsLambda: {
            functionName: "enrich",
            aws: { region: REGION },
            invocationType: "request-response",
            batch: { key_name: "x" },
            responseMode: "strict",
            lambdaWhen: "/a == 1",
            tagsOnFailure: ["x"],
        },
    },
    { raw: { grok: { match: { message: ["%{COMMONAPACHELOG}"] }, camelCase: true } } },
];

const secrets = { db: { secretId: "billing-db", region: REGION } };

function definition(source: PipelineSource, sink: OpenSearchSink): PipelineDefinition {
    return {
        name: "orders-pipeline",
        source,
        processors: PROCESSORS,
        routes: { live: '/status == "LIVE"' },
        sinks: [sink],
        secrets,
    };
}

const errorsOf = (yaml: string) => pipelineBodyProblems("body", yaml).filter(({ severity }) => severity === "error");
/* eslint-disable @typescript-eslint/no-explicit-any -- The tests look into documents. */
const pipelineOf = (body: unknown) => (body as any)["orders-pipeline"];
const sinkOf = (body: unknown) => pipelineOf(body).sink[0].opensearch;

describe("a pipeline's body of ours", () => {
    for (const [from, source] of Object.entries(SOURCES)) {
        for (const [to, sink] of Object.entries(SINKS)) {
            it(`is right, and the same after it is read again: from ${from} to ${to}`, () => {
                const body = pipelineBody(definition(source, sink));
                // What Data Prepper refuses in each other is not offered: joins, and versions that a user insists on.
                const expected =
                    "rds" in source && source.rds.joins && sink.versions?.startsWith("external") ? ["joined"] : [];
                assert.deepEqual(
                    errorsOf(toYaml(body)).map(({ message }) => /joined/.exec(message)?.[0] ?? message),
                    expected,
                );
                assert.deepEqual(load(toYaml(body)), JSON.parse(JSON.stringify(body)));
            });
        }
    }

    it("is written as Data Prepper has it, and leaves a user's own names alone", () => {
        const body = pipelineBody(definition(SOURCES["a table with everything"]!, SINKS["a domain by a script"]!));
        assert.deepEqual(pipelineOf(body).source.dynamodb, {
            tables: [
                {
                    table_arn: "arn:aws-cn:dynamodb:eu-west-1:111122223333:table/orders",
                    export: { s3_bucket: "exports", s3_prefix: "orders", s3_region: REGION, s3_sse_kms_key_id: keyArn },
                    stream: { start_position: "LATEST", view_on_remove: "OLD_IMAGE", disable_checkpointing: true },
                },
            ],
            aws: {
                region: REGION,
                sts_role_arn: roleArn,
                sts_external_id: "external",
                sts_header_overrides: { "x-amz-source-account": "111122223333" },
            },
            acknowledgments: true,
            s3_data_file_acknowledgment_timeout: "PT30M",
        });
        assert.deepEqual(sinkOf(body).script, {
            source: "ctx._source.n += params.n",
            params: { n: 1, camelCase: true },
        });
        const processors = pipelineOf(body).processor;
        assert.deepEqual(processors[0].add_entries.entries[0].value, { camelCase: 1 });
        assert.deepEqual(processors.at(-1), { grok: { match: { message: ["%{COMMONAPACHELOG}"] }, camelCase: true } });
    });

    it("takes ids, actions and versions from its source", () => {
        const { document_id, action, actions, document_version, document_version_type } = sinkOf(
            pipelineBody(definition(SOURCES["a table"]!, SINKS["a collection"]!)),
        );
        assert.deepEqual(
            { document_id, action, actions, document_version, document_version_type },
            {
                document_id: '${getMetadata("primary_key")}',
                action: '${getMetadata("opensearch_action")}',
                actions: undefined,
                document_version: '${getMetadata("document_version")}',
                document_version_type: "external",
            },
        );
    });

    it("puts the default action last, and has no external versions where OpenSearch takes none", () => {
        const cases = [{ when: "/a == 1", type: "create" as const }];
        const sink = sinkOf(
            pipelineBody(
                definition(SOURCES["a table"]!, { ...SINKS["a domain"]!, action: { cases, otherwise: "source" } }),
            ),
        );
        assert.deepEqual(sink.actions, [
            { type: "create", when: "/a == 1" },
            { type: '${getMetadata("opensearch_action")}' },
        ]);
        for (const [source, to] of [
            ["a table", { ...SINKS["a domain"]!, action: "upsert" }],
            ["a table", SINKS["a domain by a script"]!],
            ["a table", SINKS["a time series"]!],
            ["a database with everything", SINKS["a domain"]!],
        ] as const) {
            const { document_version, document_version_type } = sinkOf(pipelineBody(definition(SOURCES[source]!, to)));
            assert.deepEqual([document_version, document_version_type], [undefined, undefined]);
        }
    });

    it("gives a time series neither ids nor actions", () => {
        const { document_id, action } = sinkOf(pipelineBody(definition(SOURCES["a table"]!, SINKS["a time series"]!)));
        assert.deepEqual([document_id, action], [undefined, undefined]);
    });

    it("has times as Java reads them", () => {
        const { rds } = SOURCES["a database"] as Extract<PipelineSource, { rds: object }>;
        const written = (streamAcknowledgmentTimeout: "90s" | "1.5h") =>
            pipelineOf(pipelineBody(definition({ rds: { ...rds, streamAcknowledgmentTimeout } }, SINKS["a domain"]!)))
                .source.rds.stream_acknowledgment_timeout;
        assert.equal(written("90s"), "PT90S");
        assert.equal(written("1.5h"), "PT5400S");
    });

    it("folds no line", () => {
        const long = "x ".repeat(200).trim();
        const yaml = toYaml(pipelineBody(definition(SOURCES["a table"]!, { ...SINKS["a domain"]!, routing: long })));
        assert.ok(yaml.includes(long));
    });

    it("is refused when it is written, with the path of the fault", () => {
        const plain = { ...secretCredentials("db"), password: "hunter2" as never };
        const { documentdb } = SOURCES["a collection"] as Extract<PipelineSource, { documentdb: object }>;
        const write = () =>
            pipelineYaml(definition({ documentdb: { ...documentdb, authentication: plain } }, SINKS["a domain"]!));
        assert.throws(write, (error: Error) => {
            assert.ok(error instanceof InvalidArgument);
            assert.equal(error.argument, "body.orders-pipeline.source.documentdb.authentication.password");
            return !error.message.includes("hunter2");
        });
        const unknownSecret = { ...definition({ documentdb }, SINKS["a domain"]!), secrets: {} };
        assert.throws(() => pipelineYaml(unknownSecret), /secret "db", which is not declared/);
        const wrongRoute = definition(SOURCES["a table"]!, { ...SINKS["a domain"]!, routes: ["Live"] });
        assert.throws(() => pipelineYaml(wrongRoute), /Did you mean live\?/);
    });

    it("prints and parses any of a user's words", () => {
        fc.assert(
            fc.property(fc.string(), fc.string(), (key, value) => {
                const body = pipelineBody({
                    ...definition(SOURCES["a table"]!, SINKS["a domain"]!),
                    processors: [{ addEntries: { entries: [{ key: "a", value: { [key]: value } }] } }],
                    routes: { [`r${key}`]: `/a == ${JSON.stringify(value)}` },
                });
                assert.deepEqual(load(toYaml(body)), body);
            }),
        );
    });
});

describe("the names of a pipeline's metrics", () => {
    it("begin with the sub-pipeline, of a split one with the part that writes", () => {
        const table = pipelineMetrics("orders", "dynamodb");
        assert.equal(table.documentErrors, "orders.opensearch.documentErrors.count");
        assert.equal(table.deadLetterFailures, "orders.opensearch.s3.dlqS3RecordsFailed.count");
        assert.equal(table.exportFailures, "orders.dynamodb.exportJobFailure.count");
        assert.equal(table.bufferUsage, "orders.BlockingBuffer.bufferUsage.value");
        assert.equal(table.computeUnits, "computeUnits");
        const database = pipelineMetrics("billing", "rds");
        assert.equal(database.endToEndLatency, "billing-s3.opensearch.EndToEndLatency.avg");
        assert.equal(database.changeErrors, "billing.rds.changeEventsProcessingErrors.count");
    });
});

describe("a body in words", () => {
    it("says what is read, what is written, and what is lost", () => {
        assert.equal(
            explainPipeline(TABLE_BODY),
            [
                "orders-pipeline reads the DynamoDB table orders: first an export to the bucket orders-export-bucket, then its stream.",
                "Documents go to the index orders-v1 of the domain at search-orders-abc.eu-west-1.es.amazonaws.com.",
                "The id of a document is the source's primary key; deletes are deletes, and everything else is indexed.",
                "A change that comes after a newer one is dropped.",
                "What OpenSearch refuses goes to the bucket orders-dlq.",
            ].join(" "),
        );
        assert.match(
            explainPipeline(DOCUMENT_BODY),
            /^catalog-pipeline reads the DocumentDB collection shop\.products: first everything that is in it, then its change stream, by way of the bucket catalog-osis-staging\. Documents go to the index products of the collection at /,
        );
        assert.match(
            explainPipeline(DATABASE_BODY),
            /reads the tables public\.invoices and public\.lines of the database billing of billing-cluster \(aurora-postgresql\): first a snapshot that is exported, then its log of changes,/,
        );
    });

    it("tells routes, processors and actions", () => {
        const said = explainPipeline(
            toYaml(pipelineBody(definition(SOURCES["a table"]!, SINKS["a domain with everything"]!))),
        );
        assert.match(said, /its stream, from now on\. On the way each event goes through add_entries, .* and grok\./);
        assert.match(said, /What takes the route live \(\/status == "LIVE"\) or _default goes to the index/);
        assert.match(said, /what is done is delete where \/deleted == true, index otherwise\./);
        const series = explainPipeline(toYaml(pipelineBody(definition(SOURCES["a table"]!, SINKS["a time series"]!))));
        assert.match(
            series,
            /OpenSearch makes the ids, so that every change is another document; every event is indexed\./,
        );
    });

    it("says once what is done in every sink, and of each what is done there alone", () => {
        const twice = (change: object) => {
            const { "orders-pipeline": pipeline, ...frame } = load(TABLE_BODY) as Record<
                string,
                Record<string, unknown>
            >;
            const [{ opensearch }] = pipeline!.sink as [{ opensearch: object }];
            const sink = [{ opensearch }, { opensearch: { ...opensearch, index: "copies", ...change } }];
            return explainPipeline(toYaml({ ...frame, "orders-pipeline": { ...pipeline, sink } }));
        };
        const count = (text: string) => text.split("The id of a document is").length - 1;
        assert.match(twice({}), /go to the index orders-v1 of .*\. Documents go to the index copies of /);
        assert.equal(count(twice({})), 1);
        assert.match(
            twice({ dlq: undefined }),
            /the bucket orders-dlq\. Documents go to the index copies .* is lost\.$/,
        );
        assert.equal(count(twice({ dlq: undefined })), 2);
    });

    it("is there for any text", () => {
        assert.match(explainPipeline("{"), /neither YAML nor JSON/);
        assert.match(explainPipeline("a"), /no pipeline in it/);
        fc.assert(fc.property(fc.json(), (text) => assert.notEqual(explainPipeline(text), "")));
        fc.assert(
            fc.property(fc.json(), (text) =>
                assert.notEqual(
                    explainPipeline(`{"p":{"source":{"rds":${text}},"sink":[{"opensearch":${text}}]}}`),
                    "",
                ),
            ),
        );
    });
});
