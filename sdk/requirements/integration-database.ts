import { isDeepStrictEqual } from "node:util";

import { problem, type Problem } from "./errors";
import type { SourceEngine } from "./rds-engine";
import { identifierProblems, MAX_IDENTIFIER_BYTES, qualifiedName, quoteIdentifier, quoteLiteral } from "./sql";

/** Where the rows come from; `odb` is Oracle Database@AWS. */
export type DatabaseSource = SourceEngine | "dynamodb" | "odb";

/** A table of the database in the warehouse. A database of MySQL is a schema there; DynamoDB's tables are in `public`. */
export interface SchemaTable {
    schema: string;
    table: string;
}

/** All tables, those of some schemas, or some. */
export type TableScope = { schemas: string[] } | { tables: SchemaTable[] };

/** What can be changed while rows arrive. New settings count for new sessions. */
export interface IntegrationDatabaseOptions {
    /** Seconds from one load to the next: 0 to 432000, from 900 on for DynamoDB. With many writes, 60 to 120 spare the warehouse. @default 0; 900 for DynamoDB */
    refreshInterval?: number;
    /** Characters that Redshift does not take become `?`, in place of a table that fails. @default false */
    acceptInvalidCharacters?: boolean;
    /** Texts of more than 65,535 bytes are cut, in place of a table that fails. @default false */
    truncateColumns?: boolean;
    /** Tables can be queried in every state, also while they are loaded again. @default false */
    queryAllStates?: boolean;
    /**
     * Keeps every version of a row, with columns that say from when to when it counted: for all tables, for those of some schemas, or
     * for some. AWS switches a table only while it is synced, and leaves a copy of it behind when history ends. @default false
     */
    historyMode?: boolean | TableScope;
    /** Repairs tables with rows that arrived twice. New: AWS documents it for databases that exist. @default false */
    autoRemediation?: boolean;
}

/** A database that integrations fill. All but its options stays as it is created: another value means another database. */
export interface IntegrationDatabase {
    /** At most 127 bytes. */
    name: string;
    /** The last part of the integration's ARN. */
    integrationId: string;
    /** The database at the source, or Oracle's pluggable one: needed for PostgreSQL and Oracle, which have one database here for each there. */
    sourceDatabase?: string;
    options?: IntegrationDatabaseOptions;
}

/** Makes the database, with those of its options that the statement has; {@link alterDatabaseSql} sets the rest. */
export function createDatabaseSql({ name, integrationId, sourceDatabase, options = {} }: IntegrationDatabase): string {
    // What the options leave out is not written: AWS's own default counts.
    const set = settings(CREATE_OPTIONS, {}, createdOptions(options), 0);
    return [
        `CREATE DATABASE ${quoteIdentifier(name)} FROM INTEGRATION ${quoteLiteral(integrationId)}`,
        ...(sourceDatabase === undefined ? [] : [`DATABASE ${quoteLiteral(sourceDatabase)}`]),
        ...(set.length === 0 ? [] : ["SET", ...set]),
    ].join(" ");
}

/** The options that {@link createDatabaseSql} sets: what {@link alterDatabaseSql} takes as those before. */
export function createdOptions({
    autoRemediation: _autoRemediation,
    historyMode,
    ...options
}: IntegrationDatabaseOptions): IntegrationDatabaseOptions {
    return { ...options, ...(typeof historyMode === "boolean" ? { historyMode } : {}) };
}

/** The statements for what changed, in their order; none when nothing did. An option that is left out goes back to its default. */
export function alterDatabaseSql(
    { name, source }: { name: string; source: DatabaseSource },
    before: IntegrationDatabaseOptions,
    after: IntegrationDatabaseOptions,
): string[] {
    const alter = `ALTER DATABASE ${quoteIdentifier(name)} INTEGRATION SET`;
    const changed = settings(ALTER_OPTIONS, before, after, refreshRange(source).fallback);
    return [
        ...(changed.length === 0 ? [] : [[alter, ...changed].join(" ")]),
        ...historySettings(before.historyMode, after.historyMode).map((setting) => `${alter} ${setting}`),
    ];
}

