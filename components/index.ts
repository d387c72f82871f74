export * from "./integrations/aurora-to-lakehouse";
export * from "./integrations/aurora-to-opensearch";
export * from "./integrations/aurora-to-redshift";
export type { MySqlTables, OracleTables, PostgreSqlTables, TableFilter } from "./integrations/data-filter";
export type { ExistingDocumentDbCluster } from "./integrations/documentdb-source";
export * from "./integrations/documentdb-to-opensearch";
export type { ExistingTable } from "./integrations/dynamodb-source";
export * from "./integrations/dynamodb-to-lakehouse";
export * from "./integrations/dynamodb-to-opensearch";
export * from "./integrations/dynamodb-to-redshift";
export type { IntegrationComponent, IntegrationComponentArgs } from "./integrations/integration";
export type { TableToCreate } from "./integrations/pipeline-table";
export * from "./integrations/rds-to-lakehouse";
export * from "./integrations/rds-to-opensearch";
export * from "./integrations/rds-to-redshift";
export type { ExistingDatabase, NoSourceParametersArgs, SourceParametersArgs } from "./integrations/relational-source";
export type {
    CatalogTargetArgs,
    OwnCatalogArgs,
    ReferencedCatalogArgs,
    RelationalToLakehouse,
} from "./integrations/relational-to-lakehouse";
export type {
    DatabaseReadingArgs,
    InitialLoadArgs,
    RelationalPipelineArgs,
    RelationalToOpenSearch,
    SearchableEngine,
    TableIndexArgs,
    TableIndexesArgs,
} from "./integrations/relational-to-opensearch";
export type { RelationalToRedshift } from "./integrations/relational-to-redshift";
export type {
    OwnWarehouseArgs,
    ReferencedWarehouseArgs,
    WarehouseIntegration,
    WarehouseTargetArgs,
} from "./integrations/warehouse-integration";
export * from "./monitoring/pipeline-alarms";
export type { BodyArgs, BodyMakingArgs, OwnBodyArgs } from "./pipeline/body";
export type { PipelineCapacityArgs } from "./pipeline/capacity";
export type { CredentialArgs } from "./pipeline/credentials";
export type {
    IndexesArgs,
    IndexWriting,
    OneIndexArgs,
    RoutedIndexArgs,
    SearchIndexArgs,
    SeveralIndexesArgs,
} from "./pipeline/indexes";
export type { PipelineLogArgs } from "./pipeline/logs";
export type { PipelineAttachmentArgs, PipelineNetworkArgs } from "./pipeline/network";
export { SearchPipeline, type PipelineArgs, type ProcessingArgs } from "./pipeline/search-pipeline";
export type { DeadLetterArgs, PipelineStorageArgs, StagingArgs } from "./pipeline/storage";
export type { ExistingBucket } from "./private-bucket";
export * from "./source-parameter-group";
export * from "./targets/accepted-pipeline";
export * from "./targets/accepted-source";
export * from "./targets/lake-formation";
export * from "./targets/lakehouse";
export * from "./targets/managed-catalog";
export * from "./targets/redshift-warehouse";
export type { ExistingCollection, NewCollectionArgs } from "./targets/search-collection";
export type { ExistingDomain, NewDomainArgs } from "./targets/search-domain";
export * from "./targets/search-target";
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
