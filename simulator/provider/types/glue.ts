import type {
    Catalog,
    CatalogInput,
    Column,
    Database,
    GetCatalogResponse,
    GetDatabaseResponse,
    GetResourcePolicyResponse,
    GetTableOptimizerResponse,
    GetTableResponse,
    GetTagsResponse,
    PrincipalPermissions,
    StorageDescriptor,
    Table,
    TableOptimizerConfiguration,
} from "@aws-sdk/client-glue";
import { orGone, type Client } from "../client";
import { retag, type ResourceType, type ResourceTypes } from "../resource";
import type { Properties } from "../values";

const SERVICE = "glue";

const retagged = (aws: Client, before: Properties, args: Properties, ResourceArn: string) =>
    retag(before, args, {
        tag: (TagsToAdd) => aws.call(SERVICE, "TagResource", { ResourceArn, TagsToAdd }),
        untag: (TagsToRemove) => aws.call(SERVICE, "UntagResource", { ResourceArn, TagsToRemove }),
    });

const lowerCase = (name: string) => name.toLowerCase();

const databaseInput = (args: Properties) => ({
    Name: args.name,
    Description: args.description,
    LocationUri: args.locationUri,
    Parameters: args.parameters,
    CreateTableDefaultPermissions: defaultPermissions(args.createTableDefaultPermissions),
    FederatedDatabase: args.federatedDatabase && {
        ConnectionName: args.federatedDatabase.connectionName,
        Identifier: args.federatedDatabase.identifier,
    },
    TargetDatabase: args.targetDatabase && {
        CatalogId: args.targetDatabase.catalogId,
        DatabaseName: args.targetDatabase.databaseName,
        Region: args.targetDatabase.region,
    },
});

const defaultPermissions = (given?: Properties[]) =>
    given?.map(({ permissions, principal }) => ({
        Permissions: permissions,
        Principal: principal && { DataLakePrincipalIdentifier: principal.dataLakePrincipalIdentifier },
    }));

const defaultPermissionsState = (permissions: PrincipalPermissions[] = []) =>
    permissions.map(({ Permissions, Principal }) => ({
        permissions: Permissions,
        principal: Principal && { dataLakePrincipalIdentifier: Principal.DataLakePrincipalIdentifier },
    }));

function databaseState(found: Database): Properties {
    const { FederatedDatabase: federated, TargetDatabase: target } = found;
    return {
        catalogId: found.CatalogId,
        createTableDefaultPermissions: defaultPermissionsState(found.CreateTableDefaultPermissions),
        description: found.Description,
        federatedDatabase: federated && {
            connectionName: federated.ConnectionName,
            identifier: federated.Identifier,
        },
        locationUri: found.LocationUri ?? "",
        name: found.Name,
        parameters: nonEmpty(found.Parameters),
        targetDatabase: target && {
            catalogId: target.CatalogId,
            databaseName: target.DatabaseName,
            region: target.Region,
        },
    };
}

const nonEmpty = <T extends object>(value: T | undefined) =>
    value && Object.keys(value).length > 0 ? value : undefined;

/** Ids are the path in the catalog, `catalog:database:table`. */
const splitId = (id: string) => {
    const [CatalogId, database, table] = id.split(":");
    return { CatalogId, database, table };
};

const catalogDatabase: ResourceType = {
    label: "Glue Catalog Database",
    autoname: { property: "name", max: 255, form: lowerCase },
    replaces: ["name", "catalogId"],

    async create(aws, args) {
        const CatalogId = args.catalogId ?? aws.accountId;
        await aws.call(SERVICE, "CreateDatabase", { CatalogId, DatabaseInput: databaseInput(args), Tags: args.tags });
        return `${CatalogId}:${args.name}`;
    },

    async read(aws, id) {
        const { CatalogId, database: Name } = splitId(id);
        const found = (await aws.find<GetDatabaseResponse>(SERVICE, "GetDatabase", { CatalogId, Name }))?.Database;
        if (!found) {
            return undefined;
        }
        const arn = aws.arn("glue", `database/${Name}`, { accountId: CatalogId });
        const { Tags } = await aws.call<GetTagsResponse>(SERVICE, "GetTags", { ResourceArn: arn });
        return { ...databaseState(found), arn, tagsAll: Tags ?? {} };
    },

    async update(aws, id, args, before, { arn: ResourceArn }) {
        const { CatalogId, database: Name } = splitId(id);
        await aws.call(SERVICE, "UpdateDatabase", { CatalogId, Name, DatabaseInput: databaseInput(args) });
        await retagged(aws, before, args, ResourceArn);
    },

    async delete(aws, id) {
        const { CatalogId, database: Name } = splitId(id);
        await orGone(aws.call(SERVICE, "DeleteDatabase", { CatalogId, Name }));
    },
};