/** Which tables are to be loaded again. */
export type RefreshScope = "all" | "in error" | "remediable" | TableScope;

export function refreshTablesSql(name: string, scope: RefreshScope): string {
    return `ALTER DATABASE ${quoteIdentifier(name)} INTEGRATION REFRESH ${
        typeof scope === "string" ? REFRESH_WORDS[scope] : scopeSql(scope)
    }`;
}

export function renameDatabaseSql(from: string, to: string): string {
    return `ALTER DATABASE ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}`;
}

/** The name that a copy gets when its own is needed, with the moment, as Redshift names the copies of tables whose history ends: `orders_kept_20261121093000`. */
export function keptDatabaseName(name: string, moment: Date): string {
    const suffix = `_kept_${moment.toISOString().replace(/\D/g, "").slice(0, 14)}`;
    const room = Buffer.from(name)
        .subarray(0, MAX_IDENTIFIER_BYTES - suffix.length)
        .toString();
    // A character that was cut in two is left out.
    return room.replace(/\ufffd+$/, "") + suffix;
}

export function dropDatabaseSql(name: string): string {
    return `DROP DATABASE ${quoteIdentifier(name)}`;
}

/** What Redshift would refuse. */
export function integrationDatabaseProblems(source: DatabaseSource, database: IntegrationDatabase): Problem[] {
    const { name, integrationId, sourceDatabase, options = {} } = database;
    return [
        ...identifierProblems("name", name),
        ...(/^[a-zA-Z0-9-]+$/.test(integrationId)
            ? []
            : [
                  problem(
                      "integrationId",
                      `"${integrationId}" is not the id of an integration`,
                      "Give the last part of its ARN",
                  ),
              ]),
        ...sourceDatabaseProblems(source, sourceDatabase),
        ...refreshIntervalSecondsProblems("options.refreshInterval", source, options.refreshInterval),
        ...historyProblems(source, options.historyMode),
    ];
}

/** The interval of a database in the warehouse, in seconds. */
export function refreshIntervalSecondsProblems(
    argument: string,
    source: DatabaseSource,
    seconds: number | undefined,
): Problem[] {
    const { least, most } = refreshRange(source);
    return seconds === undefined || (Number.isInteger(seconds) && seconds >= least && seconds <= most)
        ? []
        : [
              problem(
                  argument,
                  `${seconds} is not an interval that Redshift takes for a source of ${source}`,
                  `Give whole seconds from ${least} to ${most}`,
              ),
          ];
}

/** Databases with history. */
export const HISTORY_SOURCES: readonly DatabaseSource[] = ["aurora-mysql", "aurora-postgresql", "mysql", "dynamodb"];

const WITH_SOURCE_DATABASE: DatabaseSource[] = ["aurora-postgresql", "postgres", "oracle", "odb"];

/** In seconds, with what counts where nothing is said. */
export function refreshRange(source: DatabaseSource): { least: number; most: number; fallback: number } {
    const least = source === "dynamodb" ? 900 : 0;
    return { least, most: 432_000, fallback: least };
}

function sourceDatabaseProblems(source: DatabaseSource, sourceDatabase: string | undefined): Problem[] {
    const argument = "sourceDatabase";
    if (!WITH_SOURCE_DATABASE.includes(source)) {
        return sourceDatabase === undefined
            ? []
            : [problem(argument, `A source of ${source} has all its databases in one here`, "Leave it out")];
    }
    return sourceDatabase === undefined
        ? [problem(argument, `A source of ${source} needs the database that is meant`, "Give its name at the source")]
        : identifierProblems(argument, sourceDatabase);
}

