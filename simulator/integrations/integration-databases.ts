import { Replica, type IntegrationDatabase } from "../warehouse/integration-database";
import { SqlError } from "../warehouse/sql/error";
import type {
    AlterDatabaseRefresh,
    AlterDatabaseSet,
    CreateDatabase,
    IntegrationOptions,
    TableSelection,
} from "../warehouse/sql/syntax";
import type { Database, Warehouse } from "../warehouse/warehouse";
import { splitArn } from "../world/context";
import type { World } from "../world/world";
import { inboundIntegrations, integrationId, type InboundIntegration } from "./inbound";
import { feedOf } from "./relational";
import { followSource } from "./relational-ingestion";
import { wake } from "../services/redshift/replication";

/** What SQL has to know of a kind of source. */
interface SourceKind {
    /** as SVV_INTEGRATION names it */
    name: string;
    /** whether its databases become one each, and so must be named */
    hasDatabases: boolean;
    hasHistory: boolean;
    /** seconds */
    minRefresh: number;
}

/** States of an integration that has been active. */
const READY = ["active", "syncing", "needs_attention"];
/** Five days, in seconds. */
const MAX_REFRESH = 432_000;

const DYNAMODB: SourceKind = { name: "DynamoDB", hasDatabases: false, hasHistory: true, minRefresh: 900 };

function sourceKind(world: World, integration: InboundIntegration): SourceKind {
    const { service, resource } = splitArn(integration.sourceArn);
    if (service === "dynamodb") {
        return DYNAMODB;
    }
    const isInstance = resource.startsWith("db:");
    const engine = feedOf(world, integration)?.engine ?? "mysql";
    return {
        mysql: { name: "MySQL", hasDatabases: false, hasHistory: true, minRefresh: 0 },
        // Of PostgreSQL, Aurora alone keeps a history.
        postgresql: { name: "PostgreSQL", hasDatabases: true, hasHistory: !isInstance, minRefresh: 0 },
        oracle: { name: "Oracle", hasDatabases: true, hasHistory: false, minRefresh: 0 },
    }[engine];
}

/** CREATE DATABASE … FROM INTEGRATION: from now on, rows arrive. */
export function createIntegrationDatabase(
    world: World,
    warehouse: Warehouse,
    database: Database,
    { integrationId: id, sourceDatabase, options }: NonNullable<CreateDatabase["from"]>,
): void {
    const integration = inboundIntegrations(world, warehouse.arn).find((i) => integrationId(i) === id);
    if (!integration) {
        throw new SqlError(`ERROR: Integration "${id}" does not exist`);
    }
    if (!READY.includes(integration.status)) {
        throw new SqlError(`ERROR: Integration "${id}" is not active: its state is ${integration.status}`);
    }
    const kind = sourceKind(world, integration);
    if (kind.hasDatabases && sourceDatabase === undefined) {
        throw new SqlError(`ERROR: The DATABASE clause is mandatory for an integration from ${kind.name}`);
    }
    if (!kind.hasDatabases && sourceDatabase !== undefined) {
        throw new SqlError(`ERROR: The DATABASE clause is not supported for an integration from ${kind.name}`);
    }
    const rival = warehouse.databasesOf(id).find((d) => d.integration.sourceDatabase === sourceDatabase);
    if (rival) {
        throw new SqlError(`ERROR: Database "${rival.name}" is created from the integration "${id}" already`);
    }
    if (options.autoRemediation !== undefined) {
        throw new SqlError("ERROR: AUTO_REMEDIATION is set by ALTER DATABASE");
    }
    checkOptions(kind, options);
    database.integration = {
        integrationId: id,
        sourceKind: kind.name,
        sourceDatabase,
        settings: {
            acceptInvalidChars: false,
            queryAllStates: false,
            refreshInterval: kind.minRefresh,
            truncateColumns: false,
            historyMode: false,
            autoRemediation: false,
            ...options,
        },
        created: world.clock.now(),
        tables: new Map(),
        loads: [],
        stateChanges: [],
        cancel: () => undefined,
    };
    warehouse.databases.set(database.name, database);
    readAgain(world, integration);
}

