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
    /** The integration, which has to be active. Another one fills a new database, and what the one before has filled stays as `earlierCopy`. */
    integrationArn: pulumi.Input<string>;
    /** What the source is: it decides which options there are. */
    source: pulumi.Input<DatabaseSource>;
    /** At most 127 bytes; capitals, spaces and quotes stay as they are. Changed in place. */
    databaseName: pulumi.Input<string>;
    /** The database at the source, which PostgreSQL and Oracle need. Another one replaces the database. @default - all, for MySQL */
    sourceDatabase?: pulumi.Input<string>;
    /** How to get into the warehouse. */
    warehouse: pulumi.Input<WarehouseConnectionArgs>;
    /** Changed in place, one by one; new settings count for new sessions. @default - Redshift's own */
    options?: pulumi.Input<IntegrationDatabaseOptions>;
    /** Loads tables again, once for each token; not when the database is made, since all are loaded then. @default - none */
    resyncTables?: pulumi.Input<ResyncArgs>;
    /** Takes the name from a database that another integration still fills: that one gets another name. @default false: it is refused */
    adoptExisting?: pulumi.Input<boolean>;
    /** Whether to drop the database, with its rows, when it is destroyed; and what the integration before has filled, when there is another. @default false: they stay */
    dropOnDestroy?: pulumi.Input<boolean>;
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
 * Nothing is dropped unasked. Destroyed, the database stays with the rows that it has then, unless there is `dropOnDestroy`; an
 * integration that lives goes on filling it. When a new one needs the name of a copy that no integration fills any more, that copy is
 * renamed, `orders` to `orders_kept_20261121093000`; `earlierCopy` tells it.
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
    /** The name of the copy that made room for this one: it stays until somebody drops it. */
    declare readonly earlierCopy: pulumi.Output<string | undefined>;

    constructor(name: string, args: RedshiftIntegrationDatabaseArgs, opts?: pulumi.CustomResourceOptions) {
        super("RedshiftIntegrationDatabase", name, args, ["databaseState", "failedTables", "earlierCopy"], opts);
    }
}
