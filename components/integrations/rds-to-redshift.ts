import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/rds/cluster";
import type { ClusterParameterGroup } from "@pulumi/aws/rds/clusterParameterGroup";
import type { Instance } from "@pulumi/aws/rds/instance";
import type { ParameterGroup } from "@pulumi/aws/rds/parameterGroup";

import type { WarehouseDatabaseArgsBySource } from "../targets/warehouse-database";
import type { MySqlTables, OracleTables, PostgreSqlTables, TableFilter } from "./data-filter";
import type { IntegrationComponentArgs } from "./integration";
import type { ExistingDatabase, NoSourceParametersArgs, SourceParametersArgs } from "./relational-source";
import { RelationalToRedshift } from "./relational-to-redshift";
import type { WarehouseTargetArgs } from "./warehouse-integration";

/** RDS for MySQL 8.0 or 8.4, with automated backups, not on magnetic storage. */
export interface RdsMySqlArgs extends SourceParametersArgs<ParameterGroup | ClusterParameterGroup> {
    /** What the source is: it decides which arguments there are. */
    engine: "mysql";
    /**
     * The source: an instance or a Multi-AZ DB cluster of the program, or the ARN of another. The integration is made in its account and Region. Every table
     * that is to be replicated needs a primary key.
     */
    source: Instance | Cluster | ExistingDatabase;
    /** Which tables, `database.table`. Changed in place: what no longer matches is taken away, and what does so now is loaded. @default every table */
    dataFilter?: TableFilter<MySqlTables>;
}

/** RDS for MySQL into a warehouse. */
export interface RdsMySqlToRedshiftArgs extends RdsMySqlArgs {
    /** The database in the warehouse; each database of the instance is a schema there. `false` leaves it to the warehouse's stack. @default a database with the component's name */
    database?: WarehouseDatabaseArgsBySource["mysql"] | false;
    /** One database holds all of the instance's. */
    databases?: never;
}

/** RDS for PostgreSQL into a warehouse: 15.11, 16.7, 17.3 or later, with automated backups. */
export interface RdsPostgreSqlToRedshiftArgs extends SourceParametersArgs<ParameterGroup> {
    /** What the source is: it decides which arguments there are. */
    engine: "postgres";
    /** The source: an instance of the program, or the ARN of another; no replica. Every table that is to be replicated needs a primary key. */
    source: Instance | ExistingDatabase;
    /** Which tables, `database.schema.table`; at least one database by its name. Changed in place: what no longer matches is taken away, and what does so now is loaded. */
    dataFilter: TableFilter<PostgreSqlTables>;
    /** A database in the warehouse for each of the instance's; without history. `false` leaves them to the warehouse's stack. */
    databases: [WarehouseDatabaseArgsBySource["postgres"], ...WarehouseDatabaseArgsBySource["postgres"][]] | false;
    /** There may be several: see `databases`. */
    database?: never;
}

/** RDS for Oracle into a warehouse: 19c, Enterprise or Standard Edition 2, of July 2019 or later, with automated backups. */
export interface RdsOracleToRedshiftArgs extends NoSourceParametersArgs {
    /** What the source is: it decides which arguments there are. */
    engine: "oracle";
    /** The source: an instance of the program, or the ARN of another; no replica. Every table that is to be replicated needs a primary key. */
    source: Instance | ExistingDatabase;
    /** Which tables, `DATABASE.SCHEMA.TABLE`, of one tenant database. Changed in place: what no longer matches is taken away, and what does so now is loaded. @default every table */
    dataFilter?: TableFilter<OracleTables>;
    /** The database in the warehouse, of one tenant database; without history. `false` leaves it to the warehouse's stack. */
    database: WarehouseDatabaseArgsBySource["oracle"] | false;
    /** AWS takes one tenant database for each integration. */
    databases?: never;
}

/** Arguments of {@link RdsToRedshift}. */
export type RdsToRedshiftArgs = IntegrationComponentArgs &
    WarehouseTargetArgs &
    (RdsMySqlToRedshiftArgs | RdsPostgreSqlToRedshiftArgs | RdsOracleToRedshiftArgs);

/**
 * A database of RDS in a Redshift warehouse, minutes behind: all tables are loaded once, and every change follows.
 *
 * It sees that the parameters which AWS asks for are in effect, lets the warehouse accept the source, makes the integration, and once that is active the
 * database. No password is needed. Integrations of one source are made one after the other.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const warehouse = new zeroetl.RedshiftWarehouse("analytics", { kind: "provisioned", nodeType: "ra3.xlplus" });
 * const crm = new zeroetl.RdsToRedshift("crm", {
 *     engine: "postgres",
 *     source: aws.rds.Instance.get("crm", "crm"),
 *     warehouse,
 *     dataFilter: "include: crm.public.*",
 *     databases: [{ sourceDatabase: "crm", databaseName: "crm" }],
 * });
 * export const database = crm.databaseName;
 * ```
 */
export class RdsToRedshift extends RelationalToRedshift {
    constructor(name: string, args: RdsToRedshiftArgs, opts?: pulumi.ComponentResourceOptions) {
        super("RdsToRedshift", name, args, opts);
    }
}