const column = (given: Properties): Column => ({
    Name: given.name,
    Type: given.type,
    Comment: given.comment,
    Parameters: given.parameters,
});

const columnState = (found: Column): Properties => ({
    name: found.Name,
    type: found.Type,
    comment: found.Comment,
    parameters: nonEmpty(found.Parameters),
});

const storageDescriptor = (given?: Properties): StorageDescriptor | undefined =>
    given && {
        AdditionalLocations: given.additionalLocations,
        BucketColumns: given.bucketColumns,
        Columns: given.columns?.map(column),
        Compressed: given.compressed,
        InputFormat: given.inputFormat,
        Location: given.location,
        NumberOfBuckets: given.numberOfBuckets,
        OutputFormat: given.outputFormat,
        Parameters: given.parameters,
        SerdeInfo: given.serDeInfo && {
            Name: given.serDeInfo.name,
            Parameters: given.serDeInfo.parameters,
            SerializationLibrary: given.serDeInfo.serializationLibrary,
        },
        SortColumns: given.sortColumns?.map((sort: Properties) => ({
            Column: sort.column,
            SortOrder: sort.sortOrder,
        })),
        StoredAsSubDirectories: given.storedAsSubDirectories,
    };

const storageDescriptorState = (found?: StorageDescriptor): Properties | undefined =>
    found && {
        additionalLocations: found.AdditionalLocations ?? [],
        bucketColumns: found.BucketColumns ?? [],
        columns: (found.Columns ?? []).map(columnState),
        compressed: found.Compressed ?? false,
        inputFormat: found.InputFormat,
        location: found.Location,
        numberOfBuckets: found.NumberOfBuckets ?? 0,
        outputFormat: found.OutputFormat,
        parameters: found.Parameters ?? {},
        serDeInfo: found.SerdeInfo && {
            name: found.SerdeInfo.Name,
            parameters: found.SerdeInfo.Parameters ?? {},
            serializationLibrary: found.SerdeInfo.SerializationLibrary,
        },
        sortColumns: found.SortColumns?.map((sort) => ({ column: sort.Column, sortOrder: sort.SortOrder })),
        storedAsSubDirectories: found.StoredAsSubDirectories ?? false,
    };

const tableInput = (args: Properties) => ({
    Name: args.name,
    Description: args.description,
    Owner: args.owner,
    Parameters: args.parameters,
    PartitionKeys: args.partitionKeys?.map(column),
    Retention: args.retention,
    StorageDescriptor: storageDescriptor(args.storageDescriptor),
    TableType: args.tableType,
    TargetTable: args.targetTable && {
        CatalogId: args.targetTable.catalogId,
        DatabaseName: args.targetTable.databaseName,
        Name: args.targetTable.name,
        Region: args.targetTable.region,
    },
    ViewExpandedText: args.viewExpandedText,
    ViewOriginalText: args.viewOriginalText,
});

function tableState(found: Table): Properties {
    const { TargetTable: target } = found;
    return {
        catalogId: found.CatalogId,
        databaseName: found.DatabaseName,
        description: found.Description,
        name: found.Name,
        owner: found.Owner,
        parameters: found.Parameters ?? {},
        partitionIndices: [],
        partitionKeys: nonEmpty(found.PartitionKeys)?.map(columnState),
        retention: found.Retention ?? 0,
        storageDescriptor: storageDescriptorState(found.StorageDescriptor),
        tableType: found.TableType ?? "",
        targetTable: target && {
            catalogId: target.CatalogId,
            databaseName: target.DatabaseName,
            name: target.Name,
            region: target.Region,
        },
        viewDefinition: undefined,
        viewExpandedText: found.ViewExpandedText,
        viewOriginalText: found.ViewOriginalText,
    };
}

