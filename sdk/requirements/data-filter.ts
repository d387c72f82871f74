import { InvalidArgument, problem, warning, type Problem } from "./errors";
import { isMySql, isPostgreSql, type SourceEngine } from "./rds-engine";

/** Whose rules a filter follows; `odb` is Oracle Database@AWS, which Glue integrates. */
export type FilterEngine = SourceEngine | "odb";

/**
 * One part of a pattern: a name as it is, `"*"` for all, or a regular expression, such as `{ regex: "tmp_.*" }`. AWS takes no
 * `^`, no `|`, nor any kind of bracket in one.
 */
export type NamePattern = string | { regex: string };

/** MySQL has no schema between database and table; PostgreSQL and Oracle have one. */
export interface TablePattern {
    database: NamePattern;
    schema?: NamePattern;
    table: NamePattern;
}

export type FilterClause = { include: TablePattern } | { exclude: TablePattern };

/**
 * Which tables are replicated, those that come later included: clauses, or the text that AWS takes, such as
 * `include: shop.*, exclude: shop./tmp_\d+/`. A later clause overrides an earlier one, and what no clause takes is left out.
 */
export type DataFilter = string | FilterClause[];

export const MAX_FILTER_PATTERNS = 99;
export const MAX_PATTERN_LENGTH = 256;
export const MAX_FILTER_LENGTH = 25_600;

/** What AWS takes for no filter at all where MySQL is the source. Sending it is the only way to be rid of a filter: an empty one is refused. */
export const EVERY_MYSQL_TABLE = "include: *.*";

/** The clauses in a text, or what is wrong with it, with the position counted from 1. */
export function parseDataFilter(argument: string, text: string): { clauses: FilterClause[]; problems: Problem[] } {
    try {
        return { clauses: new FilterReader(text).clauses(), problems: [] };
    } catch (error) {
        if (error instanceof Unreadable) {
            return {
                clauses: [],
                problems: [problem(argument, `At character ${error.position + 1}: ${error.message}`, error.fix)],
            };
        }
        throw error;
    }
}

/** The text that AWS takes. */
export function printDataFilter(clauses: FilterClause[]): string {
    return clauses.map((clause) => `${kindOf(clause)}: ${printPattern(patternOf(clause))}`).join(", ");
}

/** The one form of a filter; a text that cannot be read stays as it is. */
export function canonicalDataFilter(filter: DataFilter): string {
    if (typeof filter !== "string") {
        return printDataFilter(filter);
    }
    const { clauses, problems } = parseDataFilter("dataFilter", filter);
    return problems.length > 0 ? filter : printDataFilter(clauses);
}

/**
 * What AWS would refuse.
 *
 * @param engine What the source is; without it only what holds for all is judged.
 */
export function dataFilterProblems(argument: string, filter: DataFilter | undefined, engine?: FilterEngine): Problem[] {
    if (filter === undefined) {
        return engine === undefined || isMySqlFilter(engine)
            ? []
            : [
                  unnamedDatabase(engine)(
                      argument,
                      "There is no filter that names a database",
                      INCLUDE_FIX["three parts"],
                  ),
              ];
    }
    const unwritable = typeof filter === "string" ? [] : unwritableProblems(argument, filter);
    if (unwritable.length > 0) {
        return unwritable;
    }
    const text = typeof filter === "string" ? filter : printDataFilter(filter);
    if (text.length === 0 || text.length > MAX_FILTER_LENGTH) {
        return [problem(argument, `The filter has ${text.length} characters`, `AWS takes 1 to ${MAX_FILTER_LENGTH}`)];
    }
    const { clauses, problems } = parseDataFilter(argument, text);
    return problems.length > 0 ? problems : clausesProblems(argument, clauses, engine);
}

/**
 * What a regular expression has to match. AWS names Maxwell's syntax and does not say: its samples read as if it were the whole
 * name, and Maxwell itself is content with a part, so that `/tmp_/` takes `old_tmp_1`. An expression with `.*` at both its ends is the same in either.
 */
export type RegexReading = "whole name" | "part of the name";

/**
 * Those of the tables that the filter takes, in their order.
 *
 * @param names `database.table` for MySQL, `database.schema.table` for the others; in double quotes what has a dot in it.
 * @param filter `undefined` takes every table.
 */
