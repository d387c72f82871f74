import fc from "fast-check";
import { dump } from "js-yaml";
import * as assert from "node:assert/strict";

import { readBody } from "../../../simulator/pipelines/body";
import { bodyProblems } from "../../../simulator/pipelines/validate";
import { PipelineWorld } from "./pipeline-world";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies that tests take apart
type Any = any;

const SINK = { opensearch: { hosts: ["https://search-x.eu-west-1.es.amazonaws.com"], index: "x" } };

const documentdb = () => ({
    version: "2",
    extension: { aws: { secrets: { docdb: { secret_id: "catalog-credentials", region: "eu-west-1" } } } },
    "catalog-pipeline": {
        source: {
            documentdb: {
                host: "catalog.cluster-abc.eu-west-1.docdb.amazonaws.com",
                port: 27017,
                acknowledgments: true,
                authentication: {
                    username: "${{aws_secrets:docdb:username}}",
                    password: "${{aws_secrets:docdb:password}}",
                },
                collections: [{ collection: "shop.products", export: true, stream: true }],
                s3_bucket: "catalog-osis-staging",
                s3_region: "eu-west-1",
                s3_prefix: "products/",
                aws: { sts_role_arn: "arn:aws:iam::111122223333:role/osis-catalog" },
            },
        },
        sink: [SINK],
    },
});

const rds = () => ({
    extension: { aws: { secrets: { db: { secret_id: "billing-credentials", region: "eu-west-1" } } } },
    "billing-pipeline": {
        source: {
            rds: {
                db_identifier: "billing-cluster",
                engine: "aurora-postgresql",
                database: "billing",
                tables: { include: ["public.invoices", "public.lines"] },
                s3_bucket: "billing-osis-staging",
                s3_region: "eu-west-1",
                s3_prefix: "billing",
                export: {
                    kms_key_id: "arn:aws:kms:eu-west-1:111122223333:key/1",
                    iam_role_arn: "arn:aws:iam::111122223333:role/rds-snapshot-export",
                },
                stream: true,
                authentication: { username: "${{aws_secrets:db:username}}", password: "${{aws_secrets:db:password}}" },
                aws: { region: "eu-west-1" },
            },
        },
        sink: [SINK],
    },
});

const relation = (more: object = {}) => ({
    parent: "public.invoices",
    child: "public.lines",
    parent_key: "id",
    child_key: "invoice_id",
    child_primary_key: "id",
    ...more,
});

/** Two sub-pipelines, of which the first feeds the second. */
const connected = () => ({
    version: "2",
    first: { source: new PipelineWorld().pipeline.source, sink: [{ pipeline: { name: "second" } }] },
    second: { source: { pipeline: { name: "first" } }, sink: [SINK] },
});

const paths = (body: unknown) => bodyProblems(typeof body === "string" ? body : dump(body)).map(({ path }) => path);

