import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";
import type { DatabaseSource, IntegrationDatabaseOptions, RefreshScope } from "../requirements/integration-database";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";
import type { WarehouseConnectionArgs } from "./warehouse-connection";

/** Tables that are to be loaded again. */
export interface ResyncArgs {
    /** `"all"`, `"in error"`, `"remediable"`, or some: `{ schemas: [...] }`, `{ tables: [{ schema, table }] }`. */
    tables: pulumi.Input<RefreshScope>;
    /** Any text, such as a date: each new one loads the tables once. */
    token: pulumi.Input<string>;
}

/** A table that Redshift does not replicate now. */
export interface FailedTable {
    /** Its schema; for MySQL the database at the source. */
    schema: string;
    /** Its name. */
    table: string;
    /** `Failed` or `ResyncRequired`. */
    state: string;
    /** Redshift's explanation. */
    reason: string;
}

/** Arguments of {@link RedshiftIntegrationDatabase}. */
export interface RedshiftIntegrationDatabaseArgs extends DynamicResourceArgs {
    /** The integration, which has to be active. Another one replaces the database. */
    integrationArn: pulumi.Input<string>;
    /** What the source is: it decides which options there are. */
    source: pulumi.Input<DatabaseSource>;
    /** At most 127 bytes; capitals, spaces and quotes stay as they are. Another one replaces the database. */
    databaseName: pulumi.Input<string>;
    /** The database at the source, which PostgreSQL and Oracle need. Another one replaces the database. @default - all, for MySQL */
    sourceDatabase?: pulumi.Input<string>;
    /** How to get into the warehouse. */
    warehouse: pulumi.Input<WarehouseConnectionArgs>;
    /** Changed in place, one by one; new settings count for new sessions. @default - Redshift's own */
    options?: pulumi.Input<IntegrationDatabaseOptions>;
    /** Loads tables again, once for each token; not when the database is made, since all are loaded then. @default - none */
    resyncTables?: pulumi.Input<ResyncArgs>;
    /** Takes the name from a database that another integration fills: that one is dropped. @default false */
    adoptExisting?: pulumi.Input<boolean>;
    /** How long to wait for the warehouse, and for tables whose history is switched. @default "30m" */
    timeout?: pulumi.Input<Duration>;
}

/**
 * The database that an integration fills in a warehouse: the last step of it, in SQL.
 *
 * A dynamic resource, because `aws.redshiftdata.Statement` changes nothing in place, drops nothing, and once AWS has forgotten its
 * statement creates the database a second time. The user who makes the database is the one that replication goes on as: one with
 * CREATEDB and CREATEUSER, or a superuser.
 *
 * Destroying it drops the database with the replicated tables; the source keeps its own. `retainOnDelete` keeps them.
 */
export class RedshiftIntegrationDatabase extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("RedshiftIntegrationDatabase");

    /** The name of the database. */
    declare readonly databaseName: pulumi.Output<string>;
    /** `CdcRefreshState`, `ErrorState`, … as the last update or refresh saw it. */
    declare readonly databaseState: pulumi.Output<string>;
    /** The tables that failed, or have to be loaded again, and why. */
    declare readonly failedTables: pulumi.Output<FailedTable[]>;

    constructor(name: string, args: RedshiftIntegrationDatabaseArgs, opts?: pulumi.CustomResourceOptions) {
        super("RedshiftIntegrationDatabase", name, args, ["databaseState", "failedTables"], opts);
    }
}