export function selectTables(
    filter: DataFilter | undefined,
    engine: FilterEngine,
    names: string[],
    { regex = "whole name" }: { regex?: RegexReading } = {},
): string[] {
    if (filter === undefined) {
        return names;
    }
    const clauses = clausesOf(filter);
    return names.filter((name) => {
        const parts = splitName(name, engine);
        const last = clauses.findLast((clause) =>
            partsOf(patternOf(clause)).every((pattern, index) => matches(pattern, parts[index]!, regex)),
        );
        return last !== undefined && "include" in last;
    });
}

/** Whether a clause includes tables of the database, which PostgreSQL and Oracle name as it is. */
export function includesDatabase(filter: DataFilter, database: string): boolean {
    return clausesOf(filter).some(
        (clause) => "include" in clause && ["*", database].includes(clause.include.database as string),
    );
}

/** The filter in words: "every table of shop except tmp_*". */
export function explainDataFilter(filter: DataFilter | undefined): string {
    if (filter === undefined) {
        return "every table";
    }
    const clauses = clausesOf(filter);
    // What is excluded before anything is included was not there.
    const first = clauses.findIndex((clause) => "include" in clause);
    const runs = runsOf(first < 0 ? [] : clauses.slice(first));
    return runs.length === 0 ? "no table" : runs.map(runInWords).join("");
}

function clausesOf(filter: DataFilter): FilterClause[] {
    if (typeof filter !== "string") {
        return filter;
    }
    const { clauses, problems } = parseDataFilter("dataFilter", filter);
    if (problems[0]) {
        throw new InvalidArgument("dataFilter", problems[0].message);
    }
    return clauses;
}

function kindOf(clause: FilterClause): "include" | "exclude" {
    return "include" in clause ? "include" : "exclude";
}

function patternOf(clause: FilterClause): TablePattern {
    return "include" in clause ? clause.include : clause.exclude;
}

function partsOf({ database, schema, table }: TablePattern): NamePattern[] {
    return schema === undefined ? [database, table] : [database, schema, table];
}

// What needs no quotes. AWS documents none; Maxwell, whose syntax it names, has them, and no other way to write such a name.
const PLAIN_NAME = /^[a-zA-Z0-9_$-]+$/;

function printPattern(pattern: TablePattern): string {
    return partsOf(pattern).map(printPart).join(".");
}

function printPart(part: NamePattern): string {
    if (typeof part !== "string") {
        return `/${part.regex.replace(/\\.|\//g, (found) => (found === "/" ? "\\/" : found))}/`;
    }
    return part === "*" || PLAIN_NAME.test(part) ? part : `"${part}"`;
}

/** Where a text stops being a filter, and why. */
class Unreadable extends Error {
    constructor(
        readonly position: number,
        rule: string,
        readonly fix: string,
    ) {
        super(rule);
    }
}

const FORM = `Write include: or exclude: before each pattern, and a comma between them, such as "include: shop.*, exclude: shop.tmp"`;

class FilterReader {
    private position = 0;

    constructor(private readonly text: string) {}

    clauses(): FilterClause[] {
        const bad = /[^a-zA-Z0-9_ "\\\-$,*.:?+/]/u.exec(this.text);
        if (bad) {
            throw new Unreadable(
                bad.index,
                `AWS takes no ${JSON.stringify(bad[0])} in a filter`,
                `Use letters, digits, spaces and _ " \\ - $ , * . : ? + /`,
            );
        }
        const clauses = [this.clause()];
        while (this.take(/,/y)) {
            clauses.push(this.clause());
        }
        this.take(/ */y);
        return this.position === this.text.length ? clauses : this.fail("here a comma or the end was expected", FORM);
    }

    private clause(): FilterClause {
        const keyword = this.take(/ *(include|exclude) *: */iy) ?? this.fail("include: or exclude: is missing", FORM);
        const pattern = this.pattern();
        return keyword[1]!.toLowerCase() === "include" ? { include: pattern } : { exclude: pattern };
    }

    private pattern(): TablePattern {
        const start = this.position;
        const parts = [this.part()];
        while (this.take(/\./y)) {
            parts.push(this.part());
        }
        const length = this.position - start;
        if (length > MAX_PATTERN_LENGTH) {
            this.fail(`the pattern has ${length} characters`, `AWS takes ${MAX_PATTERN_LENGTH} at most`, start);
        }
        this.take(/ */y);
        const [database, second, third] = parts as [NamePattern, NamePattern?, NamePattern?];
        if (second === undefined || parts.length > 3) {
            return this.fail(
                `the pattern has ${parts.length} parts`,
                "Write database.table for MySQL, database.schema.table for PostgreSQL and Oracle",
                start,
            );
        }
        return third === undefined ? { database, table: second } : { database, schema: second, table: third };
    }

    private part(): NamePattern {
        const start = this.position;
        const [, all, name, quoted, regex] =
            this.take(/(\*)|([a-zA-Z0-9_$-]+)|"([^"]+)"|\/((?:[^/\\]|\\.)+)\//y) ??
            this.fail(
                "here a name, * or /a regular expression/ was expected",
                "Put a name with other characters than letters, digits, _, - and $ in double quotes",
            );
        if (regex === undefined) {
            return (all ?? name ?? quoted)!;
        }
        const body = regex.replace(/\\(.)/g, (found, escaped) => (escaped === "/" ? "/" : found));
        return isRegex(body) ? { regex: body } : this.fail(`/${regex}/ is no regular expression`, "Correct it", start);
    }

