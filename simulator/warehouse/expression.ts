import Big from "big.js";

import { aggregate, aggregateType } from "./aggregate";
import { compare, text } from "./compare";
import { SqlError } from "./sql/error";
import type { Expression } from "./sql/syntax";
import type { Column, Row, SqlValue } from "./warehouse";

/** A relation of FROM, by the name that may stand before its columns. */
interface Relation {
    qualifier: string;
    columns: Column[];
}

/** A row of each relation; an empty one where an outer join found none. */
export type Tuple = Row[];

type Path = (string | number)[];

/** Values of expressions over the relations of a query. */
export class Evaluator {
    private readonly groupKeys: string[] | undefined;

    /** @param groupBy What the members of a group have in common; nothing but this and aggregates has a value then. @default rows stand for themselves */
    constructor(
        private readonly relations: Relation[],
        groupBy?: Expression[],
    ) {
        this.groupKeys = groupBy?.map((by) => this.keyOf(by));
    }

    /** @param members the tuples of a group, of which `tuple` is one */
    valueOf(expression: Expression, tuple: Tuple, members: Tuple[] = []): SqlValue {
        if (this.groupKeys?.includes(this.keyOf(expression))) {
            return this.ungrouped.valueOf(expression, tuple);
        }
        const value = (part: Expression) => this.valueOf(part, tuple, members);
        switch (expression.kind) {
            case "literal":
                return expression.value;
            case "path":
                this.refuseUngrouped(expression.steps);
                return this.follow(expression.steps, tuple);
            case "cast":
                return cast(value(expression.value), expression.type);
            case "call":
                return call(expression.name, expression.args.map(value));
            case "binary":
                return operate(expression.operator, value(expression.left), () => value(expression.right));
            case "not": {
                const negated = value(expression.value);
                return negated === null ? null : !negated;
            }
            case "null-check":
                return (value(expression.value) === null) !== expression.negated;
            case "in": {
                const wanted = value(expression.value);
                const options = expression.options.map(value);
                const isAmong = options.some((option) => option !== null && compare(wanted, option) === 0);
                // What is not known might be it.
                return wanted === null || (!isAmong && options.includes(null)) ? null : isAmong;
            }
            case "aggregate":
                return this.aggregate(expression, members);
        }
    }

    typeOf(expression: Expression): string {
        switch (expression.kind) {
            case "path": {
                const { column, rest } = this.resolve(expression.steps);
                return rest.length > 0 ? "SUPER" : column.type;
            }
            case "cast":
                return expression.type.toUpperCase();
            case "aggregate":
                return aggregateType(expression.name, expression.of ? this.typeOf(expression.of) : "");
            case "literal":
                return typeof expression.value === "number" ? "INTEGER" : "VARCHAR(65535)";
            case "call":
                return "VARCHAR(65535)";
            case "binary":
                return expression.operator === "||" ? "VARCHAR(65535)" : "BOOLEAN";
            default:
                return "BOOLEAN";
        }
    }

    /** Whether an expression names a column, or what is in it. */
    isColumn(expression: Expression): boolean {
        return expression.kind === "path" && this.candidates(expression.steps).length > 0;
    }

    private get ungrouped(): Evaluator {
        return new Evaluator(this.relations);
    }

    private aggregate({ name, distinct, of }: Expression & { kind: "aggregate" }, members: Tuple[]): SqlValue {
        if (!this.groupKeys) {
            throw new SqlError("ERROR: aggregates not allowed here");
        }
        if (!of) {
            return members.length;
        }
        const rows = this.ungrouped;
        const values = members.map((member) => rows.valueOf(of, member)).filter((value) => value !== null);
        const counted = distinct ? [...new Map(values.map((value) => [text(value), value])).values()] : values;
        return aggregate(name, counted, rows.typeOf(of));
    }

    private refuseUngrouped(steps: Path): void {
        // One that is not there is told first.
        const { column } = this.resolve(steps);
        if (this.groupKeys) {
            throw new SqlError(
                `ERROR: column "${column.name}" must appear in the GROUP BY clause or be used in an aggregate function`,
            );
        }
    }

    /** The same for two ways to write one expression: `total` and `orders.total`. */
    private keyOf(expression: Expression): string {
        return JSON.stringify(expression, (_, part) => {
            const found = part?.kind === "path" ? this.candidates(part.steps) : [];
            return found.length === 1 ? [found[0]!.index, found[0]!.column.name, ...found[0]!.rest] : part;
        });
    }

    /** The column that a path begins with, and what follows it into a SUPER value. */
    private resolve(steps: Path) {
        const found = this.candidates(steps);
        if (found.length !== 1) {
            const written = steps.join(".");
            throw new SqlError(
                found.length === 0
                    ? `ERROR: column "${written}" does not exist`
                    : `ERROR: column reference "${written}" is ambiguous`,
            );
        }
        return found[0]!;
    }

    private candidates(steps: Path) {
        const at = (depth: number) => (relation: Relation, index: number) => {
            const column = relation.columns.find(({ name }) => name === steps[depth]);
            return column ? [{ index, column, rest: steps.slice(depth + 1) }] : [];
        };
        const qualified = this.relations.flatMap((relation, index) =>
            relation.qualifier === steps[0] ? at(1)(relation, index) : [],
        );
        return qualified.length > 0 ? qualified : this.relations.flatMap(at(0));
    }

    private follow(steps: Path, tuple: Tuple): SqlValue {
        const { index, column, rest } = this.resolve(steps);
        return rest.reduce<SqlValue>(inside, tuple[index]?.[column.name] ?? null);
    }
}

/** NULL where there is nothing. */
function inside(value: SqlValue, step: string | number): SqlValue {
    if (value === null || typeof value !== "object" || Array.isArray(value) !== (typeof step === "number")) {
        return null;
    }
    return (value as Record<string | number, SqlValue>)[step] ?? null;
}

function operate(operator: string, a: SqlValue, right: () => SqlValue): SqlValue {
    if (operator === "and" || operator === "or") {
        const decisive = operator === "or";
        if (a === decisive) {
            return a;
        }
        const b = right();
        return a !== null || b === decisive ? b : null;
    }
    const b = right();
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
            return args[0] === null ? null : parsed(text(args[0]));
        default:
            throw new SqlError(`ERROR: function ${name}() does not exist`);
    }
}

function parsed(json: string): SqlValue {
    try {
        return JSON.parse(json) as SqlValue;
    } catch {
        throw new SqlError(`ERROR: invalid input syntax for type json: "${json}"`);
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
