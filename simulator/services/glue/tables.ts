import type {
    CreateTableRequest,
    DeleteTableRequest,
    GetTableRequest,
    GetTableResponse,
    GetTablesRequest,
    GetTablesResponse,
    GetTableVersionRequest,
    GetTableVersionResponse,
    GetTableVersionsRequest,
    GetTableVersionsResponse,
    Table,
    TableInput,
    UpdateTableRequest,
} from "@aws-sdk/client-glue";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { grantToCreator, mayUse, requireLocation, requirePermission } from "../lakeformation/permissions";
import { findDatabase } from "./databases";
import { catalogArn, databaseArn, GlueState, tableArn, tableKey } from "./state";
import { alreadyExists, checkLength, entityNotFound, PAGE_SIZE } from "./validation";

interface TableAddress {
    CatalogId?: string;
    DatabaseName?: string;
    Name?: string;
    TableName?: string;
    TableInput?: TableInput;
}

const onTable = (action: string) => (input: TableAddress, ctx: Context) => {
    const { CatalogId, DatabaseName = "" } = input;
    const name = input.Name ?? input.TableName ?? input.TableInput?.Name ?? "*";
    return [
        catalogArn(ctx, CatalogId),
        databaseArn(ctx, DatabaseName, CatalogId),
        tableArn(ctx, DatabaseName, name, CatalogId),
    ].map((resource) => ({ action: `glue:${action}`, resource }));
};

export const tables = {
    CreateTable: operation<CreateTableRequest, object>({
        access: (input, ctx) => onTable("CreateTable")(withName(input), ctx),
        handle(request, ctx) {
            const { CatalogId, DatabaseName, TableInput: input } = withName(request);
            const database = findDatabase(ctx, DatabaseName!, CatalogId);
            checkInput(input!);
            const at = { accountId: CatalogId, database: database.Name! };
            requirePermission(ctx, at, "CREATE_TABLE");
            requireLocation(ctx, input!.StorageDescriptor?.Location, CatalogId);
            const key = tableKey(database.Name!, input!.Name!.toLowerCase());
            const state = ctx.state(GlueState, CatalogId);
            if (state.tables.has(key)) {
                throw alreadyExists("Table already exists.");
            }
            const created = new Date(ctx.now);
            const { Name } = database;
            state.tables.set(key, [
                toTable(ctx, input!, { DatabaseName: Name, CatalogId, CreateTime: created, VersionId: "0" }),
            ]);
            grantToCreator(
                ctx,
                { ...at, table: input!.Name!.toLowerCase() },
                database.CreateTableDefaultPermissions ?? [],
            );
            return {};
        },
    }),

    GetTable: operation<GetTableRequest, GetTableResponse>({
        access: onTable("GetTable"),
        handle: (input, ctx) => ({ Table: permitted(ctx, input, "DESCRIBE").at(-1) }),
    }),

    GetTables: operation<GetTablesRequest, GetTablesResponse>({
        access: onTable("GetTables"),
        handle({ CatalogId, DatabaseName, Expression, NextToken, MaxResults }, ctx) {
            const database = findDatabase(ctx, DatabaseName!, CatalogId).Name!;
            const pattern = new RegExp(`^(?:${Expression ?? ".*"})$`);
            const all = [...ctx.state(GlueState, CatalogId).tables.values()]
                .map((versions) => versions.at(-1)!)
                .filter((t) => t.DatabaseName === database && pattern.test(t.Name!))
                .filter((t) => mayUse(ctx, { accountId: CatalogId, database, table: t.Name }, "DESCRIBE"));
            const { page, next } = pageOf(all, MaxResults ?? PAGE_SIZE, NextToken);
            return { TableList: page, NextToken: next };
        },
    }),

    UpdateTable: operation<UpdateTableRequest, object>({
        access: (input, ctx) => onTable("UpdateTable")(withName(input), ctx),
        handle(request, ctx) {
            const input = withName(request);
            checkInput(input.TableInput!);
            const versions = permitted(ctx, { ...input, Name: input.TableInput!.Name }, "ALTER");
            const before = versions.at(-1)!;
            if (input.VersionId !== undefined && input.VersionId !== before.VersionId) {
                throw new AwsError(
                    "ConcurrentModificationException",
                    `Update table failed due to concurrent modifications.`,
                );
            }
            const { DatabaseName, CatalogId, CreateTime } = before;
            const VersionId = String(Number(before.VersionId) + 1);
            const after = toTable(ctx, input.TableInput!, { DatabaseName, CatalogId, CreateTime, VersionId });
            if (input.SkipArchive) {
                versions.pop();
            }
            versions.push(after);
            return {};
        },
    }),

    DeleteTable: operation<DeleteTableRequest, object>({
        access: onTable("DeleteTable"),
        handle(input, ctx) {
            const { DatabaseName, Name } = permitted(ctx, input, "DROP").at(-1)!;
            const state = ctx.state(GlueState, input.CatalogId);
            state.tables.delete(tableKey(DatabaseName!, Name!));
            state.lakehouse.delete(tableKey(DatabaseName!, Name!));
            return {};
        },
    }),

    GetTableVersion: operation<GetTableVersionRequest, GetTableVersionResponse>({
        access: onTable("GetTableVersion"),
        handle(input, ctx) {
            const versions = permitted(ctx, { ...input, Name: input.TableName }, "DESCRIBE");
            const version = versions.find((t) => t.VersionId === (input.VersionId ?? versions.at(-1)!.VersionId));
            if (!version) {
                throw entityNotFound(`Table version ${input.VersionId} not found.`);
            }
            return { TableVersion: { Table: version, VersionId: version.VersionId } };
        },
    }),

    GetTableVersions: operation<GetTableVersionsRequest, GetTableVersionsResponse>({
        access: onTable("GetTableVersions"),
        handle(input, ctx) {
            const versions = permitted(ctx, { ...input, Name: input.TableName }, "DESCRIBE").toReversed();
            const { page, next } = pageOf(versions, input.MaxResults ?? PAGE_SIZE, input.NextToken);
            return {
                TableVersions: page.map((t) => ({ Table: t, VersionId: t.VersionId })),
                NextToken: next,
            };
        },
    }),
};