    private take(token: RegExp): RegExpExecArray | undefined {
        token.lastIndex = this.position;
        const found = token.exec(this.text);
        this.position += found?.[0].length ?? 0;
        return found ?? undefined;
    }

    private fail(rule: string, fix: string, position = this.position): never {
        throw new Unreadable(position, rule, fix);
    }
}

function isRegex(body: string): boolean {
    try {
        return Boolean(toRegExp(body));
    } catch {
        return false;
    }
}

// Without the flag `u`: \A and \Z, which Java has and AWS takes, are translated, and other letters after a backslash are letters.
function toRegExp(body: string, reading: RegexReading = "part of the name"): RegExp {
    const anchors: Record<string, string> = { "\\A": "^", "\\Z": "$", "\\z": "$" };
    const source = body.replace(/\\./g, (found) => anchors[found] ?? found);
    return new RegExp(reading === "whole name" ? `^(?:${source})$` : source);
}

type Shape = "two parts" | "three parts";

function isMySqlFilter(engine: FilterEngine): boolean {
    return engine !== "odb" && isMySql(engine);
}

function shapeOf(engine: FilterEngine): Shape {
    return isMySqlFilter(engine) ? "two parts" : "three parts";
}

const PATTERN_FORM: Record<Shape, string> = {
    "two parts": "database.table",
    "three parts": "database.schema.table",
};

const INCLUDE_FIX: Record<Shape, string> = {
    "two parts": 'Include something, such as "include: shop.*"',
    "three parts": 'Include a database at least, such as "include: crm.*.*"',
};

function clausesProblems(argument: string, clauses: FilterClause[], engine: FilterEngine | undefined): Problem[] {
    const shape = engine === undefined ? patternShape(clauses[0]!) : shapeOf(engine);
    return [
        ...(clauses.length > MAX_FILTER_PATTERNS
            ? [
                  problem(
                      argument,
                      `The filter has ${clauses.length} patterns`,
                      `AWS takes ${MAX_FILTER_PATTERNS} at most: join some with regular expressions`,
                  ),
              ]
            : []),
        ...clauses.flatMap((clause, index) => clauseProblems(argument, clause, index, shape, engine)),
        ...includeProblems(argument, clauses, shape, engine),
    ];
}

function patternShape(clause: FilterClause): Shape {
    return patternOf(clause).schema === undefined ? "two parts" : "three parts";
}

function clauseProblems(
    argument: string,
    clause: FilterClause,
    index: number,
    shape: Shape,
    engine: FilterEngine | undefined,
): Problem[] {
    const pattern = patternOf(clause);
    const text = printPattern(pattern);
    const where = `Pattern ${index + 1}, ${text},`;
    const isOracle = engine === "oracle" || engine === "odb";
    const refusals: [boolean, rule: string, fix: string][] = [
        [
            patternShape(clause) !== shape,
            `${where} has not the form ${PATTERN_FORM[shape]}`,
            engine === undefined ? "Give all patterns one form" : `Write it so: the source is of ${engine}`,
        ],
        [
            isOracle && partsOf(pattern).some((part) => typeof part !== "string"),
            `${where} has a regular expression, which AWS does not take for Oracle`,
            "Name the schemas and tables one by one, as the data dictionary writes them, or take all with *",
        ],
        [
            engine !== undefined && engine !== "odb" && isPostgreSql(engine) && typeof pattern.database !== "string",
            `${where} has a regular expression for the database, which AWS takes for MySQL alone`,
            "Name the database",
        ],
    ];
    const quoted = partsOf(pattern).filter((part) => printPart(part).startsWith('"'));
    return [
        ...refusals.filter(([applies]) => applies).map(([, rule, fix]) => problem(argument, rule, fix)),
        ...quoted.map((part) =>
            warning(
                argument,
                `${where} has the name ${printPart(part)} in quotes, which AWS does not document`,
                "Look at what arrives, or match the name with a regular expression",
            ),
        ),
    ];
}

