import * as assert from "node:assert/strict";

import { runSelect, type ResultSet, type RowSet } from "../../../simulator/warehouse/select";
import { parse } from "../../../simulator/warehouse/sql/parser";
import type { Select } from "../../../simulator/warehouse/sql/syntax";
import type { SqlValue } from "../../../simulator/warehouse/warehouse";

const RELATIONS: Record<string, RowSet> = {
    customers: relation(
        { id: "INTEGER", name: "VARCHAR(50)", info: "SUPER" },
        [7, "Ada", { tags: ["new", "vip"] }],
        [8, "Grace", { tags: [] }],
        [9, "Edsger", null],
    ),
    "shop.shop.orders": relation(
        { id: "INTEGER", customer: "INTEGER", total: "DECIMAL(8,2)", weight: "DOUBLE PRECISION" },
        [1, 7, "9.90", 0.5],
        [2, 8, "120.00", null],
        [3, 7, "15.55", 1.5],
        [4, null, null, null],
    ),
};

const JOINED = "customers c JOIN shop.shop.orders o ON c.id = o.customer";

describe("simulator/warehouse: SELECT", () => {
    const answers: [title: string, sql: string, ...rows: SqlValue[][]][] = [
        ["an inner join", `SELECT c.name, o.id FROM ${JOINED} ORDER BY 2`, ["Ada", 1], ["Grace", 2], ["Ada", 3]],
        [
            "a left join",
            "SELECT name, total FROM customers LEFT JOIN shop.shop.orders o ON customers.id = customer AND o.id > 1 ORDER BY name",
            ["Ada", "15.55"],
            ["Edsger", null],
            ["Grace", "120.00"],
        ],
        [
            "a table with itself",
            "SELECT a.id, b.id FROM shop.shop.orders a INNER JOIN shop.shop.orders AS b ON a.customer = b.customer AND a.id < b.id",
            [1, 3],
        ],
        [
            "three tables, and all columns of one",
            `SELECT b.* FROM ${JOINED} LEFT OUTER JOIN customers b ON b.id = o.customer WHERE o.id = 2`,
            [8, "Grace", { tags: [] }],
        ],
        [
            "all columns, of which two have one name",
            `SELECT * FROM ${JOINED} WHERE o.id = 2`,
            [8, "Grace", { tags: [] }, 2, 8, "120.00", null],
        ],
        [
            "what is not known, which neither AND nor NOT IN turn into an answer",
            "SELECT id FROM shop.shop.orders WHERE (customer = 7 AND true) OR NOT customer IN (8)",
            [1],
            [3],
        ],
        [
            "an IN with something unknown among its options, which only a hit decides",
            "SELECT id FROM shop.shop.orders WHERE id IN (1, NULL) OR NOT id IN (2, NULL)",
            [1],
        ],
        ["a path into a value, behind its relation's name", "SELECT c.info.tags[1] FROM customers c LIMIT 1", ["vip"]],
        [
            "groups",
            `SELECT name, count(*), sum(total), avg(weight) FROM ${JOINED} GROUP BY name ORDER BY 1 DESC`,
            ["Grace", 1, "120.00", null],
            ["Ada", 2, "25.45", 1],
        ],
        [
            "groups by an ordinal and by a label",
            `SELECT left(name, 1) AS initial, c.id FROM ${JOINED} GROUP BY 2, initial ORDER BY c.id`,
            ["A", 7],
            ["G", 8],
        ],
        [
            "groups that HAVING leaves, ordered by what is not shown",
            `SELECT name FROM ${JOINED} GROUP BY c.name HAVING sum(o.total) > 20 ORDER BY max(o.id)`,
            ["Grace"],
            ["Ada"],
        ],
        [
            "aggregates of everything, NULL left out",
            "SELECT count(*), count(customer), count(DISTINCT customer), min(total), max(id) FROM shop.shop.orders",
            [4, 3, 2, "9.90", 4],
        ],
        [
            "aggregates of nothing",
            "SELECT count(*), sum(total), max(id) FROM shop.shop.orders WHERE id > 9",
            [0, null, null],
        ],
        ["groups of nothing", "SELECT customer, count(*) FROM shop.shop.orders WHERE id > 9 GROUP BY customer"],
        ["an average of integers, cut", "SELECT avg(id), sum(id) FROM shop.shop.orders", [2, 10]],
        ["an aggregate in an expression", "SELECT sum(total)::int || ' in all' FROM shop.shop.orders", ["145 in all"]],
        [
            "queries that are named first",
            `WITH totals AS (SELECT customer, sum(total) AS total FROM shop.shop.orders GROUP BY customer),
                  good AS (SELECT customer FROM totals WHERE total > 100)
             SELECT name FROM good JOIN customers ON id = customer`,
            ["Grace"],
        ],
    ];
    for (const [title, sql, ...rows] of answers) {
        it(`gives ${title}`, () => assert.deepEqual(run(sql).rows, rows));
    }

    it("types aggregates as Redshift does", () => {
        const types = (expressions: string) =>
            run(`SELECT ${expressions} FROM shop.shop.orders`).columns.map(({ type }) => type);
        assert.deepEqual(types("count(*), sum(id), sum(id::bigint), sum(total), avg(weight), min(total)"), [
            "BIGINT",
            "BIGINT",
            "DECIMAL(38,0)",
            "DECIMAL(38,2)",
            "DOUBLE PRECISION",
            "DECIMAL(8,2)",
        ]);
    });

    const refusals: [title: string, sql: string, error: RegExp][] = [
        ["a column of two relations", `SELECT id FROM ${JOINED}`, /column reference "id" is ambiguous/],
        ["two relations of one name", "SELECT 1 FROM customers JOIN customers ON true", /"customers" specified more/],
        [
            "a relation before it is joined",
            "SELECT 1 FROM customers c JOIN customers d ON c.id = e.id JOIN customers e ON true",
            /"e.id" does not exist/,
        ],
        ["a column beside an aggregate", "SELECT name, count(*) FROM customers", /"name" must appear in the GROUP BY/],
        ["a column that is not grouped", "SELECT id FROM customers GROUP BY name", /"id" must appear in the GROUP BY/],
        ["an aggregate in WHERE", "SELECT 1 FROM customers WHERE count(*) > 1", /aggregates not allowed here/],
        ["a sum of texts", "SELECT sum(name) FROM customers", /varchar\(50\) does not exist/],
        ["a join that is not simulated", "SELECT 1 FROM customers CROSS JOIN customers d", /syntax error .*"CROSS"/],
        ["a join without its condition", "SELECT 1 FROM customers c JOIN customers d", /syntax error at end of input/],
        ["all of a relation that is not read", "SELECT d.* FROM customers c", /relation "d" does not exist/],
    ];
    for (const [title, sql, error] of refusals) {
        it(`refuses ${title}`, () => assert.throws(() => run(sql), error));
    }
});

function run(sql: string): ResultSet {
    return runSelect(parse(sql, { caseSensitive: true }) as Select, (name) => RELATIONS[name.join(".")]!);
}

function relation(columns: Record<string, string>, ...rows: SqlValue[][]): RowSet {
    const names = Object.keys(columns);
    return {
        columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
        rows: rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null]))),
    };
}
