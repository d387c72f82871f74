import type {
    CreateDatabaseRequest,
    Database,
    DatabaseInput,
    DeleteDatabaseRequest,
    GetDatabaseRequest,
    GetDatabaseResponse,
    GetDatabasesRequest,
    GetDatabasesResponse,
    UpdateDatabaseRequest,
} from "@aws-sdk/client-glue";

import type { Context } from "../../world/context";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { defaultPermissions, grantToCreator, mayUse, requirePermission } from "../lakeformation/permissions";
import { requireCatalog } from "./catalogs";
import { catalogArn, databaseArn, GlueState } from "./state";
import { tagOnCreation } from "./tags";
import { alreadyExists, checkLength, entityNotFound, PAGE_SIZE } from "./validation";

const MAX_NAME = 255;

/** Glue decides on every level of the catalog that leads to a resource. */
const onDatabase =
    (action: string) => (input: { CatalogId?: string; Name?: string; DatabaseInput?: DatabaseInput }, ctx: Context) =>
        [
            catalogArn(ctx, input.CatalogId),
            databaseArn(ctx, input.Name ?? input.DatabaseInput?.Name ?? "", input.CatalogId),
        ].map((resource) => ({ action: `glue:${action}`, resource }));

export const databases = {
    CreateDatabase: operation<CreateDatabaseRequest, object>({
        access: onDatabase("CreateDatabase"),
        handle({ CatalogId = "", DatabaseInput: input, Tags }, ctx) {
            const accountId = CatalogId || ctx.accountId;
            requireCatalog(ctx, accountId);
            const state = ctx.state(GlueState, accountId);
            const name = checkedName(input!);
            if (state.databases.has(name)) {
                throw alreadyExists("Database already exists.");
            }
            requirePermission(ctx, { accountId }, "CREATE_DATABASE");
            const tablePermissions =
                input!.CreateTableDefaultPermissions ?? defaultPermissions(ctx, accountId, "table");
            state.databases.set(name, {
                ...input,
                Name: name,
                CatalogId: accountId,
                CreateTime: new Date(ctx.now),
                CreateTableDefaultPermissions: tablePermissions as Database["CreateTableDefaultPermissions"],
            });
            grantToCreator(ctx, { accountId, database: name }, defaultPermissions(ctx, accountId, "database"));
            tagOnCreation(ctx, databaseArn(ctx, name, accountId), Tags);
            return {};
        },
    }),

    GetDatabase: operation<GetDatabaseRequest, GetDatabaseResponse>({
        access: onDatabase("GetDatabase"),
        handle: ({ CatalogId, Name }, ctx) => {
            const database = findDatabase(ctx, Name!, CatalogId);
            requirePermission(ctx, { accountId: CatalogId, database: database.Name }, "DESCRIBE");
            return { Database: database };
        },
    }),

    GetDatabases: operation<GetDatabasesRequest, GetDatabasesResponse>({
        access: onDatabase("GetDatabases"),
        handle({ CatalogId, NextToken, MaxResults }, ctx) {
            requireCatalog(ctx, CatalogId);
            const all = [...ctx.state(GlueState, CatalogId).databases.values()].filter((d) =>
                mayUse(ctx, { accountId: CatalogId, database: d.Name }, "DESCRIBE"),
            );
            const { page, next } = pageOf(all, MaxResults ?? PAGE_SIZE, NextToken);
            return { DatabaseList: page, NextToken: next };
        },
    }),

    UpdateDatabase: operation<UpdateDatabaseRequest, object>({
        access: onDatabase("UpdateDatabase"),
        handle({ CatalogId, Name, DatabaseInput: input }, ctx) {
            const before = findDatabase(ctx, Name!, CatalogId);
            requirePermission(ctx, { accountId: CatalogId, database: before.Name }, "ALTER");
            const { CatalogId: owner, CreateTime, CreateTableDefaultPermissions } = before;
            ctx.state(GlueState, CatalogId).databases.set(before.Name!, {
                CreateTableDefaultPermissions,
                ...input,
                Name: before.Name,
                CatalogId: owner,
                CreateTime,
            });
            return {};
        },
    }),

    DeleteDatabase: operation<DeleteDatabaseRequest, object>({
        access: onDatabase("DeleteDatabase"),
        handle({ CatalogId, Name }, ctx) {
            const { Name: name } = findDatabase(ctx, Name!, CatalogId);
            requirePermission(ctx, { accountId: CatalogId, database: name }, "DROP");
            const state = ctx.state(GlueState, CatalogId);
            state.databases.delete(name!);
            // A database takes its tables along; their objects stay.
            for (const key of [...state.tables.keys()].filter((k) => k.startsWith(`${name}/`))) {
                state.tables.delete(key);
                state.lakehouse.delete(key);
            }
            return {};
        },
    }),
};

export function findDatabase(ctx: Context, name: string, accountId?: string): Database {
    const database = ctx.state(GlueState, accountId).databases.get(name.toLowerCase());
    if (!database) {
        throw entityNotFound(`Database ${name} not found.`);
    }
    return database;
}

/** The catalog keeps names in lower case. */
function checkedName(input: DatabaseInput): string {
    checkLength("databaseInput.name", input.Name, MAX_NAME);
    checkLength("databaseInput.description", input.Description, 2048, 0);
    checkLength("databaseInput.locationUri", input.LocationUri, 1024);
    return input.Name!.toLowerCase();
}
