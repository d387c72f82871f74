import { qualifiedName, quoteLiteral } from "./sql";

// Every column, since older warehouses lack the newest, and a name that is not there is an error.

/** What an integration's database is like: one row, or none where there is no such database. */
export function databaseStateSql(name: string): string {
    return `SELECT * FROM svv_integration WHERE target_database = ${quoteLiteral(name)}`;
}

/** How the tables of an integration's database are: a row for each. */
export function tableStatesSql(name: string): string {
    return `SELECT * FROM svv_integration_table_state WHERE target_database = ${quoteLiteral(name)}`;
}

/** The statement that a view was made by, as Redshift keeps it. */
export function showViewSql({ schema = "public", name }: { schema?: string; name: string }): string {
    return `SHOW VIEW ${qualifiedName(schema, name)}`;
}
