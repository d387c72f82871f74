import { dump, load } from "js-yaml";

import { DATABASE_BODY, DOCUMENT_BODY, TABLE_BODY } from "./bodies";

/* eslint-disable @typescript-eslint/no-explicit-any -- The changes take documents apart. */

export type Break = (pipeline: any, body: any) => void;
export const source =
    (change: Break): Break =>
    (pipeline, body) =>
        change(Object.values(pipeline.source)[0], body);
export const table =
    (change: Break): Break =>
    (pipeline, body) =>
        change(pipeline.source.dynamodb.tables[0], body);
export const sink =
    (change: Break): Break =>
    (pipeline, body) =>
        change(pipeline.sink[0].opensearch, body);

export const tablePath = "body.orders-pipeline.source.dynamodb.tables[0]";
export const sinkPath = "body.orders-pipeline.sink[0].opensearch";

/** What is broken, how, where the fault is, and what is said of it. */
const BROKEN_TABLE_BODIES: [what: string, change: Break, path: string, message: RegExp][] = [
    ["no version", (_, body) => delete body.version, "body.version", /Write version: "2"/],
    ["version 1", (_, body) => (body.version = "1"), "body.version", /no version that/],
    ["no pipeline", (_, body) => delete body["orders-pipeline"], "body", /no pipeline/],
    ["a pipeline that is none", (_, body) => (body.other = "x"), "body.other", /has no options/],
    ["a name that is kept", (pipeline, body) => (body.core = pipeline), "body.core", /keeps this name/],
    [
        "eleven pipelines",
        (_, body) => {
            for (let i = 0; i < 10; i++) body[`p${i}`] = body["orders-pipeline"];
        },
        "body",
        /11 pipelines/,
    ],
    [
        "a buffer",
        (pipeline) => (pipeline.buffer = { bounded_blocking: {} }),
        "body.orders-pipeline.buffer",
        /refuses it/,
    ],
    ["workers", (pipeline) => (pipeline.workers = 2), "body.orders-pipeline.workers", /refuses it/],
    ["a delay", (pipeline) => (pipeline.delay = 3000), "body.orders-pipeline.delay", /refuses it/],
    [
        "sinks",
        (pipeline) => {
            pipeline.sinks = pipeline.sink;
        },
        "body.orders-pipeline.sinks",
        /Did you mean sink\?/,
    ],
    ["no source", (pipeline) => delete pipeline.source, "body.orders-pipeline.source", /not given/],
    ["two sources", (pipeline) => (pipeline.source.s3 = {}), "body.orders-pipeline.source", /2 plugins/],
    [
        "a misspelt source",
        (pipeline) => (pipeline.source = { dynamo_db: {} }),
        "body.orders-pipeline.source.dynamo_db",
        /Did you mean dynamodb\?/,
    ],
    [
        "a source of Data Prepper's alone",
        (pipeline) => (pipeline.source = { file: { path: "/x" } }),
        "body.orders-pipeline.source.file",
        /no such source/,
    ],
    ["no sink", (pipeline) => delete pipeline.sink, "body.orders-pipeline.sink", /not given/],
    ["an empty sink", (pipeline) => (pipeline.sink = []), "body.orders-pipeline.sink", /not given/],
    [
        "a sink that is no list",
        (pipeline) => (pipeline.sink = pipeline.sink[0]),
        "body.orders-pipeline.sink",
        /no list/,
    ],
    [
        "a sink of Data Prepper's alone",
        (pipeline) => pipeline.sink.push({ stdout: {} }),
        "body.orders-pipeline.sink[1].stdout",
        /no such sink/,
    ],
    ["two plugins in one item", (pipeline) => (pipeline.sink[0].s3 = {}), "body.orders-pipeline.sink[0]", /2 plugins/],
    [
        "no tables",
        source((dynamodb) => delete dynamodb.tables),
        "body.orders-pipeline.source.dynamodb.tables",
        /the one table/,
    ],
    [
        "an empty list of tables",
        source((dynamodb) => (dynamodb.tables = [])),
        "body.orders-pipeline.source.dynamodb.tables",
        /exactly 1/,
    ],
    [
        "two tables",
        source((dynamodb) => dynamodb.tables.push(dynamodb.tables[0])),
        "body.orders-pipeline.source.dynamodb.tables",
        /There are 2/,
    ],
    ["no aws", source((dynamodb) => delete dynamodb.aws), "body.orders-pipeline.source.dynamodb.aws", /Region/],
    [
        "an option that there is not",
        source((dynamodb) => (dynamodb.coordinator = {})),
        "body.orders-pipeline.source.dynamodb.coordinator",
        /no such option/,
    ],
    [
        "a misspelt option",
        source((dynamodb) => {
            dynamodb.acknowledgements = true;
        }),
        "body.orders-pipeline.source.dynamodb.acknowledgements",
        /Did you mean acknowledgments\?/,
    ],
    [
        "a flag that is none",
        source((dynamodb) => (dynamodb.acknowledgments = "yes")),
        "body.orders-pipeline.source.dynamodb.acknowledgments",
        /neither true nor false/,
    ],
    [
        "a time that is none",
        source((dynamodb) => (dynamodb.s3_data_file_acknowledgment_timeout = "soon")),
        "body.orders-pipeline.source.dynamodb.s3_data_file_acknowledgment_timeout",
        /not a time/,
    ],
    ["the table by its name", table((t) => (t.table_arn = "orders")), `${tablePath}.table_arn`, /the ARN of a table/],
    [
        "the table's stream",
        table((t) => (t.table_arn += "/stream/2026-01-01T00:00:00.000")),
        `${tablePath}.table_arn`,
        /not of its stream/,
    ],
    ["a blank table", table((t) => (t.table_arn = " ")), `${tablePath}.table_arn`, /blank/],
    [
        "neither export nor stream",
        table((t) => {
            delete t.export;
            delete t.stream;
        }),
        tablePath,
        /nothing is read/,
    ],
    [
        "an export without a bucket",
        table((t) => delete t.export.s3_bucket),
        `${tablePath}.export.s3_bucket`,
        /Name the bucket/,
    ],
    [
        "a bucket as a URI",
        table((t) => (t.export.s3_bucket = "s3://orders")),
        `${tablePath}.export.s3_bucket`,
        /without s3:\/\//,
    ],
    [
        "a key by its alias",
        table((t) => (t.export.s3_sse_kms_key_id = "alias/orders")),
        `${tablePath}.export.s3_sse_kms_key_id`,
        /whole ARN/,
    ],
    [
        "a stream from its beginning",
        table((t) => (t.stream.start_position = "BEGINNING")),
        `${tablePath}.stream.start_position`,
        /Use LATEST/,
    ],
    [
        "a view that there is not",
        table((t) => (t.stream.view_on_remove = "KEYS_ONLY")),
        `${tablePath}.stream.view_on_remove`,
        /NEW_IMAGE or OLD_IMAGE/,
    ],
    [
        "a table of another Region",
        table((t) => (t.table_arn = t.table_arn.replace("eu-west-1", "us-east-1"))),
        `${tablePath}.table_arn`,
        /global table/,
    ],
    [
        "a bucket of another Region",
        table((t) => (t.export.s3_region = "us-east-1")),
        `${tablePath}.export.s3_region`,
        /Use a bucket of eu-west-1/,
    ],
    ["no hosts", sink((s) => delete s.hosts), `${sinkPath}.hosts`, /endpoint/],
    [
        "a host without TLS",
        sink((s) => (s.hosts = ["http://search-orders-abc.eu-west-1.es.amazonaws.com"])),
        `${sinkPath}.hosts[0]`,
        /https/,
    ],
    ["no index", sink((s) => delete s.index), `${sinkPath}.index`, /Name the index/],
    ["an index in capitals", sink((s) => (s.index = "Orders")), `${sinkPath}.index`, /no name of an index/],
    [
        "a type of index that there is not",
        sink((s) => (s.index_type = "managed")),
        `${sinkPath}.index_type`,
        /no type of index/,
    ],
    [
        "an action that there is not",
        sink((s) => (s.action = "merge")),
        `${sinkPath}.action`,
        /Use index, create, update, upsert or delete/,
    ],
    [
        "an expression without an end",
        sink((s) => (s.document_id = '${getMetadata("primary_key")')),
        `${sinkPath}.document_id`,
        /without its }/,
    ],
    [
        "a function that there is not",
        sink((s) => (s.document_id = '${getMetaData("primary_key")}')),
        `${sinkPath}.document_id`,
        /Did you mean getMetadata\?/,
    ],
    [
        "metadata that there is not",
        sink((s) => (s.document_id = '${getMetadata("primarykey")}')),
        `${sinkPath}.document_id`,
        /Did you mean primary_key\?/,
    ],
    ["no id, and deletes", sink((s) => delete s.document_id), `${sinkPath}.document_id`, /which document/],
    [
        "a version that is none",
        sink((s) => (s.document_version = "1")),
        `${sinkPath}.document_version`,
        /no expression/,
    ],
    [
        "a type of version that there is not",
        sink((s) => (s.document_version_type = "force")),
        `${sinkPath}.document_version_type`,
        /Use internal, external or external_gte/,
    ],
    [
        "an external version that is not given",
        sink((s) => delete s.document_version),
        `${sinkPath}.document_version`,
        /none is given/,
    ],
    [
        "the default action first",
        sink((s) => {
            s.actions = [{ type: "index" }, { type: "delete", when: "/gone == true" }];
        }),
        `${sinkPath}.actions[0]`,
        /Put it last/,
    ],
    ["no retries", sink((s) => (s.max_retries = 0)), `${sinkPath}.max_retries`, /16 or more/],
    ["fifteen retries", sink((s) => (s.max_retries = 15)), `${sinkPath}.max_retries`, /16 or more/],
    [
        "dead letters without a bucket",
        sink((s) => delete s.dlq.s3.bucket),
        `${sinkPath}.dlq.s3.bucket`,
        /Name the bucket/,
    ],
    [
        "dead letters in a file",
        sink((s) => {
            s.dlq_file = "/tmp/x";
            delete s.dlq;
        }),
        `${sinkPath}.dlq_file`,
        /refuses it/,
    ],
    ["a user of its own", sink((s) => (s.username = "admin")), `${sinkPath}.username`, /as its role/],
    [
        "a template in a file",
        sink((s) => (s.template_file = "t.json")),
        `${sinkPath}.template_file`,
        /template_content/,
    ],
    [
        "a template that is no JSON",
        sink((s) => (s.template_content = "{mappings: }")),
        `${sinkPath}.template_content`,
        /no JSON/,
    ],
    [
        "an index template in the old form",
        sink((s) => {
            s.template_type = "index-template";
            s.template_content = '{"mappings":{}}';
        }),
        `${sinkPath}.template_content`,
        /under template/,
    ],
    [
        "keys to include and to exclude",
        sink((s) => {
            s.include_keys = ["a"];
            s.exclude_keys = ["b"];
        }),
        `${sinkPath}.exclude_keys`,
        /not both/,
    ],
    ["a route that is not declared", sink((s) => (s.routes = ["live"])), `${sinkPath}.routes[0]`, /no route/],
    [
        "a collection's host in a domain's sink",
        sink((s) => (s.hosts = ["https://abc.eu-west-1.aoss.amazonaws.com"])),
        `${sinkPath}.aws.serverless`,
        /a collection's/,
    ],
    [
        "a managed index in a collection",
        sink((s) => {
            s.hosts = ["https://abc.eu-west-1.aoss.amazonaws.com"];
            s.aws.serverless = true;
        }),
        `${sinkPath}.index_type`,
        /management_disabled/,
    ],
    [
        "a script with external versions",
        sink((s) => {
            s.script = { source: "x" };
        }),
        `${sinkPath}.script`,
        /external versions/,
    ],
    [
        "a name of a collection that is too long",
        sink((s) => {
            s.aws.serverless_options = { collection_name: "c".repeat(33) };
        }),
        `${sinkPath}.aws.serverless_options.collection_name`,
        /3 to 32/,
    ],
    [
        "a second destination",
        (pipeline) =>
            pipeline.sink.push({
                opensearch: {
                    ...pipeline.sink[0].opensearch,
                    hosts: ["https://search-other-abc.eu-west-1.es.amazonaws.com"],
                },
            }),
        "body.orders-pipeline.sink[1].opensearch.hosts",
        /another domain/,
    ],
    [
        "a second role",
        (pipeline) =>
            pipeline.sink.push({ opensearch: { ...pipeline.sink[0].opensearch, aws: { region: "eu-west-1" } } }),
        "body.orders-pipeline.sink[1].opensearch.aws.sts_role_arn",
        /another role/,
    ],
    [
        "a route's condition",
        (pipeline) => (pipeline.routes = [{ live: '/status = "LIVE"' }]),
        "body.orders-pipeline.routes[0].live",
        /"= /,
    ],
    [
        "a text in single quotes",
        (pipeline) => (pipeline.routes = [{ live: "/status == 'LIVE'" }]),
        "body.orders-pipeline.routes[0].live",
        /double quotes/,
    ],
    [
        "a name without its slash",
        (pipeline) => (pipeline.routes = [{ live: "status == 1" }]),
        "body.orders-pipeline.routes[0].live",
        /an attribute \(\/status\)/,
    ],
    [
        "a dollar in a text",
        (pipeline) => (pipeline.routes = [{ live: '/price == "$5"' }]),
        "body.orders-pipeline.routes[0].live",
        /written \\\$/,
    ],
    [
        "routes that are no list",
        (pipeline) => (pipeline.routes = { live: "/a == 1" }),
        "body.orders-pipeline.routes",
        /no list/,
    ],
    [
        "two routes in one item",
        (pipeline) => (pipeline.routes = [{ a: "/a == 1", b: "/b == 1" }]),
        "body.orders-pipeline.routes[0]",
        /not a route's name/,
    ],
    [
        "a processor without its options",
        (pipeline) => (pipeline.processor = [{ drop_events: {} }]),
        "body.orders-pipeline.processor[0].drop_events.drop_when",
        /which events/,
    ],
    [
        "a processor's misspelt option",
        (pipeline) => (pipeline.processor = [{ add_entries: { entires: [] } }]),
        "body.orders-pipeline.processor[0].add_entries.entires",
        /Did you mean entries\?/,
    ],
    [
        "a type that there is not",
        (pipeline) => (pipeline.processor = [{ convert_type: { key: "a", type: "money" } }]),
        "body.orders-pipeline.processor[0].convert_type.type",
        /Use integer/,
    ],
    [
        "a value and a format",
        (pipeline) => (pipeline.processor = [{ add_entries: { entries: [{ key: "a", value: 1, format: "x" }] } }]),
        "body.orders-pipeline.processor[0].add_entries.entries[0].format",
        /one of them/,
    ],
    [
        "acknowledgments and an aggregation",
        (pipeline) => (pipeline.processor = [{ aggregate: {} }]),
        "body.orders-pipeline.source.dynamodb.acknowledgments",
        /aggregate keeps events back/,
    ],
    [
        "a secret that is not declared",
        sink((s) => (s.routing = "${{aws_secrets:other:key}}")),
        `${sinkPath}.routing`,
        /not declared/,
    ],
    [
        "a secret that is read too often",
        (_, body) => {
            body.extension = {
                aws: { secrets: { db: { secret_id: "db", region: "eu-west-1", refresh_interval: "PT30M" } } },
            };
        },
        "body.extension.aws.secrets.db.refresh_interval",
        /1h or more/,
    ],
    [
        "a secret without an id",
        (_, body) => {
            body.extension = { aws: { secrets: { db: { region: "eu-west-1" } } } };
        },
        "body.extension.aws.secrets.db.secret_id",
        /name or ARN/,
    ],
    [
        "a sink of one side",
        (pipeline) => (pipeline.sink = [{ pipeline: { name: "next" } }]),
        "body.orders-pipeline.sink[0].pipeline",
        /has not orders-pipeline as its source/,
    ],
    [
        "a source of one side",
        (pipeline, body) => {
            body.next = { source: { pipeline: { name: "nobody" } }, sink: pipeline.sink };
        },
        "body.next.source.pipeline",
        /has not next among its sinks/,
    ],
    [
        "a circle",
        (_, body) => {
            body.a = { source: { pipeline: { name: "b" } }, sink: [{ pipeline: { name: "b" } }] };
            body.b = { source: { pipeline: { name: "a" } }, sink: [{ pipeline: { name: "a" } }] };
        },
        "body.a.sink",
        /comes back/,
    ],
    [
        "a long template",
        sink((s) => {
            s.template_content = JSON.stringify({ mappings: { _meta: { text: "x".repeat(24_000) } } });
        }),
        "body",
        /24000/,
    ],
];

