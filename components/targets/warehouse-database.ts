import * as pulumi from "@pulumi/pulumi";

import {
    identifierProblems,
    loadSeconds,
    refreshIntervalSecondsProblems,
    refuse,
    type DatabaseSource,
    type IntegrationDatabaseOptions,
    type LoadInterval,
    type TableScope,
} from "../../sdk/requirements";
import type { AccountArgs } from "../../sdk/resources/aws-account";
import {
    RedshiftIntegrationDatabase,
    type RedshiftIntegrationDatabaseArgs,
    type ResyncArgs,
} from "../../sdk/resources/redshift-integration-database";
import type { WarehouseConnectionArgs } from "../../sdk/resources/warehouse-connection";
import { checked } from "../checked";

/** The database in a warehouse that an integration fills, whatever the source. Settings that change count for new sessions. */
export interface WarehouseDatabaseArgs {
    /** At most 127 bytes; capitals, spaces and quotes stay as they are. Changed in place. @default the component's name, with the database at the source where there is one for each */
    databaseName?: pulumi.Input<string>;
    /**
     * How often the warehouse takes what has changed, in words: `"continuously"`, `"90 seconds"`, `"15 minutes"`, `"1 hour"`; 5 days at most. With many
     * writes, one or two minutes spare the warehouse. A DynamoDB table takes 15 minutes at least. Changed in place.
     *
     * @default "continuously"; for a DynamoDB table "15 minutes"
     */
    refreshInterval?: LoadInterval;
    /** Cuts texts of more than 65,535 bytes, in place of a table that fails. Changed in place. @default false */
    truncateColumns?: boolean;
    /** Writes `?` for characters that Redshift does not take, in place of a table that fails. Changed in place. @default false */
    acceptInvalidCharacters?: boolean;
    /** Whether tables can be queried in every state, also while they are loaded again. Changed in place. @default false */
    queryAllStates?: boolean;
    /** Whether to repair tables with rows that arrived twice. New: an older warehouse refuses it. Changed in place. @default false */
    autoRemediation?: boolean;
    /** Loads tables again, once for each token. @default none */
    resyncTables?: ResyncArgs;
    /** Whether to take the name from a database that another integration still fills: that one gets another name. @default false: it is refused */
    adoptExisting?: boolean;
    /**
     * Whether the database is dropped, with its rows, when it is destroyed, and when another integration takes the place of its own. It counts from the
     * update on that has seen it.
     *
     * @default false: the rows stay, as they are then. A new database that needs the name gives the old one another: `orders` becomes
     * `orders_kept_20261121093000`, and stays until somebody drops it. Where the integration itself stays, it goes on filling what it has.
     */
    dropOnDestroy?: boolean;
}

/** The database of a source with history: of all but PostgreSQL and Oracle in RDS. */
export interface WarehouseHistoryArgs {
    /**
     * Keeps every version of a row, with columns that say from when to when it counted: for all tables, for those of some schemas
     * (`{ schemas: ["shop"] }`), or for some (`{ tables: [{ schema: "shop", table: "orders" }] }`). Redshift switches a table once it is synced, and
     * leaves a copy behind when its history ends. Changed in place.
     *
     * @default false
     */
    historyMode?: boolean | TableScope;
}

/** The database of a source without history. */
export interface NoWarehouseHistoryArgs {
    /** Redshift keeps none for PostgreSQL and Oracle in RDS. */
    historyMode?: never;
}

/** The database of a source whose databases are mapped one by one. */
export interface SourceDatabaseArgs {
    /** The database at the source, which the data filter has to include. Another one replaces the database in the warehouse. */
    sourceDatabase: string;
}

/** The database of a source that has one here for all of its own. */
export interface NoSourceDatabaseArgs {
    /** There is nothing to choose. */
    sourceDatabase?: never;
}

/** What the database of each source takes. */
export interface WarehouseDatabaseArgsBySource {
    /** One for all databases of the cluster: each is a schema. */
    "aurora-mysql": WarehouseDatabaseArgs & WarehouseHistoryArgs & NoSourceDatabaseArgs;
    /** One for each database of the cluster. */
    "aurora-postgresql": WarehouseDatabaseArgs & WarehouseHistoryArgs & SourceDatabaseArgs;
    /** The table is in the schema `public`. */
    dynamodb: WarehouseDatabaseArgs & WarehouseHistoryArgs & NoSourceDatabaseArgs;
    /** One for all databases of the instance: each is a schema. */
    mysql: WarehouseDatabaseArgs & WarehouseHistoryArgs & NoSourceDatabaseArgs;
    /** The database of the instance. */
    oracle: WarehouseDatabaseArgs & NoWarehouseHistoryArgs & SourceDatabaseArgs;
    /** One for each database of the instance. */
    postgres: WarehouseDatabaseArgs & NoWarehouseHistoryArgs & SourceDatabaseArgs;
}

/** What is filled, by what, and how to get there. */
export type FilledDatabase = Pick<RedshiftIntegrationDatabaseArgs, "integrationArn" | "account"> & {
    source: DatabaseSource;
    connection: pulumi.Input<WarehouseConnectionArgs>;
    account: pulumi.Input<AccountArgs>;
    defaultName: string;
};

/** Makes the database that an integration fills. */
export function integrationDatabase(
    name: string,
    { integrationArn, source, connection, account, defaultName }: FilledDatabase,
    args: WarehouseDatabaseArgs & WarehouseHistoryArgs & Partial<SourceDatabaseArgs>,
    opts: pulumi.CustomResourceOptions,
): RedshiftIntegrationDatabase {
    return new RedshiftIntegrationDatabase(
        name,
        {
            integrationArn,
            source,
            databaseName: checked(args.databaseName ?? defaultName, (value) =>
                identifierProblems("databaseName", value),
            ),
            sourceDatabase: args.sourceDatabase,
            warehouse: connection,
            options: optionsOf(source, args),
            resyncTables: args.resyncTables,
            adoptExisting: args.adoptExisting,
            dropOnDestroy: args.dropOnDestroy,
            account,
        },
        opts,
    );
}

function optionsOf(
    source: DatabaseSource,
    args: WarehouseDatabaseArgs & WarehouseHistoryArgs,
): IntegrationDatabaseOptions {
    const { truncateColumns, acceptInvalidCharacters, queryAllStates, autoRemediation, historyMode } = args;
    const refreshInterval = args.refreshInterval === undefined ? undefined : loadSeconds(args.refreshInterval);
    refuse(refreshIntervalSecondsProblems("refreshInterval", source, refreshInterval));
    return { refreshInterval, truncateColumns, acceptInvalidCharacters, queryAllStates, autoRemediation, historyMode };
}
