import { inboundIntegrations, integrationId } from "../integrations/inbound";
import type { World } from "../world/world";
import { lagOf, timestamp, type IntegrationDatabase } from "./integration-database";
import type { RowSet } from "./select";
import type { Database, Relation, Row, SqlValue, Warehouse } from "./warehouse";

interface SystemView {
    columns: string[];
    rows(warehouse: Warehouse, world: World, connected: string): SqlValue[][];
}

type FromIntegration = Database & { integration: IntegrationDatabase };

/** What Redshift says of itself: columns as its documentation lists them. */
const VIEWS: Record<string, SystemView> = {
    svv_integration: {
        columns: [
            "integration_id",
            "target_database",
            "source",
            "state",
            "current_lag",
            "last_replicated_checkpoint",
            "total_tables_replicated",
            "total_tables_failed",
            "creation_time",
            "refresh_interval",
            "source_database",
            "is_history_mode",
            "auto_remediation",
        ],
        rows: (warehouse, world) => {
            const waiting = inboundIntegrations(world, warehouse.arn)
                .map(integrationId)
                .filter((id) => warehouse.databasesOf(id).length === 0);
            return [
                ...waiting.map((id) => [id, null, null, "PendingDbConnectState", ...Array<null>(9).fill(null)]),
                ...replicated(warehouse).map(({ name, integration }) => integrationRow(name, integration, world)),
            ];
        },
    },
    svv_integration_table_state: {
        columns: [
            "integration_id",
            "target_database",
            "schema_name",
            "table_name",
            "table_state",
            "table_last_replicated_checkpoint",
            "reason",
            "last_updated_timestamp",
            "table_rows",
            "table_size",
            "is_history_mode",
        ],
        rows: (warehouse) =>
            replicated(warehouse).flatMap(({ name: database, integration }) =>
                [...integration.tables.values()].map(({ schema, name, state, reason, updated, current, isHistory }) => [
                    integration.integrationId,
                    database,
                    schema,
                    name,
                    state,
                    checkpoint(integration),
                    reason,
                    timestamp(updated),
                    current.size,
                    0,
                    isHistory,
                ]),
            ),
    },
    sys_integration_activity: {
        columns: [
            "integration_id",
            "target_database",
            "source",
            "checkpoint_name",
            "checkpoint_type",
            "checkpoint_bytes",
            "last_commit_timestamp",
            "modified_tables",
            "integration_start_time",
            "integration_end_time",
        ],
        rows: (warehouse) =>
            replicated(warehouse).flatMap(({ name, integration }) =>
                integration.loads.map((load) => [
                    integration.integrationId,
                    name,
                    integration.sourceKind,
                    load.name,
                    load.type,
                    load.tables.reduce((sum, table) => sum + table.bytes, 0),
                    timestamp(load.started),
                    load.tables.map((table) => table.name).join(","),
                    timestamp(load.started),
                    timestamp(load.ended),
                ]),
            ),
    },
    sys_integration_table_activity: {
        columns: [
            "integration_id",
            "checkpoint_name",
            "target_database",
            "schema_name",
            "table_name",
            "record_time",
            "inserted_rows",
            "deleted_rows",
            "updated_rows",
            "bytes_ingested",
        ],
        rows: (warehouse) =>
            replicated(warehouse).flatMap(({ name: database, integration }) =>
                integration.loads.flatMap((load) =>
                    load.tables.map(({ schema, name, inserted, deleted, updated, bytes }) => [
                        integration.integrationId,
                        load.name,
                        database,
                        schema,
                        name,
                        timestamp(load.ended),
                        inserted,
                        deleted,
                        updated,
                        bytes,
                    ]),
                ),
            ),
    },
    sys_integration_table_state_change: {
        columns: [
            "integration_id",
            "database_name",
            "schema_name",
            "table_name",
            "new_state",
            "table_last_replicated_checkpoint",
            "state_change_reason",
            "record_time",
        ],
        rows: (warehouse) =>
            replicated(warehouse).flatMap(({ name: database, integration }) =>
                integration.stateChanges.map(({ schema, name, state, reason, at }) => [
                    integration.integrationId,
                    database,
                    schema,
                    name,
                    state,
                    checkpoint(integration),
                    reason,
                    timestamp(at),
                ]),
            ),
    },
    svv_redshift_databases: {
        columns: ["database_name", "database_owner", "database_type", "database_acl", "database_options"],
        rows: ({ databases }) =>
            [...databases.values()].map(({ name, owner, integration }) => [
                name,
                owner,
                integration ? "integration" : "local",
                null,
                null,
            ]),
    },
    pg_database: {
        columns: ["datname"],
        rows: ({ databases }) => [...databases.keys()].map((name) => [name]),
    },
    svv_all_schemas: {
        columns: ["database_name", "schema_name", "schema_owner", "schema_type"],
        rows: ({ databases }) =>
            [...databases.values()].flatMap(({ name, owner, schemas }) =>
                [...schemas.keys()].map((schema) => [name, schema, owner, "local"]),
            ),
    },
    svv_all_tables: {
        columns: ["database_name", "schema_name", "table_name", "table_type"],
        rows: (warehouse) =>
            relations(warehouse).map(({ database, schema, name, relation }) => [
                database.name,
                schema,
                name,
                relation.kind === "table" ? "TABLE" : "VIEW",
            ]),
    },
    svv_all_columns: {
        columns: ["database_name", "schema_name", "table_name", "column_name", "ordinal_position", "data_type"],
        rows: (warehouse) =>
            relations(warehouse).flatMap(({ database, schema, name, relation }) =>
                relation.columns.map((column, index) => [
                    database.name,
                    schema,
                    name,
                    column.name,
                    index + 1,
                    column.type.toLowerCase(),
                ]),
            ),
    },
    svv_all_views: {
        columns: ["database_name", "schema_name", "view_name", "view_definition"],
        rows: (warehouse) =>
            views(warehouse).map(({ database, schema, name, relation }) => [
                database.name,
                schema,
                name,
                relation.definition,
            ]),
    },
    pg_views: {
        columns: ["schemaname", "viewname", "viewowner", "definition"],
        rows: (warehouse, _, connected) =>
            views(warehouse)
                .filter(({ database }) => database.name === connected)
                .map(({ database, schema, name, relation }) => [schema, name, database.owner, relation.definition]),
    },
    svv_mv_info: {
        columns: ["database_name", "schema_name", "user_name", "name", "is_stale", "state"],
        rows: (warehouse) =>
            views(warehouse)
                .filter(({ relation }) => relation.kind === "materialized")
                .map(({ database, schema, name }) => [database.name, schema, database.owner, name, "f", 1]),
    },
};

