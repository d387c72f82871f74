export * from "./integrations/aurora-to-lakehouse";
export * from "./integrations/aurora-to-redshift";
export type { MySqlTables, OracleTables, PostgreSqlTables, TableFilter } from "./integrations/data-filter";
export type { ExistingTable } from "./integrations/dynamodb-source";
export * from "./integrations/dynamodb-to-lakehouse";
export * from "./integrations/dynamodb-to-redshift";
export type { IntegrationComponent, IntegrationComponentArgs } from "./integrations/integration";
export * from "./integrations/rds-to-lakehouse";
export * from "./integrations/rds-to-redshift";
export type { ExistingDatabase, NoSourceParametersArgs, SourceParametersArgs } from "./integrations/relational-source";
export type {
    CatalogTargetArgs,
    OwnCatalogArgs,
    ReferencedCatalogArgs,
    RelationalToLakehouse,
} from "./integrations/relational-to-lakehouse";
export type { RelationalToRedshift } from "./integrations/relational-to-redshift";
export type {
    OwnWarehouseArgs,
    ReferencedWarehouseArgs,
    WarehouseIntegration,
    WarehouseTargetArgs,
} from "./integrations/warehouse-integration";
export type { ExistingBucket } from "./private-bucket";
export * from "./source-parameter-group";
export * from "./targets/accepted-source";
export * from "./targets/lake-formation";
export * from "./targets/lakehouse";
export * from "./targets/managed-catalog";
export * from "./targets/redshift-warehouse";
export type {
    NoSourceDatabaseArgs,
    NoWarehouseHistoryArgs,
    SourceDatabaseArgs,
    WarehouseDatabaseArgs,
    WarehouseDatabaseArgsBySource,
    WarehouseHistoryArgs,
} from "./targets/warehouse-database";
export type { Transform } from "./transform";
export * from "./warehouse-view";
export * from "../sdk/resources";
/** What AWS asks for, as data and functions: for checks and policies of your own. */
export * as requirements from "../sdk/requirements";
