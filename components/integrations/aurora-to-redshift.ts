import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/rds/cluster";
import type { ClusterParameterGroup } from "@pulumi/aws/rds/clusterParameterGroup";

import type { WarehouseDatabaseArgsBySource } from "../targets/warehouse-database";
import type { MySqlTables, PostgreSqlTables, TableFilter } from "./data-filter";
import type { IntegrationComponentArgs } from "./integration";
import type { ExistingDatabase, SourceParametersArgs } from "./relational-source";
import { RelationalToRedshift } from "./relational-to-redshift";
import type { WarehouseTargetArgs } from "./warehouse-integration";

interface AuroraArgs extends SourceParametersArgs<ClusterParameterGroup> {
    /**
     * The source: an Aurora cluster of the program, or the ARN of another; of one or more instances, provisioned or Serverless v2. The integration is made
     * in its account and Region. Every table that is to be replicated needs a primary key.
     */
    source: Cluster | ExistingDatabase;
}

/** An Aurora MySQL cluster, version 3.05.2 or later, without backtrack, now or ever. */
export interface AuroraMySqlArgs extends AuroraArgs {
    /** What the source is: it decides which arguments there are. */
    engine: "aurora-mysql";
    /** Which tables, `database.table`. Changed in place: what no longer matches is taken away, and what does so now is loaded. @default every table */
    dataFilter?: TableFilter<MySqlTables>;
}

/** An Aurora PostgreSQL cluster, version 16.4, 17.4 or later, neither Limitless nor Babelfish. */
export interface AuroraPostgreSqlArgs extends AuroraArgs {
    /** What the source is: it decides which arguments there are. */
    engine: "aurora-postgresql";
    /** Which tables, `database.schema.table`; at least one database by its name. Changed in place: what no longer matches is taken away, and what does so now is loaded. */
    dataFilter: TableFilter<PostgreSqlTables>;
}

/** An Aurora MySQL cluster into a warehouse. */
export interface AuroraMySqlToRedshiftArgs extends AuroraMySqlArgs {
    /** The database in the warehouse; each database of the cluster is a schema there. `false` leaves it to the warehouse's stack. @default a database with the component's name */
    database?: WarehouseDatabaseArgsBySource["aurora-mysql"] | false;
    /** One database holds all of the cluster's. */
    databases?: never;
}

/** An Aurora PostgreSQL cluster into a warehouse. */
export interface AuroraPostgreSqlToRedshiftArgs extends AuroraPostgreSqlArgs {
    /** A database in the warehouse for each of the cluster's. `false` leaves them to the warehouse's stack. */
    databases:
        | [WarehouseDatabaseArgsBySource["aurora-postgresql"], ...WarehouseDatabaseArgsBySource["aurora-postgresql"][]]
        | false;
    /** There may be several: see `databases`. */
    database?: never;
}

/** Arguments of {@link AuroraToRedshift}. */
export type AuroraToRedshiftArgs = IntegrationComponentArgs &
    WarehouseTargetArgs &
    (AuroraMySqlToRedshiftArgs | AuroraPostgreSqlToRedshiftArgs);

/**
 * An Aurora cluster in a Redshift warehouse, seconds behind: all tables are loaded once, and every change follows.
 *
 * It sees that the parameters which AWS asks for are in effect, lets the warehouse accept the cluster, makes the integration, and once that is active the
 * database. No password is needed. Integrations of one cluster are made one after the other.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const warehouse = new zeroetl.RedshiftWarehouse("analytics", { kind: "serverless" });
 * const orders = new zeroetl.AuroraToRedshift("orders", {
 *     engine: "aurora-mysql",
 *     source: aws.rds.Cluster.get("orders", "orders"),
 *     warehouse,
 *     dataFilter: [
 *         { include: { database: "shop", table: "*" } },
 *         { exclude: { database: "shop", table: { regex: "tmp_.*" } } },
 *     ],
 *     database: { refreshInterval: "90 seconds" },
 * });
 * export const replicated = orders.tables;
 * ```
 */
export class AuroraToRedshift extends RelationalToRedshift {
    constructor(name: string, args: AuroraToRedshiftArgs, opts?: pulumi.ComponentResourceOptions) {
        super("AuroraToRedshift", name, args, opts);
    }
}