const BROKEN_DOCUMENT_BODIES: typeof BROKEN_TABLE_BODIES = [
    [
        "no host",
        source((documentdb) => delete documentdb.host),
        "body.catalog-pipeline.source.documentdb.host",
        /endpoint/,
    ],
    [
        "a user in the host",
        source((documentdb) => (documentdb.host = "admin:pw@catalog")),
        "body.catalog-pipeline.source.documentdb.host",
        /without user/,
    ],
    [
        "two collections",
        source((documentdb) => documentdb.collections.push({ collection: "shop.b" })),
        "body.catalog-pipeline.source.documentdb.collections",
        /There are 2/,
    ],
    [
        "a collection without its database",
        source((documentdb) => (documentdb.collections[0].collection = "products")),
        "body.catalog-pipeline.source.documentdb.collections[0].collection",
        /database\.collection/,
    ],
    [
        "too many partitions",
        source((documentdb) => (documentdb.collections[0].partition_count = 1001)),
        "body.catalog-pipeline.source.documentdb.collections[0].partition_count",
        /1 to 1000/,
    ],
    [
        "a batch of none",
        source((documentdb) => (documentdb.collections[0].export_batch_size = 0)),
        "body.catalog-pipeline.source.documentdb.collections[0].export_batch_size",
        /1 to 1000000/,
    ],
    [
        "nothing to read",
        source((documentdb) => {
            documentdb.collections[0].export = false;
            documentdb.collections[0].stream = false;
        }),
        "body.catalog-pipeline.source.documentdb.collections[0]",
        /nothing is read/,
    ],
    [
        "no staging bucket",
        source((documentdb) => delete documentdb.s3_bucket),
        "body.catalog-pipeline.source.documentdb.s3_bucket",
        /staging bucket/,
    ],
    [
        "a Region",
        source((documentdb) => (documentdb.aws.region = "eu-west-1")),
        "body.catalog-pipeline.source.documentdb.aws.region",
        /Leave it out/,
    ],
    [
        "a preference that there is not",
        source((documentdb) => (documentdb.read_preference = "replica")),
        "body.catalog-pipeline.source.documentdb.read_preference",
        /primaryPreferred/,
    ],
    [
        "a plain password",
        source((documentdb) => (documentdb.authentication.password = "hunter2")),
        "body.catalog-pipeline.source.documentdb.authentication.password",
        /Secrets Manager alone/,
    ],
    [
        "no credentials",
        source((documentdb) => delete documentdb.authentication),
        "body.catalog-pipeline.source.documentdb.authentication",
        /Secrets Manager/,
    ],
    [
        "another secret",
        source((documentdb) => (documentdb.authentication.password = "${{aws_secrets:docbd:password}}")),
        "body.catalog-pipeline.source.documentdb.authentication.password",
        /Did you mean docdb\?/,
    ],
];

