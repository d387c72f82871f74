import fc from "fast-check";
import * as assert from "node:assert/strict";

import { formatDate, parseDate } from "../../../simulator/pipelines/dates";
import { holds } from "../../../simulator/pipelines/expressions/condition";
import { ExpressionError } from "../../../simulator/pipelines/expressions/error";
import { parseTemplate } from "../../../simulator/pipelines/expressions/format";
import { parseExpression } from "../../../simulator/pipelines/expressions/parse";

const NOW = Date.UTC(2026, 0, 31, 12, 30, 15, 250);

const event = () => ({
    data: {
        status: "LIVE",
        total: 12,
        rate: 0.5,
        big: 2 ** 40,
        open: true,
        nothing: null,
        customer: { name: "Ann", "e-mail": "ann@example.com", address: "10.0.3.7" },
        lines: [{ sku: "a" }, { sku: "b" }],
        tags: ["x", "y"],
    },
    metadata: { opensearch_action: "delete", document_version: 7, tags: ["late"] },
});

const evaluate = (text: string) => parseExpression(text)(event(), NOW);

describe("simulator/pipelines: expressions", () => {
    const values: Record<string, unknown> = {
        '/status == "LIVE"': true,
        '/status != "LIVE"': false,
        "/total >= 12 and /total < 13": true,
        "/total > 12 or /open": true,
        // Both have one rank: from the left.
        "true or false and false": false,
        "not /open": false,
        'not (/status == "DEAD")': true,
        "/total + 3 * 2": 18,
        "(/total + 3) * 2": 30,
        "/total / 4 - 1": 2,
        "/total % 5": 2,
        "-/total": -12,
        '/customer/name + "!"': "Ann!",
        '"/customer/e-mail" == "ann@example.com"': true,
        "/lines/1/sku": "b",
        "/missing == null": true,
        "/nothing == null": true,
        "/missing/deeper != null": false,
        '/status in {"LIVE", "NEW"}': true,
        "/total not in {1, 2}": true,
        '/status =~ "L.*"': true,
        '/status =~ "IV"': false,
        '/status !~ "D.*"': true,
        '/missing =~ ".*"': false,
        "/status typeof string": true,
        "/total typeof integer": true,
        "/big typeof long": true,
        "/rate typeof double": true,
        "/open typeof boolean": true,
        "/customer typeof map": true,
        "/lines typeof array": true,
        "/nothing typeof string": false,
        'getMetadata("opensearch_action") == "delete"': true,
        'getMetadata("document_version") + 1': 8,
        'getMetadata("toString") == null': true,
        'contains(/status, "IV")': true,
        'startsWith(/status, "LI")': true,
        "length(/status)": 4,
        "length(/tags)": 2,
        'hasTags("late")': true,
        'hasTags("late", "lost")': false,
        'cidrContains(/customer/address, "192.168.0.0/16", "10.0.0.0/16")': true,
        'cidrContains("::1", "10.0.0.0/8")': false,
        'join("-", /tags)': "x-y",
        "join(/tags)": "x,y",
        "now()": NOW,
        'formatDateTime(now(), "yyyy-MM-dd", "Asia/Tokyo")': "2026-01-31",
        'substringBefore("a-b-c", "-")': "a",
        'substringAfter("a-b-c", "-")': "b-c",
        'substringBeforeLast("a-b-c", "-")': "a-b",
        'substringAfterLast("a-b-c", "-")': "c",
        'substringAfter("abc", "-")': "abc",
        "toJsonString(/tags)": '["x","y"]',
        "getEventType()": "DOCUMENT",
        '"a \\"quoted\\" \\$ text"': 'a "quoted" $ text',
    };
    for (const [text, value] of Object.entries(values)) {
        it(`${text} is ${JSON.stringify(value)}`, () => assert.deepEqual(evaluate(text), value));
    }

    it("generates a UUID", () => assert.match(String(evaluate("generateUuid()")), /^[0-9a-f-]{36}$/));

    const broken = [
        "",
        "/a ==",
        "== 1",
        "/a = 1",
        "(/a == 1",
        "/a == 1)",
        "/a in 1",
        "/a in {1",
        "/a =~ /b",
        '/a =~ "("',
        "/a typeof text",
        "nothing(/a)",
        "constructor()",
        "length()",
        "length(/a, /b)",
        '"costs $5"',
        '"open',
        "/a and",
        "and",
        "/my-key == 1 2",
        "(".repeat(5000),
        "not ".repeat(5000),
    ];
    for (const text of broken) {
        it(`${text.slice(0, 20) || "nothing"} can't be read`, () =>
            assert.throws(() => parseExpression(text), ExpressionError));
    }

    it("have no value where types don't fit", () => {
        for (const text of ["/status > 1", "/status + 1", "/total and true", "/lines - 1", "length(/total)"]) {
            assert.throws(() => evaluate(text), ExpressionError, text);
        }
        assert.equal(holds("/status > 1", event(), NOW), false);
        assert.equal(holds(undefined, event(), NOW), true);
        // Not a boolean: neither holds nor fails.
        assert.equal(holds("/total", event(), NOW), false);
    });

    it("are read or refused, whatever they are", () => {
        const parts = ["/a", '"x"', "1", "and", "not", "(", ")", "==", "in", "{", "}", ",", "+", "=~", "length", " "];
        const read = (text: string) => {
            try {
                parseExpression(text)(event(), NOW);
            } catch (error) {
                assert.ok(error instanceof ExpressionError, String(error));
            }
        };
        fc.assert(fc.property(fc.string(), read));
        fc.assert(
            fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), (all) => read(all.join(" "))),
            { numRuns: 500 },
        );
    });

    describe("in templates", () => {
        const format = (text: string) => parseTemplate(text)(event(), NOW);

        it("are replaced by their values", () => {
            assert.equal(format('${getMetadata("opensearch_action")}'), "delete");
            assert.equal(format("orders-${/status}-${customer/name}"), "orders-LIVE-Ann");
            assert.equal(format("${/total + 1}"), "13");
            assert.equal(format("${/customer}"), JSON.stringify(event().data.customer));
            assert.equal(format('${join("}", /tags)}'), "x}y");
            assert.equal(format("plain"), "plain");
        });

        it("give dates to names of indexes", () => {
            assert.equal(format("orders-%{yyyy.MM.dd}"), "orders-2026.01.31");
        });

        it("have no text for an event that lacks a value", () => {
            assert.throws(() => format("${/missing}"), ExpressionError);
            assert.throws(() => format('${getMetadata("nothing")}'), ExpressionError);
        });

        it("are refused when they are wrong", () => {
            for (const text of ["${/a", "${/a ==}", "${hash(/a)}", "%{QQ}x${"]) {
                assert.throws(() => parseTemplate(text)(event(), NOW), ExpressionError, text);
            }
        });
    });

    describe("dates", () => {
        const read: [value: unknown, pattern: string, zone: string, expected: string | undefined][] = [
            ["2026-01-31T12:00:00Z", "yyyy-MM-dd'T'HH:mm:ssXXX", "UTC", "2026-01-31T12:00:00.000Z"],
            ["2026-01-31T12:00:00+02:00", "yyyy-MM-dd'T'HH:mm:ssXXX", "UTC", "2026-01-31T10:00:00.000Z"],
            ["31/Jan/2026:12:00:00 -0500", "dd/MMM/yyyy:HH:mm:ss Z", "UTC", "2026-01-31T17:00:00.000Z"],
            ["2026-07-01 12:00", "yyyy-MM-dd HH:mm", "Europe/Berlin", "2026-07-01T10:00:00.000Z"],
            ["1:05:09 PM", "h:mm:ss a", "UTC", "1970-01-01T13:05:09.000Z"],
            ["12.345", "ss.SSS", "UTC", "1970-01-01T00:00:12.345Z"],
            [1_769_860_800, "epoch_second", "UTC", "2026-01-31T12:00:00.000Z"],
            ["1769860800000", "epoch_milli", "UTC", "2026-01-31T12:00:00.000Z"],
            ["2026-02-30", "yyyy-MM-dd", "UTC", undefined],
            ["yesterday", "yyyy-MM-dd", "UTC", undefined],
            [5, "yyyy-MM-dd", "UTC", undefined],
        ];
        for (const [value, pattern, zone, expected] of read) {
            it(`${value} by ${pattern} is ${expected}`, () => {
                const time = parseDate(value, pattern, zone);
                assert.equal(time === undefined ? undefined : new Date(time).toISOString(), expected);
            });
        }

        it("come back as they were written", () => {
            const pattern = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";
            const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "+05:30");
            fc.assert(
                fc.property(fc.integer({ min: 0, max: 4e12 }), zones, (time, zone) => {
                    assert.equal(parseDate(formatDate(time, pattern, zone), pattern, "UTC"), time);
                }),
            );
        });
    });
});
