import * as assert from "node:assert/strict";

import {
    applyChanges,
    createTable,
    currentSchema,
    readRows,
    replaceRows,
    type Change,
    type CreateTableOptions,
    type LakehouseObject,
    type LakehouseTable,
} from "../../../simulator/lakehouse/iceberg";
import { IngestionError } from "../../../simulator/lakehouse/types";
import { columnsOf, unnest, type Item } from "../../../simulator/lakehouse/unnest";

const LOCATION = "s3://lake/bank/customers";
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

const customer = (id: string, more: Item = {}): Item => ({ Id: { S: id }, ...more });

const nested: Item = customer("c1", {
    Credit: { N: "16380.5" },
    Photo: { B: new Uint8Array([1, 2, 255]) },
    Active: { BOOL: false },
    Nothing: { NULL: true },
    Tags: { SS: ["a", "b"] },
    Scores: { NS: ["1", "2.5"] },
    Blobs: { BS: [new Uint8Array([7])] },
    Notes: { L: [{ S: "x" }, { N: "1.50" }, { BOOL: true }, { M: { k: { S: "v" } } }, { NULL: true }] },
    Prefs: { M: { lang: { S: "en" }, contact: { M: { email: { BOOL: true } } } } },
});

/** A table with the objects that were written for it, as a bucket keeps them. */
class Lake {
    readonly objects = new Map<string, Uint8Array>();

    private constructor(public table: LakehouseTable) {}

    static create(options: Partial<CreateTableOptions> = {}): Lake {
        let count = 0;
        const made = createTable({
            location: LOCATION,
            keys: [{ name: "Id", type: "S" }],
            unnest: "FULL",
            partitionSpecs: [],
            now: START,
            uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
            ...options,
        });
        const lake = new Lake(made.table);
        lake.store(made.objects);
        return lake;
    }

    async load(items: Item[], minute = 1, layout = this.table.layout): Promise<Change["counts"]> {
        return this.take(await replaceRows(this.table, items, START + minute * MINUTE, layout));
    }

    async change(upserts: Item[], deletes: Item[], minute: number): Promise<Change["counts"]> {
        return this.take(await applyChanges(this.table, { upserts, deletes }, START + minute * MINUTE));
    }

    /** Reads the objects back with icebird, which knows nothing of the writer. */
    async icebird(snapshotId?: number): Promise<Record<string, unknown>[]> {
        const { icebergRead } = await import("icebird");
        const key = this.table.metadataLocation.slice("s3://lake/".length);
        const metadata = JSON.parse(Buffer.from(this.objects.get(key)!).toString());
        if (snapshotId !== undefined) {
            const snapshot = this.table.metadata.snapshots.find((s) => s["snapshot-id"] === snapshotId)!;
            metadata["current-snapshot-id"] = snapshotId;
            metadata["current-schema-id"] = snapshot["schema-id"];
        }
        const realFetch = globalThis.fetch;
        globalThis.fetch = (url) => Promise.resolve(this.respond(String(url)));
        try {
            const rows = await icebergRead({ tableUrl: LOCATION, metadata });
            return rows.sort((a, b) => String(a.Id).localeCompare(String(b.Id)));
        } finally {
            globalThis.fetch = realFetch;
        }
    }

    private respond(url: string): Response {
        const body = this.objects.get(url.slice("https://lake.s3.amazonaws.com/".length));
        return body ? new Response(Buffer.from(body)) : new Response("NoSuchKey", { status: 404 });
    }

    private take(change: Change): Change["counts"] {
        this.table = change.table;
        this.store(change.objects);
        return change.counts;
    }

    private store(objects: LakehouseObject[]): void {
        for (const { key, body } of objects) {
            assert.ok(!this.objects.has(key), `${key} is written twice`);
            this.objects.set(key, body);
        }
    }
}

