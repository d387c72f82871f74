import assert from "node:assert/strict";

import fc from "fast-check";

import {
    fromPartitionSpec,
    fromUnnestSpec,
    partitionProblems,
    resyncs,
    toPartitionSpec,
    toUnnestSpec,
    type PartitionField,
    type TableLayout,
    type UnnestOption,
} from "../../../sdk/requirements";

const field = fc.stringMatching(/^\w{1,20}$/);
const key: fc.Arbitrary<PartitionField> = fc.oneof(
    field.map((name) => ({ field: name, by: "identity" as const })),
    fc
        .tuple(
            field,
            fc.constantFrom("year" as const, "month" as const, "day" as const, "hour" as const),
            fc.constantFrom("iso" as const, "epoch_sec" as const, "epoch_milli" as const),
        )
        .map(([name, by, format]) => ({ field: name, by, format })),
);

describe("partition keys", () => {
    it("are AWS's FieldName, FunctionSpec and ConversionSpec", () => {
        assert.deepEqual(
            toPartitionSpec([
                { field: "State", by: "identity" },
                { field: "OpenedAt", by: "month", format: "iso" },
            ]),
            [
                { FieldName: "State", FunctionSpec: "identity" },
                { FieldName: "OpenedAt", FunctionSpec: "month", ConversionSpec: "iso" },
            ],
        );
    });

    it("survive the way there and back", () => {
        fc.assert(
            fc.property(fc.array(key), (keys) => assert.deepEqual(fromPartitionSpec(toPartitionSpec(keys)), keys)),
        );
    });

    const month = { field: "At", by: "month", format: "iso" } as const;
    const refused: [string, unknown[], string, RegExp][] = [
        [
            "a time function without a format",
            [{ field: "At", by: "day" }],
            "partitionBy[0].format",
            /iso, epoch_sec or epoch_milli/,
        ],
        ["a format that AWS does not know", [{ ...month, format: "rfc" }], "partitionBy[0].format", /iso/],
        [
            "a format without a function",
            [{ field: "At", by: "identity", format: "iso" }],
            "partitionBy[0].format",
            /Leave it out/,
        ],
        ["another function", [{ ...month, by: "bucket" }], "partitionBy[0].by", /identity, year, month, day or hour/],
        ["no column", [{ field: "", by: "identity" }], "partitionBy[0].field", /1 to 128/],
        ["a colon", [{ field: "a:b", by: "identity" }], "partitionBy[0].field", /colon/],
        ["the same twice", [month, month], "partitionBy[1]", /twice/],
        [
            "more than ten",
            Array.from({ length: 11 }, (_, i) => ({ field: `f${i}`, by: "identity" })),
            "partitionBy",
            /11 .* 10 at most/,
        ],
    ];
    for (const [what, keys, argument, message] of refused) {
        it(`refuse ${what}`, () => {
            const problems = partitionProblems("partitionBy", keys as PartitionField[]);
            assert.deepEqual(
                problems.map((each) => [each.argument, each.severity]),
                [[argument, "error"]],
            );
            assert.match(problems[0]!.message, message);
        });
    }

    it("warn of several parts of one time, but not of the column beside one", () => {
        const severities = (keys: PartitionField[]) =>
            partitionProblems("partitionBy", keys).map(({ severity }) => severity);
        assert.deepEqual(severities([month, { ...month, by: "day" }]), ["warning"]);
        assert.deepEqual(severities([{ field: "At", by: "identity" }, month]), []);
    });
});

describe("a table in the target", () => {
    it("has its unnest option in AWS's words", () => {
        const options: UnnestOption[] = ["full", "top-level", "none"];
        assert.deepEqual(options.map(toUnnestSpec), ["FULL", "TOPLEVEL", "NOUNNEST"]);
        assert.deepEqual(options.map(toUnnestSpec).map(fromUnnestSpec), options);
    });

    const byState: TableLayout = { partitionBy: [{ field: "State", by: "identity" }] };
    const changes: [string, TableLayout, TableLayout, number][] = [
        ["nothing", byState, byState, 0],
        ["a default written down", {}, { unnest: "full", partitionBy: [] }, 0],
        ["unnest", {}, { unnest: "none" }, 1],
        ["a new partition key", {}, byState, 1],
        ["another name", {}, { tableName: "orders" }, 1],
        ["all of it", { unnest: "none", tableName: "orders" }, byState, 3],
    ];
    for (const [what, before, after, count] of changes) {
        it(`is loaded again for ${count} reason(s) when ${what} changes`, () =>
            assert.equal(resyncs(before, after).length, count));
    }
});