const catalogTable: ResourceType = {
    label: "Glue Catalog Table",
    autoname: { property: "name", max: 255, form: lowerCase },
    replaces: ["name", "catalogId", "databaseName"],
    notSimulated: [
        "openTableFormatInput",
        "partitionIndices",
        "storageDescriptor.schemaReference",
        "storageDescriptor.skewedInfo",
        "viewDefinition",
    ],

    async create(aws, args) {
        const CatalogId = args.catalogId ?? aws.accountId;
        await aws.call(SERVICE, "CreateTable", {
            CatalogId,
            DatabaseName: args.databaseName,
            TableInput: tableInput(args),
        });
        return `${CatalogId}:${args.databaseName}:${args.name}`;
    },

    async read(aws, id) {
        const { CatalogId, database: DatabaseName, table: Name } = splitId(id);
        const input = { CatalogId, DatabaseName, Name };
        const found = (await aws.find<GetTableResponse>(SERVICE, "GetTable", input))?.Table;
        const arn = aws.arn("glue", `table/${DatabaseName}/${Name}`, { accountId: CatalogId });
        return found && { ...tableState(found), arn };
    },

    async update(aws, id, args) {
        const { CatalogId, database: DatabaseName } = splitId(id);
        await aws.call(SERVICE, "UpdateTable", { CatalogId, DatabaseName, TableInput: tableInput(args) });
    },

    async delete(aws, id) {
        const { CatalogId, database: DatabaseName, table: Name } = splitId(id);
        await orGone(aws.call(SERVICE, "DeleteTable", { CatalogId, DatabaseName, Name }));
    },
};

const resourcePolicy: ResourceType = {
    label: "Glue Resource Policy",
    documents: ["policy"],

    async create(aws, args) {
        await aws.call(SERVICE, "PutResourcePolicy", {
            PolicyInJson: args.policy,
            PolicyExistsCondition: "NOT_EXIST",
            EnableHybrid: args.enableHybrid,
        });
        return aws.accountId;
    },

    async read(aws, _id, state) {
        const found = await aws.find<GetResourcePolicyResponse>(SERVICE, "GetResourcePolicy", {});
        return found?.PolicyInJson ? { enableHybrid: state.enableHybrid, policy: found.PolicyInJson } : undefined;
    },

    async update(aws, _id, args) {
        await aws.call(SERVICE, "PutResourcePolicy", {
            PolicyInJson: args.policy,
            PolicyExistsCondition: "MUST_EXIST",
            EnableHybrid: args.enableHybrid,
        });
    },

    async delete(aws) {
        await orGone(aws.call(SERVICE, "DeleteResourcePolicy"));
    },
};

function optimizerConfiguration(given: Properties): TableOptimizerConfiguration {
    const compaction = given.compactionConfiguration?.icebergConfiguration;
    const retention = given.retentionConfiguration?.icebergConfiguration;
    const orphans = given.orphanFileDeletionConfiguration?.icebergConfiguration;
    return {
        enabled: given.enabled,
        roleArn: given.roleArn,
        compactionConfiguration: compaction && {
            icebergConfiguration: {
                strategy: compaction.strategy,
                minInputFiles: compaction.minInputFiles,
                deleteFileThreshold: compaction.deleteFileThreshold,
            },
        },
        retentionConfiguration: retention && {
            icebergConfiguration: {
                cleanExpiredFiles: retention.cleanExpiredFiles,
                numberOfSnapshotsToRetain: retention.numberOfSnapshotsToRetain,
                runRateInHours: retention.runRateInHours,
                snapshotRetentionPeriodInDays: retention.snapshotRetentionPeriodInDays,
            },
        },
        orphanFileDeletionConfiguration: orphans && {
            icebergConfiguration: {
                location: orphans.location,
                orphanFileRetentionPeriodInDays: orphans.orphanFileRetentionPeriodInDays,
                runRateInHours: orphans.runRateInHours,
            },
        },
    };
}

const optimizerInput = (args: Properties) => ({
    CatalogId: args.catalogId,
    DatabaseName: args.databaseName,
    TableName: args.tableName,
    Type: args.type,
});

/** `catalog,database,table,type` */
const optimizerKey = (id: string) => {
    const [catalogId, databaseName, tableName, type] = id.split(",");
    return { catalogId, databaseName, tableName, type };
};

const catalogTableOptimizer: ResourceType = {
    label: "Glue Catalog Table Optimizer",
    replaces: ["catalogId", "databaseName", "tableName", "type"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateTableOptimizer", {
            ...optimizerInput(args),
            TableOptimizerConfiguration: optimizerConfiguration(args.configuration),
        });
        return [args.catalogId, args.databaseName, args.tableName, args.type].join(",");
    },

    async read(aws, id) {
        const key = optimizerKey(id);
        const operation = "GetTableOptimizer";
        const found = await aws.find<GetTableOptimizerResponse>(SERVICE, operation, optimizerInput(key));
        // The service's shape of a configuration has the names of the type's own.
        return found?.TableOptimizer && { ...key, configuration: found.TableOptimizer.configuration };
    },

    async update(aws, _id, args) {
        await aws.call(SERVICE, "UpdateTableOptimizer", {
            ...optimizerInput(args),
            TableOptimizerConfiguration: optimizerConfiguration(args.configuration),
        });
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteTableOptimizer", optimizerInput(optimizerKey(id))));
    },
};

