import type {
    DataLakePrincipal,
    DescribeResourceResponse,
    GetDataLakeSettingsResponse,
    ListPermissionsResponse,
    PrincipalPermissions,
    Resource,
} from "@aws-sdk/client-lakeformation";
import { createHash } from "node:crypto";
import { orGone, type Client } from "../client";
import type { ResourceType, ResourceTypes } from "../resource";
import type { Properties } from "../values";

const SERVICE = "lakeformation";

const principal = (id: string): DataLakePrincipal => ({ DataLakePrincipalIdentifier: id });

const principals = (ids: string[] = []) => ids.map(principal);

const principalIds = (list: DataLakePrincipal[] = []) => list.map((entry) => entry.DataLakePrincipalIdentifier!);

const defaultPermissions = (given?: Properties[]) =>
    given?.map((entry) => ({ Principal: principal(entry.principal), Permissions: entry.permissions }));

const defaultPermissionsState = (found: PrincipalPermissions[] = []) =>
    found.map((entry) => ({
        principal: entry.Principal?.DataLakePrincipalIdentifier,
        permissions: entry.Permissions,
    }));

async function putSettings(aws: Client, args: Properties): Promise<string> {
    const CatalogId = args.catalogId ?? aws.accountId;
    await aws.call(SERVICE, "PutDataLakeSettings", {
        CatalogId,
        DataLakeSettings: {
            AllowExternalDataFiltering: args.allowExternalDataFiltering,
            AllowFullTableExternalDataAccess: args.allowFullTableExternalDataAccess,
            AuthorizedSessionTagValueList: args.authorizedSessionTagValueLists,
            CreateDatabaseDefaultPermissions: defaultPermissions(args.createDatabaseDefaultPermissions),
            CreateTableDefaultPermissions: defaultPermissions(args.createTableDefaultPermissions),
            DataLakeAdmins: principals(args.admins),
            ExternalDataFilteringAllowList: principals(args.externalDataFilteringAllowLists),
            Parameters: args.parameters,
            ReadOnlyAdmins: principals(args.readOnlyAdmins),
            TrustedResourceOwners: args.trustedResourceOwners,
        },
    });
    return CatalogId;
}

const dataLakeSettings: ResourceType = {
    label: "Lake Formation data lake settings",
    replaces: ["catalogId"],
    sets: ["admins", "readOnlyAdmins", "externalDataFilteringAllowLists"],

    create: putSettings,

    async read(aws, id, state) {
        const input = { CatalogId: id };
        const answer = await aws.find<GetDataLakeSettingsResponse>(SERVICE, "GetDataLakeSettings", input);
        const found = answer?.DataLakeSettings;
        return (
            found && {
                admins: principalIds(found.DataLakeAdmins),
                allowExternalDataFiltering: found.AllowExternalDataFiltering ?? false,
                allowFullTableExternalDataAccess: found.AllowFullTableExternalDataAccess ?? false,
                authorizedSessionTagValueLists: found.AuthorizedSessionTagValueList ?? [],
                catalogId: state.catalogId,
                createDatabaseDefaultPermissions: defaultPermissionsState(found.CreateDatabaseDefaultPermissions),
                createTableDefaultPermissions: defaultPermissionsState(found.CreateTableDefaultPermissions),
                externalDataFilteringAllowLists: principalIds(found.ExternalDataFilteringAllowList),
                parameters: found.Parameters ?? {},
                readOnlyAdmins: principalIds(found.ReadOnlyAdmins),
                trustedResourceOwners: found.TrustedResourceOwners ?? [],
            }
        );
    },

    async update(aws, _id, args) {
        await putSettings(aws, args);
    },

    /** There are always settings: deleting them leaves empty ones. */
    async delete(aws, id) {
        await putSettings(aws, {
            catalogId: id,
            createDatabaseDefaultPermissions: [],
            createTableDefaultPermissions: [],
        });
    },
};

