import assert from "node:assert/strict";

import fc from "fast-check";
import { dump, load } from "js-yaml";

import { pipelineBodyProblems, type Problem } from "../../../../sdk/requirements";
import { DATABASE_BODY, DOCUMENT_BODY, TABLE_BODY } from "./bodies";
import { broken, BROKEN_BODIES, sink, sinkPath, source, table, tablePath, type Break } from "./broken-bodies";

/* eslint-disable @typescript-eslint/no-explicit-any -- The tests take documents apart. */

const problemsOf = (body: string) => pipelineBodyProblems("body", body);
const of = (severity: Problem["severity"], body: string) =>
    problemsOf(body)
        .filter((problem) => problem.severity === severity)
        .map(({ argument, message }) => `${argument}: ${message}`);

describe("a body of somebody's own", () => {
    for (const [name, body] of Object.entries({ TABLE_BODY, DOCUMENT_BODY, DATABASE_BODY })) {
        it(`is taken where it is right: ${name}`, () => {
            assert.deepEqual(problemsOf(body), []);
            // The API takes JSON as well.
            assert.deepEqual(problemsOf(JSON.stringify(load(body))), []);
        });
    }

    it("goes through other pipelines, processors and routes", () => {
        const body = load(TABLE_BODY) as any;
        const sink = body["orders-pipeline"].sink;
        body["orders-pipeline"].sink = [{ pipeline: { name: "live" } }];
        body.live = {
            source: { pipeline: { name: "orders-pipeline" } },
            processor: [
                { rename_keys: { entries: [{ from_key: "a", to_key: "b", rename_when: '"/my-key" =~ "^[a-z]+"' }] } },
                { grok: { match: { message: ["%{COMMONAPACHELOG}"] } } },
                { convert_entry_type: { key: "price", type: "double" } },
                "lowercase_string",
            ],
            route: [{ cheap: '/price * 2 < 10 and /kind not in {"gift", "toy"}' }],
            sink: [{ opensearch: { ...sink[0].opensearch, routes: ["cheap", "_default"] } }],
        };
        assert.deepEqual(of("error", dump(body)), []);
    });
});

describe("a body with a fault", () => {
    for (const { what, text, path, message } of BROKEN_BODIES) {
        it(`is refused at its place: ${what}`, () => {
            const errors = problemsOf(text).filter(({ severity }) => severity === "error");
            const there = errors.filter(({ argument }) => argument === path);
            assert.ok(
                there.some((error) => message.test(error.message)),
                JSON.stringify(errors, undefined, 2),
            );
        });
    }

    it("names one fault for one mistake", () => {
        const several = BROKEN_BODIES.filter(
            ({ text }) => problemsOf(text).filter(({ severity }) => severity === "error").length > 1,
        );
        // A pipeline that is there twice has everything twice; what is gone is missed by others too.
        const known =
            /eleven pipelines|kept|no pipeline|misspelt source|Data Prepper's alone|circle|user in the host|two kinds|secret|managed index|too long|1001 tables/;
        assert.deepEqual(
            several.map(({ what }) => what).filter((what) => !known.test(what)),
            [],
        );
    });

    const WARNED: [what: string, change: Break, path: string][] = [
        ["an endpoint of one's own", sink((s) => (s.hosts = ["https://search.example.com"])), `${sinkPath}.hosts[0]`],
        ["no dead letters", sink((s) => delete s.dlq), `${sinkPath}.dlq`],
        ["an index from a value", sink((s) => (s.index = "orders-${/type}")), `${sinkPath}.index`],
        ["no Region of the sink", sink((s) => delete s.aws.region), `${sinkPath}.aws.region`],
        ["no Region of dead letters", sink((s) => delete s.dlq.s3.region), `${sinkPath}.dlq.s3.region`],
        ["an old name", sink((s) => (s.aws_region = "eu-west-1")), `${sinkPath}.aws_region`],
        [
            "a condition on the last action",
            sink((s) => {
                s.actions = [{ type: "delete", when: "/a == 1" }];
            }),
            `${sinkPath}.actions[0].when`,
        ],
        ["external versions with updates", sink((s) => (s.action = "upsert")), `${sinkPath}.document_version_type`],
        [
            "an option of the newest release",
            table((t) => (t.stream.shard_discovery_interval = "1m")),
            `${tablePath}.stream.shard_discovery_interval`,
        ],
        [
            "a processor that nobody knows",
            (pipeline) => (pipeline.processor = [{ add_entrys: {} }]),
            "body.orders-pipeline.processor[0].add_entrys",
        ],
        [
            "eleven sinks",
            (pipeline) => {
                pipeline.sink = Array.from({ length: 11 }, () => pipeline.sink[0]);
            },
            "body.orders-pipeline.sink",
        ],
    ];
    for (const [what, change, path] of WARNED) {
        it(`is warned of, and not refused: ${what}`, () => {
            const body = broken(TABLE_BODY, change);
            assert.deepEqual(of("error", body), []);
            assert.ok(
                of("warning", body).some((said) => said.startsWith(`${path}: `)),
                of("warning", body).join("\n"),
            );
        });
    }

    it("never has a password in what is said of it", () => {
        const said = of(
            "error",
            broken(
                DOCUMENT_BODY,
                source((d) => (d.authentication.password = "hunter2")),
            ),
        );
        assert.doesNotMatch(said.join("\n"), /hunter2/);
    });
});

