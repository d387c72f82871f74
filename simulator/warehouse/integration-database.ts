import Big from "big.js";

import type { IntegrationOptions } from "./sql/syntax";
import type { Column, Database, Row, SqlValue, Table } from "./warehouse";

/** What a source calls its tables' replicas, as SVV_INTEGRATION_TABLE_STATE shows them. */
export type TableState = "Synced" | "Failed" | "Deleted" | "ResyncRequired" | "ResyncInitiated" | "DroppedSource";

/** What a database FROM INTEGRATION is beside its tables. */
export interface IntegrationDatabase {
    /** the UUID at the end of the integration's ARN */
    integrationId: string;
    /** as SVV_INTEGRATION names the kind: `MySQL` */
    sourceKind: string;
    /** of PostgreSQL and Oracle, whose databases become one each */
    sourceDatabase?: string;
    settings: Required<IntegrationOptions>;
    created: number;
    /** by `tableName` */
    tables: Map<string, ReplicaTable>;
    /** how far the source was read: a log position, or milliseconds. @default nothing was */
    readTo?: number;
    /** the relational filter with which it was read */
    dataFilter?: string;
    /** when it was last brought up to date */
    refreshed?: number;
    /** when the oldest change that it lacks was committed. @default it has all that are known */
    behindSince?: number;
    loads: Load[];
    stateChanges: StateChange[];
    /** calls off what happens next */
    cancel: () => void;
}

/** A table of the source with its replica. */
export interface ReplicaTable {
    schema: string;
    name: string;
    state: TableState;
    reason: string;
    isHistory: boolean;
    updated: number;
    /** the primary key's columns */
    key: string[];
    /** the rows that the source has, by their keys */
    current: Map<string, Row>;
    /** what history mode keeps of rows that the source has no more */
    past: Row[];
}

/** A snapshot or a stretch of changes, applied. */
export interface Load {
    name: string;
    type: "snapshot" | "cdc";
    started: number;
    ended: number;
    tables: { schema: string; name: string; inserted: number; updated: number; deleted: number; bytes: number }[];
}

export interface StateChange {
    schema: string;
    name: string;
    state: TableState | "ResyncDeleted";
    reason: string;
    at: number;
}

/** A source's table, as it is to be in the warehouse. */
export interface ReplicaDefinition {
    schema: string;
    name: string;
    columns: Column[];
    key: string[];
}

export const HISTORY_COLUMNS: Column[] = [
    { name: "_record_is_active", type: "BOOLEAN" },
    { name: "_record_create_time", type: "TIMESTAMP" },
    { name: "_record_delete_time", type: "TIMESTAMP" },
];

export const tableName = ({ schema, name }: { schema: string; name: string }) => JSON.stringify([schema, name]);

/** By how many milliseconds it is behind its source; 0 when it has caught up. */
export const lagOf = ({ behindSince }: IntegrationDatabase, now: number): number => now - (behindSince ?? now);

/** Redshift's timestamps: `2026-01-31 12:00:00.000`. */
export const timestamp = (time: number): string => new Date(time).toISOString().replace("T", " ").replace("Z", "");

/** A database's writes, as its integration makes them. */
export class Replica {
    constructor(
        private readonly database: Database & { integration: IntegrationDatabase },
        private readonly now: number,
    ) {}

    private get integration(): IntegrationDatabase {
        return this.database.integration;
    }

    find(schema: string, name: string): ReplicaTable | undefined {
        return this.integration.tables.get(tableName({ schema, name }));
    }

    /** The row that a table has under a row's key. */
    current(table: ReplicaTable, row: Row): Row | undefined {
        return table.current.get(this.idOf(table, row));
    }

    /** Makes the table anew with these rows. */
    load({ schema, name, columns, key }: ReplicaDefinition, rows: Row[]): ReplicaTable {
        const earlier = this.find(schema, name);
        const table: ReplicaTable = {
            schema,
            name,
            state: "Synced",
            reason: "",
            isHistory: earlier?.isHistory ?? this.integration.settings.historyMode,
            updated: this.now,
            key,
            current: new Map(),
            past: earlier?.past ?? [],
        };
        this.integration.tables.set(tableName(table), table);
        this.shape(table, columns);
        rows.forEach((row) => this.put(table, row));
        this.setState(table, "Synced");
        this.publish(table);
        return table;
    }

    /** Gives the table the columns, and its rows with them. */
    shape(table: ReplicaTable, columns: Column[]): void {
        const all = [...columns, ...(table.isHistory ? HISTORY_COLUMNS : [])];
        const schema = this.database.schemas.get(table.schema) ?? new Map<string, Table>();
        this.database.schemas.set(table.schema, schema);
        schema.set(table.name, { kind: "table", columns: all, rows: [] });
    }

    /**
     * The source's columns changed in a way that the rows can follow.
     *
     * @param source the source's rows, whose new columns have a default's value
     */
    reshape(table: ReplicaTable, columns: Column[], source: Row[]): void {
        this.shape(table, columns);
        const added = new Map(source.map((row) => [this.idOf(table, row), this.checked(table, row)]));
        const all = this.database.schemas.get(table.schema)!.get(table.name)!.columns;
        table.current.forEach((row, id) => table.current.set(id, pick({ ...added.get(id), ...row }, all)));
        table.past = table.past.map((row) => pick(row, all));
    }

