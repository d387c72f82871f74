import { isPostgreSql, type SourceEngine } from "../rds-engine";

/** The condition that holds for rows of a table: `table` of MySQL, `schema.table` of PostgreSQL. */
export function tableCondition(engine: SourceEngine, table: string): string {
    const [schema, name] = isPostgreSql(engine) ? splitAtFirst(table) : [undefined, table];
    return [...(schema === undefined ? [] : [is("schema_name", schema)]), is("table_name", name)].join(" and ");
}

function splitAtFirst(table: string): [schema: string | undefined, name: string] {
    const point = table.indexOf(".");
    return point < 0 ? [undefined, table] : [table.slice(0, point), table.slice(point + 1)];
}

function is(metadata: string, value: string): string {
    // What a text of an expression would end with, or begin an expression with.
    return `getMetadata("${metadata}") == "${value.replace(/["\\$]/g, "\\$&")}"`;
}
