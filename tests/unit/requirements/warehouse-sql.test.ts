import assert from "node:assert/strict";

import fc from "fast-check";

import {
    alterDatabaseSql,
    createDatabaseSql,
    createdOptions,
    createViewSql,
    dropDatabaseSql,
    keptDatabaseName,
    renameDatabaseSql,
    dropViewSql,
    integrationDatabaseProblems,
    quoteIdentifier,
    quoteLiteral,
    refreshTablesSql,
    replaceViewSql,
    viewProblems,
    type DatabaseSource,
    type IntegrationDatabaseOptions,
    type WarehouseViewDefinition,
} from "../../../sdk/requirements";

const integrationId = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("the database of an integration", () => {
    it("is made with what is said, and nothing else", () => {
        assert.equal(
            createDatabaseSql({ name: "shop", integrationId }),
            `CREATE DATABASE "shop" FROM INTEGRATION '${integrationId}'`,
        );
        assert.equal(
            createDatabaseSql({
                name: "crm",
                integrationId,
                sourceDatabase: "crm",
                options: {
                    acceptInvalidCharacters: true,
                    queryAllStates: true,
                    refreshInterval: 120,
                    truncateColumns: true,
                    historyMode: true,
                },
            }),
            `CREATE DATABASE "crm" FROM INTEGRATION '${integrationId}' DATABASE 'crm' SET ` +
                "ACCEPTINVCHARS = TRUE QUERY_ALL_STATES = TRUE REFRESH_INTERVAL 120 TRUNCATECOLUMNS = TRUE HISTORY_MODE = TRUE",
        );
    });

    it("gets what its creation cannot say afterwards", () => {
        const options: IntegrationDatabaseOptions = {
            truncateColumns: true,
            autoRemediation: true,
            historyMode: { tables: [{ schema: "public", table: "orders" }] },
        };
        assert.equal(
            createDatabaseSql({ name: "shop", integrationId, options }),
            `CREATE DATABASE "shop" FROM INTEGRATION '${integrationId}' SET TRUNCATECOLUMNS = TRUE`,
        );
        assert.deepEqual(alterDatabaseSql({ name: "shop", source: "dynamodb" }, createdOptions(options), options), [
            `ALTER DATABASE "shop" INTEGRATION SET AUTO_REMEDIATION = TRUE`,
            `ALTER DATABASE "shop" INTEGRATION SET HISTORY_MODE = TRUE FOR TABLE "public"."orders"`,
        ]);
    });

    const orders = { schema: "public", table: "orders" };
    const lines = { schema: "public", table: "lines" };
    const changes: [DatabaseSource, IntegrationDatabaseOptions, IntegrationDatabaseOptions, string[]][] = [
        ["mysql", {}, {}, []],
        ["mysql", { refreshInterval: 0, truncateColumns: false, historyMode: false }, {}, []],
        ["mysql", { refreshInterval: 60 }, {}, ["REFRESH_INTERVAL 0"]],
        ["dynamodb", { refreshInterval: 3600 }, {}, ["REFRESH_INTERVAL 900"]],
        ["dynamodb", {}, { refreshInterval: 900 }, []],
        ["mysql", { truncateColumns: true }, {}, ["TRUNCATECOLUMNS = FALSE"]],
        [
            "mysql",
            { acceptInvalidCharacters: true },
            { queryAllStates: true, refreshInterval: 5 },
            ["QUERY_ALL_STATES = TRUE ACCEPTINVCHARS = FALSE REFRESH_INTERVAL 5"],
        ],
        ["mysql", {}, { historyMode: true }, ["HISTORY_MODE = TRUE"]],
        ["mysql", { historyMode: true }, { historyMode: false }, ["HISTORY_MODE = FALSE"]],
        [
            "mysql",
            { historyMode: { tables: [orders] } },
            { historyMode: { tables: [lines] } },
            [`HISTORY_MODE = FALSE FOR TABLE "public"."orders"`, `HISTORY_MODE = TRUE FOR TABLE "public"."lines"`],
        ],
        [
            "mysql",
            { historyMode: { tables: [orders] } },
            { historyMode: { tables: [orders, lines] } },
            [`HISTORY_MODE = TRUE FOR TABLE "public"."lines"`],
        ],
        ["mysql", { historyMode: { tables: [orders] } }, { historyMode: true }, ["HISTORY_MODE = TRUE"]],
        [
            "mysql",
            { historyMode: true },
            { historyMode: { schemas: ["a", "B"] } },
            ["HISTORY_MODE = FALSE", `HISTORY_MODE = TRUE FOR ALL TABLES IN SCHEMA "a", "B"`],
        ],
        ["mysql", { historyMode: { schemas: ["a"] } }, {}, [`HISTORY_MODE = FALSE FOR ALL TABLES IN SCHEMA "a"`]],
        [
            "mysql",
            { historyMode: { schemas: ["public"] } },
            { historyMode: { tables: [orders] }, truncateColumns: true },
            [
                "TRUNCATECOLUMNS = TRUE",
                `HISTORY_MODE = FALSE FOR ALL TABLES IN SCHEMA "public"`,
                `HISTORY_MODE = TRUE FOR TABLE "public"."orders"`,
            ],
        ],
    ];
    for (const [source, before, after, expected] of changes) {
        it(`goes from ${JSON.stringify(before)} to ${JSON.stringify(after)} by what differs`, () => {
            const prefix = `ALTER DATABASE "shop" INTEGRATION SET `;
            assert.deepEqual(
                alterDatabaseSql({ name: "shop", source }, before, after),
                expected.map((setting) => prefix + setting),
            );
        });
    }

    it("has tables loaded again, and is dropped", () => {
        const refresh = `ALTER DATABASE "a""b" INTEGRATION REFRESH `;
        assert.equal(refreshTablesSql('a"b', "all"), `${refresh}ALL TABLES`);
        assert.equal(refreshTablesSql('a"b', "in error"), `${refresh}INERROR TABLES`);
        assert.equal(refreshTablesSql('a"b', "remediable"), `${refresh}REMEDIABLE TABLES`);
        assert.equal(refreshTablesSql('a"b', { schemas: ["s"] }), `${refresh}ALL TABLES IN SCHEMA "s"`);
        assert.equal(
            refreshTablesSql('a"b', { tables: [orders, lines] }),
            `${refresh}TABLE "public"."orders", "public"."lines"`,
        );
        assert.equal(dropDatabaseSql('a"b'), `DROP DATABASE "a""b"`);
    });

    it("gets another name, and one with the moment when it makes room", () => {
        assert.equal(renameDatabaseSql('a"b', "c d"), `ALTER DATABASE "a""b" RENAME TO "c d"`);
        const moment = new Date("2026-11-21T09:30:00.123Z");
        assert.equal(keptDatabaseName("orders", moment), "orders_kept_20261121093000");
        // 107 bytes are left of 127: an é has two.
        assert.equal(keptDatabaseName("é".repeat(60), moment), `${"é".repeat(53)}_kept_20261121093000`);
    });

    const judged: [DatabaseSource, Partial<Parameters<typeof createDatabaseSql>[0]>, RegExp][] = [
        ["mysql", {}, /^$/],
        ["mysql", { name: 'Ünïcode "and" spaces' }, /^$/],
        ["mysql", { name: "" }, /0 bytes/],
        ["mysql", { name: "x".repeat(127) }, /^$/],
        ["mysql", { name: "x".repeat(128) }, /128 bytes/],
        ["mysql", { name: "ü".repeat(64) }, /128 bytes/],
        ["mysql", { name: "a\0b" }, /code zero/],
        ["mysql", { integrationId: "x' DATABASE 'y" }, /not the id/],
        ["mysql", { sourceDatabase: "shop" }, /Leave it out/],
        ["dynamodb", { sourceDatabase: "shop" }, /Leave it out/],
        ["aurora-postgresql", {}, /needs the database/],
        ["oracle", {}, /needs the database/],
        ["odb", {}, /needs the database/],
        ["postgres", { sourceDatabase: "crm" }, /^$/],
        ["mysql", { options: { refreshInterval: 432_000 } }, /^$/],
        ["mysql", { options: { refreshInterval: 432_001 } }, /from 0 to 432000/],
        ["mysql", { options: { refreshInterval: 1.5 } }, /whole seconds/],
        ["mysql", { options: { refreshInterval: -1 } }, /from 0/],
        ["dynamodb", { options: { refreshInterval: 899 } }, /from 900 to 432000/],
        ["dynamodb", { options: { refreshInterval: 900, historyMode: true } }, /^$/],
        ["postgres", { sourceDatabase: "crm", options: { historyMode: true } }, /no history/],
        ["oracle", { sourceDatabase: "ORCL", options: { historyMode: { schemas: ["A"] } } }, /no history/],
        ["oracle", { sourceDatabase: "ORCL", options: { historyMode: false } }, /^$/],
        ["mysql", { options: { historyMode: { tables: [] } } }, /names no table/],
        ["mysql", { options: { historyMode: { tables: [{ schema: "", table: "x" }] } } }, /0 bytes/],
    ];
    for (const [source, change, expected] of judged) {
        it(`from ${source} is judged with ${JSON.stringify(change).slice(0, 60)}`, () => {
            const problems = integrationDatabaseProblems(source, { name: "shop", integrationId, ...change });
            assert.ok(problems.length <= 1, JSON.stringify(problems));
            assert.match(problems.map(({ message }) => message).join(), expected);
        });
    }
});