    put(table: ReplicaTable, row: Row): void {
        const checked = this.checked(table, row);
        const id = this.idOf(table, row);
        this.retire(table, table.current.get(id));
        table.current.set(id, table.isHistory ? { ...checked, ...this.birth() } : checked);
    }

    /** The row changes, and perhaps its key. */
    replace(table: ReplicaTable, before: Row, row: Row): void {
        const ids = [before, row].map((r) => this.idOf(table, r));
        if (ids[0] !== ids[1]) {
            this.remove(table, before);
        }
        this.put(table, row);
    }

    remove(table: ReplicaTable, row: Row): void {
        const id = this.idOf(table, row);
        this.retire(table, table.current.get(id));
        table.current.delete(id);
    }

    /** The source's table is gone: with history its rows stay. */
    drop(table: ReplicaTable): void {
        if (table.isHistory) {
            table.current.forEach((row) => this.retire(table, row));
            table.current.clear();
            this.publish(table);
            this.setState(table, "DroppedSource");
        } else {
            this.database.schemas.get(table.schema)?.delete(table.name);
            this.setState(table, "Deleted");
        }
    }

    /** A table that can't be replicated: it is listed with its reason, and has no rows to read. */
    fail(definition: ReplicaDefinition, reason: string): void {
        const table = this.find(definition.schema, definition.name) ?? this.load(definition, []);
        this.setState(table, "Failed", reason);
    }

    setState(table: ReplicaTable, state: TableState, reason = ""): void {
        const isNews = table.state !== state || table.reason !== reason || table.updated === this.now;
        Object.assign(table, { state, reason, updated: this.now });
        if (isNews) {
            const { schema, name } = table;
            this.integration.stateChanges.push({ schema, name, state, reason, at: this.now });
        }
    }

    /** Lets readers see what was written. */
    publish(table: ReplicaTable): void {
        const relation = this.database.schemas.get(table.schema)?.get(table.name);
        if (relation) {
            relation.rows = [...table.past, ...table.current.values()];
        }
    }

    /** History on: the rows begin now. Off: a copy keeps what was, and the table has what is. */
    setHistory(table: ReplicaTable, isHistory: boolean): void {
        const schema = this.database.schemas.get(table.schema)!;
        const relation = schema.get(table.name)!;
        if (table.isHistory === isHistory) {
            return;
        }
        const isOwn = ({ name }: Column) => !HISTORY_COLUMNS.some((column) => column.name === name);
        const own = relation.columns.filter(isOwn);
        if (!isHistory) {
            schema.set(`${table.name}_historical_${Math.floor(this.now)}`, { ...relation, kind: "table" } as Table);
            table.past = [];
        }
        table.isHistory = isHistory;
        const rows = [...table.current.values()];
        table.current.clear();
        this.shape(table, own);
        rows.forEach((row) => this.put(table, pick(row, own)));
        this.publish(table);
    }

    /** What tells a row from the others: its key, as the columns have it. */
    private idOf(table: ReplicaTable, row: Row): string {
        const key = this.checked(table, Object.fromEntries(table.key.map((name) => [name, row[name]])));
        return JSON.stringify(table.key.map((name) => key[name]));
    }

    private retire(table: ReplicaTable, row: Row | undefined): void {
        if (row && table.isHistory) {
            table.past.push({ ...row, _record_is_active: false, _record_delete_time: timestamp(this.now) });
        }
    }

    private birth(): Row {
        return { _record_is_active: true, _record_create_time: timestamp(this.now), _record_delete_time: null };
    }

    /** The row as the columns take it, or the reason for which the table fails. */
    private checked({ schema, name }: ReplicaTable, row: Row): Row {
        const { columns } = this.database.schemas.get(schema)!.get(name)!;
        return Object.fromEntries(
            columns
                .filter((column) => column.name in row)
                .map((column) => [column.name, fitted(column, row[column.name], this.integration.settings)]),
        );
    }
}

/** Why a table can't take a row; ends in the table's state. */
export class RowError extends Error {}

function fitted(column: Column, value: SqlValue, settings: Required<IntegrationOptions>): SqlValue {
    const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(column.type)?.[1];
    if (scale !== undefined && (typeof value === "number" || typeof value === "string")) {
        return new Big(value).toFixed(Number(scale));
    }
    if (typeof value !== "string") {
        return value;
    }
    if (!value.isWellFormed() && !settings.acceptInvalidChars) {
        throw new RowError(`Column ${column.name} has characters that are not valid UTF-8. Set ACCEPTINVCHARS`);
    }
    const valid = value.isWellFormed() ? value : value.toWellFormed().replaceAll("\ufffd", "?");
    const length = Number(/^VARCHAR\((\d+)\)$/.exec(column.type)?.[1] ?? Infinity);
    const bytes = Buffer.from(valid);
    if (bytes.length <= length) {
        return valid;
    }
    if (!settings.truncateColumns) {
        throw new RowError(`The data in column ${column.name} is longer than ${length} bytes. Set TRUNCATECOLUMNS`);
    }
    return bytes
        .subarray(0, length)
        .toString()
        .replace(/\ufffd+$/, "");
}

function pick(row: Row, columns: Column[]): Row {
    return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
}