function includeProblems(
    argument: string,
    clauses: FilterClause[],
    shape: Shape,
    engine: FilterEngine | undefined,
): Problem[] {
    const included = clauses.flatMap((clause) => ("include" in clause ? [clause.include] : []));
    if (engine === "odb") {
        const databases = new Set(included.map(({ database }) => database));
        return databases.size === 1 && !databases.has("*")
            ? []
            : [problem(argument, "An integration takes one pluggable database", 'Write "include: NAME.*.*" for one')];
    }
    if (shape === "three parts") {
        const named = included.some(({ database }) => database !== "*");
        return named
            ? []
            : [unnamedDatabase(engine)(argument, "The filter includes no database by its name", INCLUDE_FIX[shape])];
    }
    return included.length > 0
        ? []
        : [warning(argument, "The filter takes no table: what is not included is left out", INCLUDE_FIX[shape])];
}

/** AWS documents that PostgreSQL needs one; of Oracle in RDS it says nothing. */
function unnamedDatabase(engine: FilterEngine | undefined): typeof problem {
    return engine === "oracle" ? warning : problem;
}

/** What would be read as something else once it is written. */
function unwritableProblems(argument: string, clauses: FilterClause[]): Problem[] {
    return clauses.flatMap((clause, index) =>
        partsOf(patternOf(clause)).flatMap((part) => {
            if (typeof part === "string") {
                return part === "" || part.includes('"')
                    ? [
                          problem(
                              `${argument}[${index}]`,
                              `A filter cannot have the name ${JSON.stringify(part)}`,
                              "Match it with a regular expression",
                          ),
                      ]
                    : [];
            }
            return part.regex !== "" && isRegex(part.regex)
                ? []
                : [problem(`${argument}[${index}]`, `"${part.regex}" is no regular expression`, "Correct it")];
        }),
    );
}

function matches(pattern: NamePattern, name: string, reading: RegexReading): boolean {
    return typeof pattern === "string"
        ? pattern === "*" || pattern === name
        : toRegExp(pattern.regex, reading).test(name);
}

function splitName(name: string, engine: FilterEngine): string[] {
    const parts = [...name.matchAll(/(?:"([^"]+)"|([^".]+))(?:\.|$)/gy)].map(([, quoted, plain]) => (quoted ?? plain)!);
    const form = PATTERN_FORM[shapeOf(engine)];
    if (parts.length !== form.split(".").length) {
        throw new InvalidArgument("names", `"${name}" is not the name of a table`, `Write ${form}`);
    }
    return parts;
}

/** Clauses of one kind that follow each other. */
function runsOf(clauses: FilterClause[]): FilterClause[][] {
    return clauses.reduce<FilterClause[][]>((runs, clause) => {
        const last = runs.at(-1);
        return last && kindOf(last[0]!) === kindOf(clause)
            ? [...runs.slice(0, -1), [...last, clause]]
            : [...runs, [clause]];
    }, []);
}

function runInWords(run: FilterClause[], index: number, runs: FilterClause[][]): string {
    const before = runs[index - 1]?.map(placeInWords);
    const words = run.map((clause) => {
        const { table } = patternOf(clause);
        // The same place was just named.
        const isSame = before?.length === 1 && before[0] === placeInWords(clause) && table !== "*";
        return isSame ? partInWords(table) : `${tablesInWords(table)}${placeInWords(clause)}`;
    });
    const link = index === 0 ? "" : "include" in run[0]! ? ", and again " : " except ";
    return `${link}${words.join(" and ")}`;
}

function tablesInWords(table: NamePattern): string {
    return table === "*"
        ? "every table"
        : typeof table === "string"
          ? `table ${table}`
          : `tables ${partInWords(table)}`;
}

function placeInWords(clause: FilterClause): string {
    const { database, schema = "*" } = patternOf(clause);
    if (database === "*") {
        return schema === "*" ? "" : ` of schema ${partInWords(schema)} in every database`;
    }
    return ` of ${[database, ...(schema === "*" ? [] : [schema])].map(partInWords).join(".")}`;
}

/** A simple expression as people write it, with * for any text; others between slashes. */
function partInWords(part: NamePattern): string {
    if (typeof part === "string") {
        return part;
    }
    return /^(?:[\w ,:-]|\.\*)+$/.test(part.regex) ? part.regex.replaceAll(".*", "*") : `/${part.regex}/`;
}
