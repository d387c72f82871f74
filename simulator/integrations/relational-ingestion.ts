import type { Change, Feed, ReplicatedTable, TableSnapshot } from "../relational/feed";
import {
    RowError,
    tableName,
    type IntegrationDatabase,
    type ReplicaDefinition,
} from "../warehouse/integration-database";
import { findWarehouse, type Database, type Warehouse } from "../warehouse/warehouse";
import { minutes, seconds } from "../world/clock";
import type { World } from "../world/world";
import { inboundIntegrations, integrationId, type InboundIntegration } from "./inbound";
import { Loading, measure } from "./load";
import { feedOf } from "./relational";

/** From the statement that makes the database, or from a commit, until the first rows can be read. */
const READ_DELAY = seconds(5);
/** How long a table that must be loaded anew stays ResyncRequired, and then ResyncInitiated. */
const RESYNC_STEP = seconds(30);
const PAUSED_RETRY = minutes(1);
const MEASURED_EVERY = minutes(1);
/** Those in which replication goes on, for the tables that can. */
const REPLICATING = ["active", "needs_attention", "syncing", "modifying"];

type Target = Database & { integration: IntegrationDatabase };

/** Brings the integration's databases up to date, each when its refresh interval is over. */
export function followSource(world: World, integration: InboundIntegration): void {
    const warehouse = findWarehouse(world, integration.targetArn);
    const feed = feedOf(world, integration);
    for (const database of warehouse?.databasesOf(integrationId(integration)) ?? []) {
        const { integration: own } = database;
        const { changes } = feed?.changesSince(own.readTo ?? 0) ?? { changes: [] };
        own.behindSince = changes.find((change) => belongs(own, change))?.at;
        const due =
            own.refreshed === undefined ? 0 : own.refreshed + seconds(own.settings.refreshInterval) - world.clock.now();
        after(world, integration, warehouse!, database, Math.max(READ_DELAY, due));
    }
}

function after(
    world: World,
    { arn, targetArn }: InboundIntegration,
    warehouse: Warehouse,
    database: Target,
    ms: number,
): void {
    database.integration.cancel();
    const wait = Math.min(ms, MEASURED_EVERY);
    database.integration.cancel = world.clock.schedule(world.duration("redshift", wait), async () => {
        const integration = inboundIntegrations(world, targetArn).find((i) => i.arn === arn);
        if (integration && wait < ms) {
            await measure(world, database, integration);
            return after(world, integration, warehouse, database, ms - wait);
        }
        const feed = integration && feedOf(world, integration);
        if (!feed || !REPLICATING.includes(integration.status)) {
            return;
        }
        if (warehouse.compute.unavailable() !== undefined) {
            return after(world, integration, warehouse, database, PAUSED_RETRY);
        }
        await read(world, integration, warehouse, database, feed);
    });
}

async function read(
    world: World,
    integration: InboundIntegration,
    warehouse: Warehouse,
    database: Target,
    feed: Feed,
): Promise<void> {
    const { integration: own } = database;
    const isFirst = own.readTo === undefined;
    const loading = new Loading(world, database, isFirst ? "snapshot" : "cdc");
    const tables = new Map(
        feed
            .snapshot()
            .tables.filter((table) => belongs(own, table))
            .map((table) => [tableName(definitionOf(table)), table]),
    );
    const { position, changes } = feed.changesSince(own.readTo ?? 0);
    if (!isFirst) {
        changes.filter((change) => belongs(own, change)).forEach((change) => apply(loading, change, tables));
        if (own.dataFilter !== feed.dataFilter) {
            dropUnfiltered(loading, own, tables);
        }
    }
    own.readTo = position;
    own.dataFilter = feed.dataFilter;
    for (const table of tables.values()) {
        const replica = loading.replica.find(definitionOf(table).schema, table.table);
        if (!replica || replica.state === "Deleted" || replica.state === "ResyncInitiated") {
            load(loading, table);
        }
    }
    await loading.finish(integration);
    const waiting = [...own.tables.values()].filter(({ state }) => state === "ResyncRequired");
    if (waiting.length > 0) {
        waiting.forEach((table) => loading.replica.setState(table, "ResyncInitiated", table.reason));
        after(world, integration, warehouse, database, RESYNC_STEP);
    }
}

/** MySQL's databases become schemas; of the others, one database is read. */
function belongs({ sourceDatabase }: IntegrationDatabase, { database }: { database: string }): boolean {
    return database === (sourceDatabase ?? database);
}

const placeOf = ({ database, schema, table }: Pick<Change, "database" | "schema" | "table">) => ({
    schema: schema ?? database,
    name: table,
});

function definitionOf(table: ReplicatedTable): ReplicaDefinition {
    return {
        ...placeOf(table),
        columns: table.columns
            .filter(({ redshiftType }) => redshiftType !== undefined)
            .map(({ name, redshiftType }) => ({ name, type: redshiftType! })),
        key: table.key,
    };
}

function load(loading: Loading, { rows, ...table }: TableSnapshot): void {
    const definition = definitionOf(table);
    if (table.trouble) {
        return loading.replica.fail(definition, table.trouble.reason);
    }
    try {
        loading.loaded(loading.replica.load(definition, rows));
    } catch (error) {
        if (!(error instanceof RowError)) {
            throw error;
        }
        loading.replica.fail(definition, error.message);
    }
}

function apply(loading: Loading, change: Change, tables: Map<string, TableSnapshot>): void {
    const { replica } = loading;
    const { schema, name } = placeOf(change);
    const table = replica.find(schema, name);
    if (!table || table.state === "Deleted") {
        // New to the database: it is loaded as a whole.
        return;
    }
    if (change.kind === "drop") {
        return replica.drop(table);
    }
    if (change.kind === "schema") {
        const definition = definitionOf(change.definition);
        if (change.definition.trouble) {
            return replica.fail(definition, change.definition.trouble.reason);
        }
        if (change.resync !== undefined) {
            return replica.setState(table, "ResyncRequired", change.resync);
        }
        const rows = tables.get(tableName(table))?.rows ?? [];
        return loading.attempt(table, () => replica.reshape(table, definition.columns, rows));
    }
    if (table.state !== "Synced") {
        return;
    }
    switch (change.kind) {
        case "insert":
            return loading.put(table, change.row);
        case "update":
            return loading.put(table, change.row, change.before);
        case "delete":
            return loading.remove(table, change.before);
    }
}

/** What a new filter lets through no more leaves the warehouse. */
function dropUnfiltered(loading: Loading, own: IntegrationDatabase, tables: Map<string, TableSnapshot>): void {
    [...own.tables.values()]
        .filter((table) => table.state !== "Deleted" && !tables.has(tableName(table)))
        .forEach((table) => loading.replica.drop(table));
}
