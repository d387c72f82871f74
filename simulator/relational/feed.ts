import type { EngineKind } from "./engine";
import type { Value } from "./parser";

/** A row: each column's value. Exact numbers beyond JavaScript's are strings of digits; JSON is parsed, bytes are text. */
export type Row = Record<string, Value>;

/** A table of a source as zero-ETL sees it. */
export interface ReplicatedTable {
    database: string;
    /** of PostgreSQL and Oracle */
    schema?: string;
    table: string;
    /** in the table's order */
    columns: ReplicatedColumn[];
    /** the primary key's columns; none if there is no primary key */
    key: string[];
    /** Why the table can't be replicated as it is, with the code of AWS's event. */
    trouble?: TableTrouble;
}

export interface ReplicatedColumn {
    name: string;
    /** the type in Redshift; undefined where zero-ETL doesn't take the source's type */
    redshiftType?: string;
    /** as the source writes it: `BIGINT UNSIGNED` */
    sourceType: string;
}

export interface TableTrouble {
    /** `NO_PRIMARY_KEY` and `UNSUPPORTED_TYPE` go away with their cause; `FAILED` ones need a new table */
    code: "NO_PRIMARY_KEY" | "UNSUPPORTED_TYPE" | "FAILED";
    reason: string;
}

export interface TableSnapshot extends ReplicatedTable {
    rows: Row[];
}

/** All tables that the filter lets through, at a moment. */
export interface Snapshot {
    /** from which the changes go on */
    position: number;
    tables: TableSnapshot[];
}

interface ChangeBase {
    /** of the commit; changes of one commit share it */
    position: number;
    /** ms since the epoch */
    at: number;
    database: string;
    schema?: string;
    table: string;
}

/** What a commit did to a table that the filter lets through. */
export type Change = ChangeBase &
    (
        | { kind: "insert"; row: Row }
        /** `before` is the row that was there: its key finds the row in the target */
        | { kind: "update"; row: Row; before: Row }
        | { kind: "delete"; before: Row }
        /** a new table, or one with other columns or another key */
        | {
              kind: "schema";
              definition: ReplicatedTable;
              /** why the table must be loaded anew; undefined if the target can follow */
              resync?: string;
          }
        | { kind: "drop" }
    );

/** A source, through an integration's filter. */
export interface Feed {
    readonly engine: EngineKind;
    /** @default everything */
    readonly dataFilter?: string;
    /** what it is now */
    snapshot(): Snapshot;
    /** what happened after a position, and where that ends */
    changesSince(position: number): { position: number; changes: Change[] };
}