describe("a view in the warehouse", () => {
    const invoices: WarehouseViewDefinition = {
        database: "dev",
        name: "invoices",
        from: { database: "billing", table: "documents" },
        columns: [
            { column: "pk", name: "id" },
            { attribute: "total", tag: "N", type: "decimal(12,2)" },
            { attribute: ["customer", "name"] },
            { attribute: ["lines", 0, "price"], tag: "N", name: "first price" },
            { attribute: "paid", tag: "BOOL" },
            { attribute: "lines", tag: "L" },
        ],
        where: [
            { attribute: "Type", equals: "it's an invoice" },
            { column: "sk", startsWith: "INV_2026" },
        ],
    };
    const select =
        `SELECT "pk" AS "id", "value"."total"."N"::decimal(12,2) AS "total", ` +
        `"value"."customer"."M"."name"."S"::varchar(65535) AS "name", ` +
        `"value"."lines"."L"[0]."M"."price"."N"::decimal(38,10) AS "first price", ` +
        `"value"."paid"."BOOL"::boolean AS "paid", "value"."lines"."L" AS "lines" ` +
        `FROM "billing"."public"."documents" ` +
        `WHERE "value"."Type"."S"::varchar(65535) = 'it''s an invoice' AND left("sk", 8) = 'INV_2026'`;

    it("makes columns out of a SUPER value, and shows one kind of item", () => {
        assert.deepEqual(viewProblems(invoices), []);
        assert.equal(createViewSql(invoices), `CREATE VIEW "public"."invoices" AS ${select}\nWITH NO SCHEMA BINDING`);
    });

    it("keeps its rows when it is materialized", () => {
        const kept: WarehouseViewDefinition = { ...invoices, schema: "mart", materialized: true };
        const manual: WarehouseViewDefinition = { ...kept, materialized: { autoRefresh: false } };
        assert.equal(createViewSql(kept), `CREATE MATERIALIZED VIEW "mart"."invoices" AUTO REFRESH YES AS ${select}`);
        assert.match(createViewSql(manual), /^CREATE MATERIALIZED VIEW "mart"\."invoices" AUTO REFRESH NO AS /);
        assert.equal(dropViewSql(kept), `DROP MATERIALIZED VIEW IF EXISTS "mart"."invoices"`);
        assert.equal(dropViewSql(invoices), `DROP VIEW IF EXISTS "public"."invoices"`);
    });

    it("takes a query as it is", () => {
        const query = "SELECT 1 AS one -- the first\n;";
        const view: WarehouseViewDefinition = { database: "dev", name: "one", query };
        assert.deepEqual(viewProblems(view), []);
        assert.equal(
            createViewSql(view),
            `CREATE VIEW "public"."one" AS SELECT 1 AS one -- the first\n\nWITH NO SCHEMA BINDING`,
        );
    });

    it("is changed where it is while its columns stay", () => {
        const { where: _where, ...all } = invoices as WarehouseViewDefinition & { where: unknown };
        assert.equal(replaceViewSql(invoices, all).length, 1);
        assert.match(replaceViewSql(invoices, all)[0]!, /^CREATE OR REPLACE VIEW "public"\."invoices" AS SELECT/);
    });

    const anew: [string, object][] = [
        ["a column less", { columns: [{ column: "pk", name: "id" }] }],
        ["another type", { columns: [{ column: "pk", name: "id", type: "varchar(10)" }] }],
        ["another name", { name: "bills" }],
        ["another schema", { schema: "mart" }],
        ["rows that are kept", { materialized: true }],
    ];
    for (const [what, change] of anew) {
        it(`is made anew for ${what}`, () => {
            const after = { ...invoices, ...change };
            assert.deepEqual(replaceViewSql(invoices, after), [dropViewSql(invoices), createViewSql(after)]);
        });
    }

    const refused: [object, RegExp][] = [
        [{ database: "billing" }, /takes no views/],
        [{ name: "" }, /0 bytes/],
        [{ columns: [] }, /no columns/],
        [{ columns: [{ column: "a" }, { attribute: ["x", "a"] }] }, /Two columns are called "a"/],
        [{ columns: [{ column: "a", type: "int) FROM x; --" }] }, /not a type/],
        [{ columns: [{ attribute: [] }] }, /not the way/],
        [{ columns: [{ attribute: [0], name: "x" }] }, /not the way/],
        [{ columns: [{ attribute: ["a", -1] }] }, /not the way/],
        [{ columns: [{ attribute: "a", tag: 'S"' }] }, /not the way/],
        [{ where: [{ column: "", equals: "x" }] }, /0 bytes/],
    ];
    for (const [change, message] of refused) {
        it(`is refused with ${JSON.stringify(change)}`, () => {
            const messages = viewProblems({ ...invoices, ...change }).map((problem) => problem.message);
            assert.match(messages.join("\n"), message);
        });
    }

    it("is refused with a query that selects nothing", () => {
        assert.match(viewProblems({ database: "dev", name: "x", query: "DROP TABLE x" })[0]!.message, /not a SELECT/);
    });

    it("takes types as Redshift writes them", () => {
        for (const type of [
            "int",
            "varchar(100)",
            "decimal(12, 2)",
            "double precision",
            "timestamp with time zone",
            "super",
            "char (3)",
        ]) {
            assert.deepEqual(
                viewProblems({ ...invoices, columns: [{ column: "a", type }] } as WarehouseViewDefinition),
                [],
                type,
            );
        }
    });
});

