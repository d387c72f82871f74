import assert from "node:assert/strict";

import {
    binlogRetentionCommand,
    changeStreamCommand,
    changeStreamRetention,
    changeStreamRetentionCommand,
    changeStreamRetentionProblems,
    collectionScope,
    documentDbSourceProblems,
    embeddingPipeline,
    enrichedText,
    indexProblems,
    mappingChangeProblems,
    modelInstructions,
    nextName,
    pipelineTableProblems,
    rdsSourceProblems,
    requiredParameters,
    slotCleanupCommands,
    withVectors,
    type IndexDefinition,
    type Problem,
} from "../../../../sdk/requirements";

const said = (problems: Problem[]) =>
    problems.map(({ severity, argument, message }) => `${severity} ${argument}: ${message}`).join("\n");

describe("a table that a pipeline reads", () => {
    const both = { export: true, stream: true };
    const good = { pointInTimeRecovery: true, streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" };
    const judged = (table: object, reading: object = {}) =>
        said(pipelineTableProblems("table", { ...good, ...table }, { ...both, ...reading }));

    it("is right with a stream of both images and recovery, and unjudged where nothing is known", () => {
        assert.equal(judged({}), "");
        assert.equal(said(pipelineTableProblems("table", {}, both)), "");
    });

    it("needs recovery for its export alone", () => {
        assert.match(judged({ pointInTimeRecovery: false }), /^error table: Point-in-time recovery is off/);
        assert.equal(judged({ pointInTimeRecovery: false }, { export: false }), "");
    });

    it("needs a stream for its changes alone", () => {
        assert.match(judged({ streamEnabled: false }), /^error table: The table has no stream/);
        assert.equal(judged({ streamEnabled: false }, { stream: false }), "");
    });

    it("needs new images, and is told what is missing with them alone", () => {
        for (const streamViewType of ["OLD_IMAGE", "KEYS_ONLY"]) {
            assert.match(judged({ streamViewType }), new RegExp(`^error table: The stream carries ${streamViewType}`));
        }
        assert.match(judged({ streamViewType: "NEW_IMAGE" }), /^warning table: .*an item that is removed/);
        assert.match(
            judged({ streamViewType: "NEW_IMAGE" }, { viewOnRemove: "OLD_IMAGE" }),
            /^error table: .*asks for the old one/,
        );
    });
});

describe("a cluster of DocumentDB that a pipeline reads", () => {
    it("keeps changes for a day, or is warned of", () => {
        assert.equal(said(changeStreamRetentionProblems("p", "86400")), "");
        assert.match(said(changeStreamRetentionProblems("p", undefined)), /^warning p: Changes are kept for 3 hours/);
        assert.match(said(changeStreamRetentionProblems("p", "43200")), /^warning p: Changes are kept for 12 hours/);
        assert.match(said(changeStreamRetentionProblems("p", "3599")), /^error p: .*3600 to 604800/);
        assert.match(said(changeStreamRetentionProblems("p", "a day")), /^error p/);
        assert.deepEqual(changeStreamRetention(), {
            name: "change_stream_log_retention_duration",
            value: "86400",
            applyMethod: "immediate",
        });
    });

    it("is no elastic one, and of a version with change streams where they are read", () => {
        assert.equal(
            said(documentDbSourceProblems("source", { engineVersion: "5.0.0", readPreference: "secondary" })),
            "",
        );
        assert.match(
            said(documentDbSourceProblems("source", { elastic: true })),
            /^error source: It is an elastic cluster/,
        );
        assert.match(
            said(documentDbSourceProblems("source", { engineVersion: "4.0.0", readPreference: "secondaryPreferred" })),
            /^error source: Version 4\.0 has/,
        );
        assert.equal(said(documentDbSourceProblems("source", { engineVersion: "4.0.0" })), "");
    });

    it("is told its commands, with any name in them", () => {
        assert.equal(
            changeStreamCommand(collectionScope("shop.products.eu")),
            'db.adminCommand({"modifyChangeStreams":1,"database":"shop","collection":"products.eu","enable":true})',
        );
        assert.match(changeStreamCommand({ database: 'a"b' }), /"a\\"b"/);
        assert.match(changeStreamRetentionCommand("docs"), /ParameterValue=86400,ApplyMethod=immediate$/);
        assert.equal(binlogRetentionCommand(), "CALL mysql.rds_set_configuration('binlog retention hours', 24);");
        assert.ok(slotCleanupCommands().every((command) => command.includes("data_prepper_")));
    });
});

describe("a database that a pipeline reads", () => {
    const names = (engine: Parameters<typeof requiredParameters>[0]) =>
        requiredParameters(engine, { target: "opensearch" }).map(({ name, value }) => `${name}=${value}`);

    it("needs what the pipeline asks for, which is not all that an integration does", () => {
        assert.deepEqual(names("mysql"), ["binlog_format=ROW", "binlog_row_image=full", "binlog_row_metadata=full"]);
        assert.deepEqual(names("postgres"), ["rds.logical_replication=1"]);
        assert.deepEqual(names("aurora-postgresql"), [
            "rds.logical_replication=1",
            "aurora.enhanced_logical_replication=1",
            "aurora.logical_replication_backup=0",
            "aurora.logical_replication_globaldb=0",
        ]);
        assert.deepEqual(names("aurora-mysql"), [
            "aurora_enhanced_binlog=1",
            "binlog_backup=0",
            "binlog_format=ROW",
            "binlog_replication_globaldb=0",
            "binlog_row_image=full",
            "binlog_row_metadata=full",
        ]);
    });

    it("is judged by it", () => {
        const judged = (state: object) => said(rdsSourceProblems("source", state as never, { target: "opensearch" }));
        assert.equal(
            judged({ engine: "postgres", engineVersion: "14.2", parameters: { "rds.logical_replication": "1" } }),
            "",
        );
        assert.match(
            judged({ engine: "mysql", multiAzCluster: true }),
            /Multi-AZ cluster, which pipelines do not read/,
        );
        assert.match(
            judged({ engine: "mysql", parameters: { binlog_format: "ROW" } }),
            /^error source: binlog_row_metadata is not set/,
        );
        assert.match(judged({ engine: "mysql", backupRetentionPeriod: 0 }), /backups are off/);
        assert.equal(said(rdsSourceProblems("source", { engine: "mysql", multiAzCluster: true })), "");
    });
});

const products: IndexDefinition = {
    name: "products",
    mapping: {
        dynamic: "strict",
        properties: {
            id: { type: "keyword" },
            name: { type: "text", fields: { raw: { type: "keyword", ignore_above: 256 } } },
            price: { type: "scaled_float", scaling_factor: 100 },
            maker: { properties: { name: { type: "text" }, since: { type: "date", format: "epoch_millis" } } },
        },
    },
    settings: { index: { number_of_shards: 2 } },
};

describe("an index that is made beforehand", () => {
    const judged = (change: Partial<IndexDefinition>) => said(indexProblems("index", { ...products, ...change }));
    const withField = (field: object) => judged({ mapping: { properties: { field } } as never });

    it("is right as it is", () => assert.equal(judged({}), ""));

    const WRONG: [string, () => string, RegExp][] = [
        ["a name in capitals", () => judged({ name: "Products" }), /^error index\.name/],
        ["a name with a hyphen first", () => judged({ name: "-products" }), /^error index\.name/],
        ["a name of 256 bytes", () => judged({ name: "ä".repeat(128) }), /256 bytes/],
        [
            "a type of Elasticsearch's",
            () => withField({ type: "dense_vector" }),
            /^error index\.mapping\.properties\.field\.type/,
        ],
        ["a misspelt type", () => withField({ type: "keywrod" }), /Did you mean keyword\?/],
        ["a field of nothing", () => withField({}), /neither a type nor fields/],
        ["a text with fields", () => withField({ type: "text", properties: {} }), /has no fields of its own/],
        [
            "a vector without its size",
            () =>
                judged({ mapping: { properties: { field: { type: "knn_vector" } } }, settings: { "index.knn": true } }),
            /field\.dimension: It is not given/,
        ],
        [
            "a vector in an index of none",
            () => withField({ type: "knn_vector", dimension: 3 }),
            /index: \{ knn: true \}/,
        ],
        ["a scaled number without its factor", () => withField({ type: "scaled_float" }), /scaling_factor/],
        [
            "1001 fields",
            () =>
                judged({
                    mapping: {
                        properties: Object.fromEntries(
                            Array.from({ length: 1001 }, (_, i) => [`f${i}`, { type: "keyword" as const }]),
                        ),
                    },
                }),
            /1001 fields, and an index takes 1000/,
        ],
    ];
    for (const [what, judge, expected] of WRONG) {
        it(`is not one with ${what}`, () => {
            assert.match(judge(), expected);
            assert.equal(judge().split("\n").length, 1, judge());
        });
    }

    it("may have more fields where its settings say so", () => {
        const properties = Object.fromEntries(
            Array.from({ length: 1001 }, (_, i) => [`f${i}`, { type: "keyword" as const }]),
        );
        assert.equal(judged({ mapping: { properties }, settings: { "index.mapping.total_fields.limit": 2000 } }), "");
    });
});

describe("an index that is there", () => {
    const change = (after: Partial<IndexDefinition>) =>
        said(mappingChangeProblems("index", products, { ...products, ...after }));
    const properties = products.mapping!.properties!;

    it("takes new fields, and what OpenSearch changes in place", () => {
        assert.equal(change({}), "");
        assert.equal(
            change({ mapping: { ...products.mapping, properties: { ...properties, colour: { type: "keyword" } } } }),
            "",
        );
        assert.equal(
            change({
                mapping: {
                    ...products.mapping,
                    properties: {
                        ...properties,
                        name: { type: "text", fields: { raw: { type: "keyword", ignore_above: 512 } } },
                    },
                },
            }),
            "",
        );
        assert.equal(
            change({
                mapping: {
                    ...products.mapping,
                    properties: { ...properties, maker: { type: "object", ...properties.maker } },
                },
            }),
            "",
        );
    });

    it("takes no other type, and is told the next name", () => {
        const said = change({
            mapping: { ...products.mapping, properties: { ...properties, price: { type: "double" } } },
        });
        assert.match(
            said,
            /^error index\.mapping\.properties\.price\.type: The type of price would change from "scaled_float" to "double".*Name the index products-v2/m,
        );
        const nested = change({
            mapping: {
                ...products.mapping,
                properties: {
                    ...properties,
                    maker: { properties: { ...properties.maker!.properties, since: { type: "date" } } },
                },
            },
        });
        assert.match(
            nested,
            /^error .*since\.format: The format of maker\.since would change from "epoch_millis" to Nothing/,
        );
        assert.equal(nextName("products-v9"), "products-v10");
    });

    it("keeps fields that are taken out, and its shards", () => {
        const { maker, ...rest } = properties;
        assert.match(
            change({ mapping: { properties: rest } }),
            /^warning index\.mapping\.properties\.maker: maker is mapped/,
        );
        assert.match(change({ settings: { "index.number_of_shards": 3 } }), /^error index\.settings: number_of_shards/);
        assert.equal(change({ settings: { "index.number_of_shards": 2 } }), "");
    });

    it("is another one by another name", () => {
        assert.equal(change({ name: "products-v2", mapping: { properties: { price: { type: "double" } } } }), "");
    });
});

describe("search by meaning", () => {
    const search = { modelId: "m-1", fields: { name: "name_vector" }, dimension: 1024 };

    it("adds vectors to an index, and a pipeline of the domain that makes them", () => {
        const index = withVectors(products, search, "products-vectors");
        assert.equal(said(indexProblems("index", index)), "");
        assert.equal(index.mapping!.properties!.name_vector!.dimension, 1024);
        assert.deepEqual(index.settings, {
            index: { number_of_shards: 2, knn: true, default_pipeline: "products-vectors" },
        });
        assert.deepEqual(embeddingPipeline(search).processors, [
            { text_embedding: { model_id: "m-1", field_map: { name: "name_vector" } } },
        ]);
        assert.equal(
            said(indexProblems("index", { name: "a", mapping: { properties: { name: enrichedText() } } })),
            "",
        );
    });

    it("is told what a domain has to be given, in its own partition", () => {
        const text = modelInstructions({
            endpoint: "search-x.cn-north-1.es.amazonaws.com.cn",
            connectorRoleArn: "arn:aws-cn:iam::111122223333:role/model",
            region: "cn-north-1",
        });
        assert.match(
            text,
            /POST https:\/\/search-x\.cn-north-1\.es\.amazonaws\.com\.cn\/_plugins\/_ml\/connectors\/_create/,
        );
        assert.match(text, /bedrock-runtime\.cn-north-1\.amazonaws\.com\.cn/);
    });
});
