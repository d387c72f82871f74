import { isDeepStrictEqual } from "node:util";

import { problem, type Problem } from "./errors";
import { identifierProblems, qualifiedName, quoteIdentifier, quoteLiteral } from "./sql";

/** How DynamoDB tags a value. */
export type AttributeTag = "S" | "N" | "BOOL" | "B" | "M" | "L" | "SS" | "NS" | "BS" | "NULL";

/** A value inside a DynamoDB item: the names of maps and the indexes of lists on the way to it, or one name. */
export interface Attribute {
    attribute: string | (string | number)[];
    /** @default "S" */
    tag?: AttributeTag;
}

/** A column of the table as it is: a key of DynamoDB's, any column of a relational table. */
export interface TableColumn {
    column: string;
}

export type ViewColumn = (Attribute | TableColumn) & {
    /** The column of the view. @default - the column's name, or the last name of the attribute */
    name?: string;
    /** Redshift's type, such as `decimal(12,2)`. @default - by the tag: varchar(65535), decimal(38,10), boolean; as it is otherwise */
    type?: string;
};

/** Rows that a view shows: all conditions hold. */
export type ViewCondition = (Attribute | TableColumn) & ({ equals: string } | { startsWith: string });

export interface WarehouseTable {
    database: string;
    /** @default "public" */
    schema?: string;
    table: string;
}

/** What a view shows of a table. */
export interface ViewOfTable {
    from: WarehouseTable;
    /** At least one. */
    columns: ViewColumn[];
    /** Such as `[{ attribute: "Type", equals: "invoice" }]`, where one table holds several kinds of items. @default - every row */
    where?: ViewCondition[];
}

/** What a view shows, as a SELECT of its user's own: sent as it is. */
export interface ViewOfQuery {
    query: string;
}

/** A view in a database of the user's; the database of an integration takes none. */
export type WarehouseViewDefinition = (ViewOfTable | ViewOfQuery) & {
    /** The database that the view is in. */
    database: string;
    /** @default "public" */
    schema?: string;
    name: string;
    /** Keeps the rows, and brings them up to date by itself unless `autoRefresh` is `false`. @default false */
    materialized?: boolean | { autoRefresh: boolean };
};

/** One statement, to be run in the view's database. */
export function createViewSql(view: WarehouseViewDefinition): string {
    const select = "query" in view ? view.query.trim().replace(/;$/, "") : selectSql(view);
    if (view.materialized) {
        const autoRefresh = view.materialized === true || view.materialized.autoRefresh;
        return `CREATE MATERIALIZED VIEW ${viewName(view)} AUTO REFRESH ${autoRefresh ? "YES" : "NO"} AS ${select}`;
    }
    // Tables of another database, which may come and go, are found when the view is read.
    // On a line of its own: a query of the user's may end with a comment.
    return `CREATE VIEW ${viewName(view)} AS ${select}\nWITH NO SCHEMA BINDING`;
}

export function dropViewSql(view: Pick<WarehouseViewDefinition, "schema" | "name" | "materialized">): string {
    return `DROP ${view.materialized ? "MATERIALIZED VIEW" : "VIEW"} IF EXISTS ${viewName(view)}`;
}

/** The statements that bring a view from one definition to another, in their order. Only a view with the same columns is changed where it is, and keeps its grants. */
export function replaceViewSql(before: WarehouseViewDefinition, after: WarehouseViewDefinition): string[] {
    const isInPlace =
        !before.materialized &&
        !after.materialized &&
        viewName(before) === viewName(after) &&
        "columns" in before &&
        "columns" in after &&
        isDeepStrictEqual(before.columns.map(shapeOf), after.columns.map(shapeOf));
    return isInPlace
        ? [createViewSql(after).replace(/^CREATE /, "CREATE OR REPLACE ")]
        : [dropViewSql(before), createViewSql(after)];
}

/** What Redshift would refuse, or would not refuse and should. */
export function viewProblems(view: WarehouseViewDefinition): Problem[] {
    return [
        ...identifierProblems("name", view.name),
        ...identifierProblems("schema", view.schema ?? DEFAULT_SCHEMA),
        ...("query" in view ? queryProblems(view) : tableProblems(view)),
    ];
}

const DEFAULT_SCHEMA = "public";

const DEFAULT_TYPE: Partial<Record<AttributeTag, string>> = {
    S: "varchar(65535)",
    // What Redshift makes of numbers outside of the keys.
    N: "decimal(38,10)",
    BOOL: "boolean",
    B: "varchar(65535)",
};

const TYPE = /^[a-z][a-z0-9]*( [a-z]+)*( ?\(\d+( ?, ?\d+)?\))?( [a-z]+)*$/i;

