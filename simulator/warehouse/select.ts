import { compare } from "./compare";
import { Evaluator, type Tuple } from "./expression";
import { SqlError } from "./sql/error";
import { isAggregated, type Expression, type QualifiedName, type Select } from "./sql/syntax";
import type { Column, Row, SqlValue } from "./warehouse";

/** What a query reads: columns in order, rows by their names. */
export interface RowSet {
    columns: Column[];
    rows: Row[];
}

/** What a query gives. Two columns may have one name. */
export interface ResultSet {
    columns: Column[];
    rows: SqlValue[][];
}

/** What an output row is made of: a tuple, or a group of them with the first for what they have in common. */
interface Source {
    tuple: Tuple;
    members: Tuple[];
}

type Read = (name: QualifiedName) => RowSet;

/** @param read the relation of a name, unless the query defines it */
export function runSelect(select: Select, read: Read): ResultSet {
    const relations = relationsIn(select, withCommon(select, read));
    const chosen = joined(select, relations).filter(isMet(select.where, new Evaluator(relations)));
    const groupBy = grouping(select, new Evaluator(relations));
    const evaluator = new Evaluator(relations, groupBy);
    const items = select.items.flatMap((item) =>
        item.star ? everyColumn(relations, item.of) : [{ label: item.label, value: item.value }],
    );
    const columns = items.map(({ label, value }) => ({ name: label, type: evaluator.typeOf(value) }));
    const project = ({ tuple, members }: Source) => items.map(({ value }) => evaluator.valueOf(value, tuple, members));
    const nothing = { tuple: relations.map(() => ({})), members: [] };
    // Names are looked up even where there are no rows to look at.
    project(nothing);
    const sources = (groupBy ? grouped(chosen, groupBy, new Evaluator(relations)) : chosen.map(asItself))
        .filter(({ tuple, members }) => isMet(select.having, evaluator, members)(tuple))
        .toSorted((a, b) => order(select, evaluator, a, b));
    const rows = sources.map(project);
    const distinct = select.distinct ? [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()] : rows;
    return { columns, rows: distinct.slice(0, select.limit) };
}

/** What a query gives, as something that another reads. */
export function rowSetOf({ columns, rows }: ResultSet): RowSet {
    return {
        columns,
        rows: rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]))),
    };
}

/** Queries of WITH are known by their names to those after them. */
function withCommon({ common }: Select, read: Read): Read {
    return common.reduce<Read>((earlier, { name, query }) => {
        const rows = rowSetOf(runSelect(query, earlier));
        return (asked) => (asked.length === 1 && asked[0] === name ? rows : earlier(asked));
    }, read);
}

function relationsIn({ from, joins }: Select, read: Read) {
    const relations = [...(from ? [from] : []), ...joins].map(({ name, alias }) => ({
        qualifier: alias ?? name.at(-1)!,
        ...read(name),
    }));
    const repeated = relations.find(({ qualifier }, i) => relations.findIndex((r) => r.qualifier === qualifier) < i);
    if (repeated) {
        throw new SqlError(`ERROR: table name "${repeated.qualifier}" specified more than once`);
    }
    return relations;
}

type Relations = ReturnType<typeof relationsIn>;

/** A single row without columns if there is no FROM. */
function joined({ from, joins }: Select, relations: Relations): Tuple[] {
    const first: Tuple[] = from ? relations[0]!.rows.map((row) => [row]) : [[]];
    return joins.reduce((tuples, { kind, on }, index) => {
        // ON sees what stands before it.
        const meets = isMet(on, new Evaluator(relations.slice(0, index + 2)));
        const { rows } = relations[index + 1]!;
        return tuples.flatMap((tuple) => {
            const found = rows.map((row) => [...tuple, row]).filter(meets);
            return found.length === 0 && kind === "left" ? [[...tuple, {}]] : found;
        });
    }, first);
}

function isMet(condition: Expression | undefined, evaluator: Evaluator, members: Tuple[] = []) {
    return (tuple: Tuple) => !condition || evaluator.valueOf(condition, tuple, members) === true;
}

/** The expressions that rows are grouped by; all are one group where there are aggregates alone. */
function grouping({ groupBy, items, having }: Select, evaluator: Evaluator): Expression[] | undefined {
    const isGrouped =
        groupBy.length > 0 || having !== undefined || items.some((item) => !item.star && isAggregated(item.value));
    const meant = (by: Expression) => ordinal(by, items) ?? (evaluator.isColumn(by) ? by : (aliased(by, items) ?? by));
    return isGrouped ? groupBy.map(meant) : undefined;
}

function grouped(tuples: Tuple[], groupBy: Expression[], evaluator: Evaluator): Source[] {
    if (groupBy.length === 0) {
        return [{ tuple: tuples[0] ?? [], members: tuples }];
    }
    const keyOf = (tuple: Tuple) => JSON.stringify(groupBy.map((by) => evaluator.valueOf(by, tuple)));
    return [...Map.groupBy(tuples, keyOf).values()].map((members) => ({ tuple: members[0]!, members }));
}

const asItself = (tuple: Tuple): Source => ({ tuple, members: [] });

function everyColumn(relations: Relations, of: string | undefined) {
    const meant = relations.filter(({ qualifier }) => of === undefined || qualifier === of);
    if (meant.length === 0 && of !== undefined) {
        throw new SqlError(`ERROR: relation "${of}" does not exist`);
    }
    return meant.flatMap(({ qualifier, columns }) =>
        columns.map(({ name }) => ({ label: name, value: { kind: "path", steps: [qualifier, name] } as Expression })),
    );
}

function order({ orderBy, items }: Select, evaluator: Evaluator, a: Source, b: Source): number {
    for (const { by, descending } of orderBy) {
        const meant = ordinal(by, items) ?? aliased(by, items) ?? by;
        const value = ({ tuple, members }: Source) => evaluator.valueOf(meant, tuple, members);
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
