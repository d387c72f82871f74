import Big from "big.js";

import { SqlError } from "./sql/error";
import type { Expression, Select } from "./sql/syntax";
import type { Column, Row, SqlValue } from "./warehouse";

/** What a query reads or gives: columns in order, rows by their names. */
export interface RowSet {
    columns: Column[];
    rows: Row[];
}

/** How deep a query's rows are looked at: a column of the one relation, by its name or behind the relation's. */
interface Scope {
    columns: Column[];
    /** names that may stand before a column's */
    qualifiers: string[];
}

/**
 * The rows of a query over one relation.
 *
 * @param read the relation that FROM names; a single row without columns if there is none
 */
export function runSelect(select: Select, read: (name: string[]) => RowSet): RowSet {
    const { from } = select;
    const source = from ? read(from.name) : { columns: [], rows: [{}] };
    const scope = { columns: source.columns, qualifiers: from ? [from.alias ?? from.name.at(-1)!] : [] };
    const chosen = source.rows.filter((row) => !select.where || evaluate(select.where, row, scope) === true);
    const items = select.items.flatMap((item) =>
        item.star
            ? source.columns.map(({ name, type }) => ({ label: name, type, of: (row: Row) => row[name] ?? null }))
            : [
                  {
                      label: item.label,
                      type: typeOf(item.value, scope),
                      of: (row: Row) => evaluate(item.value, row, scope),
                  },
              ],
    );
    const columns = items.map(({ label, type }) => ({ name: label, type }));
    const project = (row: Row) => Object.fromEntries(items.map(({ label, of }) => [label, of(row)]));
    if (select.items.some((item) => !item.star && item.value.kind === "count")) {
        return { columns, rows: [counted(select, chosen)] };
    }
    // Names are looked up even where there are no rows to look at.
    project(Object.fromEntries(source.columns.map(({ name }) => [name, null])));
    const ordered = chosen.toSorted((a, b) => order(select, scope, a, b));
    const rows = ordered.map(project);
    const distinct = select.distinct ? [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()] : rows;
    return { columns, rows: distinct.slice(0, select.limit) };
}

function counted({ items }: Select, rows: Row[]): Row {
    return Object.fromEntries(
        items.map((item) => {
            if (item.star || item.value.kind !== "count") {
                throw new SqlError("ERROR: columns beside count(*) must appear in a GROUP BY clause");
            }
            return [item.label, rows.length];
        }),
    );
}

function order({ orderBy, items }: Select, scope: Scope, a: Row, b: Row): number {
    for (const { by, descending } of orderBy) {
        const value = (row: Row) => evaluate(ordinal(by, items) ?? aliased(by, items) ?? by, row, scope);
        const difference = compare(value(a), value(b));
        if (difference !== 0) {
            return descending ? -difference : difference;
        }
    }
    return 0;
}

const ordinal = (by: Expression, items: Select["items"]) => {
    const item = by.kind === "literal" && typeof by.value === "number" ? items[by.value - 1] : undefined;
    return item && !item.star ? item.value : undefined;
};

const aliased = (by: Expression, items: Select["items"]) => {
    const item = items.find((i) => !i.star && by.kind === "path" && by.steps.length === 1 && i.label === by.steps[0]);
    return item && !item.star ? item.value : undefined;
};

/** NULLs last, as PostgreSQL has them. */
function compare(a: SqlValue, b: SqlValue): number {
    if (a === null || b === null) {
        return a === b ? 0 : a === null ? 1 : -1;
    }
    if (isNumeric(a) && isNumeric(b)) {
        return Number(a) - Number(b);
    }
    const [left, right] = [text(a), text(b)];
    return left < right ? -1 : left > right ? 1 : 0;
}

const isNumeric = (value: SqlValue) =>
    typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));

const text = (value: SqlValue): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

function evaluate(expression: Expression, row: Row, scope: Scope): SqlValue {
    switch (expression.kind) {
        case "literal":
            return expression.value;
        case "path":
            return follow(expression.steps, row, scope);
        case "cast":
            return cast(evaluate(expression.value, row, scope), expression.type);
        case "call":
            return call(
                expression.name,
                expression.args.map((arg) => evaluate(arg, row, scope)),
            );
        case "binary":
            return operate(expression.operator, expression.left, expression.right, row, scope);
        case "not": {
            const value = evaluate(expression.value, row, scope);
            return value === null ? null : !value;
        }
        case "null-check":
            return (evaluate(expression.value, row, scope) === null) !== expression.negated;
        case "in": {
            const value = evaluate(expression.value, row, scope);
            return expression.options.some((option) => compare(value, evaluate(option, row, scope)) === 0);
        }
        case "count":
            throw new SqlError("ERROR: aggregates not allowed here");
    }
}

