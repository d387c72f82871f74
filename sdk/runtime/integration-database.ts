import { isDeepStrictEqual } from "node:util";

import { validate } from "@aws-sdk/util-arn-parser";

import { integrationIdOf } from "../requirements/arn";
import { durationProblems, durationSeconds, type Duration } from "../requirements/duration";
import { problem, type Problem } from "../requirements/errors";
import {
    alterDatabaseSql,
    createDatabaseSql,
    createdOptions,
    dropDatabaseSql,
    integrationDatabaseProblems,
    keptDatabaseName,
    refreshRange,
    refreshTablesSql,
    renameDatabaseSql,
    type DatabaseSource,
    type IntegrationDatabaseOptions,
    type RefreshScope,
    type TableScope,
} from "../requirements/integration-database";
import { databaseStateSql, tableStatesSql } from "../requirements/integration-state";

import { enter } from "./account-guard";
import type { Clients } from "./clients";
import { awsFailure, InitializationFailed, ResourceError, type Subject } from "./errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "./handler";
import { everyPage } from "./pages";
import { poll } from "./poll";
import { isUnknown, plain, UNKNOWN } from "./values";
import {
    connectionProblems,
    isSameWarehouse,
    StatementFailed,
    statementToken,
    Warehouse,
    type Row,
    type WarehouseConnection,
} from "./warehouse";

export interface IntegrationDatabaseInputs extends CommonInputs {
    integrationArn: string;
    /** Decides which options there are. */
    source: DatabaseSource;
    databaseName: string;
    sourceDatabase?: string;
    warehouse: WarehouseConnection;
    options?: IntegrationDatabaseOptions;
    /** Loads tables again, once for each `token`; not when the database is made, since all are loaded then. */
    resyncTables?: { tables: RefreshScope; token: string };
    /** Takes the name from a database that another integration still fills: that one gets another name. @default false */
    adoptExisting?: boolean;
    /** Drops the database when it is destroyed, and the earlier copy when the integration is another one. @default false: its rows stay */
    dropOnDestroy?: boolean;
    /** @default "30m" */
    timeout?: Duration;
}

export interface FailedTable {
    schema: string;
    table: string;
    /** `Failed` or `ResyncRequired`. */
    state: string;
    /** Redshift's explanation. */
    reason: string;
}

export interface IntegrationDatabaseOutputs {
    /** `CdcRefreshState`, `ErrorState`, … */
    databaseState: string;
    failedTables: FailedTable[];
    /** The name that an earlier copy got when this one took its own. */
    earlierCopy?: string;
}

type Outputs = IntegrationDatabaseInputs & IntegrationDatabaseOutputs;

const TYPE = "RedshiftIntegrationDatabase";
const DEFAULT_TIMEOUT = "30m";

const rules: InputRules<IntegrationDatabaseInputs> = {
    keys: [
        "integrationArn",
        "source",
        "databaseName",
        "sourceDatabase",
        "warehouse",
        "options",
        "resyncTables",
        "adoptExisting",
        "dropOnDestroy",
        "timeout",
    ],
    // The integration may be of another account: the database is in the warehouse's.
    place: () => ({ argument: "warehouse", arn: "" }),
    canonical: (inputs) => ({
        ...inputs,
        options: isUnknown(inputs.options) ? inputs.options : withoutDefaults(inputs.options, inputs.source),
    }),
    problems,
    replaces: (key, olds, news) =>
        key === "warehouse"
            ? !isSameWarehouse(olds.warehouse, news.warehouse)
            : // A replacement would find what the deletion kept in its way; an update knows that it is ours.
              key === "sourceDatabase",
};

/** A database in a warehouse that an integration fills. */
export const redshiftIntegrationDatabase = handlerOf<IntegrationDatabaseInputs, Outputs>(rules, {
    async create(inputs) {
        const database = await connect(inputs);
        const before = await database.obtain();
        const id = `${inputs.warehouse.workgroupName ?? inputs.warehouse.clusterIdentifier}/${inputs.databaseName}`;
        try {
            await database.alter(before);
            return { id, outs: await database.outputs() };
        } catch (error) {
            const state = { databaseState: "", failedTables: [], earlierCopy: database.earlierCopy };
            // What it has is what the next update begins with.
            throw new InitializationFailed(id, plain({ ...inputs, ...state, options: before }), error as Error);
        }
    },

    async read(id, props) {
        const database = await connect(props);
        const status = await database.status();
        if (status !== undefined && /^paus/.test(status)) {
            // Nobody can look into it now.
            return { id, props, inputs: plain(inputsOf(rules, props)) };
        }
        const found = status === undefined ? undefined : await database.find();
        if (!found || !database.isOurs(found)) {
            return { id: "" };
        }
        const tables = await database.tables();
        const inputs = { ...inputsOf(rules, props), options: observed(props, found, tables) };
        const { earlierCopy } = props;
        return { id, props: plain({ ...inputs, ...stateOf(found, tables), earlierCopy }), inputs: plain(inputs) };
    },

    async update(_id, olds, news) {
        const database = await connect(news, olds);
        await database.alter(await database.follow(olds));
        if (news.resyncTables && news.resyncTables.token !== olds.resyncTables?.token) {
            await database.resync(news.resyncTables);
        }
        return { outs: await database.outputs() };
    },

    async delete(_id, props) {
        if (!props.dropOnDestroy) {
            return;
        }
        const database = await connect(props);
        if ((await database.status()) === undefined) {
            return;
        }
        // None is told of once its integration is gone; one of another has taken the name of ours.
        const found = await database.find();
        if (!found || database.isOurs(found)) {
            await database.drop();
        }
    },
});