/** All versions of a table, for a caller with Lake Formation's permission. */
function permitted(
    ctx: Context,
    { CatalogId, DatabaseName, Name }: TableAddress,
    permission: "DESCRIBE" | "ALTER" | "DROP",
) {
    const versions = findTable(ctx, DatabaseName!, Name!, CatalogId);
    const { DatabaseName: database, Name: table } = versions.at(-1)!;
    requirePermission(ctx, { accountId: CatalogId, database, table }, permission);
    return versions;
}

export function findTable(ctx: Context, database: string, name: string, accountId?: string): Table[] {
    const key = tableKey(findDatabase(ctx, database, accountId).Name!, name.toLowerCase());
    const versions = ctx.state(GlueState, accountId).tables.get(key);
    if (!versions) {
        throw entityNotFound(`Table ${name} not found.`);
    }
    return versions;
}

/** CreateTable and UpdateTable take the name beside the input too. */
function withName<T extends { Name?: string; TableInput?: TableInput }>(input: T): T {
    return input.TableInput && !input.TableInput.Name
        ? { ...input, TableInput: { ...input.TableInput, Name: input.Name } }
        : input;
}

function checkInput(input: TableInput): void {
    checkLength("tableInput.name", input.Name, 255);
    checkLength("tableInput.description", input.Description, 2048, 0);
}

function toTable(ctx: Context, input: TableInput, kept: Partial<Table>): Table {
    return {
        ...input,
        ...kept,
        Name: input.Name!.toLowerCase(),
        CatalogId: kept.CatalogId ?? ctx.accountId,
        UpdateTime: new Date(ctx.now),
        CreatedBy: ctx.caller.kind === "service" ? ctx.caller.name : ctx.caller.arn,
        IsRegisteredWithLakeFormation: false,
    };
}
