import type {
    Catalog,
    CatalogInput,
    CreateCatalogRequest,
    DeleteCatalogRequest,
    GetCatalogRequest,
    GetCatalogResponse,
    GetCatalogsRequest,
    GetCatalogsResponse,
    UpdateCatalogRequest,
} from "@aws-sdk/client-glue";

import { inboundIntegrations } from "../../integrations/inbound";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { addGrant, LakeFormationState, requirePermission } from "../lakeformation/permissions";
import { catalogArn, GlueState, type ManagedCatalog } from "./state";
import { tagOnCreation } from "./tags";
import { alreadyExists, checkLength, entityNotFound, invalidInput, PAGE_SIZE } from "./validation";

const MAX_NAME = 64;
/** The one kind that is simulated: storage that Redshift manages. */
const MANAGED_TYPE = "aws:redshift";

const onCatalog = (action: string) => (input: { Name?: string; CatalogId?: string }, ctx: Context) =>
    [catalogArn(ctx), catalogArn(ctx, input.CatalogId ?? catalogId(ctx, input.Name!))].map((resource) => ({
        action: `glue:${action}`,
        resource,
    }));

/** Catalogs inside the account's own one. */
export const catalogs = {
    CreateCatalog: operation<CreateCatalogRequest, object>({
        access: onCatalog("CreateCatalog"),
        handle({ Name: name, CatalogInput: input, Tags }, ctx) {
            checkLength("name", name, MAX_NAME);
            if (!/^[a-z0-9_-]+$/.test(name!)) {
                throw invalidInput(`The catalog name "${name}" has other characters than a-z, 0-9, _ and -.`);
            }
            const access = checkedAccess(ctx, input!);
            const state = ctx.state(GlueState);
            if (state.catalogs.has(name!)) {
                throw alreadyExists("Catalog already exists.");
            }
            // Whoever makes a catalog is an administrator of Lake Formation, or was granted to.
            requirePermission(ctx, {}, "CREATE_CATALOG");
            const id = catalogId(ctx, name!);
            const now = new Date(ctx.now);
            state.catalogs.set(name!, {
                CatalogId: id,
                Name: name!,
                ResourceArn: catalogArn(ctx, id),
                ...settings(input!),
                CreateTime: now,
                UpdateTime: now,
                CatalogProperties: {
                    ...input!.CatalogProperties,
                    IcebergOptimizationProperties: undefined,
                    DataLakeAccessProperties: {
                        ...access,
                        ManagedWorkgroupName: `glue-managed-${name}`,
                        ManagedWorkgroupStatus: "AVAILABLE",
                        RedshiftDatabaseName: "dev",
                    },
                },
            });
            const { caller } = ctx;
            const creator = caller.kind === "service" ? caller.name : (caller.roleArn ?? caller.arn);
            addGrant(ctx.state(LakeFormationState), creator, { Catalog: { Id: id } }, ["ALL"], ["ALL"]);
            tagOnCreation(ctx, catalogArn(ctx, id), Tags);
            return {};
        },
    }),

    GetCatalog: operation<GetCatalogRequest, GetCatalogResponse>({
        access: onCatalog("GetCatalog"),
        handle: ({ CatalogId }, ctx) => ({ Catalog: findCatalog(ctx, CatalogId!) }),
    }),

    GetCatalogs: operation<GetCatalogsRequest, GetCatalogsResponse>({
        access: (_, ctx) => [{ action: "glue:GetCatalogs", resource: catalogArn(ctx) }],
        handle({ NextToken, MaxResults }, ctx) {
            const { page, next } = pageOf(
                [...ctx.state(GlueState).catalogs.values()],
                MaxResults ?? PAGE_SIZE,
                NextToken,
            );
            return { CatalogList: page, NextToken: next };
        },
    }),

    UpdateCatalog: operation<UpdateCatalogRequest, object>({
        access: onCatalog("UpdateCatalog"),
        handle({ CatalogId, CatalogInput: input }, ctx) {
            const catalog = findCatalog(ctx, CatalogId!);
            const access = checkedAccess(ctx, input!);
            Object.assign(catalog, settings(input!), { UpdateTime: new Date(ctx.now) });
            Object.assign(catalog.CatalogProperties!.DataLakeAccessProperties!, access);
            return {};
        },
    }),

    DeleteCatalog: operation<DeleteCatalogRequest, object>({
        access: onCatalog("DeleteCatalog"),
        handle({ CatalogId }, ctx) {
            const { Name, CatalogId: id, ResourceArn } = findCatalog(ctx, CatalogId!);
            if (inboundIntegrations(ctx.world, ResourceArn).length > 0) {
                throw new AwsError("ConcurrentModificationException", `Catalog ${Name} is the target of integrations.`);
            }
            const state = ctx.state(GlueState);
            state.catalogs.delete(Name);
            state.tags.delete(ResourceArn);
            const content = ctx.state(GlueState, id);
            [content.databases, content.tables, content.managedTables].forEach((all) => all.clear());
            return {};
        },
    }),
};

const catalogId = (ctx: Context, name: string) => `${ctx.accountId}:${name}`;

/** By `ACCOUNT:NAME`, or by name; the account's own catalog is none of them. */
export function findCatalog(ctx: Context, id: string): ManagedCatalog {
    const [account, name] = id.includes(":") ? id.split(":") : [ctx.accountId, id];
    const catalog = ctx.state(GlueState, account).catalogs.get(name!);
    if (!catalog) {
        throw entityNotFound(`Catalog ${id} not found.`);
    }
    return catalog;
}

/** Throws unless the catalog exists; an account's own always does. */
export function requireCatalog(ctx: Context, id: string | undefined): void {
    if (id?.includes(":")) {
        findCatalog(ctx, id);
    }
}

/** The catalog of `arn:…:catalog/NAME`; undefined for other ARNs, and where there is none. */
export function catalogOf(ctx: Context, arn: string): ManagedCatalog | undefined {
    const { accountId, region, resource } = splitArn(arn);
    const name = /^catalog\/([^/]+)$/.exec(resource)?.[1];
    return ctx.state(GlueState, accountId, region).catalogs.get(name ?? "");
}

function settings({ Description, Parameters, ...input }: CatalogInput): Partial<Catalog> {
    const { CreateDatabaseDefaultPermissions, CreateTableDefaultPermissions } = input;
    const { AllowFullTableExternalDataAccess } = input;
    return {
        Description,
        Parameters,
        CreateDatabaseDefaultPermissions,
        CreateTableDefaultPermissions,
        AllowFullTableExternalDataAccess,
    };
}

function checkedAccess(ctx: Context, input: CatalogInput) {
    const access = input.CatalogProperties?.DataLakeAccessProperties;
    if (input.FederatedCatalog || input.TargetRedshiftCatalog || access?.CatalogType !== MANAGED_TYPE) {
        throw invalidInput(
            `Only catalogs with DataLakeAccessProperties of the CatalogType "${MANAGED_TYPE}" are simulated.`,
        );
    }
    if (!access.DataLakeAccess || !access.DataTransferRole) {
        throw invalidInput("A managed catalog needs DataLakeAccess and a DataTransferRole.");
    }
    const context = { "iam:PassedToService": "glue.amazonaws.com" };
    ctx.authorize({ action: "iam:PassRole", resource: access.DataTransferRole, context });
    return access;
}