async function connect(inputs: IntegrationDatabaseInputs, { earlierCopy }: Partial<Outputs> = {}): Promise<Database> {
    const subject = { type: TYPE, owner: inputs.owner };
    const seconds = durationSeconds(inputs.timeout ?? DEFAULT_TIMEOUT)!;
    const clients = await enter(inputs.account, subject);
    const warehouse = new Warehouse(clients, subject, inputs.warehouse, seconds);
    return new Database(clients, warehouse, subject, inputs, seconds, earlierCopy);
}

class Database {
    private readonly name: string;

    constructor(
        private readonly clients: Clients,
        private readonly warehouse: Warehouse,
        private readonly subject: Subject,
        private readonly inputs: IntegrationDatabaseInputs,
        private readonly timeoutSeconds: number,
        public earlierCopy: string | undefined,
    ) {
        this.name = inputs.databaseName;
    }

    status(): Promise<string | undefined> {
        return this.warehouse.status();
    }

    async find(name = this.name): Promise<Row | undefined> {
        const [row] = await this.run(databaseStateSql(name), "tell of the database");
        return row;
    }

    tables(): Promise<Row[]> {
        return this.run(tableStatesSql(this.name), "tell of the database's tables");
    }

    isOurs({ integration_id: integrationId, source_database: sourceDatabase }: Row): boolean {
        return (
            integrationId === integrationIdOf(this.inputs.integrationArn) &&
            (this.inputs.sourceDatabase === undefined ||
                !sourceDatabase ||
                sourceDatabase === this.inputs.sourceDatabase)
        );
    }

    /** Makes the database, or goes on with what an interrupted update made. Answers with the options that it has. */
    async obtain(): Promise<IntegrationDatabaseOptions> {
        const found = await this.find();
        if (found && this.isOurs(found)) {
            return this.optionsOf(found);
        }
        if (found) {
            await this.takeNameFrom(found);
        }
        const { integrationArn, sourceDatabase, options = {} } = this.inputs;
        const database = { name: this.name, integrationId: integrationIdOf(integrationArn), sourceDatabase, options };
        try {
            await this.warehouse.run(createDatabaseSql(database));
        } catch (error) {
            const made = /already exists/i.test((error as Error).message) ? await this.find() : undefined;
            if (made && this.isOurs(made)) {
                return this.optionsOf(made);
            }
            if (/already exists/i.test((error as Error).message)) {
                throw this.taken("is not known as one that an integration fills", "Or rename or drop that one");
            }
            throw awsFailure(this.subject, `Redshift refuses to create the database "${this.name}"`, error);
        }
        return createdOptions(options);
    }

    /** Goes over to another integration or another name, if that is what changed. Answers with the options that it has then. */
    async follow(olds: Outputs): Promise<IntegrationDatabaseOptions> {
        if (olds.integrationArn !== this.inputs.integrationArn) {
            await this.leave(olds);
            return this.obtain();
        }
        if (olds.databaseName !== this.name) {
            const found = await this.find();
            if (!found || !this.isOurs(found)) {
                await this.run(renameDatabaseSql(olds.databaseName, this.name), `rename "${olds.databaseName}" to`);
            }
        }
        return olds.options ?? {};
    }

    /** What the integration before has filled stays, under another name if its own is needed. */
    private async leave({ integrationArn, databaseName }: Outputs): Promise<void> {
        const found = await this.find(databaseName);
        // None may be told of once its integration is gone; any other has taken the name since.
        if (found && found.integration_id !== integrationIdOf(integrationArn)) {
            return;
        }
        if (this.inputs.dropOnDestroy) {
            await this.drop(databaseName);
        } else if (databaseName === this.name) {
            await this.setAside();
        }
    }

