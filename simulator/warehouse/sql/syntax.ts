/** The statements that the simulated warehouse understands, as the parser leaves them. Names are folded already. */
export type Statement =
    | Select
    | CreateDatabase
    | AlterDatabaseRefresh
    | AlterDatabaseSet
    | { kind: "rename-database"; name: string; to: string }
    | { kind: "drop-database"; name: string }
    | { kind: "create-schema"; name: QualifiedName; ifNotExists: boolean }
    | { kind: "drop-schema"; name: QualifiedName; ifExists: boolean; cascade: boolean }
    | CreateView
    | { kind: "drop-view"; name: QualifiedName; ifExists: boolean; materialized: boolean; cascade: boolean }
    | { kind: "refresh-view"; name: QualifiedName }
    | { kind: "show-view"; name: QualifiedName };

/** From one part, `table`, to three, `database.schema.table`. */
export type QualifiedName = string[];

/** The options that CREATE and ALTER DATABASE … INTEGRATION share. */
export interface IntegrationOptions {
    acceptInvalidChars?: boolean;
    queryAllStates?: boolean;
    /** seconds */
    refreshInterval?: number;
    truncateColumns?: boolean;
    historyMode?: boolean;
    autoRemediation?: boolean;
}

export interface CreateDatabase {
    kind: "create-database";
    name: string;
    /** @default a database of the warehouse's own */
    from?: { integrationId: string; sourceDatabase?: string; options: IntegrationOptions };
}

/** Which tables of an integration's database: all, those of some schemas, or those named. */
export interface TableSelection {
    schemas?: string[];
    tables?: QualifiedName[];
}

export interface AlterDatabaseRefresh {
    kind: "refresh-tables";
    name: string;
    which: "all" | "inerror" | "remediable" | "named";
    selection: TableSelection;
}

export interface AlterDatabaseSet {
    kind: "set-integration";
    name: string;
    options: IntegrationOptions;
    /** the tables whose history mode changes. @default all */
    historyOf: TableSelection;
}

export interface CreateView {
    kind: "create-view";
    name: QualifiedName;
    orReplace: boolean;
    materialized: boolean;
    autoRefresh: boolean;
    lateBinding: boolean;
    query: Select;
    /** names instead of the query's own */
    columns?: string[];
}

export interface Select {
    kind: "select";
    /** WITH: queries that this one, and those after them, may name */
    common: { name: string; query: Select }[];
    distinct: boolean;
    items: SelectItem[];
    from?: NamedRelation;
    joins: (NamedRelation & { kind: "inner" | "left"; on: Expression })[];
    where?: Expression;
    groupBy: Expression[];
    having?: Expression;
    orderBy: { by: Expression; descending: boolean }[];
    limit?: number;
}

export interface NamedRelation {
    name: QualifiedName;
    alias?: string;
}

/** `of`: the relation whose columns are meant. */
export type SelectItem = { star: true; of?: string } | { star?: undefined; value: Expression; label: string };

export const AGGREGATES = ["count", "sum", "min", "max", "avg"] as const;

export type Aggregate = (typeof AGGREGATES)[number];

export type Expression =
    | { kind: "literal"; value: string | number | boolean | null }
    /** a column, with the SUPER path that follows it */
    | { kind: "path"; steps: (string | number)[] }
    | { kind: "cast"; value: Expression; type: string }
    | { kind: "call"; name: string; args: Expression[] }
    /** without `of`, `count(*)` */
    | { kind: "aggregate"; name: Aggregate; distinct: boolean; of?: Expression }
    | { kind: "binary"; operator: string; left: Expression; right: Expression }
    | { kind: "not"; value: Expression }
    | { kind: "null-check"; value: Expression; negated: boolean }
    | { kind: "in"; value: Expression; options: Expression[] };

/** The relations that a query reads, those that it defines itself left out. */
export function relationsOf({ common, from, joins }: Select): QualifiedName[] {
    const own = common.map(({ name }) => name);
    const named = [...(from ? [from] : []), ...joins].map(({ name }) => name);
    return [...common.flatMap(({ query }) => relationsOf(query)), ...named].filter(
        ([first, ...more]) => more.length > 0 || !own.includes(first!),
    );
}

/** Whether an aggregate is in it. */
export function isAggregated(expression: Expression): boolean {
    return expression.kind === "aggregate" || partsOf(expression).some(isAggregated);
}

function partsOf(expression: Expression): Expression[] {
    switch (expression.kind) {
        case "call":
            return expression.args;
        case "binary":
            return [expression.left, expression.right];
        case "in":
            return [expression.value, ...expression.options];
        case "cast":
        case "not":
        case "null-check":
            return [expression.value];
        default:
            return [];
    }
}