describe("any text as a body", () => {
    const takes = (body: string) => {
        for (const { argument, message } of problemsOf(body)) {
            assert.match(argument, /^body/);
            assert.notEqual(message, "");
        }
    };

    it("is judged without a crash", () => {
        fc.assert(fc.property(fc.string({ unit: "binary" }), takes));
        fc.assert(fc.property(fc.json(), takes));
    });

    it("is judged without a crash where the texts of a good one are cut and mixed", () => {
        const lines = [TABLE_BODY, DOCUMENT_BODY, DATABASE_BODY].flatMap((body) => body.split("\n"));
        fc.assert(
            fc.property(
                fc.array(fc.constantFrom(...lines), { maxLength: 40 }).map((some) => some.join("\n")),
                takes,
            ),
        );
        fc.assert(
            fc.property(
                fc.constantFrom(TABLE_BODY, DOCUMENT_BODY),
                fc.nat(2000),
                fc.nat(40),
                fc.string(),
                (body, from, length, text) => takes(body.slice(0, from) + text + body.slice(from + length)),
            ),
        );
    });

    it("is judged without a crash where any value stands in place of another", () => {
        const document = fc.constantFrom(TABLE_BODY, DOCUMENT_BODY, DATABASE_BODY).map((body) => load(body) as any);
        fc.assert(
            fc.property(
                document,
                fc.nat(),
                fc.anything({ maxDepth: 2, withBigInt: false }).map(jsonOf),
                (good, place, value) => {
                    const places = placesIn(good);
                    const [parent, key] = places[place % places.length]!;
                    parent[key] = value;
                    takes(JSON.stringify(good));
                },
            ),
        );
    });

    it("is judged without waiting for one that stands for more than fits in memory, or for itself", () => {
        const bomb = Array.from(
            { length: 40 },
            (_, i) => `a${i}: &a${i} [${i === 0 ? "x" : `*a${i - 1}, *a${i - 1}`}]`,
        ).join("\n");
        assert.match(of("error", bomb)[0]!, /neither YAML nor JSON/);
        assert.match(of("error", "a: &a { b: *a }")[0]!, /neither YAML nor JSON/);
        assert.match(of("error", `version: "2"\np: ${"(".repeat(20_000)}`)[0]!, /p/);
        takes(broken(TABLE_BODY, (pipeline) => (pipeline.routes = [{ deep: "(".repeat(5000) }])));
        takes(broken(TABLE_BODY, (pipeline) => (pipeline.routes = [{ deep: "not ".repeat(5000) }])));
    });
});

function jsonOf(value: unknown): unknown {
    try {
        return JSON.parse(JSON.stringify(value) ?? "null");
    } catch {
        return null;
    }
}

function placesIn(value: any): [any, string | number][] {
    return typeof value === "object" && value !== null
        ? Object.keys(value).flatMap((key) => [[value, key] as [any, string], ...placesIn(value[key])])
        : [];
}
