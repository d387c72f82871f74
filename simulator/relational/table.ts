import type { EngineKind } from "./engine";
import { SqlError, type ColumnDefinition, type Expression, type TableConstraint, type Value } from "./parser";
import type { ReplicatedTable, Row, TableTrouble } from "./feed";
import { printType, typeFacts } from "./types";

/** What MySQL may do by itself to a row that refers to another; its replication does not see it. */
const UNSEEN_ACTION = /CASCADE|SET NULL|SET DEFAULT/;
const REPLICATED_STORAGE = "innodb";

/** A table's definition; never changed in place, so that the log can keep it. */
export interface TableDefinition {
    database: string;
    schema?: string;
    table: string;
    columns: ColumnDefinition[];
    key: string[];
    foreignKeyActions: string[];
    storageEngine: string;
}

export interface Table {
    definition: TableDefinition;
    /** by the primary key, or by number where there is none */
    rows: Map<string, Row>;
    nextNumber: number;
}

export function nameOf({ database, schema, table }: Pick<TableDefinition, "database" | "schema" | "table">): string[] {
    return [database, ...(schema === undefined ? [] : [schema]), table];
}

/** The definition with what constraints add to it; every column of a key is NOT NULL. */
export function constrained(definition: TableDefinition, constraints: TableConstraint[]): TableDefinition {
    const keys = constraints.flatMap(({ primaryKey }) => (primaryKey ? [primaryKey] : []));
    if (keys.length + Math.sign(definition.key.length) > 1) {
        throw new SqlError(`Multiple primary keys for table "${definition.table}" are not allowed`);
    }
    const key = keys[0] ?? definition.key;
    key.forEach((name) => requireColumn(definition, name));
    return {
        ...definition,
        key,
        columns: definition.columns.map((column) =>
            key.includes(column.name) ? { ...column, notNull: true } : column,
        ),
        foreignKeyActions: [
            ...definition.foreignKeyActions,
            ...constraints.flatMap(({ foreignKeyActions = [] }) => foreignKeyActions),
        ],
    };
}

export function requireColumn(definition: TableDefinition, name: string): ColumnDefinition {
    const column = definition.columns.find((c) => c.name === name);
    if (!column) {
        throw new SqlError(`Unknown column "${name}" of table "${definition.table}"`);
    }
    return column;
}

export function replicated(definition: TableDefinition, engine: EngineKind): ReplicatedTable {
    const { database, schema, table, key } = definition;
    const columns = definition.columns.map(({ name, type }) => ({
        name,
        sourceType: printType(type),
        redshiftType: typeFacts(engine, type)!.redshift(type.args),
    }));
    return { database, schema, table, columns, key, trouble: troubleOf(definition, columns, engine) };
}

function troubleOf(
    { key, table, foreignKeyActions, storageEngine }: TableDefinition,
    columns: ReplicatedTable["columns"],
    engine: EngineKind,
): TableTrouble | undefined {
    const foreign = columns.find(({ redshiftType }) => redshiftType === undefined);
    const unseen = foreignKeyActions.find((action) => UNSEEN_ACTION.test(action));
    if (engine === "mysql" && unseen) {
        return { code: "FAILED", reason: `Table ${table} has a foreign key with ${unseen}, which is not supported` };
    }
    if (storageEngine.toLowerCase() !== REPLICATED_STORAGE) {
        return { code: "FAILED", reason: `Table ${table} has the storage engine ${storageEngine}, not InnoDB` };
    }
    if (key.length === 0) {
        return { code: "NO_PRIMARY_KEY", reason: `Table ${table} does not have a primary key` };
    }
    return (
        foreign && {
            code: "UNSUPPORTED_TYPE",
            reason: `Column ${foreign.name} of table ${table} has the unsupported data type ${foreign.sourceType}`,
        }
    );
}

/** Where a row is kept. */
export function rowKey(table: Table, row: Row): string {
    const { key } = table.definition;
    return key.length > 0 ? JSON.stringify(key.map((name) => row[name])) : String(table.nextNumber++);
}