    /** A copy that nothing fills any more makes room; so does one of the same integration, filled from another database. */
    private async takeNameFrom({ integration_id: id }: Row): Promise<void> {
        const isOwn = id === integrationIdOf(this.inputs.integrationArn);
        if (!isOwn && !this.inputs.adoptExisting && (await this.isAlive(String(id)))) {
            throw this.taken(`is filled by the integration ${id}`, "adoptExisting: true gives that one another name");
        }
        await this.setAside();
    }

    private async setAside(): Promise<void> {
        const kept = keptDatabaseName(this.name, new Date());
        try {
            await this.warehouse.run(renameDatabaseSql(this.name, kept));
            this.earlierCopy = kept;
        } catch (error) {
            // A killed update may have done it, or somebody has dropped it.
            if (!/does not exist/i.test((error as Error).message)) {
                throw awsFailure(
                    this.subject,
                    `Redshift refuses to rename "${this.name}" to "${kept}", so as to make room (another databaseName needs none)`,
                    error,
                );
            }
        }
    }

    private async isAlive(integrationId: string): Promise<boolean> {
        try {
            const inbound = await everyPage(
                (Marker) => this.clients.redshift.describeInboundIntegrations({ Marker }),
                ({ InboundIntegrations }) => InboundIntegrations,
            );
            return inbound.some(
                ({ IntegrationArn, Status }) =>
                    integrationIdOf(IntegrationArn!) === integrationId && Status !== "deleting",
            );
        } catch (error) {
            throw awsFailure(
                this.subject,
                `AWS does not tell whether ${integrationId} still fills "${this.name}"`,
                error,
            );
        }
    }

    /** Changes what differs from the options that it has. */
    async alter(before: IntegrationDatabaseOptions): Promise<void> {
        const { source, options = {} } = this.inputs;
        const statements = alterDatabaseSql({ name: this.name, source }, before, options);
        if (!isDeepStrictEqual(before.historyMode ?? false, options.historyMode ?? false)) {
            await this.synced([before.historyMode, options.historyMode]);
        }
        for (const statement of statements) {
            await this.run(statement, "change the database");
        }
    }

    async resync({ tables, token }: { tables: RefreshScope; token: string }): Promise<void> {
        const once = statementToken(this.inputs.owner, this.name, token);
        await this.run(refreshTablesSql(this.name, tables), "load tables again", once);
    }

    async drop(name = this.name): Promise<void> {
        try {
            await this.warehouse.run(dropDatabaseSql(name));
        } catch (error) {
            if (!/does not exist/i.test((error as Error).message)) {
                throw awsFailure(
                    this.subject,
                    `Redshift refuses to drop the database "${name}", which dropOnDestroy: false would keep`,
                    error,
                );
            }
        }
    }

    async outputs(): Promise<Outputs> {
        const found = await this.find();
        if (!found || !this.isOurs(found)) {
            throw new ResourceError(
                this.subject,
                `the database "${this.name}" is gone`,
                "Run `pulumi refresh`, then the update makes a new one",
            );
        }
        const { earlierCopy } = this;
        return plain({ ...this.inputs, ...stateOf(found, await this.tables()), earlierCopy });
    }

    /** Redshift switches the history of a table only while it is synced; a new one has to be loaded first. */
    private async synced(scopes: IntegrationDatabaseOptions["historyMode"][]): Promise<void> {
        let waiting: string[] = [];
        const done = await poll(this.timeoutSeconds, async () => {
            const tables = await this.tables();
            const concerned = tables.filter((table) => scopes.some((scope) => isIn(scope, table)));
            const named = scopes.flatMap((scope) => (typeof scope === "object" ? namesIn(scope) : []));
            waiting = [
                ...named.filter((name) => !tables.some((table) => [nameOf(table), table.schema_name].includes(name))),
                ...concerned.filter(({ table_state: state }) => !SETTLED.includes(String(state))).map(nameOf),
            ];
            return waiting.length === 0 || undefined;
        });
        if (!done) {
            throw new ResourceError(
                this.subject,
                `the history of ${waiting.join(", ")} cannot be switched: Redshift has not loaded it within ${this.timeoutSeconds} seconds`,
                "Look at failedTables, or give it a longer timeout; the next update goes on",
            );
        }
    }

    private async optionsOf(found: Row): Promise<IntegrationDatabaseOptions> {
        const options = this.inputs.options ?? {};
        // The warehouse does not tell these: they are set whatever they are.
        const hidden = HIDDEN_OPTIONS.map((option) => [option, !(options[option] ?? false)]);
        return { ...observed(this.inputs, found, await this.tables()), ...Object.fromEntries(hidden) };
    }

    private async run(sql: string, doing: string, token?: string): Promise<Row[]> {
        try {
            return await this.warehouse.run(sql, token);
        } catch (error) {
            throw error instanceof StatementFailed
                ? awsFailure(this.subject, `Redshift refuses to ${doing} "${this.name}"`, error)
                : error;
        }
    }

