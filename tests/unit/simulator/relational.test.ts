import * as assert from "node:assert/strict";

import type { EngineKind } from "../../../simulator/relational/engine";
import { FilterError, parseFilter } from "../../../simulator/relational/filter";
import { SqlError } from "../../../simulator/relational/parser";
import { RelationalSource } from "../../../simulator/relational/source";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

class Database {
    readonly source: RelationalSource;

    constructor(
        engine: EngineKind,
        readonly name: string,
    ) {
        this.source = new RelationalSource(engine, name);
    }

    run(...statements: string[]): this {
        statements.forEach((statement) => this.source.execute(statement, this.name, NOW));
        return this;
    }

    table(name: string) {
        return this.source
            .feed()
            .snapshot()
            .tables.find(({ table }) => table === name)!;
    }

    rows(name: string) {
        return this.table(name).rows;
    }

    types(name: string) {
        return Object.fromEntries(this.table(name).columns.map((column) => [column.name, column.redshiftType]));
    }

    /** Why the target must load the table anew, by the last statement. */
    resync(statement: string): string | undefined {
        const { position } = this.source.feed().snapshot();
        const [change] = this.run(statement).source.feed().changesSince(position).changes;
        assert.equal(change?.kind, "schema");
        return change?.kind === "schema" ? change.resync : undefined;
    }
}

const shop = () => new Database("mysql", "shop").run("CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(20))");

