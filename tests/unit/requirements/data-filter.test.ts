import assert from "node:assert/strict";

import fc from "fast-check";

import {
    canonicalDataFilter,
    dataFilterProblems,
    explainDataFilter,
    InvalidArgument,
    parseDataFilter,
    printDataFilter,
    selectTables,
    type FilterClause,
    type FilterEngine,
    type NamePattern,
    type TablePattern,
} from "../../../sdk/requirements";

const ENGINES: FilterEngine[] = ["aurora-mysql", "mysql", "aurora-postgresql", "postgres", "oracle", "odb"];

describe("a data filter", () => {
    // ok, w(arning) or what the error says; for MySQL, PostgreSQL, Oracle, Oracle Database@AWS.
    const ok = /^$/;
    const form = /has not the form/;
    const form2 = /has not the form database\.table/;
    const noRegex = /not take for Oracle/;
    const noDatabase = /includes no database by its name/;
    const onePdb = /one pluggable database/;
    const warned = /^warning/;
    const verdicts: [text: string, mysql: RegExp, postgres: RegExp, oracle: RegExp, odb: RegExp][] = [
        ["include: *.*", ok, form, form, form],
        ["include: shop.*", ok, form, form, form],
        ["include: shop.orders", ok, form, form, form],
        ["include: my-shop.order_1", ok, form, form, form],
        [String.raw`include: shop./ev_\d+/`, ok, form, form, form],
        ["include: /shop_.*/.*", ok, form, form, form],
        ["include: /a/./b/", ok, form, form, form],
        ["include: shop.*, exclude: shop.tmp", ok, form, form, form],
        ["exclude: *.*, include: shop.*", ok, form, form, form],
        ["exclude: shop.tmp", /^warning.*takes no table/, form, form, form],
        ["include: crm.*.*", form2, ok, ok, ok],
        ["include: crm.public.*", form2, ok, ok, ok],
        ["include: ORCL.SALES.ORDERS", form2, ok, ok, ok],
        ["include: ORCL.SALES.SYS$LOG", form2, ok, ok, ok],
        ["include: crm.*.orders, exclude: crm.audit.*", form2, ok, ok, ok],
        [String.raw`include: crm.public./ev_\d+/`, form2, ok, noRegex, noRegex],
        ["include: crm./s.*/.*", form2, ok, noRegex, noRegex],
        ["include: /crm.*/.public.*", form2, /alone/, noRegex, noRegex],
        ["include: *.*.*", form2, noDatabase, /^warning.*no database/, onePdb],
        ["include: *.public.*", form2, noDatabase, /^warning.*no database/, onePdb],
        ["exclude: crm.public.*", form2, noDatabase, /^warning.*no database/, onePdb],
        ["include: a.*.*, include: b.*.*", form2, ok, ok, onePdb],
        ["include: a.*.*, exclude: b.*.*", form2, ok, ok, ok],
        ["include: shop.*, include: crm.public.*", form2, form, form, form],
        ['include: shop."my table"', warned, form, form, form],
        ['include: crm."my schema"."a.b"', form2, warned, warned, warned],
        ["include: shop.V$X, include: shop.-", ok, form, form, form],
        ["exclude: shop.a, include: shop.*", ok, form, form, form],
        ["include: a.b.c, include: a.b.d", form2, ok, ok, ok],
        ["include: a.b.c, exclude: *.*.*", form2, ok, ok, ok],
        ["include: *.*.*, include: a.b.c", form2, ok, ok, onePdb],
        ["include: a./b/.*, include: a.c./d/", form2, ok, noRegex, noRegex],
        ["Include: shop.*", ok, form, form, form],
        ["  include :shop.*  ,  EXCLUDE:  shop.b ", ok, form, form, form],
    ];
    for (const [text, mysql, postgres, oracle, odb] of verdicts) {
        const expected = { mysql, "aurora-mysql": mysql, postgres, "aurora-postgresql": postgres, oracle, odb };
        for (const engine of ENGINES) {
            it(`${text} is judged for ${engine}`, () => {
                const [first] = dataFilterProblems("dataFilter", text, engine);
                const said = first ? `${first.severity === "warning" ? "warning: " : ""}${first.message}` : "";
                assert.match(said, expected[engine]);
                assert.equal(said === "", expected[engine] === ok, said);
            });
        }
    }

    const unreadable: [text: string, position: number, message: RegExp][] = [
        ["shop.*", 1, /include: or exclude: is missing/],
        ["includes: shop.*", 1, /is missing/],
        ["include shop.*", 1, /is missing/],
        ["include: shop.*,", 17, /is missing/],
        ["include: shop.*, shop.b", 17, /is missing/],
        ["include: shop.*; exclude: shop.b", 16, /takes no ";"/],
        ["include: shop.* exclude: shop.b", 17, /comma or the end/],
        ["include: shop", 10, /1 parts/],
        ["include: a.b.c.d", 10, /4 parts/],
        ["include: shop.", 15, /name, \* or/],
        ["include: .orders", 10, /name, \* or/],
        ["include: shop..orders", 15, /name, \* or/],
        ["include: shop.or*", 17, /comma or the end/],
        ["include: shop.my table", 18, /comma or the end/],
        ['include: shop."my', 15, /name, \* or/],
        ['include: shop.""', 15, /name, \* or/],
        ["include: shop./abc", 15, /name, \* or/],
        ["include: shop.//", 15, /name, \* or/],
        ["include: shop./*/", 15, /no regular expression/],
        ["include: shop./a++/", 15, /no regular expression/],
        ["include: shop./(a)/", 16, /takes no "\("/],
        ["include: shop./[a]/", 16, /takes no "\["/],
        ["include: shop./a{2}/", 17, /takes no "\{"/],
        ["include: shop./^a/", 16, /takes no "\^"/],
        ["include: shop./a|b/", 17, /takes no "\|"/],
        ["include: größe.*", 12, /takes no "ö"/],
        ["include: shop.😀", 15, /takes no "😀"/],
        ["include: shop.a\n", 16, /takes no "\\n"/],
        ["include: `shop`.*", 10, /takes no "`"/],
        ["include: 'shop'.*", 10, /takes no "'"/],
        [`include: shop.${"x".repeat(252)}`, 10, /257 characters/],
        [",", 1, /is missing/],
        [" ", 1, /is missing/],
    ];
    for (const [text, position, message] of unreadable) {
        it(`${JSON.stringify(text.slice(0, 40))} stops being one at ${position}`, () => {
            const { clauses, problems } = parseDataFilter("dataFilter", text);
            assert.deepEqual(clauses, []);
            assert.equal(problems.length, 1);
            assert.match(problems[0]!.message, new RegExp(`^At character ${position}: `));
            assert.match(problems[0]!.message, message);
        });
    }

    it("has as many characters and patterns as AWS takes, and no more", () => {
        const of = (count: number, length = 20) =>
            Array(count)
                .fill(`include: a.${"x".repeat(length)}`)
                .join(",");
        assert.deepEqual(dataFilterProblems("f", of(99), "mysql"), []);
        assert.match(dataFilterProblems("f", of(100), "mysql")[0]!.message, /100 patterns.*99 at most/);
        assert.deepEqual(dataFilterProblems("f", `include: a.${"x".repeat(254)}`, "mysql"), []);
        assert.deepEqual(dataFilterProblems("f", "include: a.b".padEnd(25_600), "mysql"), []);
        assert.match(dataFilterProblems("f", "include: a.b".padEnd(25_601), "mysql")[0]!.message, /25601 characters/);
        assert.match(dataFilterProblems("f", "", "mysql")[0]!.message, /0 characters/);
    });

    const none: [FilterEngine, RegExp][] = [
        ["aurora-mysql", /^$/],
        ["mysql", /^$/],
        ["aurora-postgresql", /^error.*crm\.\*\.\*/],
        ["postgres", /^error/],
        ["oracle", /^warning/],
        ["odb", /^error/],
    ];
    for (const [engine, expected] of none) {
        it(`may ${engine.endsWith("mysql") ? "" : "not "}be left out for ${engine}`, () => {
            const [first] = dataFilterProblems("f", undefined, engine);
            assert.match(first ? `${first.severity}: ${first.message}` : "", expected);
        });
    }

    const unwritable: [NamePattern, RegExp][] = [
        ['a"b', /cannot have the name/],
        ['x", include: y."z', /cannot have the name/],
        ["", /cannot have the name ""/],
        [{ regex: "" }, /no regular expression/],
        [{ regex: "a\\" }, /no regular expression/],
        [{ regex: "*" }, /no regular expression/],
        ["größe", /takes no "ö"/],
        [{ regex: "a|b" }, /takes no "\|"/],
    ];
    for (const [table, message] of unwritable) {
        it(`has no form for ${JSON.stringify(table)}`, () => {
            const [first] = dataFilterProblems("f", [{ include: { database: "shop", table } }], "mysql");
            assert.match(first!.message, message);
        });
    }

    const canonical: [string, string][] = [
        ["include:shop.*", "include: shop.*"],
        ["  INCLUDE : shop.* ,Exclude:shop.b ", "include: shop.*, exclude: shop.b"],
        ['include: "shop"."orders"', "include: shop.orders"],
        ['include: "my shop".*', 'include: "my shop".*'],
        [String.raw`include: a./b\/c/`, String.raw`include: a./b\/c/`],
        [String.raw`include: a./b\.c, d: e/`, String.raw`include: a./b\.c, d: e/`],
        ["no filter", "no filter"],
    ];
    for (const [text, expected] of canonical) {
        it(`${text} is written ${expected}`, () => assert.equal(canonicalDataFilter(text), expected));
    }

    const shop = ["shop.orders", "shop.tmp_1", "shop.old_tmp_1", "crm.orders", "crm.tmp_1", "Shop.orders"];
    const crm = ["crm.public.orders", "crm.public.ev_1", "crm.audit.ev_22", "crm.audit.log", "erp.public.orders"];
    const selected: [filter: string | undefined, engine: FilterEngine, names: string[], expected: number[]][] = [
        [undefined, "mysql", shop, [0, 1, 2, 3, 4, 5]],
        ["include: *.*", "mysql", shop, [0, 1, 2, 3, 4, 5]],
        ["include: shop.*", "mysql", shop, [0, 1, 2]],
        ["include: shop.orders", "mysql", shop, [0]],
        ["include: *.orders", "mysql", shop, [0, 3, 5]],
        ["exclude: shop.orders", "mysql", shop, []],
        ["include: *.*, exclude: shop.*", "mysql", shop, [3, 4, 5]],
        ["exclude: shop.*, include: *.*", "mysql", shop, [0, 1, 2, 3, 4, 5]],
        ["exclude: *.*, include: crm.*", "mysql", shop, [3, 4]],
        ["include: shop.*, exclude: shop./tmp_.*/", "mysql", shop, [0, 2]],
        ["include: shop.*, exclude: shop./.*tmp_.*/", "mysql", shop, [0]],
        ["include: shop.*, exclude: shop./tmp_/", "mysql", shop, [0, 1, 2]],
        [String.raw`include: *./tmp_\d$/`, "mysql", shop, [1, 4]],
        ["include: *.*, exclude: *./.*tmp.*/, include: crm.tmp_1", "mysql", shop, [0, 3, 4, 5]],
        [String.raw`include: /\Ash.*/.*`, "mysql", shop, [0, 1, 2]],
        ["include: /.hop/.orders", "aurora-mysql", shop, [0, 5]],
        ["include: crm.*.*", "postgres", crm, [0, 1, 2, 3]],
        ["include: crm.public.*", "postgres", crm, [0, 1]],
        [String.raw`include: crm.public.*, include: crm.audit./ev_\d+/`, "aurora-postgresql", crm, [0, 1, 2]],
        ["include: crm.*.*, exclude: crm.*.log", "aurora-postgresql", crm, [0, 1, 2]],
        ["include: crm.*.*, exclude: crm.audit.*, include: crm.audit.log", "postgres", crm, [0, 1, 3]],
        ["include: crm.*.*, include: erp.public.orders", "postgres", crm, [0, 1, 2, 3, 4]],
        ["include: CRM.PUBLIC.*", "oracle", crm, []],
        ["include: crm.public.orders", "oracle", crm, [0]],
        ['include: crm.public."a.b"', "postgres", ['crm.public."a.b"', "crm.public.a"], [0]],
    ];
    for (const [filter, engine, names, expected] of selected) {
        it(`${filter ?? "none"} takes ${expected.length} of ${names.length} tables`, () => {
            assert.deepEqual(
                selectTables(filter, engine, names),
                expected.map((index) => names[index]),
            );
        });
    }

    it("can be read as Maxwell reads it, where an expression matches a part of a name", () => {
        const select = (filter: string) => selectTables(filter, "mysql", shop, { regex: "part of the name" });
        assert.deepEqual(select("include: shop./tmp_/"), ["shop.tmp_1", "shop.old_tmp_1"]);
        assert.deepEqual(select(String.raw`include: shop./\Atmp_/`), ["shop.tmp_1"]);
        assert.deepEqual(select("include: *./ers$/"), ["shop.orders", "crm.orders", "Shop.orders"]);
    });

    it("selects from names of the engine's own form only", () => {
        const wrong: [FilterEngine, string][] = [
            ["mysql", "orders"],
            ["mysql", "crm.public.orders"],
            ["postgres", "public.orders"],
            ["oracle", "a.b.c.d"],
            ["mysql", 'shop."orders'],
        ];
        for (const [engine, name] of wrong) {
            assert.throws(() => selectTables("include: a.*", engine, [name]), InvalidArgument, name);
        }
        assert.throws(() => selectTables("no filter", "mysql", []), /At character 1/);
    });

    const words: [string | undefined, string][] = [
        [undefined, "every table"],
        ["include: *.*", "every table"],
        ["include: shop.*", "every table of shop"],
        ["include: shop.orders", "table orders of shop"],
        ["include: shop.*, exclude: shop./tmp_.*/", "every table of shop except tmp_*"],
        ["include: shop.*, exclude: shop./.*tmp.*/", "every table of shop except *tmp*"],
        [String.raw`include: shop./ev_\d+/`, String.raw`tables /ev_\d+/ of shop`],
        ["include: shop./.*_old/", "tables *_old of shop"],
        ["include: shop./a.b/", "tables /a.b/ of shop"],
        ["include: shop.*, exclude: shop.a, exclude: shop.b", "every table of shop except a and b"],
        ["include: shop.*, include: crm.*", "every table of shop and every table of crm"],
        ["include: shop.*, exclude: crm.a", "every table of shop except table a of crm"],
        ["include: *.*, exclude: shop.*", "every table except every table of shop"],
        ["include: *.*, exclude: shop.*, include: shop.a", "every table except every table of shop, and again a"],
        ["exclude: shop.a", "no table"],
        ["exclude: *.*, include: shop.a", "table a of shop"],
        ["include: crm.*.*", "every table of crm"],
        ["include: crm.public.*, exclude: crm.public.log", "every table of crm.public except log"],
        ["include: *.public.*", "every table of schema public in every database"],
    ];
    for (const [filter, expected] of words) {
        it(`${filter ?? "none"} is "${expected}"`, () => assert.equal(explainDataFilter(filter), expected));
    }

    const plain = fc.stringMatching(/^[a-zA-Z0-9_$-]{1,6}$/);
    const quoted = fc.stringMatching(/^[a-z ,.:*?+/\\$-]{1,6}$/).filter((name) => name !== "*");
    const regex = fc
        .array(fc.constantFrom("a", "b", "_", ".", ".*", "\\d", "\\A", "$", "/", "\\.", "a+", ",", ": ", " ", '"'), {
            minLength: 1,
            maxLength: 5,
        })
        .map((tokens) => ({ regex: tokens.join("") }));
    const part: fc.Arbitrary<NamePattern> = fc.oneof(plain, quoted, fc.constant("*"), regex);
    const pattern: fc.Arbitrary<TablePattern> = fc.record(
        { database: part, schema: part, table: part },
        { requiredKeys: ["database", "table"], noNullPrototype: true },
    );
    const clause: fc.Arbitrary<FilterClause> = fc.oneof(
        fc.record({ include: pattern }, { noNullPrototype: true }),
        fc.record({ exclude: pattern }, { noNullPrototype: true }),
    );
    const clauses = fc.array(clause, { minLength: 1, maxLength: 8 });

    it("is read as it was written", () => {
        fc.assert(
            fc.property(clauses, (written) => {
                assert.deepEqual(parseDataFilter("f", printDataFilter(written)), { clauses: written, problems: [] });
            }),
            { numRuns: 2000 },
        );
    });

    it("is read or refused, whatever it is, and has one form", () => {
        const text = fc.oneof(
            fc.string(),
            fc
                .array(fc.constantFrom("include", "exclude", ":", " ", ",", ".", "*", "/", '"', "a", "\\", "+", "b_1"))
                .map((tokens) => tokens.join("")),
        );
        fc.assert(
            fc.property(text, (any) => {
                const once = canonicalDataFilter(any);
                assert.equal(canonicalDataFilter(once), once);
                ENGINES.forEach((engine) => dataFilterProblems("f", any, engine));
            }),
            { numRuns: 2000 },
        );
    });

    it("takes the tables that a plain reading of the rules takes", () => {
        // The reading: start with nothing, and let each clause in turn switch what it fits.
        const letters = fc.constantFrom("a", "b", "ab", "ba");
        const simple = fc.oneof(
            letters,
            fc.constant("*"),
            fc.constantFrom("a.*", ".*b").map((r) => ({ regex: r })),
        );
        const fits = (wanted: NamePattern, name: string) =>
            wanted === "*" ||
            wanted === name ||
            (typeof wanted !== "string" && (wanted.regex === "a.*" ? name.startsWith("a") : name.endsWith("b")));
        const two = fc.record({ database: simple, table: simple });
        const filter = fc.array(fc.oneof(fc.record({ include: two }), fc.record({ exclude: two })), { maxLength: 6 });
        const names = fc.array(fc.tuple(letters, letters));
        fc.assert(
            fc.property(filter, names, (each, tables) => {
                const expected = tables.filter(([database, table]) => {
                    let taken = false;
                    for (const one of each) {
                        const wanted = "include" in one ? one.include : one.exclude;
                        if (fits(wanted.database, database) && fits(wanted.table, table)) {
                            taken = "include" in one;
                        }
                    }
                    return taken;
                });
                const join = (parts: [string, string]) => parts.join(".");
                assert.deepEqual(selectTables(each, "mysql", tables.map(join)), expected.map(join));
            }),
            { numRuns: 1000 },
        );
    });
});
