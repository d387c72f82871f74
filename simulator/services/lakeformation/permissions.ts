import type { DataLakeSettings, Permission, PrincipalPermissions, Resource } from "@aws-sdk/client-lakeformation";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";

/** Everybody whom IAM allows: the group that keeps Lake Formation out of the way until it is revoked. */
export const IAM_ALLOWED_PRINCIPALS = "IAM_ALLOWED_PRINCIPALS";

/** Something in a catalog. Without a database: the catalog itself. */
export interface CatalogItem {
    /** @default the caller's account */
    accountId?: string;
    /** `ACCOUNT:NAME` of a catalog inside the account's. @default the account's own */
    catalog?: string;
    database?: string;
    table?: string;
}

export interface Grant {
    principal: string;
    resource: Resource;
    permissions: Set<Permission>;
    grantable: Set<Permission>;
}

const OPEN: PrincipalPermissions[] = [
    { Principal: { DataLakePrincipalIdentifier: IAM_ALLOWED_PRINCIPALS }, Permissions: ["ALL"] },
];

/** What Lake Formation keeps in an account and Region. */
export class LakeFormationState {
    settings: DataLakeSettings = {
        DataLakeAdmins: [],
        CreateDatabaseDefaultPermissions: OPEN,
        CreateTableDefaultPermissions: OPEN,
        Parameters: { CROSS_ACCOUNT_VERSION: "4" },
    };
    readonly grants = new Map<string, Grant>();
    /** registered locations, `arn:aws:s3:::bucket/prefix` */
    readonly locations = new Map<string, { roleArn?: string; hybrid?: boolean; registered: Date }>();

    constructor() {
        // A new account lets IAM decide who makes databases, too.
        addGrant(this, IAM_ALLOWED_PRINCIPALS, { Catalog: {} }, ["CREATE_DATABASE"]);
    }
}

/** Whether Lake Formation lets the caller do something with the catalog; IAM decides by itself beside it. */
export function mayUse(ctx: Context, item: CatalogItem, permission: Permission): boolean {
    const state = ctx.state(LakeFormationState, item.accountId);
    const who = principals(ctx);
    const isAdmin = (state.settings.DataLakeAdmins ?? []).some((a) => who.has(a.DataLakePrincipalIdentifier!));
    return (
        isAdmin ||
        [...state.grants.values()].some(
            (g) =>
                who.has(g.principal) &&
                covers(g.resource, item) &&
                (g.permissions.has(permission) ||
                    g.permissions.has("ALL") ||
                    // Whoever may do anything with a thing may see it.
                    (permission === "DESCRIBE" && g.permissions.size > 0)),
        )
    );
}

export function requirePermission(ctx: Context, item: CatalogItem, permission: Permission): void {
    if (!mayUse(ctx, item, permission)) {
        const words = permission.toLowerCase().replace(/(^|_)([a-z])/g, (_, gap, c) => (gap && " ") + c.toUpperCase());
        throw denied(`Required ${words} on ${item.table ?? item.database ?? "Catalog"}`);
    }
}

/** A table in a location that is registered needs the permission for the location too. */
export function requireLocation(ctx: Context, uri: string | undefined, accountId?: string): void {
    if (uri !== undefined && !mayUseLocation(ctx, uri, accountId)) {
        throw denied(`Required DATA_LOCATION_ACCESS on ${uri}`);
    }
}

export function mayUseLocation(ctx: Context, uri: string, accountId?: string): boolean {
    const state = ctx.state(LakeFormationState, accountId);
    const who = principals(ctx);
    return (
        !isRegistered(ctx, uri, accountId) ||
        [...state.grants.values()].some(
            (g) =>
                who.has(g.principal) &&
                isUnder(ctx, uri, g.resource.DataLocation?.ResourceArn ?? "\0") &&
                g.permissions.has("DATA_LOCATION_ACCESS"),
        )
    );
}

/** Whether Lake Formation governs the files at a location, and IAM alone does not. */
export function isRegistered(ctx: Context, uri: string, accountId?: string): boolean {
    const { locations } = ctx.state(LakeFormationState, accountId);
    return [...locations].some(([location, { hybrid }]) => !hybrid && isUnder(ctx, uri, location));
}

