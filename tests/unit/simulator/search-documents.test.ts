import * as assert from "node:assert/strict";

import { Cluster } from "../../../simulator/search/cluster";
import { SearchError } from "../../../simulator/search/error";
import type { Json } from "../../../simulator/search/json";
import { serve } from "../../../simulator/search/rest/serve";

const OPEN = { check: () => undefined };

describe("simulator/search: documents", () => {
    let now: number;
    let cluster: Cluster;

    beforeEach(() => {
        now = 0;
        cluster = new Cluster({ now: () => now });
    });

    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each path has its own shape
    function request(method: string, url: string, body: unknown = ""): { status: number; body: any } {
        const [path, query] = url.split("?");
        const text = typeof body === "string" ? body : JSON.stringify(body);
        try {
            return serve(cluster, OPEN, {
                method,
                path,
                query: Object.fromEntries(new URLSearchParams(query)),
                body: text,
            });
        } catch (error) {
            assert.ok(error instanceof SearchError, String(error));
            return { status: error.status, body: { type: error.code, reason: error.message } };
        }
    }

    /** Status, and result or type of the error, of each line. */
    function bulk(...lines: object[]): [number, string][] {
        const { body } = request("POST", "/_bulk", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
        return (body.items as Json[]).map((item) => {
            const { status, result, error } = Object.values(item)[0] as {
                status: number;
                result: string;
                error?: { type: string };
            };
            return [status, error?.type ?? result];
        });
    }

    const versioned = (_id: string, version: number, version_type = "external") => ({
        index: { _index: "i", _id, version, version_type },
    });

    it("an external version lets no older change in, in whatever order they come", () => {
        assert.deepEqual(
            bulk(
                ...[versioned("1", 5), { n: 5 }],
                ...[versioned("1", 5), { n: 5 }],
                ...[versioned("1", 4), { n: 4 }],
                ...[versioned("1", 5, "external_gte"), { n: 55 }],
                ...[versioned("1", 7), { n: 7 }],
                { delete: { _index: "i", _id: "1", version: 6, version_type: "external" } },
                { delete: { _index: "i", _id: "1", version: 8, version_type: "external" } },
                ...[versioned("1", 8), { n: 8 }],
            ),
            [
                [201, "created"],
                [409, "version_conflict_engine_exception"],
                [409, "version_conflict_engine_exception"],
                [200, "updated"],
                [200, "updated"],
                [409, "version_conflict_engine_exception"],
                [200, "deleted"],
                [409, "version_conflict_engine_exception"],
            ],
        );
        // After a minute nobody remembers what was deleted.
        now = 61_000;
        assert.deepEqual(bulk(versioned("1", 3), { n: 3 }), [[201, "created"]]);
    });

    it("a version goes with an id, and with index and delete alone", () => {
        const conflicting = "action_request_validation_exception";
        assert.deepEqual(
            bulk(
                ...[{ index: { _index: "i", version: 1, version_type: "external" } }, {}],
                ...[{ create: { _index: "i", _id: "1", version: 1, version_type: "external" } }, {}],
                ...[{ update: { _index: "i", _id: "1", version: 1, version_type: "external" } }, { doc: {} }],
                ...[{ index: { _index: "i", _id: "1", version: 1 } }, {}],
            ),
            Array.from({ length: 4 }, () => [400, conflicting]),
        );
    });

    it("creates once, updates what is there, and upserts either", () => {
        assert.deepEqual(
            bulk(
                ...[{ create: { _index: "i", _id: "1" } }, { a: { x: 1 } }],
                ...[{ create: { _index: "i", _id: "1" } }, { a: 1 }],
                ...[{ update: { _index: "i", _id: "1" } }, { doc: { a: { y: 2 } } }],
                ...[{ update: { _index: "i", _id: "1" } }, { doc: { a: { y: 2 } } }],
                ...[{ update: { _index: "i", _id: "2" } }, { doc: { a: {} } }],
                ...[{ update: { _index: "i", _id: "2" } }, { doc: { b: 1 }, doc_as_upsert: true }],
            ),
            [
                [201, "created"],
                [409, "version_conflict_engine_exception"],
                [200, "updated"],
                [200, "noop"],
                [404, "document_missing_exception"],
                [201, "created"],
            ],
        );
        assert.deepEqual(request("GET", "/i/_doc/1").body._source, { a: { x: 1, y: 2 } });
        assert.equal(request("GET", "/i/_doc/1").body._version, 2);
    });

    it("a delete of what is not there is a 404, and makes no index", () => {
        assert.deepEqual(bulk({ delete: { _index: "i", _id: "1" } }), [[404, "index_not_found_exception"]]);
        assert.equal(request("HEAD", "/i").status, 404);
        request("PUT", "/i");
        assert.deepEqual(bulk({ delete: { _index: "i", _id: "1" } }), [[404, "not_found"]]);
        assert.equal(request("GET", "/i/_doc/1").status, 404);
        assert.equal(request("GET", "/none/_doc/1").body.type, "index_not_found_exception");
    });

    it("one refused line leaves the others alone; a malformed request does nothing", () => {
        request("PUT", "/i", { mappings: { properties: { n: { type: "long" } } } });
        assert.deepEqual(bulk(...[{ index: { _index: "i" } }, { n: "x" }], ...[{ index: { _index: "i" } }, { n: 1 }]), [
            [400, "mapper_parsing_exception"],
            [201, "created"],
        ]);
        assert.match(request("POST", "/_bulk", '{"index":{"_index":"i"}}\n{}').body.reason, /newline/);
        assert.match(request("POST", "/_bulk", '{"put":{"_index":"i"}}\n{}\n').body.reason, /line \[1\]/);
        assert.match(request("POST", "/_bulk", "").body.reason, /body is required/);
        assert.equal(request("GET", "/i/_count").body.count, 1);
    });

    it("asks for the routing that a mapping requires, and tells it again", () => {
        request("PUT", "/i", { mappings: { _routing: { required: true } } });
        assert.equal(request("PUT", "/i/_doc/1", {}).body.type, "routing_missing_exception");
        assert.equal(request("PUT", "/i/_doc/1?routing=shop", {}).status, 201);
        assert.equal(request("GET", "/i/_doc/1").body._routing, "shop");
    });

    describe("templates", () => {
        const template = (patterns: string[], price: string, more: object = {}) => ({
            index_patterns: patterns,
            template: { settings: { number_of_shards: 3 }, mappings: { properties: { price: { type: price } } } },
            ...more,
        });
        const typeOf = (index: string) => cluster.index(index).mapping.properties.price?.type;

        it("say what an index is like that a document makes; not one that is there", () => {
            request("PUT", "/orders-1");
            request("PUT", "/_index_template/orders", template(["orders-*"], "keyword"));
            bulk(
                ...[{ index: { _index: "orders-1" } }, { price: 1 }],
                ...[{ index: { _index: "orders-2" } }, { price: 1 }],
            );
            assert.deepEqual([typeOf("orders-1"), typeOf("orders-2")], ["long", "keyword"]);
            assert.equal(cluster.index("orders-2").settings["index.number_of_shards"], "3");
        });

        it("the composable one with the highest priority counts alone, before all legacy ones", () => {
            request("PUT", "/_template/old", {
                index_patterns: ["o*"],
                order: 9,
                mappings: { properties: { price: { type: "byte" }, old: { type: "ip" } } },
            });
            assert.deepEqual([request("PUT", "/oslo").status, typeOf("oslo")], [200, "byte"]);
            request("PUT", "/_index_template/low", template(["ord*"], "long", { priority: 1 }));
            request("PUT", "/_index_template/high", template(["orders"], "double", { priority: 2, version: 7 }));
            request("PUT", "/orders", { mappings: { properties: { name: { type: "keyword" } } } });
            assert.deepEqual(Object.keys(cluster.index("orders").mapping.properties), ["price", "name"]);
            assert.equal(typeOf("orders"), "double");
            const { index_templates } = request("GET", "/_index_template/high").body;
            assert.equal(index_templates[0].index_template.version, 7);
        });

        it("of equal priority do not overlap", () => {
            request("PUT", "/_index_template/a", template(["logs-*"], "long"));
            assert.equal(request("PUT", "/_index_template/a", template(["logs-*"], "byte")).status, 200);
            assert.match(
                request("PUT", "/_index_template/b", template(["*-app"], "long")).body.reason,
                /same priority/,
            );
            assert.equal(request("PUT", "/_index_template/b", template(["metrics-*"], "long")).status, 200);
        });

        it("are refused where they are wrong, and missing where they are not there", () => {
            const put = (body: object) => request("PUT", "/_index_template/t", body).body.type;
            assert.equal(put({ template: {} }), "action_request_validation_exception");
            assert.equal(put({ index_patterns: ["a"], mappings: {} }), "x_content_parse_exception");
            assert.equal(put(template(["a"], "strng")), "mapper_parsing_exception");
            assert.equal(put(template(["A"], "long")), "invalid_index_template_exception");
            assert.equal(put(template(["a"], "long", { composed_of: ["c"] })), "invalid_index_template_exception");
            assert.equal(request("GET", "/_index_template/t").status, 404);
            assert.equal(request("DELETE", "/_index_template/t").status, 404);
            assert.deepEqual(request("GET", "/_template/t"), { status: 404, body: {} });
        });
    });

    it("refuses aliases and data streams, which it does not have", () => {
        const aliases = { shop: {} };
        assert.match(request("PUT", "/i", { aliases }).body.reason, /\[aliases\] .*not simulated/);
        const template = { index_patterns: ["i*"], data_stream: {} };
        assert.match(request("PUT", "/_index_template/t", template).body.reason, /\[data_stream\] .*not simulated/);
        const legacy = { index_patterns: ["i*"], aliases };
        assert.match(request("PUT", "/_template/t", legacy).body.reason, /\[aliases\] .*not simulated/);
        assert.equal(request("PUT", "/i", { aliases: {} }).status, 200);
    });

    describe("ingest pipelines", () => {
        const through = (processors: object[], document: object) => {
            request("PUT", "/_ingest/pipeline/p", { processors });
            const written = request("PUT", "/i/_doc/1?pipeline=p", document);
            return written.status === 201 ? request("GET", "/i/_doc/1").body._source : written.body;
        };

        it("change documents on their way", () => {
            assert.deepEqual(
                through(
                    [
                        { set: { field: "source", value: "from {{name}}" } },
                        { rename: { field: "name", target_field: "person.name" } },
                        { convert: { field: "age", type: "integer" } },
                        { remove: { field: "secret" } },
                        { remove: { field: "none", ignore_missing: true } },
                    ],
                    { name: "Ann", age: "7", secret: 1 },
                ),
                { source: "from Ann", person: { name: "Ann" }, age: 7 },
            );
        });

        it("refuse what they can't do, unless they are told to go on", () => {
            const convert = { field: "age", type: "integer" };
            assert.match(through([{ convert }], { age: "x" }).reason, /unable to convert \[x\] to integer/);
            assert.match(through([{ remove: { field: "none" } }], {}).reason, /\[none\] not present/);
            assert.deepEqual(through([{ convert: { ...convert, ignore_failure: true } }], { age: "x" }), { age: "x" });
            assert.equal(request("PUT", "/i/_doc/2?pipeline=none", {}).body.type, "illegal_argument_exception");
            assert.match(request("PUT", "/_ingest/pipeline/p", {}).body.reason, /\[processors\]/);
            const asked = { processors: [{ convert: { ...convert, on_failure: [] } }] };
            assert.match(
                request("PUT", "/_ingest/pipeline/p", asked).body.reason,
                /\[on_failure\] of the processor \[convert\]/,
            );
            const whole = { processors: [], on_failure: [{ set: { field: "failed", value: true } }] };
            assert.match(request("PUT", "/_ingest/pipeline/p", whole).body.reason, /\[on_failure\] of a pipeline/);
            const unknown = { processors: [{ embed: {} }] };
            assert.match(request("PUT", "/_ingest/pipeline/p", unknown).body.reason, /No processor type .*\[embed\]/);
        });

        it("make vectors of texts, of a model that is registered", () => {
            const embedding = (model_id: string) => [{ text_embedding: { model_id, field_map: { title: "vector" } } }];
            assert.equal(through(embedding("none"), { title: "a" }).reason, "Failed to find model");
            const { model_id } = request("POST", "/_plugins/_ml/models/_register", {
                name: "sentences",
                model_config: { embedding_dimension: 4 },
            }).body;
            const { vector } = through(embedding(model_id), { title: "a" });
            assert.equal(vector.length, 4);
            request("DELETE", "/i");
            assert.deepEqual(through(embedding(model_id), { title: "a" }).vector, vector);
            request("DELETE", "/i");
            assert.notDeepEqual(through(embedding(model_id), { title: "b" }).vector, vector);
        });

        it("an index may have one by default", () => {
            request("PUT", "/_ingest/pipeline/p", { processors: [{ set: { field: "a", value: 1 } }] });
            request("PUT", "/i", { settings: { default_pipeline: "p" } });
            bulk({ index: { _index: "i", _id: "1" } }, {});
            assert.deepEqual(request("GET", "/i/_doc/1").body._source, { a: 1 });
        });
    });

    describe("search", () => {
        beforeEach(() => {
            request("PUT", "/shop", {
                mappings: {
                    properties: {
                        name: { type: "text" },
                        kind: { type: "keyword" },
                        price: { type: "double" },
                        at: { type: "date" },
                    },
                },
            });
            const lines = [
                { name: "Green tea", kind: "tea", price: 3, at: "2026-01-01" },
                { name: "Black tea", kind: "tea", price: 2, at: "2026-02-01" },
                { name: "Coffee, black", kind: "coffee", price: 5 },
            ];
            bulk(...lines.flatMap((line, i) => [{ index: { _index: "shop", _id: String(i) } }, line]));
        });

        const ids = (query: object, more: object = {}) =>
            request("POST", "/shop/_search", { query, ...more }).body.hits.hits.map((hit: { _id: string }) => hit._id);

        it("finds by terms, words and ranges", () => {
            assert.deepEqual(ids({ match_all: {} }), ["0", "1", "2"]);
            assert.deepEqual(ids({ term: { kind: "tea" } }), ["0", "1"]);
            assert.deepEqual(ids({ term: { name: "Green" } }), []);
            assert.deepEqual(ids({ terms: { price: [2, 5] } }), ["1", "2"]);
            assert.deepEqual(ids({ match: { name: "BLACK tea" } }), ["1", "0", "2"]);
            assert.deepEqual(ids({ match: { name: { query: "black tea", operator: "and" } } }), ["1"]);
            assert.deepEqual(ids({ range: { price: { gt: 2, lte: 3 } } }), ["0"]);
            assert.deepEqual(ids({ range: { at: { gte: "2026-01-15T00:00:00Z" } } }), ["1"]);
            assert.deepEqual(ids({ term: { unknown: 1 } }), []);
        });

        it("combines queries", () => {
            const query = {
                bool: {
                    must: [{ match: { name: "black" } }],
                    filter: [{ range: { price: { lt: 10 } } }],
                    must_not: { term: { kind: "coffee" } },
                },
            };
            assert.deepEqual(ids(query), ["1"]);
            assert.deepEqual(ids({ bool: { should: [{ term: { kind: "coffee" } }, { term: { price: 3 } }] } }), [
                "0",
                "2",
            ]);
            assert.equal(request("POST", "/shop/_count", { query }).body.count, 1);
        });

        it("sorts and pages; what has no value comes last", () => {
            assert.deepEqual(ids({ match_all: {} }, { sort: [{ price: "desc" }], size: 2 }), ["2", "0"]);
            assert.deepEqual(ids({ match_all: {} }, { sort: [{ price: "desc" }], from: 2 }), ["1"]);
            assert.deepEqual(ids({ match_all: {} }, { sort: [{ at: { order: "desc" } }] }), ["1", "0", "2"]);
            assert.match(request("POST", "/shop/_search", { sort: ["name"] }).body.reason, /keyword field/);
            assert.match(request("POST", "/shop/_search", { sort: ["none"] }).body.reason, /No mapping found/);
        });

        it("refuses queries that it does not know", () => {
            assert.equal(request("POST", "/shop/_search", { query: { fuzz: {} } }).body.type, "parsing_exception");
            assert.equal(request("POST", "/shop/_search", { qeury: {} }).body.type, "parsing_exception");
            assert.match(request("GET", "/shop/_search?size=10001").body.reason, /Result window is too large/);
        });

        for (const [what, query] of Object.entries({
            fuzziness: { match: { name: { query: "tae", fuzziness: 1 } } },
            case_insensitive: { term: { kind: { value: "TEA", case_insensitive: true } } },
            must_nott: { bool: { must_nott: [] } },
            minimum_should_match: { bool: { should: [], minimum_should_match: "75%" } },
            boost: { terms: { kind: ["tea"], boost: 2 } },
            time_zone: { range: { at: { gte: "2026-01-01", time_zone: "+01:00" } } },
        })) {
            it(`refuses what it would pass over: ${what} of a query`, () => {
                const { status, body } = request("POST", "/shop/_search", { query });
                assert.equal(status, 400);
                assert.match(body.reason, new RegExp(`\\[${what}\\].* is not simulated`));
            });
        }

        it("refuses parameters of a path that it would pass over", () => {
            for (const [method, url, parameter] of [
                ["GET", "/shop/_search?q=name:tea", "q"],
                ["GET", "/shop/_count?q=name:tea", "q"],
                ["GET", "/shop/_search?scroll=1m", "scroll"],
                ["PUT", "/shop/_doc/1?if_seq_no=7&if_primary_term=1", "if_seq_no"],
                ["POST", "/_bulk?require_alias=true", "require_alias"],
            ]) {
                const { status, body } = request(method, url);
                assert.deepEqual([status, body.reason], [400, `the parameter [${parameter}] is not simulated`]);
            }
            assert.equal(request("PUT", "/shop/_doc/1?refresh=true", {}).status, 200);
        });

        it("lists indices", () => {
            const [row] = request("GET", "/_cat/indices?format=json").body;
            assert.deepEqual([row.index, row["docs.count"]], ["shop", "3"]);
        });
    });

    it("says so where no path or no method fits", () => {
        assert.equal(request("GET", "/i/_explain/1").status, 400);
        assert.equal(request("POST", "/i").status, 405);
    });
});