/** Undefined if Redshift's catalog has no such view, as far as it is simulated. */
export function systemView(name: string, warehouse: Warehouse, world: World, connected: string): RowSet | undefined {
    const view = VIEWS[name];
    return (
        view && {
            columns: view.columns.map((column) => ({ name: column, type: "VARCHAR(65535)" })),
            rows: view
                .rows(warehouse, world, connected)
                .map((values): Row => Object.fromEntries(view.columns.map((column, i) => [column, values[i] ?? null]))),
        }
    );
}

function replicated({ databases }: Warehouse): FromIntegration[] {
    return [...databases.values()].filter(
        (database): database is FromIntegration => database.integration !== undefined,
    );
}

function integrationRow(name: string, integration: IntegrationDatabase, world: World): SqlValue[] {
    const tables = [...integration.tables.values()];
    const { settings, refreshed } = integration;
    return [
        integration.integrationId,
        name,
        integration.sourceKind,
        refreshed === undefined ? "SchemaDiscoveryState" : "CdcRefreshState",
        refreshed === undefined ? null : Math.floor(lagOf(integration, world.clock.now())),
        checkpoint(integration),
        tables.filter(({ state }) => state === "Synced").length,
        tables.filter(({ state }) => state === "Failed").length,
        timestamp(integration.created),
        settings.refreshInterval,
        integration.sourceDatabase ?? null,
        settings.historyMode,
        settings.autoRemediation,
    ];
}

const checkpoint = ({ loads }: IntegrationDatabase): string | null => loads.at(-1)?.name ?? null;

function relations({ databases }: Warehouse) {
    return [...databases.values()].flatMap((database) =>
        [...database.schemas].flatMap(([schema, named]) =>
            [...named].map(([name, relation]) => ({ database, schema, name, relation })),
        ),
    );
}

function views(warehouse: Warehouse) {
    return relations(warehouse).flatMap(({ relation, ...place }) =>
        relation.kind === "table" ? [] : [{ ...place, relation: relation as Exclude<Relation, { kind: "table" }> }],
    );
}