describe("simulator/pipelines: bodies", () => {
    describe("are accepted", () => {
        const accepted: Record<string, () => unknown> = {
            "from DynamoDB": () => new PipelineWorld().body,
            "from DocumentDB": documentdb,
            "from RDS": rds,
            "in JSON": () => JSON.stringify(new PipelineWorld().body),
            "with a version in digits": () => ({ ...new PipelineWorld().body, version: 2 }),
            "with a minor version": () => ({ ...new PipelineWorld().body, version: "2.7" }),
            "by the other name of the extension": () => {
                const { extension: pipeline_configurations, ...rest } = documentdb();
                return { ...rest, pipeline_configurations };
            },
            "by the old name of DocumentDB": () => {
                const body: Any = documentdb();
                body["catalog-pipeline"].source = { mongodb: body["catalog-pipeline"].source.documentdb };
                return body;
            },
            "of several sub-pipelines": connected,
            "with joins": () => {
                const body: Any = rds();
                body["billing-pipeline"].source.rds.joins = { relations: [relation()] };
                return body;
            },
            "with a secret for a number": () => {
                const body: Any = documentdb();
                body["catalog-pipeline"].source.documentdb.port = "${{aws_secrets:docdb:port}}";
                return body;
            },
            // What Data Prepper's configuration classes do not find out: it shows when the pipeline is deployed.
            "with values that no class holds to a list": () => {
                const pipelines = new PipelineWorld();
                Object.assign(pipelines.sink, {
                    index_type: "customised",
                    action: "upset",
                    document_version_type: "eternal",
                    routes: ["nowhere"],
                    dlq: { s3: { region: "eu-west-1" } },
                    aws: { region: "eu-west-1", serverless_options: { network_policy_name: "x".repeat(40) } },
                });
                return pipelines.body;
            },
        };
        for (const [what, body] of Object.entries(accepted)) {
            it(what, () =>
                assert.deepEqual(bodyProblems(typeof body() === "string" ? (body() as string) : dump(body())), []),
            );
        }
    });

    describe("are refused with the place of the fault", () => {
        const p = "orders-pipeline";
        const source = `${p}.source.dynamodb`;
        const sink = `${p}.sink[0].opensearch`;
        const processor = `${p}.processor[0]`;
        type Change = (pipelines: PipelineWorld) => unknown;
        const withProcessor =
            (use: object): Change =>
            ({ pipeline }) =>
                (pipeline.processor = [use]);
        const withSink =
            (more: object): Change =>
            (pipelines) =>
                Object.assign(pipelines.sink, more);

        const broken: [what: string, change: Change, path: string][] = [
            // the frame
            ["another version", ({ body }) => (body.version = "1"), "version"],
            ["a version that is none", ({ body }) => (body.version = "2.x"), "version"],
            ["no sub-pipeline", ({ body }) => delete body[p], "body"],
            ["eleven sub-pipelines", ({ body }) => many(body), "body"],
            ["a forbidden name", ({ body }) => (body.core = {}), "core"],
            ["a sub-pipeline that is a text", ({ body }) => (body.more = "x"), "more"],
            ["a buffer", ({ pipeline }) => (pipeline.buffer = { bounded_blocking: {} }), `${p}.buffer`],
            ["workers", ({ pipeline }) => (pipeline.workers = 2), `${p}.workers`],
            ["a delay", ({ pipeline }) => (pipeline.delay = 100), `${p}.delay`],
            ["no source", ({ pipeline }) => delete pipeline.source, `${p}.source`],
            ["two sources", ({ pipeline }) => (pipeline.source.rds = {}), `${p}.source`],
            ["an unknown source", ({ pipeline }) => (pipeline.source = { oracle: {} }), `${p}.source.oracle`],
            ["a source without simulation", ({ pipeline }) => (pipeline.source = { kafka: {} }), `${p}.source.kafka`],
            ["no sink", ({ pipeline }) => (pipeline.sink = []), `${p}.sink`],
            ["a sink outside of a list", ({ pipeline }) => (pipeline.sink = SINK), `${p}.sink`],
            ["an unknown sink", ({ pipeline }) => (pipeline.sink = [{ stdout: {} }]), `${p}.sink[0].stdout`],
            ["a processor outside of a list", ({ pipeline }) => (pipeline.processor = {}), `${p}.processor`],
            ["an unknown processor", withProcessor({ enrich: {} }), `${processor}.enrich`],
            ["two processors in one", withProcessor({ date: {}, flatten: {} }), processor],
            ["a stateful processor", withProcessor({ aggregate: {} }), `${processor}.aggregate`],
            [
                "both names of routes",
                ({ pipeline }) => Object.assign(pipeline, { routes: [], route: [] }),
                `${p}.route`,
            ],
            ["a route of two names", ({ pipeline }) => (pipeline.routes = [{ a: "1", b: "2" }]), `${p}.routes[0]`],
            [
                "a route of a broken condition",
                ({ pipeline }) => (pipeline.routes = [{ a: "/x ==" }]),
                `${p}.routes[0].a`,
            ],
            [
                "keys to keep and to leave",
                withSink({ include_keys: ["a"], exclude_keys: ["b"] }),
                `${sink}.exclude_keys`,
            ],
            ["routes that are no list", withSink({ routes: "live" }), `${sink}.routes`],
            // the source
            ["no table", ({ pipeline }) => (pipeline.source.dynamodb.tables = []), `${source}.tables`],
            ["two tables", ({ pipeline, table }) => pipeline.source.dynamodb.tables.push(table), `${source}.tables`],
            ["a table without ARN", ({ table }) => delete table.table_arn, `${source}.tables[0].table_arn`],
            ["a blank ARN", ({ table }) => (table.table_arn = " "), `${source}.tables[0].table_arn`],
            ["a table's name", ({ table }) => (table.table_arn = "orders"), `${source}.tables[0].table_arn`],
            ["nothing to read", ({ table }) => (delete table.export, delete table.stream), `${source}.tables[0]`],
            ["no export bucket", ({ table }) => delete table.export.s3_bucket, `${source}.tables[0].export.s3_bucket`],
            [
                "an alias for a key",
                ({ table }) => (table.export.s3_sse_kms_key_id = "alias/mine"),
                `${source}.tables[0].export.s3_sse_kms_key_id`,
            ],
            [
                "another start position",
                ({ table }) => (table.stream.start_position = "TRIM_HORIZON"),
                `${source}.tables[0].stream.start_position`,
            ],
            [
                "an unknown view",
                ({ table }) => (table.stream.view_on_remove = "NEITHER"),
                `${source}.tables[0].stream.view_on_remove`,
            ],
            ["an unknown option", ({ table }) => (table.exprot = {}), `${source}.tables[0].exprot`],
            ["no aws", ({ pipeline }) => delete pipeline.source.dynamodb.aws, `${source}.aws`],
            [
                "a short role",
                ({ pipeline }) => (pipeline.source.dynamodb.aws.sts_role_arn = "arn:aws:iam"),
                `${source}.aws.sts_role_arn`,
            ],
            [
                "six header overrides",
                ({ pipeline }) =>
                    (pipeline.source.dynamodb.aws.sts_header_overrides = Object.fromEntries(
                        [..."abcdef"].map((key) => [key, "x"]),
                    )),
                `${source}.aws.sts_header_overrides`,
            ],
            [
                "a text for a flag",
                ({ pipeline }) => (pipeline.source.dynamodb.acknowledgments = "yes"),
                `${source}.acknowledgments`,
            ],
            [
                "what is no duration",
                ({ pipeline }) => (pipeline.source.dynamodb.shard_acknowledgment_timeout = "soon"),
                `${source}.shard_acknowledgment_timeout`,
            ],
            // the sink
            ["no hosts", ({ sink }) => delete sink.hosts, `${sink}.hosts`],
            ["hosts without protocol", withSink({ hosts: ["search-x"] }), `${sink}.hosts[0]`],
            ["no index", ({ sink }) => delete sink.index, `${sink}.index`],
            ["an unknown template type", withSink({ template_type: "v2" }), `${sink}.template_type`],
            ["a user name", withSink({ username: "admin" }), `${sink}.username`],
            ["a template file", withSink({ template_file: "/a" }), `${sink}.template_file`],
            ["a file of dead letters", withSink({ dlq_file: "/a" }), `${sink}.dlq_file`],
            ["few retries", withSink({ max_retries: 15 }), `${sink}.max_retries`],
            ["no retries", withSink({ max_retries: 0 }), `${sink}.max_retries`],
            ["a constant version", withSink({ document_version: "7" }), `${sink}.document_version`],
            [
                "a script that indexes",
                withSink({ script: { source: "x" }, action: "index", document_version_type: "internal" }),
                `${sink}.script`,
            ],
            [
                "a script for external versions",
                withSink({ script: { source: "x" }, action: "upsert" }),
                `${sink}.script`,
            ],
            ["an action without type", withSink({ actions: [{ when: "/a == 1" }] }), `${sink}.actions[0].type`],
            [
                "a broken condition",
                withSink({ actions: [{ type: "index", when: "/a = 1" }] }),
                `${sink}.actions[0].when`,
            ],
            ["an open template", withSink({ document_id: "${/id" }), `${sink}.document_id`],
            ["an unknown function", withSink({ routing: "${hash(/id)}" }), `${sink}.routing`],
            ["no shards", withSink({ number_of_shards: 0 }), `${sink}.number_of_shards`],
            ["dead letters elsewhere", withSink({ dlq: { kafka: {} } }), `${sink}.dlq.kafka`],
            [
                "a lookup without term",
                withSink({ query_lookup: { query_when: "/a" } }),
                `${sink}.query_lookup.query_term`,
            ],
            // several parts
            ["an undeclared secret", withSink({ routing: "${{aws_secrets:db:a}}" }), `${sink}.routing`],
            ["two destinations", ({ pipeline }) => pipeline.sink.push(SINK), `${p}.sink[1].opensearch.hosts`],
            [
                "two roles",
                ({ pipeline, sink }) => {
                    const role = (name: string) => ({
                        region: "eu-west-1",
                        sts_role_arn: `arn:aws:iam::1:role/${name}`,
                    });
                    pipeline.sink.push({ opensearch: { ...sink, aws: role("b") } });
                    sink.aws = role("a");
                },
                `${p}.sink[1].opensearch.aws.sts_role_arn`,
            ],
            ["51 sinks", ({ pipeline, sink }) => (pipeline.sink = Array(51).fill({ opensearch: sink })), "body"],
            [
                "a sink that leads nowhere",
                ({ pipeline }) => pipeline.sink.push({ pipeline: { name: "nowhere" } }),
                `${p}.sink`,
            ],
            // processors
            ["nothing to add", withProcessor({ add_entries: { entries: [] } }), `${processor}.add_entries.entries`],
            [
                "an entry without value",
                withProcessor({ add_entries: { entries: [{ key: "a" }] } }),
                `${processor}.add_entries.entries[0]`,
            ],
            [
                "an entry for two places",
                withProcessor({ add_entries: { entries: [{ key: "a", metadata_key: "b", value: 1 }] } }),
                `${processor}.add_entries.entries[0]`,
            ],
            [
                "a copy to nowhere",
                withProcessor({ copy_values: { entries: [{ from_key: "a" }] } }),
                `${processor}.copy_values.entries[0].to_key`,
            ],
            [
                "a list copied to no list",
                withProcessor({ copy_values: { entries: [{ from_key: "a", to_key: "b" }], from_list: "x" } }),
                `${processor}.copy_values`,
            ],
            [
                "a new name for nothing",
                withProcessor({ rename_keys: { entries: [{ to_key: "b" }] } }),
                `${processor}.rename_keys.entries[0]`,
            ],
            [
                "a broken pattern",
                withProcessor({ rename_keys: { entries: [{ from_key_regex: "(", to_key: "b" }] } }),
                `${processor}.rename_keys.entries[0].from_key_regex`,
            ],
            ["nothing to delete", withProcessor({ delete_entries: {} }), `${processor}.delete_entries`],
            ["nothing to select", withProcessor({ select_entries: {} }), `${processor}.select_entries.include_keys`],
            [
                "a type that is none",
                withProcessor({ convert_type: { key: "a", type: "date" } }),
                `${processor}.convert_type.type`,
            ],
            [
                "a conversion of nothing",
                withProcessor({ convert_entry_type: { type: "long" } }),
                `${processor}.convert_entry_type`,
            ],
            ["a date of nothing", withProcessor({ date: {} }), `${processor}.date.match`],
            [
                "a pattern that no date has",
                withProcessor({ date: { match: [{ key: "a", patterns: ["yyyy-QQ"] }] } }),
                `${processor}.date.match[0].patterns[0]`,
            ],
            [
                "a zone that is none",
                withProcessor({ date: { match: [{ key: "a", patterns: ["yyyy"] }], source_timezone: "Mars/Base" } }),
                `${processor}.date.source_timezone`,
            ],
            ["drops without condition", withProcessor({ drop_events: {} }), `${processor}.drop_events.drop_when`],
            ["flat to nowhere", withProcessor({ flatten: { source: "a" } }), `${processor}.flatten.target`],
            ["JSON too deep", withProcessor({ parse_json: { depth: 11 } }), `${processor}.parse_json.depth`],
            ["cuts of no length", withProcessor({ truncate: { entries: [{}] } }), `${processor}.truncate.entries[0]`],
            [
                "a mask of many characters",
                withProcessor({ obfuscate: { source: "a", action: { mask: { mask_character_length: 11 } } } }),
                `${processor}.obfuscate.action.mask.mask_character_length`,
            ],
            [
                "a function without name",
                withProcessor({ aws_lambda: { aws: {} } }),
                `${processor}.aws_lambda.function_name`,
            ],
            // the extension
            [
                "a secret without id",
                ({ body }) => (body.extension = { aws: { secrets: { db: {} } } }),
                "extension.aws.secrets.db.secret_id",
            ],
            [
                "a secret read too often",
                ({ body }) =>
                    (body.extension = { aws: { secrets: { db: { secret_id: "a", refresh_interval: "PT30M" } } } }),
                "extension.aws.secrets.db.refresh_interval",
            ],
            ["an unknown extension", ({ body }) => (body.extension = { gcp: {} }), "extension.gcp"],
        ];
        for (const [what, change, path] of broken) {
            it(what, () => {
                const pipelines = new PipelineWorld();
                change(pipelines);
                assert.deepEqual(paths(pipelines.body), [path]);
            });
        }

        const others: [what: string, body: () => unknown, path: string][] = [
            ["what is no YAML", () => "a: [", "body"],
            ["nothing", () => "", "body"],
            ["a list", () => "- a", "body"],
            ["two documents", () => "a: 1\n---\nb: 2", "body"],
            ["a key that is there twice", () => "a: 1\na: 2", "body"],
            ["more aliases than anybody needs", () => `a: &a [1]\nb: [${Array(21).fill("*a").join(", ")}]`, "body"],
            ["too long a text", () => `# ${"x".repeat(24_000)}`, "body"],
            ["two collections", () => two(documentdb()), "catalog-pipeline.source.documentdb.collections"],
            [
                "a collection without database",
                () => change(documentdb(), (d) => (d.collections[0].collection = "products")),
                "catalog-pipeline.source.documentdb.collections[0].collection",
            ],
            [
                "no partition",
                () => change(documentdb(), (d) => (d.collections[0].partition_count = 0)),
                "catalog-pipeline.source.documentdb.collections[0].partition_count",
            ],
            ["no host", () => change(documentdb(), (d) => delete d.host), "catalog-pipeline.source.documentdb.host"],
            [
                "a region of DocumentDB",
                () => change(documentdb(), (d) => (d.aws.region = "eu-west-1")),
                "catalog-pipeline.source.documentdb.aws.region",
            ],
            [
                "half of the credentials",
                () => change(documentdb(), (d) => delete d.authentication.password),
                "catalog-pipeline.source.documentdb.authentication.password",
            ],
            [
                "an unknown engine",
                () => change(rds(), (r) => (r.engine = "oracle")),
                "billing-pipeline.source.rds.engine",
            ],
            [
                "an export without key",
                () => change(rds(), (r) => delete r.export.kms_key_id),
                "billing-pipeline.source.rds.export.kms_key_id",
            ],
            [
                "an export without role",
                () => change(rds(), (r) => delete r.export.iam_role_arn),
                "billing-pipeline.source.rds.export.iam_role_arn",
            ],
            [
                "no staging bucket",
                () => change(rds(), (r) => delete r.s3_bucket),
                "billing-pipeline.source.rds.s3_bucket",
            ],
            [
                "too many tables",
                () => change(rds(), (r) => (r.tables.include = Array(1001).fill("t"))),
                "billing-pipeline.source.rds.tables.include",
            ],
            [
                "a child of two parents",
                () => change(rds(), (r) => (r.joins = { relations: [relation(), relation()] })),
                "billing-pipeline.source.rds.joins.relations[1].child",
            ],
            [
                "a join with a table that is not read",
                () => change(rds(), (r) => (r.joins = { relations: [relation({ child: "public.notes" })] })),
                "billing-pipeline.source.rds.joins.relations[0].child",
            ],
            ["a circle beside what is right", () => circle(connected()), "third"],
            ["a source that nothing leads to", () => lonely(connected()), "third.source.pipeline.name"],
        ];
        for (const [what, body, path] of others) {
            it(what, () => assert.ok(paths(body()).includes(path), JSON.stringify(paths(body()))));
        }

        it("more than 60 of them", () => assert.ok(broken.length + others.length > 60));
    });

    it("never fail to be judged, whatever they are", () => {
        const value = fc.letrec((tie) => ({
            value: fc.oneof(
                { maxDepth: 4 },
                fc.string(),
                fc.integer(),
                fc.boolean(),
                fc.constant(null),
                fc.array(tie("value"), { maxLength: 3 }),
                fc.dictionary(fc.oneof(fc.constantFrom(...WORDS), fc.string()), tie("value"), { maxKeys: 3 }),
            ),
        })).value;
        const judge = (text: string) => {
            for (const { path, message } of bodyProblems(text)) {
                assert.ok(path !== "" && message !== "");
            }
        };
        fc.assert(fc.property(fc.string(), judge));
        fc.assert(fc.property(value, (body) => judge(JSON.stringify(body) ?? "")));
        // Close to a real one: some part of it replaced.
        fc.assert(
            fc.property(value, fc.nat(), (part, place) => {
                const { body } = new PipelineWorld();
                const holders = mapsOf(body);
                const holder = holders[place % holders.length];
                const keys = Object.keys(holder);
                holder[keys[place % keys.length]] = part;
                judge(JSON.stringify(body));
                // What is accepted can be read.
                if (bodyProblems(JSON.stringify(body)).length === 0) {
                    readBody(JSON.stringify(body));
                }
            }),
            { numRuns: 500 },
        );
    });
});

const WORDS = ["version", "source", "sink", "processor", "routes", "opensearch", "dynamodb", "pipeline", "__proto__"];

function mapsOf(value: Any): Any[] {
    return typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(mapsOf)] : [];
}

function many(body: Any): void {
    for (let i = 0; i < 10; i++) {
        body[`more-${i}`] = body["orders-pipeline"];
    }
}

function change(body: Any, how: (options: Any) => unknown): Any {
    const [definition] = Object.values(body).filter((each: Any) => each.source) as Any[];
    how(Object.values(definition.source)[0]);
    return body;
}

const two = (body: Any) => change(body, (d) => d.collections.push(d.collections[0]));

function circle(body: Any): Any {
    const through = (name: string) => ({ source: { pipeline: { name } }, sink: [{ pipeline: { name } }] });
    return { ...body, third: through("fourth"), fourth: through("third") };
}

function lonely(body: Any): Any {
    body.third = { source: { pipeline: { name: "second" } }, sink: [SINK] };
    return body;
}