function historyProblems(source: DatabaseSource, historyMode: IntegrationDatabaseOptions["historyMode"]): Problem[] {
    const argument = "options.historyMode";
    if (historyMode === undefined || historyMode === false) {
        return [];
    }
    if (!HISTORY_SOURCES.includes(source)) {
        return [problem(argument, `Redshift keeps no history of a source of ${source}`, "Leave it out")];
    }
    if (historyMode === true) {
        return [];
    }
    const names =
        "schemas" in historyMode
            ? historyMode.schemas
            : historyMode.tables.flatMap(({ schema, table }) => [schema, table]);
    return names.length === 0
        ? [problem(argument, "It names no table", "Name some, or leave it out")]
        : names.flatMap((name) => identifierProblems(argument, name));
}

const KEYWORDS = {
    acceptInvalidCharacters: "ACCEPTINVCHARS",
    queryAllStates: "QUERY_ALL_STATES",
    refreshInterval: "REFRESH_INTERVAL",
    truncateColumns: "TRUNCATECOLUMNS",
    historyMode: "HISTORY_MODE",
    autoRemediation: "AUTO_REMEDIATION",
} as const;

type Option = keyof typeof KEYWORDS;

// In the order of the syntax. History is switched on its own, since it may be for some tables only.
const CREATE_OPTIONS: Option[] = [
    "acceptInvalidCharacters",
    "queryAllStates",
    "refreshInterval",
    "truncateColumns",
    "historyMode",
];
const ALTER_OPTIONS: Option[] = [
    "queryAllStates",
    "acceptInvalidCharacters",
    "refreshInterval",
    "truncateColumns",
    "autoRemediation",
];

/** `refreshDefault`: the interval of a database that says nothing of it. */
function settings(
    options: Option[],
    before: IntegrationDatabaseOptions,
    after: IntegrationDatabaseOptions,
    refreshDefault: number,
): string[] {
    return options
        .map((option) => {
            const fallback = option === "refreshInterval" ? refreshDefault : false;
            return { option, old: before[option] ?? fallback, now: after[option] ?? fallback };
        })
        .filter(({ old, now }) => old !== now)
        .map(({ option, now }) => `${KEYWORDS[option]} ${typeof now === "boolean" ? bool(now) : String(now)}`);
}

function bool(value: boolean): string {
    return `= ${value ? "TRUE" : "FALSE"}`;
}

function historySettings(before: boolean | TableScope = false, after: boolean | TableScope = false): string[] {
    if (isDeepStrictEqual(before, after)) {
        return [];
    }
    // Off first: a schema that loses its history may have a table that gets one.
    return [...historySwitch(false, before, after), ...historySwitch(true, after, before)];
}

/** Switches what is in the scope and not in the other, which has the opposite. */
function historySwitch(on: boolean, scope: boolean | TableScope, other: boolean | TableScope): string[] {
    if (scope === false || (!on && other === true)) {
        return [];
    }
    const setting = `HISTORY_MODE ${bool(on)}`;
    if (scope === true) {
        return [setting];
    }
    const rest = typeof other === "boolean" ? scope : without(scope, other);
    return Object.values(rest).flat().length === 0 ? [] : [`${setting} FOR ${scopeSql(rest)}`];
}

function without(scope: TableScope, other: TableScope): TableScope {
    if ("schemas" in scope) {
        return { schemas: scope.schemas.filter((schema) => !("schemas" in other && other.schemas.includes(schema))) };
    }
    const others = "tables" in other ? other.tables : [];
    return { tables: scope.tables.filter((table) => !others.some((each) => isDeepStrictEqual(each, table))) };
}

const REFRESH_WORDS = { all: "ALL TABLES", "in error": "INERROR TABLES", remediable: "REMEDIABLE TABLES" } as const;

function scopeSql(scope: TableScope): string {
    return "schemas" in scope
        ? `ALL TABLES IN SCHEMA ${scope.schemas.map(quoteIdentifier).join(", ")}`
        : `TABLE ${scope.tables.map(({ schema, table }) => qualifiedName(schema, table)).join(", ")}`;
}