    private taken(what: string, hint: string): ResourceError {
        return new ResourceError(
            this.subject,
            `there is already a database "${this.name}", which ${what}`,
            `Choose another databaseName. ${hint}`,
        );
    }
}

const HIDDEN_OPTIONS = ["acceptInvalidCharacters", "truncateColumns", "queryAllStates"] as const;

/** States in which Redshift does nothing with a table. */
const SETTLED = ["Synced", "Deleted", "DroppedSource"];

const FAILED = ["Failed", "ResyncRequired"];

function stateOf(database: Row, tables: Row[]): IntegrationDatabaseOutputs {
    return {
        databaseState: String(database.state ?? ""),
        failedTables: tables
            .filter(({ table_state: state }) => FAILED.includes(String(state)))
            .map(({ schema_name: schema, table_name: table, table_state: state, reason }) => ({
                schema: String(schema),
                table: String(table),
                state: String(state),
                reason: String(reason ?? ""),
            })),
    };
}

/** The options as the warehouse tells them; those that it does not tell stay. */
function observed(
    { options = {}, source }: IntegrationDatabaseInputs,
    database: Row,
    tables: Row[],
): IntegrationDatabaseOptions {
    const { refresh_interval: interval, is_history_mode: history, auto_remediation: remediation } = database;
    const told: IntegrationDatabaseOptions = {
        refreshInterval: interval === undefined ? options.refreshInterval : Number(interval),
        autoRemediation: remediation === undefined ? options.autoRemediation : isTrue(remediation),
        historyMode:
            typeof options.historyMode === "object"
                ? scopeWithHistory(options.historyMode, tables)
                : history === undefined
                  ? options.historyMode
                  : isTrue(history),
    };
    return withoutDefaults({ ...options, ...told }, source);
}

/** What is left of a scope whose tables somebody has switched. */
function scopeWithHistory(scope: TableScope, tables: Row[]): TableScope {
    const lost = tables.filter((table) => !isTrue(table.is_history_mode) && table.table_state === "Synced");
    return "schemas" in scope
        ? { schemas: scope.schemas.filter((schema) => !lost.some((table) => table.schema_name === schema)) }
        : { tables: scope.tables.filter((each) => !lost.some((table) => isTable(each, table))) };
}

function withoutDefaults(options: IntegrationDatabaseOptions = {}, source: DatabaseSource): IntegrationDatabaseOptions {
    const { refreshInterval, ...others } = options;
    const set = Object.fromEntries(
        Object.entries(others).filter(([, value]) => value !== undefined && value !== false),
    );
    return refreshInterval === undefined || refreshInterval === refreshRange(source).fallback
        ? set
        : { ...set, refreshInterval };
}

function isIn(scope: IntegrationDatabaseOptions["historyMode"], table: Row): boolean {
    if (typeof scope !== "object") {
        return scope === true;
    }
    return "schemas" in scope
        ? scope.schemas.includes(String(table.schema_name))
        : scope.tables.some((each) => isTable(each, table));
}

function isTable({ schema, table }: { schema: string; table: string }, row: Row): boolean {
    return row.schema_name === schema && row.table_name === table;
}

function namesIn(scope: TableScope): string[] {
    return "schemas" in scope ? scope.schemas : scope.tables.map(({ schema, table }) => `${schema}.${table}`);
}

function nameOf({ schema_name: schema, table_name: table }: Row): string {
    return `${schema}.${table}`;
}

/** The Data API gives a boolean of a system view as a boolean, or as a letter. */
function isTrue(value: Row[string]): boolean {
    return value === true || value === "t" || value === "true";
}

const ARGUMENTS: Record<string, string> = { name: "databaseName", integrationId: "integrationArn" };

function problems(inputs: IntegrationDatabaseInputs): Problem[] {
    const { integrationArn, source, databaseName: name, sourceDatabase, options = {}, timeout } = inputs;
    const connection = isUnknown(inputs.warehouse) ? [] : connectionProblems("warehouse", inputs.warehouse);
    const others = [...connection, ...durationProblems("timeout", timeout)];
    if (isUnknown(source)) {
        return others;
    }
    if (!isUnknown(integrationArn) && !validate(integrationArn)) {
        return [...others, problem("integrationArn", `"${integrationArn}" is not an ARN`, "Give an integration's ARN")];
    }
    const known = Object.fromEntries(Object.entries(options).filter(([, value]) => !isUnknown(value)));
    const integrationId = isUnknown(integrationArn) ? UNKNOWN : integrationIdOf(integrationArn);
    return [
        ...others,
        ...integrationDatabaseProblems(source, { name, integrationId, sourceDatabase, options: known }).map((each) => ({
            ...each,
            argument: ARGUMENTS[each.argument] ?? each.argument,
        })),
    ];
}
