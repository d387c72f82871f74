import * as assert from "node:assert/strict";

import { NotSimulated } from "../../../simulator/pipelines/not-simulated";
import { processors } from "../../../simulator/pipelines/processors";

const NOW = Date.UTC(2026, 0, 31, 12);

/** What one processor makes of an event's data; undefined if it drops the event. */
function run(name: string, options: object, data: object, metadata: Record<string, unknown> = {}) {
    assert.deepEqual(processors[name].check?.(options, name) ?? [], []);
    const event = { data: structuredClone(data) as Record<string, unknown>, metadata };
    return processors[name].open(options)(event, NOW) === false ? undefined : event;
}

const dataOf = (...call: Parameters<typeof run>) => run(...call)?.data;

describe("simulator/pipelines: processors", () => {
    it("add_entries: values, formats, expressions, in maps of a list, to metadata", () => {
        const entries = [
            { key: "channel", value: "web" },
            { key: "a/b", value: 1 },
            { key: "name", format: "${first} ${last}" },
            { key: "more", value_expression: "/total + 1" },
            { key: "total", value: 0 },
            { key: "first", value: "Eve", overwrite_if_key_exists: true },
            { key: "tags", value: "new", append_if_key_exists: true },
            { key: "late", value: true, add_when: "/total > 100" },
            { key: "sold", value: true, iterate_on: "lines" },
        ];
        const data = { first: "Ann", last: "Lee", total: 5, tags: "old", lines: [{ sku: "a" }] };
        assert.deepEqual(dataOf("add_entries", { entries }, data), {
            channel: "web",
            a: { b: 1 },
            name: "Ann Lee",
            more: 6,
            first: "Eve",
            last: "Lee",
            total: 5,
            tags: ["old", "new"],
            lines: [{ sku: "a", sold: true }],
        });
        const marked = run("add_entries", { entries: [{ metadata_key: "kind", value: "order" }] }, {});
        assert.deepEqual(marked, { data: {}, metadata: { kind: "order" } });
    });

    it("copy_values: over what is there only when told, and from list to list", () => {
        const entries = [
            { from_key: "a", to_key: "copy" },
            { from_key: "a", to_key: "b" },
            { from_key: "a", to_key: "c", overwrite_if_to_key_exists: true },
            { from_key: "missing", to_key: "d" },
            { from_key: "a", to_key: "e", copy_when: "/a == 2" },
        ];
        assert.deepEqual(dataOf("copy_values", { entries }, { a: 1, b: 2, c: 3 }), { a: 1, b: 2, c: 1, copy: 1 });
        const list = { entries: [{ from_key: "sku", to_key: "id" }], from_list: "lines", to_list: "ids" };
        assert.deepEqual(dataOf("copy_values", list, { lines: [{ sku: "a" }, { sku: "b" }] }), {
            lines: [{ sku: "a" }, { sku: "b" }],
            ids: [{ id: "a" }, { id: "b" }],
        });
    });

    it("rename_keys: by name, by pattern, all of them", () => {
        const entries = [
            { from_key: "a", to_key: "x/y" },
            { from_key_regex: "b.*", to_key: "b" },
            { from_key: "c", to_key: "d" },
        ];
        assert.deepEqual(dataOf("rename_keys", { entries }, { a: 1, bcd: 2, c: 3, d: 4 }), {
            x: { y: 1 },
            b: 2,
            c: 3,
            d: 4,
        });
        assert.deepEqual(dataOf("rename_keys", { transform_key: "lowercase" }, { Id: 1, Of: { Me: 2 } }), {
            id: 1,
            of: { me: 2 },
        });
    });

    it("delete_entries: by name, by pattern, in maps of a list", () => {
        assert.deepEqual(dataOf("delete_entries", { with_keys: ["a/b", "c"] }, { a: { b: 1, d: 2 }, c: 3 }), {
            a: { d: 2 },
        });
        const pattern = { with_keys_regex: ["tmp_.*"], exclude_from_delete: ["tmp_keep"] };
        assert.deepEqual(dataOf("delete_entries", pattern, { tmp_a: 1, tmp_keep: 2 }), { tmp_keep: 2 });
        const entries = [
            { with_keys: ["cost"], iterate_on: "lines" },
            { with_keys: ["x"], delete_when: "/x > 1" },
        ];
        assert.deepEqual(dataOf("delete_entries", { entries }, { x: 1, lines: [{ sku: "a", cost: 1 }] }), {
            x: 1,
            lines: [{ sku: "a" }],
        });
    });

    it("select_entries: nothing else stays", () => {
        const options = { include_keys: ["id", "customer/name"], include_keys_regex: ["to.*"] };
        const data = { id: 1, customer: { name: "Ann", age: 40 }, total: 5, note: "x" };
        assert.deepEqual(dataOf("select_entries", options, data), { id: 1, customer: { name: "Ann" }, total: 5 });
        assert.deepEqual(dataOf("select_entries", { ...options, select_when: "/id == 2" }, data), data);
    });

    it("convert_type: what can't be converted stays, with a tag", () => {
        const convert = (type: string, value: unknown, more: object = {}) =>
            run("convert_type", { key: "v", type, ...more }, { v: value })?.data.v;
        assert.equal(convert("integer", "12.7"), 12);
        assert.equal(convert("long", "9007199254740000"), 9_007_199_254_740_000);
        assert.equal(convert("double", "1.5"), 1.5);
        assert.equal(convert("string", 7), "7");
        assert.equal(convert("boolean", "TRUE"), true);
        assert.equal(convert("big_decimal", "1.005", { scale: 2 }), 1.01);
        assert.equal(convert("integer", "-", { null_conversion_values: ["-"] }), null);
        const failed = run(
            "convert_entry_type",
            { keys: ["v"], type: "integer", tags_on_failure: ["bad"] },
            { v: "x" },
        );
        assert.deepEqual(failed, { data: { v: "x" }, metadata: { tags: ["bad"] } });
        assert.equal(convert("integer", "12345678901"), "12345678901");
    });

    it("date: by the first pattern that fits, in one form", () => {
        const options = {
            match: [{ key: "at", patterns: ["yyyy-MM-dd", "dd.MM.yyyy HH:mm"] }],
            source_timezone: "Europe/Berlin",
        };
        assert.deepEqual(dataOf("date", options, { at: "31.01.2026 12:00" }), {
            at: "31.01.2026 12:00",
            "@timestamp": "2026-01-31T11:00:00.000Z",
        });
        const epoch = {
            match: [{ key: "at", patterns: ["epoch_second"] }],
            destination: "day",
            output_format: "yyyy-MM-dd",
        };
        assert.deepEqual(dataOf("date", epoch, { at: 1_769_860_800 }), { at: 1_769_860_800, day: "2026-01-31" });
        assert.deepEqual(dataOf("date", options, { at: "soon" }), { at: "soon" });
    });

    it("drop_events: what a condition takes, and what it fails for as told", () => {
        assert.equal(run("drop_events", { drop_when: '/status == "OLD"' }, { status: "OLD" }), undefined);
        assert.ok(run("drop_events", { drop_when: '/status == "OLD"' }, { status: "NEW" }));
        assert.ok(run("drop_events", { drop_when: "/status > 1" }, { status: "NEW" }));
        const strict = { drop_when: "/status > 1", handle_failed_events: "drop_silently" };
        assert.equal(run("drop_events", strict, { status: "NEW" }), undefined);
    });

    it("flatten: what is nested, side by side", () => {
        const data = { a: { b: { c: 1 }, list: [{ d: 2 }] }, e: 3 };
        assert.deepEqual(dataOf("flatten", { source: "a", target: "flat" }, data), {
            ...data,
            flat: { "b.c": 1, "list[0].d": 2 },
        });
        const options = { source: "a", target: "", remove_source_keys: true, flatten_separator: "_" };
        assert.deepEqual(dataOf("flatten", options, data), { a: {}, b_c: 1, "list[0]_d": 2, e: 3 });
    });

    it("parse_json: into the event, under a key, a part, to a depth", () => {
        const text = '{"a":{"b":{"c":1}},"d":2}';
        assert.deepEqual(dataOf("parse_json", {}, { message: text }), { message: text, a: { b: { c: 1 } }, d: 2 });
        const options = { source: "raw", destination: "parsed", delete_source: true, depth: 1 };
        assert.deepEqual(dataOf("parse_json", options, { raw: text }), { parsed: { a: '{"b":{"c":1}}', d: 2 } });
        assert.deepEqual(dataOf("parse_json", { pointer: "/a/b" }, { message: text }), { message: text, c: 1 });
        assert.deepEqual(dataOf("parse_json", {}, { message: "{" }), { message: "{" });
        assert.equal(({} as { polluted?: unknown }).polluted, undefined);
        run("parse_json", {}, { message: '{"__proto__":{"polluted":true}}' });
        assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    });

    it("truncate: texts, and what holds them", () => {
        const options = { entries: [{ source_keys: ["a", "b"], start_at: 1, length: 2 }] };
        assert.deepEqual(dataOf("truncate", options, { a: "abcdef", b: ["abcdef"], c: "abcdef" }), {
            a: "bc",
            b: ["bc"],
            c: "abcdef",
        });
        const deep = { entries: [{ source_keys: ["a"], length: 1, recursive: true }] };
        assert.deepEqual(dataOf("truncate", deep, { a: { b: "xyz" } }), { a: { b: "x" } });
    });

    it("obfuscate: all of a text, or the parts that fit", () => {
        assert.deepEqual(dataOf("obfuscate", { source: "card" }, { card: "4111" }), { card: "***" });
        const options = {
            source: "note",
            target: "hidden",
            patterns: ["\\d+"],
            action: { mask: { mask_character: "#", mask_character_length: 2 } },
        };
        assert.deepEqual(dataOf("obfuscate", options, { note: "call 123 or 456" }), {
            note: "call 123 or 456",
            hidden: "call ## or ##",
        });
    });

    it("aws_lambda is not simulated, and says so", () => {
        assert.throws(() => processors.aws_lambda.open({ function_name: "f", aws: {} }), {
            constructor: NotSimulated,
            message: "the processor aws_lambda is not simulated",
        });
    });
});