function isUnder(ctx: Context, uri: string, location: string): boolean {
    const arn = uri.replace(/^s3:\/\//, `arn:${ctx.partition}:s3:::`);
    return arn === location || arn.startsWith(`${location.replace(/\/?$/, "/")}`);
}

/** The one who makes a thing may do everything with it; `defaults` say who else may. */
export function grantToCreator(ctx: Context, item: CatalogItem, defaults: readonly DefaultPermissions[]): void {
    const state = ctx.state(LakeFormationState, item.accountId);
    const resource: Resource = item.table
        ? { Table: { DatabaseName: item.database, Name: item.table } }
        : { Database: { Name: item.database } };
    const creator = ctx.caller.kind === "service" ? ctx.caller.name : (ctx.caller.roleArn ?? ctx.caller.arn);
    addGrant(state, creator, resource, ["ALL"], ["ALL"]);
    for (const { Principal, Permissions } of defaults) {
        addGrant(state, Principal!.DataLakePrincipalIdentifier!, resource, (Permissions ?? []) as Permission[]);
    }
}

/** What a new database, or a table in it, grants to others. The catalog's inputs have the same shape. */
export interface DefaultPermissions {
    Principal?: { DataLakePrincipalIdentifier?: string };
    Permissions?: string[];
}

export function defaultPermissions(ctx: Context, accountId: string, of: "database" | "table") {
    const { settings } = ctx.state(LakeFormationState, accountId);
    const defaults =
        of === "database" ? settings.CreateDatabaseDefaultPermissions : settings.CreateTableDefaultPermissions;
    return defaults ?? [];
}

export function addGrant(
    state: LakeFormationState,
    principal: string,
    resource: Resource,
    permissions: readonly Permission[],
    grantable: readonly Permission[] = [],
): void {
    const key = grantKey(principal, resource);
    const grant = state.grants.get(key) ?? { principal, resource, permissions: new Set(), grantable: new Set() };
    permissions.forEach((p) => grant.permissions.add(p));
    grantable.forEach((p) => grant.grantable.add(p));
    state.grants.set(key, grant);
}

/** One entry per principal and thing, however the resource was written. */
export function grantKey(principal: string, resource: Resource): string {
    const { Database, Table, TableWithColumns, DataLocation } = resource;
    const name = (text: string | undefined) => (text ?? "").toLowerCase();
    const table = Table ?? TableWithColumns;
    const thing = Database
        ? `database/${name(Database.Name)}`
        : table
          ? `table/${name(table.DatabaseName)}/${name(table.Name) || "*"}`
          : DataLocation
            ? `location/${DataLocation.ResourceArn}`
            : ["catalog", nestedCatalog(resource)].filter(Boolean).join("/");
    return `${principal}|${thing}`;
}

function covers(resource: Resource, { catalog, database, table }: CatalogItem): boolean {
    const same = (a: string | undefined, b: string | undefined) => a?.toLowerCase() === b?.toLowerCase();
    const of = resource.Table ?? resource.TableWithColumns;
    if (table !== undefined) {
        return (
            same(of?.DatabaseName, database) && (same(of?.Name, table) || resource.Table?.TableWildcard !== undefined)
        );
    }
    return database === undefined
        ? resource.Catalog !== undefined && nestedCatalog(resource) === catalog
        : same(resource.Database?.Name, database);
}

/** The catalog inside an account's that a grant is about. */
const nestedCatalog = ({ Catalog }: Resource): string | undefined =>
    Catalog?.Id?.includes(":") ? Catalog.Id : undefined;

function principals(ctx: Context): Set<string> {
    const { caller } = ctx;
    const own = caller.kind === "service" ? [caller.name] : [caller.arn, caller.roleArn ?? caller.arn];
    return new Set([...own, caller.accountId, `${caller.accountId}:IAMPrincipals`, IAM_ALLOWED_PRINCIPALS]);
}

const denied = (message: string) =>
    new AwsError("AccessDeniedException", `Insufficient Lake Formation permission(s): ${message}`, 400);