/** The column that a path begins with, and what follows it into a SUPER value: NULL where there is nothing. */
function resolve(steps: (string | number)[], { columns, qualifiers }: Scope) {
    const skip = columns.some(({ name }) => name === steps[0]) ? 0 : qualifiers.includes(String(steps[0])) ? 1 : 0;
    const column = columns.find(({ name }) => name === steps[skip]);
    if (!column) {
        throw new SqlError(`ERROR: column "${steps.join(".")}" does not exist`);
    }
    return { column, rest: steps.slice(skip + 1) };
}

function follow(steps: (string | number)[], row: Row, scope: Scope): SqlValue {
    const { column, rest } = resolve(steps, scope);
    let value: SqlValue = row[column.name] ?? null;
    for (const step of rest) {
        const inner =
            typeof step === "number"
                ? Array.isArray(value)
                    ? value[step]
                    : undefined
                : value !== null && typeof value === "object" && !Array.isArray(value)
                  ? value[step]
                  : undefined;
        value = inner ?? null;
    }
    return value;
}

function operate(operator: string, left: Expression, right: Expression, row: Row, scope: Scope): SqlValue {
    const a = evaluate(left, row, scope);
    if (operator === "and" || operator === "or") {
        const isDecided = a === (operator === "or");
        return isDecided ? a : evaluate(right, row, scope);
    }
    const b = evaluate(right, row, scope);
    if (a === null || b === null) {
        return null;
    }
    switch (operator) {
        case "||":
            return text(a) + text(b);
        case "like":
            return likePattern(text(b)).test(text(a));
        case "=":
            return compare(a, b) === 0;
        case "<>":
        case "!=":
            return compare(a, b) !== 0;
        case "<":
            return compare(a, b) < 0;
        case ">":
            return compare(a, b) > 0;
        case "<=":
            return compare(a, b) <= 0;
        default:
            return compare(a, b) >= 0;
    }
}

function likePattern(pattern: string): RegExp {
    const source = pattern
        .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("%", ".*")
        .replaceAll("_", ".");
    return new RegExp(`^${source}$`, "s");
}

function call(name: string, args: SqlValue[]): SqlValue {
    switch (name) {
        case "coalesce":
        case "nvl":
            return args.find((arg) => arg !== null) ?? null;
        case "lower":
            return args[0] === null ? null : text(args[0]).toLowerCase();
        case "upper":
            return args[0] === null ? null : text(args[0]).toUpperCase();
        case "left":
            return args[0] === null ? null : [...text(args[0])].slice(0, Number(args[1])).join("");
        case "trim":
            return args[0] === null ? null : text(args[0]).trim();
        case "json_serialize":
            return args[0] === null ? null : JSON.stringify(args[0]);
        case "json_parse":
            return args[0] === null ? null : (JSON.parse(text(args[0])) as SqlValue);
        default:
            throw new SqlError(`ERROR: function ${name}() does not exist`);
    }
}

/** A SUPER value that is no scalar, or not of the type, becomes NULL; other text must be of the type. */
function cast(value: SqlValue, type: string): SqlValue {
    if (value === null || typeof value === "object") {
        return type === "super" ? value : null;
    }
    const [, base, size] = /^([a-z0-9 ]+?)\s*(?:\((.*)\))?$/.exec(type)!;
    switch (base) {
        case "varchar":
        case "char":
        case "text":
        case "character varying": {
            return text(value).slice(0, Number(size ?? 65535));
        }
        case "smallint":
        case "int":
        case "int4":
        case "integer":
        case "bigint":
        case "int8":
            return Math.round(number(value, base));
        case "decimal":
        case "numeric":
            number(value, base);
            return new Big(text(value)).toFixed(Number(size?.split(",")[1] ?? 0));
        case "real":
        case "float":
        case "float4":
        case "float8":
        case "double precision":
            return number(value, base);
        case "boolean":
        case "bool":
            return ["t", "true", "y", "yes", "1"].includes(text(value).toLowerCase());
        case "date":
            return text(value).slice(0, 10);
        case "timestamp":
        case "timestamptz":
        case "timestamp without time zone":
        case "timestamp with time zone":
            return text(value).replace("T", " ").replace("Z", "");
        case "super":
            return value;
        default:
            throw new SqlError(`ERROR: type "${type}" does not exist`);
    }
}

function number(value: SqlValue, type: string): number {
    const result = Number(value);
    if (Number.isNaN(result) || value === "") {
        throw new SqlError(`ERROR: invalid input syntax for type ${type}: "${text(value)}"`);
    }
    return result;
}

function typeOf(expression: Expression, scope: Scope): string {
    switch (expression.kind) {
        case "path": {
            const { column, rest } = resolve(expression.steps, scope);
            return rest.length > 0 ? "SUPER" : column.type;
        }
        case "cast":
            return expression.type.toUpperCase();
        case "count":
            return "BIGINT";
        case "literal":
            return typeof expression.value === "number" ? "INTEGER" : "VARCHAR(65535)";
        case "call":
        case "binary":
            return ["||", undefined].includes("operator" in expression ? expression.operator : undefined)
                ? "VARCHAR(65535)"
                : "BOOLEAN";
        default:
            return "BOOLEAN";
    }
}
