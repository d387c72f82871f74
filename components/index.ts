export type { ExistingTable } from "./integrations/dynamodb-source";
export * from "./integrations/dynamodb-to-lakehouse";
export type { IntegrationComponent, IntegrationComponentArgs } from "./integrations/integration";
export * from "./targets/accepted-source";
export * from "./targets/lake-formation";
export * from "./targets/lakehouse";
export * from "./targets/redshift-warehouse";
export type {
    SourceDatabaseArgs,
    WarehouseDatabaseArgs,
    WarehouseDatabaseArgsBySource,
    WarehouseHistoryArgs,
} from "./targets/warehouse-database";
export type { Transform } from "./transform";
export * from "../sdk/resources";
/** What AWS asks for, as data and functions: for checks and policies of your own. */
export * as requirements from "../sdk/requirements";
