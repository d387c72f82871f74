import * as assert from "node:assert/strict";

import { Cluster } from "../../../simulator/search/cluster";
import { SearchError } from "../../../simulator/search/error";
import { serve } from "../../../simulator/search/rest/serve";

const OPEN = { check: () => undefined };

describe("simulator/search: mappings", () => {
    const cluster = () => new Cluster({ now: () => 0 });

    function request(target: Cluster, method: string, path: string, body: unknown = "") {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        return serve(target, OPEN, { method, path, query: {}, body: text });
    }

    /** The type and the reason with which OpenSearch refuses. */
    function refused(action: () => unknown): { type: string; reason: string; status: number } {
        try {
            action();
        } catch (error) {
            assert.ok(error instanceof SearchError, String(error));
            return { type: error.code, reason: error.message, status: error.status };
        }
        return assert.fail("it was accepted");
    }

    /** What becomes of one value in a field of one definition. */
    function put(field: object, value: unknown, settings: object = {}) {
        const target = cluster();
        request(target, "PUT", "/i", { settings, mappings: { properties: { f: field } } });
        return request(target, "PUT", "/i/_doc/1", { f: value });
    }

    const knn = { "index.knn": true };
    const vector = { type: "knn_vector", dimension: 2 };
    const values: [name: string, field: object, good: unknown[], bad: unknown[], settings?: object][] = [
        ["keyword", { type: "keyword" }, ["a", 1, true, ["a", "b"], null], [{ a: 1 }]],
        ["text", { type: "text" }, ["a b", 1], [{ a: 1 }]],
        ["long", { type: "long" }, [1, "1", 1.5, "1.5", -9e15], ["x", true, { a: 1 }, 1e20]],
        ["integer", { type: "integer" }, [2147483647, "-2147483648"], [2147483648]],
        ["short", { type: "short" }, [32767], [32768]],
        ["byte", { type: "byte" }, [-128], [128]],
        ["without coercion", { type: "integer", coerce: false }, [1], ["1", 1.5]],
        ["double", { type: "double" }, [1.5, "1e10"], ["one", false]],
        ["float", { type: "float" }, [1.5], [1e39]],
        ["half_float", { type: "half_float" }, [65504], [65505]],
        ["scaled_float", { type: "scaled_float", scaling_factor: 100 }, [1.25], ["x"]],
        ["boolean", { type: "boolean" }, [true, "false", ""], ["yes", 1]],
        ["date", { type: "date" }, ["2026-01-31", "2026-01-31T10:00:00Z", 1700000000000], ["31.1.2026", "2026-02-30"]],
        ["date, a format", { type: "date", format: "dd/MM/yyyy" }, ["31/01/2026"], ["2026-01-31", 1]],
        ["date, two formats", { type: "date", format: "epoch_second||yyyy" }, [1700000000, "2026"], ["x"]],
        ["geo_point", { type: "geo_point" }, [{ lat: 1, lon: 2 }, "1,2", [2, 1], "POINT (2 1)"], ["91,0", { lat: 1 }]],
        ["ip", { type: "ip" }, ["10.0.0.1", "::1"], ["10.0.0.256"]],
        ["binary", { type: "binary" }, ["aGVsbG8="], ["%%"]],
        ["flat_object", { type: "flat_object" }, [{ a: { b: 1 } }], ["a"]],
        ["object", { properties: { a: { type: "keyword" } } }, [{ a: "x" }, [{ a: "x" }]], ["a", 1]],
        ["nested", { type: "nested" }, [[{ a: 1 }, { a: 2 }]], ["a"]],
        ["knn_vector", vector, [[0.5, 1]], [[0.5], ["a", "b"]], knn],
    ];
    for (const [name, field, good, bad, settings] of values) {
        it(`${name}: takes what is one, and refuses what is none`, () => {
            for (const value of good) {
                assert.equal(put(field, value, settings).status, 201, JSON.stringify(value));
            }
            for (const value of bad) {
                const { type, status } = refused(() => put(field, value, settings));
                assert.deepEqual([type, status], ["mapper_parsing_exception", 400], JSON.stringify(value));
            }
        });
    }

    it("says which field, which type and which document did not fit", () => {
        assert.equal(
            refused(() => put({ type: "long" }, "abc")).reason,
            "failed to parse field [f] of type [long] in document with id '1'. Preview of field's value: 'abc'",
        );
    });

    it("leaves out what is malformed where the mapping, or the index, says so", () => {
        assert.equal(put({ type: "long", ignore_malformed: true }, "abc").status, 201);
        assert.equal(put({ type: "long" }, "abc", { "mapping.ignore_malformed": true }).status, 201);
        assert.throws(() => put({ type: "boolean" }, "abc", { "mapping.ignore_malformed": true }));
    });

    it("keeps no keyword that is longer than Lucene's terms, unless it is cut off before", () => {
        const long = "x".repeat(32_767);
        assert.equal(refused(() => put({ type: "keyword" }, long)).type, "illegal_argument_exception");
        assert.equal(put({ type: "keyword", ignore_above: 256 }, long).status, 201);
    });

    it("guesses the types of fields that it does not know", () => {
        const target = cluster();
        request(target, "PUT", "/i/_doc/1", {
            name: "Ann",
            n: 1,
            price: 1.5,
            yes: true,
            on: "2026-01-31",
            year: "2026",
            none: null,
            tags: [null, "a"],
            "address.city": "Ulm",
        });
        const text = { type: "text", fields: { keyword: { type: "keyword", ignore_above: 256 } } };
        assert.deepEqual(request(target, "GET", "/i/_mapping").body, {
            i: {
                mappings: {
                    properties: {
                        name: text,
                        n: { type: "long" },
                        price: { type: "float" },
                        yes: { type: "boolean" },
                        on: { type: "date" },
                        year: text,
                        tags: text,
                        address: { properties: { city: text } },
                    },
                },
            },
        });
        const { reason } = refused(() => request(target, "PUT", "/i/_doc/2", { n: "many" }));
        assert.match(reason, /\[n\] of type \[long\]/);
    });

    it("adds no field of a document that is refused", () => {
        const target = cluster();
        request(target, "PUT", "/i", { mappings: { properties: { n: { type: "long" } } } });
        refused(() => request(target, "PUT", "/i/_doc/1", { extra: "a", n: "x" }));
        assert.deepEqual(Object.keys(target.index("i").mapping.properties), ["n"]);
    });

    it("adds none where dynamic mapping is off, and refuses the document where it is strict", () => {
        const make = (dynamic: unknown) => {
            const target = cluster();
            request(target, "PUT", "/i", { mappings: { dynamic, properties: { a: { type: "keyword" } } } });
            return target;
        };
        const off = make(false);
        assert.equal(request(off, "PUT", "/i/_doc/1", { b: 1 }).status, 201);
        assert.deepEqual(Object.keys(off.index("i").mapping.properties), ["a"]);
        assert.equal(
            refused(() => request(make("strict"), "PUT", "/i/_doc/1", { b: 1 })).type,
            "strict_dynamic_mapping_exception",
        );
        assert.match(refused(() => make("maybe")).reason, /dynamic/);
    });

    it("follows dynamic templates", () => {
        const target = cluster();
        const strings = { match_mapping_type: "string", mapping: { type: "keyword" } };
        request(target, "PUT", "/i", { mappings: { dynamic_templates: [{ strings }] } });
        request(target, "PUT", "/i/_doc/1", { a: "x", n: 1 });
        assert.deepEqual(target.index("i").mapping.properties, { a: { type: "keyword" }, n: { type: "long" } });
    });

    it("refuses mappings that say what nobody understands", () => {
        const reason = (mappings: object, settings = {}) =>
            refused(() => request(cluster(), "PUT", "/i", { settings, mappings })).reason;
        const field = (f: object) => reason({ properties: { f } });
        assert.match(field({ type: "strng" }), /No handler for type \[strng\] declared on field \[f\]/);
        assert.match(field({ index: true }), /No type specified for field \[f\]/);
        assert.match(field({ type: "long", analyzer: "x" }), /unknown parameter \[analyzer\] on mapper \[f\]/);
        assert.match(field({ type: "date", format: "YYYYY-QQ" }), /Invalid format/);
        assert.match(field({ type: "scaled_float" }), /\[scaling_factor\] is required/);
        assert.match(reason({ _doc: {} }), /unsupported parameters:  \[_doc/);
        assert.match(reason({ properties: { f: vector } }), /index\.knn/);
        assert.match(reason({}, { shards: 3 }), /unknown setting \[index\.shards\]/);
        assert.match(reason({}, { number_of_shards: 0 }), /must be >= 1/);
    });

    it("takes new fields into a mapping, and no other type for an old one", () => {
        const target = cluster();
        const mappings = { _meta: { version: 1 }, properties: { a: { type: "keyword" }, o: { properties: {} } } };
        request(target, "PUT", "/i", { mappings });
        const change = (properties: object) => request(target, "PUT", "/i/_mapping", { properties });
        change({ b: { type: "long" }, "o.c": { type: "ip" }, a: { type: "keyword", ignore_above: 10 } });
        assert.deepEqual(target.index("i").mapping, {
            _meta: { version: 1 },
            properties: {
                a: { type: "keyword", ignore_above: 10 },
                o: { properties: { c: { type: "ip" } } },
                b: { type: "long" },
            },
        });
        const { type, reason } = refused(() => change({ a: { type: "text" } }));
        assert.equal(type, "illegal_argument_exception");
        assert.equal(reason, "mapper [a] cannot be changed from type [keyword] to [text]");
        assert.match(refused(() => change({ a: { type: "keyword", doc_values: false } })).reason, /\[doc_values\]/);
        assert.match(
            refused(() => change({ o: { type: "keyword" } })).reason,
            /can't merge a non object mapping \[o\]/,
        );
        assert.match(refused(() => change({ o: { type: "nested" } })).reason, /from non-nested to nested/);
    });

    it("has at most a thousand fields, objects among them", () => {
        const target = cluster();
        const document = (count: number) =>
            Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, true]));
        assert.equal(request(target, "PUT", "/i/_doc/1", document(1000)).status, 201);
        const { type, reason } = refused(() => request(target, "PUT", "/i/_doc/2", { one: { more: 1 } }));
        assert.deepEqual(
            [type, reason],
            ["illegal_argument_exception", "Limit of total fields [1000] has been exceeded"],
        );
        request(target, "PUT", "/i/_settings", { "index.mapping.total_fields.limit": 1002 });
        assert.equal(request(target, "PUT", "/i/_doc/2", { one: { more: 1 } }).status, 201);
    });

    it("takes a setting that is null back to its default", () => {
        const target = cluster();
        const settings = { number_of_replicas: 2, refresh_interval: "30s", "mapping.total_fields.limit": 1 };
        request(target, "PUT", "/i", { settings });
        request(target, "PUT", "/i/_settings", { index: { number_of_replicas: null, refresh_interval: null } });
        assert.deepEqual(target.index("i").settings, {
            "index.number_of_shards": "1",
            "index.number_of_replicas": "1",
            "index.mapping.total_fields.limit": "1",
        });
        const document = { a: true, b: true };
        assert.match(refused(() => request(target, "PUT", "/i/_doc/1", document)).reason, /total fields \[1\]/);
        request(target, "PUT", "/i/_settings", { "mapping.total_fields.limit": null });
        assert.equal(request(target, "PUT", "/i/_doc/1", document).status, 201);
        const fixed = () => request(target, "PUT", "/i/_settings", { number_of_shards: null });
        assert.match(refused(fixed).reason, /non dynamic settings \[\[index\.number_of_shards\]\]/);
        assert.match(refused(() => request(target, "PUT", "/i/_settings", { shards: null })).reason, /unknown setting/);
    });

    it("refuses names that no index can have", () => {
        const type = (name: string) => refused(() => request(cluster(), "PUT", `/${name}`)).type;
        assert.equal(type("Orders"), "invalid_index_name_exception");
        assert.equal(type("a%20b"), "invalid_index_name_exception");
        assert.equal(type("-a"), "invalid_index_name_exception");
        assert.equal(type("a%3Ab"), "invalid_index_name_exception");
    });
});