describe("names and texts in SQL", () => {
    /** The tokens of one statement, in either reading of a backslash, or an error: written apart from the code under test. */
    function tokens(sql: string, isBackslashEscape: boolean): string[] {
        const found: string[] = [];
        let i = 0;
        while (i < sql.length) {
            const quote = sql[i]!;
            if (quote !== '"' && quote !== "'") {
                const word = /^(\s+|[A-Za-z_0-9]+|[=.,():[\]])/.exec(sql.slice(i))?.[0];
                assert.ok(word, `A stray ${JSON.stringify(quote)} in ${sql}`);
                i += word.length;
                found.push(...(word.trim() === "" ? [] : [word]));
                continue;
            }
            let text = "";
            for (i++; ; i++) {
                assert.ok(i < sql.length, `No end of ${quote} in ${sql}`);
                if (quote === "'" && isBackslashEscape && sql[i] === "\\") {
                    text += sql[++i];
                } else if (sql[i] !== quote) {
                    text += sql[i];
                } else if (sql[i + 1] === quote) {
                    text += sql[++i];
                } else {
                    break;
                }
            }
            i++;
            found.push(`${quote}${text}`);
        }
        return found;
    }

    const nasty = fc.oneof(
        fc.string({ unit: "binary", minLength: 1 }),
        fc
            .array(fc.constantFrom('"', "'", "\\", ";", "--", "/*", "*/", " ", "DROP", "\n", "é", "$$"), {
                minLength: 1,
            })
            .map((all) => all.join("")),
    );

    it("stay what they are, and never end a statement", () => {
        fc.assert(
            fc.property(nasty, nasty, (name, sourceDatabase) => {
                const sql = createDatabaseSql({
                    name,
                    integrationId: "0a-1b",
                    sourceDatabase,
                    options: { refreshInterval: 5 },
                });
                const expected = (source: string) => [
                    ..."CREATE DATABASE".split(" "),
                    `"${name}`,
                    ..."FROM INTEGRATION".split(" "),
                    "'0a-1b",
                    "DATABASE",
                    `'${source}`,
                    ..."SET REFRESH_INTERVAL 5".split(" "),
                ];
                assert.deepEqual(tokens(sql, true), expected(sourceDatabase));
                assert.deepEqual(tokens(sql, false), expected(sourceDatabase.replaceAll("\\", "\\\\")));
            }),
            { numRuns: 2000 },
        );
    });

    it("stay what they are in views", () => {
        fc.assert(
            fc.property(nasty, nasty, nasty, (name, attribute, equals) => {
                const sql = createViewSql({
                    database: "dev",
                    name,
                    materialized: true,
                    from: { database: name, table: name },
                    columns: [{ attribute: [attribute, "x"], name: attribute }],
                    where: [{ attribute, equals }],
                });
                const found = tokens(sql, true);
                assert.equal(found.filter((token) => token === `"${name}`).length >= 3, true);
                assert.ok(found.includes(`"${attribute}`));
                assert.equal(found.at(-1), `'${equals}`);
            }),
        );
    });

    it("are never the same when they differ", () => {
        fc.assert(
            fc.property(nasty, nasty, (one, two) => {
                fc.pre(one !== two);
                assert.notEqual(quoteIdentifier(one), quoteIdentifier(two));
                assert.notEqual(quoteLiteral(one), quoteLiteral(two));
            }),
        );
    });
});