function resourceOf(args: Properties): Resource {
    const { catalogResource, database, table, tableWithColumns: columns, dataLocation } = args;
    const tableName = (given: Properties) => ({ CatalogId: given.catalogId, DatabaseName: given.databaseName });
    return {
        Catalog: catalogResource ? {} : undefined,
        Database: database && { CatalogId: database.catalogId, Name: database.name },
        Table: table && { ...tableName(table), Name: table.name, TableWildcard: table.wildcard ? {} : undefined },
        TableWithColumns: columns && {
            ...tableName(columns),
            Name: columns.name,
            ColumnNames: columns.columnNames,
            ColumnWildcard: columns.wildcard ? { ExcludedColumnNames: columns.excludedColumnNames } : undefined,
        },
        DataLocation: dataLocation && { CatalogId: dataLocation.catalogId, ResourceArn: dataLocation.arn },
    };
}

const grantOf = (args: Properties) => ({
    CatalogId: args.catalogId,
    Principal: principal(args.principal),
    Resource: resourceOf(args),
});

/** What AWS fills in where the program did not say in whose catalog a thing is. */
function withCatalogs(aws: Client, args: Properties): Properties {
    const catalogId = args.catalogId ?? aws.accountId;
    const things = ["database", "table", "tableWithColumns", "dataLocation"].filter((key) => args[key]);
    return Object.fromEntries(things.map((key) => [key, { catalogId, ...args[key] }]));
}

const permissions: ResourceType = {
    label: "Lake Formation Permissions",
    foundWith: ["principal"],
    defaults: { catalogResource: false },
    sets: ["permissions", "permissionsWithGrantOptions"],
    notSimulated: ["dataCellsFilter", "lfTag", "lfTagPolicy"],

    async create(aws, args) {
        const grant = grantOf(args);
        await aws.call(SERVICE, "GrantPermissions", {
            ...grant,
            Permissions: args.permissions,
            PermissionsWithGrantOption: args.permissionsWithGrantOptions,
        });
        return createHash("sha256").update(JSON.stringify(grant)).digest("hex").slice(0, 10);
    },

    async read(aws, _id, state) {
        const found = await aws.find<ListPermissionsResponse>(SERVICE, "ListPermissions", grantOf(state));
        const [grant] = found?.PrincipalResourcePermissions ?? [];
        return (
            grant && {
                catalogId: state.catalogId,
                catalogResource: state.catalogResource,
                dataLocation: undefined,
                database: undefined,
                lfTag: undefined,
                lfTagPolicy: undefined,
                table: undefined,
                tableWithColumns: undefined,
                ...withCatalogs(aws, state),
                permissions: grant.Permissions ?? [],
                permissionsWithGrantOptions: grant.PermissionsWithGrantOption ?? [],
                principal: grant.Principal?.DataLakePrincipalIdentifier,
            }
        );
    },

    async delete(aws, _id, state) {
        const revoked = aws.call(SERVICE, "RevokePermissions", {
            ...grantOf(state),
            Permissions: state.permissions,
            PermissionsWithGrantOption: state.permissionsWithGrantOptions,
        });
        await orGone(revoked).catch((error: Error) => {
            if (!error.message.includes("No permissions revoked")) {
                throw error;
            }
        });
    },
};

const resource: ResourceType = {
    label: "Lake Formation Resource",

    async create(aws, args) {
        await aws.call(SERVICE, "RegisterResource", {
            ResourceArn: args.arn,
            RoleArn: args.roleArn,
            UseServiceLinkedRole: args.useServiceLinkedRole ?? args.roleArn === undefined,
            HybridAccessEnabled: args.hybridAccessEnabled,
            WithFederation: args.withFederation,
            WithPrivilegedAccess: args.withPrivilegedAccess,
        });
        return args.arn;
    },

    async read(aws, id, state) {
        const input = { ResourceArn: id };
        const found = (await aws.find<DescribeResourceResponse>(SERVICE, "DescribeResource", input))?.ResourceInfo;
        return (
            found && {
                arn: found.ResourceArn,
                hybridAccessEnabled: found.HybridAccessEnabled ?? false,
                lastModified: found.LastModified,
                roleArn: found.RoleArn,
                useServiceLinkedRole: state.useServiceLinkedRole,
                withFederation: found.WithFederation ?? false,
                withPrivilegedAccess: found.WithPrivilegedAccess ?? false,
            }
        );
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeregisterResource", { ResourceArn: id }));
    },
};

export const lakeformation: ResourceTypes = {
    "aws:lakeformation/dataLakeSettings:DataLakeSettings": dataLakeSettings,
    "aws:lakeformation/permissions:Permissions": permissions,
    "aws:lakeformation/resource:Resource": resource,
};