/** ALTER DATABASE … INTEGRATION REFRESH: the tables are loaded anew. */
export function refreshTables(
    world: World,
    warehouse: Warehouse,
    database: Database,
    { which, selection }: AlterDatabaseRefresh,
): undefined {
    const { integration, source } = requireIntegration(world, warehouse, database);
    const replica = new Replica({ ...database, integration }, world.clock.now());
    const wanted = { all: () => true, named: () => true, inerror: failed, remediable: failed }[which];
    for (const table of selected(database, integration, selection).filter(wanted)) {
        replica.setState(table, "ResyncRequired", "Requested by REFRESH");
    }
    readAgain(world, source);
}

/** ALTER DATABASE … INTEGRATION SET. */
export function setIntegration(
    world: World,
    warehouse: Warehouse,
    database: Database,
    { options, historyOf }: AlterDatabaseSet,
): undefined {
    const { integration, source } = requireIntegration(world, warehouse, database);
    checkOptions(sourceKind(world, source), options);
    const { historyMode } = options;
    if (historyMode !== undefined) {
        // Of tables that the source has no more, only those that are named are in the way.
        const tables = selected(database, integration, historyOf).filter(
            (t) => historyOf.tables || !GONE.includes(t.state),
        );
        const unready = tables.find(({ state }) => state !== "Synced");
        if (unready) {
            throw new SqlError(
                `ERROR: The history mode of ${unready.schema}.${unready.name} can't be switched in the state ${unready.state}`,
            );
        }
        const replica = new Replica({ ...database, integration }, world.clock.now());
        tables.forEach((table) => replica.setHistory(table, historyMode));
    }
    const concernsAll = !historyOf.schemas && !historyOf.tables;
    const { historyMode: _, ...others } = options;
    Object.assign(integration.settings, concernsAll ? options : others);
    readAgain(world, source);
}

/** The moment for the source to be read is now. */
function readAgain(world: World, integration: InboundIntegration): void {
    if (splitArn(integration.sourceArn).service === "dynamodb") {
        wake(world, integration.arn);
    } else {
        followSource(world, integration);
    }
}

const GONE = ["Deleted", "DroppedSource"];

const failed = ({ state }: { state: string }) => state === "Failed";

function requireIntegration(world: World, warehouse: Warehouse, database: Database) {
    const { integration } = database;
    if (!integration) {
        throw new SqlError(`ERROR: Database "${database.name}" is not created from an integration`);
    }
    const source = inboundIntegrations(world, warehouse.arn).find(
        (i) => integrationId(i) === integration.integrationId,
    );
    if (!source) {
        throw new SqlError(`ERROR: Integration "${integration.integrationId}" does not exist`);
    }
    return { integration, source };
}

function selected(database: Database, { tables }: IntegrationDatabase, { schemas, tables: names }: TableSelection) {
    for (const name of names ?? []) {
        const [table, schema = "public"] = name.toReversed();
        if (!tables.has(JSON.stringify([schema, table]))) {
            throw new SqlError(`ERROR: Table "${name.join(".")}" does not exist in database "${database.name}"`);
        }
    }
    const isNamed = (schema: string, table: string) =>
        (names ?? []).some((name) => name.at(-1) === table && (name.at(-2) ?? "public") === schema);
    return [...tables.values()].filter(({ schema, name }) =>
        names ? isNamed(schema, name) : (schemas ?? [schema]).includes(schema),
    );
}

function checkOptions({ name, hasHistory, minRefresh }: SourceKind, options: IntegrationOptions): void {
    const { refreshInterval, historyMode } = options;
    const isInRange =
        refreshInterval === undefined || (refreshInterval >= minRefresh && refreshInterval <= MAX_REFRESH);
    if (!isInRange) {
        throw new SqlError(
            `ERROR: REFRESH_INTERVAL must be from ${minRefresh} to ${MAX_REFRESH} seconds for an integration from ${name}`,
        );
    }
    if (historyMode && !hasHistory) {
        throw new SqlError(`ERROR: HISTORY_MODE is not supported for an integration from ${name}`);
    }
}