describe("relational sources", () => {
    it("keep rows as SQL says", () => {
        const database = new Database("mysql", "shop").run(
            `CREATE TABLE shop.orders (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, note TEXT, total DECIMAL(10,2) DEFAULT 0,
                at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, attributes JSON, PRIMARY KEY (id)
            ) ENGINE=InnoDB`,
            `INSERT INTO orders (note, attributes) VALUES ('it''s', '{"a": [1]}'), (NULL, NULL)`,
            "INSERT INTO `orders` (id, total) VALUES (18446744073709551615, -1.5)",
            "UPDATE orders SET total = total + 1, note = 'x' WHERE id IN (1, 2) AND NOT (note IS NULL OR id >= 2)",
            "DELETE FROM shop.orders WHERE id = 2",
        );
        const at = "2026-01-02 03:04:05";
        assert.deepEqual(
            new Map(database.rows("orders").map((row) => [row.id, row])),
            new Map<unknown, object>([
                [1, { id: 1, note: "x", total: 1, at, attributes: { a: [1] } }],
                ["18446744073709551615", { id: "18446744073709551615", note: null, total: -1.5, at, attributes: null }],
            ]),
        );
    });

    it("fold names as their engine does", () => {
        const crm = new Database("postgresql", "crm").run(
            'CREATE TABLE People (Id uuid PRIMARY KEY, "Name" character varying(5))',
            `INSERT INTO crm.public.PEOPLE (ID, "Name") VALUES ('a', 'b')`,
        );
        assert.deepEqual(crm.rows("people"), [{ id: "a", Name: "b" }]);
        const oracle = new Database("oracle", "SALES").run('CREATE TABLE t (id NUMBER(5), "x" CLOB)');
        assert.deepEqual(oracle.types("T"), { ID: "DECIMAL(5,0)", x: "VARCHAR(65535)" });
    });

    it("keep MySQL's databases, and the schemas of the others, apart", () => {
        const mysql = shop().run("CREATE DATABASE crm", "CREATE TABLE crm.orders (id INT PRIMARY KEY)");
        assert.deepEqual(
            mysql.source
                .feed()
                .snapshot()
                .tables.map(({ database }) => database),
            ["shop", "crm"],
        );
        const postgres = new Database("postgresql", "crm").run("CREATE SCHEMA audit", "CREATE TABLE audit.t (id int)");
        assert.equal(postgres.table("t").schema, "audit");
        assert.throws(() => postgres.run("CREATE TABLE shop.public.t (id int)"), /does not reach database "shop"/);
    });

    for (const [statement, reason] of [
        ["SELECT 1", /SELECT is not simulated/],
        ["TRUNCATE TABLE orders", /TRUNCATE is not simulated/],
        ["CREATE INDEX i ON orders (id)", /CREATE INDEX is not simulated/],
        ["ALTER TABLE orders RENAME TO o", /ALTER TABLE … RENAME is not simulated/],
        ["INSERT INTO orders (id) VALUES (1), (1)", /Duplicate entry \[1\]/],
        ["INSERT INTO orders VALUES (1)", /2 columns and 1 values/],
        ["INSERT INTO orders (ident) VALUES (1)", /Unknown column "ident"/],
        ["INSERT INTO orders (note) VALUES ('x')", /"id" cannot be null/],
        ["INSERT INTO orders (id) VALUES ('x')", /Incorrect INT value for column "id"/],
        ["INSERT INTO orders VALUES (1, 'longer than twenty characters')", /Incorrect VARCHAR\(20\) value/],
        ["CREATE TABLE orders (id INT)", /exists already/],
        ["CREATE TABLE t (id UUID)", /Type "UUID"/],
        ["DELETE FROM nowhere", /"shop\.nowhere" does not exist/],
        ["ALTER TABLE orders DROP COLUMN nothing", /Unknown column "nothing"/],
        ["UPDATE orders SET note = 'x' WHERE id = 1 LIMIT 1", /Syntax error at "LIMIT"/],
        ['INSERT INTO orders VALUES (1, "x")', /Syntax error at ""x"/],
    ] as const) {
        it(`refuse: ${statement}`, () => {
            const database = shop();
            assert.throws(
                () => database.run(statement),
                (error: Error) => error instanceof SqlError && reason.test(error.message),
            );
            assert.deepEqual(database.rows("orders"), []);
        });
    }

    it("carry out a statement as a whole, and keep those before one that fails", () => {
        const database = shop();
        assert.throws(() =>
            database.run(
                "INSERT INTO orders (id) VALUES (1); INSERT INTO orders (id) VALUES (2), (1); DELETE FROM orders",
            ),
        );
        assert.deepEqual(
            database.rows("orders").map(({ id }) => id),
            [1],
        );
    });
});

describe("types of a source in Redshift", () => {
    for (const [engine, type, redshift] of [
        ["mysql", "BIGINT UNSIGNED", "DECIMAL(20,0)"],
        ["mysql", "TIME", "VARCHAR(18)"],
        ["mysql", "LONGTEXT", "VARCHAR(65535)"],
        ["mysql", "JSON", "SUPER"],
        ["mysql", "DECIMAL(38,37)", "DECIMAL(38,37)"],
        ["mysql", "DECIMAL(39,2)", undefined],
        ["postgresql", "jsonb", "SUPER"],
        ["postgresql", "text[]", "SUPER"],
        ["postgresql", "uuid", "VARCHAR(36)"],
        ["postgresql", "text", "VARCHAR(65535)"],
        ["postgresql", "numeric(12,2)", "DECIMAL(12,2)"],
        ["postgresql", "numeric(39,2)", undefined],
        ["postgresql", "numeric(38,38)", undefined],
        ["postgresql", "timestamp(3) with time zone", "TIMESTAMPTZ"],
        ["postgresql", "geometry", undefined],
        ...["ANYDATA", "BFILE", "REF", "ROWID", "UROWID", "VARRAY", "SDO_GEOMETRY"].map(
            (name) => ["oracle", name, undefined] as const,
        ),
    ] as const) {
        it(`${engine} ${type}: ${redshift ?? "unsupported"}`, () => {
            const name = engine === "oracle" ? "SALES" : "sales";
            const database = new Database(engine, name).run(
                `CREATE TABLE t (k ${engine === "oracle" ? "NUMBER(5)" : "INT"} PRIMARY KEY, c ${type})`,
            );
            const [table] = database.source.feed().snapshot().tables;
            assert.equal(table!.columns[1]!.redshiftType, redshift);
            assert.equal(table!.trouble?.code, redshift === undefined ? "UNSUPPORTED_TYPE" : undefined);
        });
    }
});

describe("tables that can't be replicated", () => {
    it("have no primary key", () => {
        assert.equal(shop().run("CREATE TABLE t (id INT)").table("t").trouble?.code, "NO_PRIMARY_KEY");
    });

    for (const action of ["ON DELETE CASCADE", "ON UPDATE CASCADE", "ON DELETE SET NULL", "ON UPDATE SET DEFAULT"]) {
        it(`have a foreign key with ${action}, in MySQL alone`, () => {
            const text = `CREATE TABLE t (id INT PRIMARY KEY, o INT REFERENCES orders (id) ON DELETE RESTRICT ${action})`;
            assert.equal(shop().run(text).table("t").trouble?.code, "FAILED");
            const postgres = new Database("postgresql", "shop").run("CREATE TABLE orders (id INT PRIMARY KEY)", text);
            assert.equal(postgres.table("t").trouble, undefined);
        });
    }

    it("have a storage engine other than InnoDB", () => {
        assert.equal(
            shop().run("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=MyISAM").table("t").trouble?.code,
            "FAILED",
        );
    });
});

describe("changes of a source", () => {
    it("come with their commit, through the filter, from a position on", () => {
        const { source } = shop().run(
            "CREATE TABLE tmp_a (id INT PRIMARY KEY)",
            "INSERT INTO orders VALUES (1, 'a'), (2, 'b')",
        );
        const feed = source.feed("include: shop.*, exclude: shop./tmp_.*/");
        const { position } = feed.snapshot();
        source.execute(
            "UPDATE orders SET note = 'c' WHERE id = 1; INSERT INTO tmp_a VALUES (1); DELETE FROM orders; DROP TABLE orders",
            "shop",
            NOW,
        );
        const { changes, position: end } = feed.changesSince(position);
        const base = { at: NOW, database: "shop", table: "orders" };
        assert.deepEqual(changes, [
            {
                ...base,
                position: position + 1,
                kind: "update",
                before: { id: 1, note: "a" },
                row: { id: 1, note: "c" },
            },
            { ...base, position: position + 3, kind: "delete", before: { id: 2, note: "b" } },
            { ...base, position: position + 3, kind: "delete", before: { id: 1, note: "c" } },
            { ...base, position: position + 4, kind: "drop" },
        ]);
        assert.deepEqual(feed.changesSince(end).changes, []);
    });

    for (const [statement, reason] of [
        ["ALTER TABLE orders ADD COLUMN a INT", undefined],
        ["ALTER TABLE orders ADD a INT DEFAULT 5", undefined],
        ["ALTER TABLE orders DROP COLUMN note", undefined],
        ["ALTER TABLE orders MODIFY note VARCHAR(40)", undefined],
        ["ALTER TABLE orders MODIFY id BIGINT", undefined],
        ["ALTER TABLE orders ADD COLUMN a INT FIRST", /FIRST or AFTER/],
        ["ALTER TABLE orders ADD COLUMN a INT AFTER id", /FIRST or AFTER/],
        ["ALTER TABLE orders ADD a DATETIME DEFAULT CURRENT_TIMESTAMP", /DEFAULT CURRENT_TIMESTAMP/],
        ["ALTER TABLE orders ADD a INT, DROP COLUMN note", /several operations/],
        ["ALTER TABLE orders MODIFY note INT", /data type of column note changed to INT/],
        ["ALTER TABLE orders MODIFY note VARCHAR(10)", /data type of column note/],
        ["ALTER TABLE orders DROP PRIMARY KEY", /primary key changed/],
    ] as const) {
        it(`${reason ? "make the target load the table anew" : "can be followed"}: ${statement}`, () => {
            const resync = shop().resync(statement);
            if (reason) {
                assert.match(resync ?? "", reason);
            } else {
                assert.equal(resync, undefined);
            }
        });
    }

    it("bring a table back that becomes replicable", () => {
        const database = shop().run("CREATE TABLE t (id INT)");
        assert.match(database.resync("ALTER TABLE t ADD PRIMARY KEY (id)")!, /can be replicated now/);
    });

    it("shape the rows that are there", () => {
        const database = shop().run(
            "INSERT INTO orders VALUES (1, '12')",
            "ALTER TABLE orders ADD COLUMN a INT DEFAULT 7 FIRST, MODIFY note BIGINT",
        );
        assert.deepEqual(Object.entries(database.rows("orders")[0]!), [
            ["a", 7],
            ["id", 1],
            ["note", 12],
        ]);
    });
});

describe("data filters of the RDS API", () => {
    for (const [engine, filter, taken, left] of [
        ["mysql", undefined, ["shop.orders"], []],
        ["mysql", "include: shop.*, exclude: shop./tmp_.*/", ["shop.orders", "shop.xtmp_a"], ["shop.tmp_a", "crm.t"]],
        ["mysql", "exclude: shop.orders", [], ["shop.orders", "shop.lines"]],
        ["mysql", "include: *.*, exclude: shop.*, include: shop.orders", ["shop.orders", "crm.t"], ["shop.lines"]],
        [
            "postgresql",
            "include: crm.public.*, include: crm.audit./ev_\\d+/",
            ["crm.public.t", "crm.audit.ev_12"],
            ["crm.audit.ev_", "x.public.t"],
        ],
        ["oracle", "include:ORCL.SALES.*", ["ORCL.SALES.ORDERS"], ["ORCL.sales.ORDERS", "ORCL.HR.ORDERS"]],
    ] as const) {
        it(`${engine}: ${filter ?? "none"}`, () => {
            const passes = parseFilter(filter, engine);
            taken.forEach((name) => assert.ok(passes(name.split(".")), name));
            left.forEach((name) => assert.ok(!passes(name.split(".")), name));
        });
    }

    for (const [engine, filter, reason] of [
        ["mysql", "", /1 to 25600 characters/],
        ["mysql", "include: shop.(a|b)", /must match the pattern/],
        ["mysql", "shop.*", /must be "include: PATTERN"/],
        ["mysql", "include: shop.a, shop.b", /is no name/],
        ["mysql", "include: shop", /form database\.table/],
        ["mysql", "include: a.b.c", /form database\.table/],
        ["mysql", `include: shop.${"x".repeat(252)}`, /longer than 256/],
        ["mysql", Array.from({ length: 100 }, (_, i) => `include: shop.t${i}`).join(","), /at most 99/],
        ["mysql", "include: shop./*a/", /can't be parsed/],
        ["postgresql", "exclude: crm.public.t", /at least one include statement/],
        ["postgresql", "include: *.*.*", /at least one include statement/],
        ["postgresql", "include: /c.m/.public.*", /for the database/],
        ["postgresql", "include: crm.people", /form database\.schema\.table/],
        ["oracle", "include: ORCL./S.*/.T", /Oracle/],
    ] as const) {
        it(`${engine}: refuses ${filter.slice(0, 40)}`, () => {
            assert.throws(
                () => parseFilter(filter, engine),
                (error: Error) => error instanceof FilterError && reason.test(error.message),
            );
        });
    }
});