const lakeAccess = (given?: Properties) =>
    given && {
        CatalogType: given.catalogType,
        DataLakeAccess: given.dataLakeAccess,
        DataTransferRole: given.dataTransferRole,
        KmsKey: given.kmsKey,
    };

const catalogInput = (args: Properties): CatalogInput => ({
    AllowFullTableExternalDataAccess: args.allowFullTableExternalDataAccess,
    CatalogProperties: args.catalogProperties && {
        CustomProperties: args.catalogProperties.customProperties,
        DataLakeAccessProperties: lakeAccess(args.catalogProperties.dataLakeAccessProperties),
    },
    CreateDatabaseDefaultPermissions: defaultPermissions(args.createDatabaseDefaultPermissions),
    CreateTableDefaultPermissions: defaultPermissions(args.createTableDefaultPermissions),
    Description: args.description,
    OverwriteChildResourcePermissionsWithDefault: args.overwriteChildResourcePermissionsWithDefault,
    Parameters: args.parameters,
});

function catalogState(found: Catalog, state: Properties): Properties {
    const { CustomProperties, DataLakeAccessProperties: lake } = found.CatalogProperties ?? {};
    return {
        allowFullTableExternalDataAccess: found.AllowFullTableExternalDataAccess ?? "False",
        arn: found.ResourceArn,
        catalogId: found.CatalogId,
        catalogProperties: found.CatalogProperties && {
            customProperties: CustomProperties ?? {},
            dataLakeAccessProperties: lake && {
                catalogType: lake.CatalogType,
                dataLakeAccess: lake.DataLakeAccess,
                dataTransferRole: lake.DataTransferRole,
                kmsKey: lake.KmsKey ?? "",
                managedWorkgroupName: lake.ManagedWorkgroupName ?? "",
                managedWorkgroupStatus: lake.ManagedWorkgroupStatus ?? "",
                redshiftDatabaseName: lake.RedshiftDatabaseName ?? "",
                statusMessage: lake.StatusMessage ?? "",
            },
        },
        createDatabaseDefaultPermissions: defaultPermissionsState(found.CreateDatabaseDefaultPermissions),
        createTableDefaultPermissions: defaultPermissionsState(found.CreateTableDefaultPermissions),
        createTime: found.CreateTime,
        description: found.Description,
        name: found.Name,
        overwriteChildResourcePermissionsWithDefault: state.overwriteChildResourcePermissionsWithDefault,
        parameters: nonEmpty(found.Parameters),
        updateTime: found.UpdateTime,
    };
}

const catalogIdOf = (aws: Client, name: string) => `${aws.accountId}:${name}`;

const catalog: ResourceType = {
    label: "Glue Catalog",
    autoname: { property: "name", max: 255 },
    replaces: ["name"],
    notSimulated: ["catalogProperties.icebergOptimizationProperties", "federatedCatalog", "targetRedshiftCatalog"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateCatalog", {
            Name: args.name,
            CatalogInput: catalogInput(args),
            Tags: args.tags,
        });
        return args.name;
    },

    async read(aws, id, state) {
        const input = { CatalogId: catalogIdOf(aws, id) };
        const found = (await aws.find<GetCatalogResponse>(SERVICE, "GetCatalog", input))?.Catalog;
        if (!found) {
            return undefined;
        }
        const { Tags } = await aws.call<GetTagsResponse>(SERVICE, "GetTags", { ResourceArn: found.ResourceArn });
        return { ...catalogState(found, state), tagsAll: Tags ?? {} };
    },

    async update(aws, id, args, before, { arn: ResourceArn }) {
        const CatalogId = catalogIdOf(aws, id);
        await aws.call(SERVICE, "UpdateCatalog", { CatalogId, CatalogInput: catalogInput(args) });
        await retagged(aws, before, args, ResourceArn);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteCatalog", { CatalogId: catalogIdOf(aws, id) }));
    },
};

export const glue: ResourceTypes = {
    "aws:glue/catalog:Catalog": catalog,
    "aws:glue/catalogDatabase:CatalogDatabase": catalogDatabase,
    "aws:glue/catalogTable:CatalogTable": catalogTable,
    "aws:glue/catalogTableOptimizer:CatalogTableOptimizer": catalogTableOptimizer,
    "aws:glue/resourcePolicy:ResourcePolicy": resourcePolicy,
};
