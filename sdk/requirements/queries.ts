import { qualifiedName } from "./sql";

/** A query for Athena's list of saved queries. */
export interface SavedQuery {
    /** What it shows, in a word that fits into a name. */
    name: "rows" | "snapshots" | "version" | "timestamp";
    description: string;
    query: string;
}

/** What to ask an Iceberg table that an integration keeps: its rows, its history, and its rows at a point of it. */
export function savedQueries({ database, table }: { database: string; table: string }): SavedQuery[] {
    const from = `${qualifiedName(database, table)}`;
    return [
        { name: "rows", description: `Rows of ${table} as they are now`, query: `SELECT * FROM ${from} LIMIT 100` },
        {
            name: "snapshots",
            description: `Snapshots of ${table}: one for each time that AWS wrote changes`,
            query: `SELECT committed_at, snapshot_id, operation, summary FROM ${qualifiedName(database, `${table}$snapshots`)} ORDER BY committed_at DESC`,
        },
        {
            name: "version",
            description: `Rows of ${table} in one snapshot: put its snapshot_id in place of 0`,
            query: `SELECT * FROM ${from} FOR VERSION AS OF 0 LIMIT 100`,
        },
        {
            name: "timestamp",
            description: `Rows of ${table} as they were a day ago`,
            query: `SELECT * FROM ${from} FOR TIMESTAMP AS OF (current_timestamp - interval '1' day) LIMIT 100`,
        },
    ];
}