/** The value that a column keeps; a SqlError if the column's type can't hold it. */
export function stored({ name, type, notNull }: ColumnDefinition, value: Value, engine: EngineKind): Value {
    if (value === null) {
        if (notNull) {
            throw new SqlError(`Column "${name}" cannot be null`);
        }
        return null;
    }
    const misfit = () => new SqlError(`Incorrect ${printType(type)} value for column "${name}": ${String(value)}`);
    switch (typeFacts(engine, type)!.values) {
        case "integer":
        case "number": {
            const number = typeof value === "boolean" ? Number(value) : value;
            const whole = typeFacts(engine, type)!.values === "integer";
            if (!(whole ? /^-?\d+$/ : /^-?\d+(\.\d+)?(e[-+]?\d+)?$/).test(String(number))) {
                throw misfit();
            }
            return typeof number === "string" && Number.isSafeInteger(Number(number)) ? Number(number) : number;
        }
        case "boolean":
            if (typeof value !== "boolean") {
                throw misfit();
            }
            return value;
        case "array":
            if (!Array.isArray(value)) {
                throw misfit();
            }
            return value;
        case "json":
            return parseJson(value, misfit);
        case "text": {
            const [length] = /CHAR/.test(type.name) ? type.args : [];
            if (typeof value === "object" || String(value).length > (length ?? Infinity)) {
                throw misfit();
            }
            return String(value);
        }
        case "bytes":
            return String(value);
    }
}

function parseJson(value: Value, misfit: () => SqlError): Value {
    if (typeof value === "object") {
        return value;
    }
    try {
        return JSON.parse(String(value)) as Value;
    } catch {
        throw misfit();
    }
}

/** A literal time in SQL's own form, UTC. */
export const timestamp = (now: number): string => new Date(now).toISOString().replace("T", " ").slice(0, 19);

/** The value of an expression in the light of a row. */
export function evaluate(expression: Expression, row: Row | undefined, now: number): Value {
    switch (expression.kind) {
        case "literal":
            return expression.value;
        case "now":
            return timestamp(now);
        case "array":
            return expression.items.map((item) => evaluate(item, row, now));
        case "column":
            if (!row || !Object.hasOwn(row, expression.name)) {
                throw new SqlError(`Unknown column "${expression.name}"`);
            }
            return row[expression.name]!;
        case "operation":
            return operate(expression, row, now);
    }
}

function operate({ operator, operands }: Expression & { kind: "operation" }, row: Row | undefined, now: number): Value {
    const values = operands.map((operand) => evaluate(operand, row, now));
    const [left = null, right = null] = values;
    switch (operator) {
        case "AND":
            return values.every((value) => value === true);
        case "OR":
            return values.some((value) => value === true);
        case "NOT":
            return left === null ? null : !left;
        case "IS NULL":
            return left === null;
        case "IN":
            return left === null ? null : values.slice(1).some((value) => compare(left, value) === 0);
        case "+":
        case "-":
        case "*":
            return left === null || right === null ? null : calculate(operator, Number(left), Number(right));
        default: {
            if (left === null || right === null) {
                return null;
            }
            const order = compare(left, right);
            return {
                "=": order === 0,
                "<>": order !== 0,
                "<": order < 0,
                "<=": order <= 0,
                ">": order > 0,
                ">=": order >= 0,
            }[operator];
        }
    }
}

function calculate(operator: "+" | "-" | "*", left: number, right: number): number {
    const result = { "+": left + right, "-": left - right, "*": left * right }[operator];
    if (Number.isNaN(result)) {
        throw new SqlError(`${operator} takes numbers`);
    }
    return result;
}

function compare(left: Value, right: Value): number {
    const [a, b] = typeof left === "number" ? [left, Number(right)] : [String(left), String(right)];
    return a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN;
}

/** A row of a table as it is filled from the values that a statement gives. */
export function filled(table: Table, given: Map<string, Value>, engine: EngineKind, now: number): Row {
    const initial = (column: ColumnDefinition) => (column.default ? evaluate(column.default, undefined, now) : null);
    return Object.fromEntries(
        table.definition.columns.map((column) => {
            const value = given.has(column.name) ? given.get(column.name)! : initial(column);
            return [column.name, stored(column, column.autoIncrement ? (value ?? table.nextNumber++) : value, engine)];
        }),
    );
}