const rds = "body.billing-pipeline.source.rds";
const BROKEN_DATABASE_BODIES: typeof BROKEN_TABLE_BODIES = [
    [
        "no identifier",
        source((o) => delete o.db_identifier),
        `${rds}.db_identifier`,
        /Name the cluster or the instance/,
    ],
    [
        "an ARN as the identifier",
        source((o) => (o.db_identifier = "arn:aws:rds:eu-west-1:111122223333:cluster:billing")),
        `${rds}.db_identifier`,
        /not the ARN/,
    ],
    [
        "RDS's own name of the engine",
        source((o) => (o.engine = "postgres")),
        `${rds}.engine`,
        /Did you mean postgresql\?/,
    ],
    ["Oracle", source((o) => (o.engine = "oracle-ee")), `${rds}.engine`, /aurora-postgresql/],
    [
        "a table of PostgreSQL without its schema",
        source((o) => (o.tables.include[1] = "lines")),
        `${rds}.tables.include[1]`,
        /Give schema\.table, such as public\.lines/,
    ],
    ["no database", source((o) => delete o.database), `${rds}.database`, /Name the one that is read/],
    [
        "1001 tables",
        source((o) => (o.tables.include = Array.from({ length: 1001 }, (_, i) => `public.t${i}`))),
        `${rds}.tables.include`,
        /There are 1001/,
    ],
    [
        "an export without a role",
        source((o) => delete o.export.iam_role_arn),
        `${rds}.export.iam_role_arn`,
        /exports with/,
    ],
    ["an export without a key", source((o) => delete o.export.kms_key_id), `${rds}.export.kms_key_id`, /name the key/],
    [
        "a staging bucket of another Region",
        source((o) => (o.s3_region = "us-east-1")),
        `${rds}.s3_region`,
        /Use a bucket of eu-west-1/,
    ],
    [
        "neither export nor stream",
        source((o) => {
            delete o.export;
            delete o.stream;
        }),
        `${rds}.stream`,
        /stream: true/,
    ],
    [
        "a parent of two kinds",
        source((o) => {
            o.joins = { relations: [join("public.invoices", "public.lines"), join("public.lines", "public.x")] };
        }),
        `${rds}.joins.relations[1].parent`,
        /another parent/,
    ],
    [
        "a join of a table that is left out",
        source((o) => {
            o.joins = { relations: [join("public.invoices", "public.payments")] };
        }),
        `${rds}.tables.include`,
        /public\.payments/,
    ],
    [
        "joins and external versions",
        (pipeline) => {
            pipeline.source.rds.joins = { relations: [join("public.invoices", "public.lines")] };
            Object.assign(pipeline.sink[0].opensearch, {
                document_version: '${getMetadata("document_version")}',
                document_version_type: "external",
            });
        },
        "body.billing-pipeline.sink[0].opensearch.document_version_type",
        /joined documents/,
    ],
    [
        "metadata of another source",
        (pipeline) => (pipeline.sink[0].opensearch.routing = '${getMetadata("tablename")}'),
        "body.billing-pipeline.sink[0].opensearch.routing",
        /Did you mean table_name\?/,
    ],
];

function join(parent: string, child: string) {
    return { parent, child, parent_key: "id", child_key: "parent_id", child_primary_key: "id" };
}

/** A body with a fault. */
export function broken(body: string, change: Break): string {
    const document = load(body) as any;
    const name = Object.keys(document).find((key) => key.endsWith("-pipeline"))!;
    change(document[name], document);
    return dump(document, { noRefs: true });
}

/** Each body with one fault: what is broken, the text, where the fault is, and what is said of it. */
export const BROKEN_BODIES = [
    ...BROKEN_TABLE_BODIES.map((one) => [TABLE_BODY, ...one] as const),
    ...BROKEN_DOCUMENT_BODIES.map((one) => [DOCUMENT_BODY, ...one] as const),
    ...BROKEN_DATABASE_BODIES.map((one) => [DATABASE_BODY, ...one] as const),
].map(([body, what, change, path, message]) => ({ what, text: broken(body, change), path, message }));