/** As JSON, without what is null: a reader gives null or nothing for what a row lacks. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, v) => v ?? undefined));
const ids = (rows: Record<string, unknown>[]) => rows.map((r) => r.Id).sort();

async function failure(promise: Promise<unknown>): Promise<IngestionError> {
    const error = await promise.then(
        () => undefined,
        (e: unknown) => e,
    );
    assert.ok(error instanceof IngestionError, `not refused: ${String(error)}`);
    return error;
}

describe("simulator/lakehouse: unnesting DynamoDB items", () => {
    const values = (row: ReturnType<typeof unnest>) =>
        Object.fromEntries(Object.entries(row).map(([name, { value }]) => [name, value]));

    it("FULL flattens maps to dotted columns, keeps arrays, drops NULL", () => {
        assert.deepEqual(columnsOf([unnest(nested, "FULL", ["Id"])]), {
            Id: "string",
            Credit: "double",
            Photo: "binary",
            Active: "boolean",
            Tags: { list: "string" },
            Scores: { list: "double" },
            Blobs: { list: "binary" },
            Notes: { list: "string" },
            "Prefs.lang": "string",
            "Prefs.contact.email": "boolean",
        });
        const row = values(unnest(nested, "FULL", ["Id"]));
        assert.deepEqual(row.Notes, ["x", "1.50", "true", '{"k":"v"}']);
        assert.equal(row["Prefs.contact.email"], true);
    });

    it("TOPLEVEL keeps maps as structs without type tags; a type conflict makes a string", () => {
        const { Prefs } = unnest(nested, "TOPLEVEL", ["Id"]);
        assert.deepEqual(Prefs, {
            type: { struct: { lang: "string", contact: { struct: { email: "boolean" } } } },
            value: { lang: "en", contact: { email: true } },
        });
        const other = unnest(customer("c2", { Prefs: { M: { lang: { N: "1" } } } }), "TOPLEVEL", ["Id"]);
        assert.deepEqual(columnsOf([{ Prefs }, other]).Prefs, {
            struct: { lang: "string", contact: { struct: { email: "boolean" } } },
        });
    });

    it("NOUNNEST gives the keys and one struct with DynamoDB's type tags", () => {
        const item = customer("c1", {
            Credit: { N: "5" },
            Prefs: { M: { lang: { S: "en" } } },
            Nothing: { NULL: true },
        });
        assert.deepEqual(values(unnest(item, "NOUNNEST", ["Id"])), {
            Id: "c1",
            value: { Credit: { N: 5 }, Prefs: { M: { lang: { S: "en" } } } },
        });
    });
});

describe("simulator/lakehouse: Iceberg tables", () => {
    for (const layout of ["FULL", "TOPLEVEL", "NOUNNEST"] as const) {
        it(`an independent reader reads the ${layout} table`, async () => {
            const lake = Lake.create({ unnest: layout });
            await lake.load([nested, customer("c2", { Credit: { N: "1" } })]);
            const [first, second] = await lake.icebird();
            const expected = {
                FULL: { Credit: 16380.5, Tags: ["a", "b"], "Prefs.contact.email": true },
                TOPLEVEL: { Credit: 16380.5, Scores: [1, 2.5], Prefs: { lang: "en", contact: { email: true } } },
                NOUNNEST: {},
            }[layout];
            for (const [name, value] of Object.entries(expected)) {
                assert.deepEqual(first[name], value, name);
            }
            if (layout === "NOUNNEST") {
                assert.deepEqual(Object.keys(first), ["Id", "value"]);
                const value = first.value as Record<string, Record<string, unknown>>;
                assert.deepEqual(
                    [value.Credit, value.Prefs.M],
                    [{ N: 16380.5 }, { lang: { S: "en" }, contact: { M: { email: { BOOL: true } } } }],
                );
            }
            assert.equal(second.Id, "c2");
        });
    }

    it("puts, updates, deletes and new columns arrive; every snapshot stays readable", async () => {
        const lake = Lake.create();
        assert.deepEqual(await lake.load([1, 2, 3].map((n) => customer(`c${n}`, { Credit: { N: String(n) } }))), {
            inserts: 3,
            updates: 0,
            deletes: 0,
        });
        const counts = await lake.change(
            [customer("c4"), customer("c1", { Credit: { N: "10" }, email: { S: "a@b" } })],
            [{ Id: { S: "c2" } }, { Id: { S: "unknown" } }],
            20,
        );
        assert.deepEqual(counts, { inserts: 1, updates: 1, deletes: 1 });

        assert.deepEqual(plain(await lake.icebird()), [
            { Id: "c1", Credit: 10, email: "a@b" },
            { Id: "c3", Credit: 3 },
            { Id: "c4" },
        ]);
        assert.deepEqual(
            readRows(lake.table).find((r) => r.Id === "c3"),
            { Id: "c3", Credit: 3, email: null },
        );

        const [before] = lake.table.metadata.snapshots;
        assert.deepEqual(plain(await lake.icebird(before["snapshot-id"])), [
            { Id: "c1", Credit: 1 },
            { Id: "c2", Credit: 2 },
            { Id: "c3", Credit: 3 },
        ]);
        assert.deepEqual(ids(readRows(lake.table, { snapshotId: before["snapshot-id"] })), ["c1", "c2", "c3"]);
        assert.deepEqual(ids(readRows(lake.table, { asOf: START + 19 * MINUTE })), ["c1", "c2", "c3"]);
        assert.deepEqual(ids(readRows(lake.table, { asOf: START + 20 * MINUTE })), ["c1", "c3", "c4"]);
        assert.throws(() => readRows(lake.table, { asOf: START }), /no snapshot as of 2026-01-01/);
        assert.deepEqual(
            lake.table.metadata.snapshots.map((s) => [s.summary.operation, s.summary["total-records"]]),
            [
                ["append", "3"],
                ["overwrite", "3"],
            ],
        );
    });

    it("a refresh that deletes whole files is a delete; one without effect makes no snapshot", async () => {
        const lake = Lake.create();
        await lake.load([customer("c1")]);
        await lake.change([], [{ Id: { S: "c1" } }], 15);
        await lake.change([], [{ Id: { S: "c1" } }], 30);
        assert.deepEqual(
            lake.table.metadata.snapshots.map((s) => s.summary.operation),
            ["append", "delete"],
        );
        assert.deepEqual(readRows(lake.table), []);
    });

    it("field ids are stable, and an id is never used twice", async () => {
        const lake = Lake.create({ unnest: "TOPLEVEL" });
        await lake.load([customer("c1", { Credit: { N: "5" }, Prefs: { M: { lang: { S: "en" } } } })]);
        const before = currentSchema(lake.table).fields;
        await lake.change([customer("c2", { Credit: { S: "much" }, Prefs: { M: { size: { N: "1" } } } })], [], 15);
        const after = currentSchema(lake.table).fields;
        const id = (fields: typeof before, name: string) => fields.find((f) => f.name === name)!.id;

        assert.equal(id(after, "Id"), id(before, "Id"));
        assert.equal(id(after, "Prefs"), id(before, "Prefs"));
        assert.ok(id(after, "Credit") > 4, "a retyped column is another field");
        assert.equal(lake.table.metadata["last-column-id"], 6);
        assert.deepEqual(
            (await lake.icebird()).map((r) => [r.Credit, plain(r.Prefs)]),
            [
                ["5", { lang: "en" }],
                ["much", { size: 1 }],
            ],
        );
    });

    it("data files carry the field ids, nested ones too, and the schema that they were written with", async () => {
        const { parquetMetadata } = await import("hyparquet");
        const lake = Lake.create({ unnest: "TOPLEVEL" });
        await lake.load([nested]);
        const file = [...lake.objects].find(([key]) => key.endsWith(".parquet"))![1];
        const { schema, key_value_metadata } = parquetMetadata(Uint8Array.from(file).buffer);
        const inFile = new Map(schema.filter((e) => e.field_id !== undefined).map((e) => [e.field_id!, e.name]));
        const { fields } = currentSchema(lake.table);
        const names = (all: typeof fields): [number, string][] =>
            all.flatMap(({ id, name, type }) => {
                const inner = typeof type === "string" ? [] : type.type === "struct" ? names(type.fields) : [];
                const element: [number, string][] =
                    typeof type === "object" && type.type === "list" ? [[type["element-id"], "element"]] : [];
                return [[id, name], ...inner, ...element];
            });
        assert.deepEqual(inFile, new Map(names(fields)));
        const written = key_value_metadata!.find((entry) => entry.key === "iceberg.schema")!.value!;
        assert.deepEqual(JSON.parse(written), currentSchema(lake.table));
    });

    it("a resync lays the table out anew and keeps its history", async () => {
        const lake = Lake.create({ unnest: "NOUNNEST" });
        await lake.load([nested]);
        await lake.load([nested, customer("c2")], 30, {
            unnest: "FULL",
            partitionSpecs: [{ FieldName: "Id", FunctionSpec: "identity" }],
        });
        assert.equal((await lake.icebird())[0]["Prefs.lang"], "en");
        assert.deepEqual(Object.keys((await lake.icebird(lake.table.metadata.snapshots[0]["snapshot-id"]))[0]), [
            "Id",
            "value",
        ]);
        assert.equal(lake.table.metadata.snapshots[1].summary.operation, "overwrite");
    });
});

describe("simulator/lakehouse: partitions", () => {
    const partitionsOf = (lake: Lake) =>
        [...lake.objects.keys()]
            .filter((key) => key.endsWith(".parquet"))
            .map((key) => key.split("/data/")[1].split("/").slice(0, -1).join("/"))
            .sort();

    const cases = [
        { fn: "year", conversion: "epoch_sec", value: { N: "1709294400" }, folder: "2024" },
        { fn: "month", conversion: "iso", value: { S: "2024-03-01T23:30:00-05:00" }, folder: "2024-03" },
        { fn: "day", conversion: "epoch_milli", value: { S: "1709294400123" }, folder: "2024-03-01" },
        { fn: "hour", conversion: "iso", value: { S: "2024-03-01 13:45:00" }, folder: "2024-03-01-13" },
        { fn: "day", conversion: "iso", value: { S: "1969-12-31" }, folder: "1969-12-31" },
    ];
    for (const { fn, conversion, value, folder } of cases) {
        it(`${fn} of ${conversion} ${JSON.stringify(value)} is ${folder}, and the column a UTC timestamp`, async () => {
            const lake = Lake.create({
                partitionSpecs: [{ FieldName: "At", FunctionSpec: fn, ConversionSpec: conversion }],
            });
            await lake.load([customer("c1", { At: value } as Item), customer("c2")]);
            assert.deepEqual(partitionsOf(lake), [`At_${fn}=${folder}`, `At_${fn}=null`]);
            assert.equal(currentSchema(lake.table).fields.find((f) => f.name === "At")!.type, "timestamptz");
            const at = (await lake.icebird())[0].At as Date;
            assert.ok(at instanceof Date && at.toISOString().startsWith(folder.slice(0, 10)), String(at));
        });
    }

    it("identity keeps the value; several fields nest", async () => {
        const lake = Lake.create({
            partitionSpecs: [
                { FieldName: "State", FunctionSpec: "identity" },
                { FieldName: "Opened", FunctionSpec: "year", ConversionSpec: "iso" },
            ],
        });
        await lake.load([customer("c1", { State: { S: "N/Y" }, Opened: { S: "2024-09-03" } })]);
        assert.deepEqual(partitionsOf(lake), ["State=N%2FY/Opened_year=2024"]);
        assert.deepEqual(plain(await lake.icebird()), [{ Id: "c1", State: "N/Y", Opened: "2024-09-03T00:00:00.000Z" }]);
    });

    it("without any, rows go to buckets of the key as Iceberg hashes it", async () => {
        const lake = Lake.create();
        await lake.load([customer("iceberg")]);
        // The specification's own example: the hash of "iceberg" is 1210000089.
        assert.deepEqual(partitionsOf(lake), [`Id_bucket=${1210000089 % 8}`]);
        assert.equal(lake.table.metadata["partition-specs"].at(-1)!.fields[0].transform, "bucket[8]");
    });

    it("a column that no row has, and a value that can't be converted, need attention and are named", async () => {
        const partitionSpecs = [{ FieldName: "At", FunctionSpec: "day", ConversionSpec: "iso" }];
        const missing = await failure(Lake.create({ partitionSpecs }).load([customer("c1")]));
        assert.equal(missing.status, "NEEDS_ATTENTION");
        assert.match(missing.message, /"At"/);
        for (const At of [{ S: "yesterday" }, { S: "2024-13-01" }, { N: "12" }]) {
            const bad = await failure(Lake.create({ partitionSpecs }).load([customer("c1", { At } as Item)]));
            assert.equal(bad.status, "NEEDS_ATTENTION");
            assert.match(bad.message, new RegExp(`"At".*"${Object.values(At)[0]}"`));
        }
    });
});

describe("simulator/lakehouse: limits of the target table", () => {
    const columns = (count: number) =>
        customer("c1", Object.fromEntries(Array.from({ length: count - 1 }, (_, i) => [`c${i}`, { N: "1" }])));

    it("takes 1000 columns; 1001 fail", async () => {
        await Lake.create().load([columns(1000)]);
        const error = await failure(Lake.create().load([columns(1001)]));
        assert.equal(error.status, "FAILED");
        assert.match(error.message, /1001 columns/);
    });

    it("a colon in a column's or a nested field's name fails", async () => {
        const colon = customer("c1", { a: { M: { "b:c": { S: "x" } } } });
        for (const layout of ["FULL", "TOPLEVEL", "NOUNNEST"] as const) {
            const error = await failure(Lake.create({ unnest: layout }).load([colon]));
            assert.equal(error.status, "FAILED");
            assert.match(error.message, /b:c/);
        }
    });

    it("a schema over 10 MB fails", async () => {
        const long = customer("c1", { m: { M: { ["x".repeat(10 * 1024 * 1024)]: { N: "1" } } } });
        assert.equal((await failure(Lake.create({ unnest: "TOPLEVEL" }).load([long]))).status, "FAILED");
    });
});
