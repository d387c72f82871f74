import { databaseSourceOf, firstOf } from "./document";
import { isMapping, type Mapping } from "./options";
import { readBody } from "./yaml";

/**
 * Whether a body reads something else than another one: another table, collection or database, or other tables of it. A pipeline loads what it reads once, and
 * AWS asks for another pipeline then.
 */
export function readsSomethingElse(before: string, after: string): boolean {
    const [old, now] = [readBy(before), readBy(after)];
    return old !== undefined && now !== undefined && old !== now;
}

/** What a body reads, as text; `undefined` for no database. */
function readBy(body: string): string | undefined {
    const source = databaseSourceOf(readBody(body));
    return source && JSON.stringify([source.kind, ...READ[source.kind](source.options)]);
}

const READ = {
    dynamodb: ({ tables }: Mapping) => [firstOf(tables).table_arn],
    documentdb: ({ host, collections }: Mapping) => [host, firstOf(collections).collection],
    rds: ({ db_identifier, database, tables }: Mapping) => [db_identifier, database, ...listsOf(tables)],
} satisfies Record<string, (options: Mapping) => unknown[]>;

function listsOf(tables: unknown): unknown[] {
    const { include, exclude } = isMapping(tables) ? tables : {};
    return [include, exclude].map((list) => (Array.isArray(list) ? [...list].sort() : []));
}