function selectSql({ from, columns, where = [] }: ViewOfTable): string {
    const table = qualifiedName(from.database, from.schema ?? DEFAULT_SCHEMA, from.table);
    const select = `SELECT ${columns.map(columnSql).join(", ")} FROM ${table}`;
    return where.length === 0 ? select : `${select} WHERE ${where.map(conditionSql).join(" AND ")}`;
}

function columnSql(column: ViewColumn): string {
    const { name, type } = shapeOf(column);
    return `${valueSql(column)}${type === undefined ? "" : `::${type}`} AS ${quoteIdentifier(name)}`;
}

function conditionSql(condition: ViewCondition): string {
    const value = `${valueSql(condition)}${"column" in condition ? "" : "::varchar(65535)"}`;
    return "equals" in condition
        ? `${value} = ${quoteLiteral(condition.equals)}`
        : // Not LIKE, where a name's underscore would be any character.
          `left(${value}, ${[...condition.startsWith].length}) = ${quoteLiteral(condition.startsWith)}`;
}

/** `"value"."lines"."L"[0]."M"."price"."N"`: between the steps stand the tags of maps and lists. */
function valueSql(source: Attribute | TableColumn): string {
    if ("column" in source) {
        return quoteIdentifier(source.column);
    }
    const [first, ...rest] = stepsOf(source);
    const steps = rest.map((step) => (typeof step === "number" ? `."L"[${step}]` : `."M".${quoteIdentifier(step)}`));
    return `"value".${quoteIdentifier(String(first))}${steps.join("")}.${quoteIdentifier(source.tag ?? "S")}`;
}

function shapeOf(column: ViewColumn): { name: string; type: string | undefined } {
    if ("column" in column) {
        return { name: column.name ?? column.column, type: column.type };
    }
    const { name, tag = "S", type = DEFAULT_TYPE[tag] } = column;
    return { name: name ?? stepsOf(column).findLast((step) => typeof step === "string") ?? "value", type };
}

function stepsOf({ attribute }: Attribute): (string | number)[] {
    return typeof attribute === "string" ? [attribute] : attribute;
}

function viewName({ schema = DEFAULT_SCHEMA, name }: Pick<WarehouseViewDefinition, "schema" | "name">): string {
    return qualifiedName(schema, name);
}

function queryProblems({ query }: ViewOfQuery): Problem[] {
    return /^\s*(select|with)\b/i.test(query)
        ? []
        : [problem("query", "It is not a SELECT", "Give a SELECT, or columns and a table to select them from")];
}

function tableProblems({ database, from, columns, where = [] }: ViewOfTable & { database: string }): Problem[] {
    const names = columns.map((column) => shapeOf(column).name);
    const repeated = names.filter((name, index) => names.indexOf(name) !== index);
    return [
        ...(database === from.database
            ? [
                  problem(
                      "database",
                      `"${database}" is filled by an integration, and takes no views`,
                      "Name another database of the same warehouse",
                  ),
              ]
            : []),
        ...identifierProblems("from.table", from.table),
        ...(columns.length === 0 ? [problem("columns", "The view has no columns", "Give one at least")] : []),
        ...repeated.map((name) => problem("columns", `Two columns are called "${name}"`, "Give one another name")),
        ...columns.flatMap((column, index) => columnProblems(`columns[${index}]`, column)),
        ...where.flatMap((condition, index) => stepProblems(`where[${index}]`, condition)),
    ];
}

function columnProblems(argument: string, column: ViewColumn): Problem[] {
    const { name, type } = shapeOf(column);
    return [
        ...identifierProblems(`${argument}.name`, name),
        ...stepProblems(argument, column),
        ...(type === undefined || TYPE.test(type)
            ? []
            : [
                  problem(
                      `${argument}.type`,
                      `"${type}" is not a type`,
                      "Give one such as varchar(100) or decimal(12,2)",
                  ),
              ]),
    ];
}

function stepProblems(argument: string, source: Attribute | TableColumn): Problem[] {
    if ("column" in source) {
        return identifierProblems(`${argument}.column`, source.column);
    }
    const [first, ...rest] = stepsOf(source);
    const isPath =
        typeof first === "string" &&
        rest.every((step) => typeof step === "string" || (Number.isInteger(step) && step >= 0)) &&
        (source.tag === undefined || TAGS.includes(source.tag));
    return isPath
        ? []
        : [
              problem(
                  `${argument}.attribute`,
                  "It is not the way to a value of an item",
                  'Give a name first, then names of maps and indexes of lists, such as ["lines", 0, "price"]',
              ),
          ];
}

const TAGS: AttributeTag[] = ["S", "N", "BOOL", "B", "M", "L", "SS", "NS", "BS", "NULL"];
