import type {
    BatchGrantPermissionsRequest,
    BatchGrantPermissionsResponse,
    BatchPermissionsRequestEntry,
    DeregisterResourceRequest,
    DescribeResourceRequest,
    DescribeResourceResponse,
    GetDataLakeSettingsRequest,
    GetDataLakeSettingsResponse,
    GetEffectivePermissionsForPathRequest,
    GetEffectivePermissionsForPathResponse,
    GrantPermissionsRequest,
    ListPermissionsRequest,
    ListPermissionsResponse,
    ListResourcesRequest,
    ListResourcesResponse,
    Permission,
    PrincipalResourcePermissions,
    PutDataLakeSettingsRequest,
    RegisterResourceRequest,
    Resource,
    ResourceInfo,
} from "@aws-sdk/client-lakeformation";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation, type Service } from "../../world/service";
import { GlueState, tableKey } from "../glue/state";
import { addGrant, grantKey, LakeFormationState, type Grant } from "./permissions";

const MAX_ADMINS = 30;

export const lakeformation: Service = {
    id: "lakeformation",
    model: () => require("@aws-sdk/client-lakeformation"),
    operations: {
        GetDataLakeSettings: operation<GetDataLakeSettingsRequest, GetDataLakeSettingsResponse>({
            handle: ({ CatalogId }, ctx) => ({ DataLakeSettings: ctx.state(LakeFormationState, CatalogId).settings }),
        }),

        PutDataLakeSettings: operation<PutDataLakeSettingsRequest, object>({
            handle({ CatalogId, DataLakeSettings: settings }, ctx) {
                if ((settings!.DataLakeAdmins ?? []).length > MAX_ADMINS) {
                    throw invalidInput(`At most ${MAX_ADMINS} data lake administrators are supported.`);
                }
                // What is left out is emptied: a catalog whose defaults are gone is governed by grants alone.
                ctx.state(LakeFormationState, CatalogId).settings = {
                    DataLakeAdmins: [],
                    CreateDatabaseDefaultPermissions: [],
                    CreateTableDefaultPermissions: [],
                    ...settings,
                };
                return {};
            },
        }),

        GrantPermissions: operation<GrantPermissionsRequest, object>({
            handle(input, ctx) {
                grant(ctx, input);
                return {};
            },
        }),

        RevokePermissions: operation<GrantPermissionsRequest, object>({
            handle(input, ctx) {
                revoke(ctx, input);
                return {};
            },
        }),

        BatchGrantPermissions: operation<BatchGrantPermissionsRequest, BatchGrantPermissionsResponse>({
            handle: (input, ctx) => batch(input, (entry) => grant(ctx, { ...entry, CatalogId: input.CatalogId })),
        }),

        BatchRevokePermissions: operation<BatchGrantPermissionsRequest, BatchGrantPermissionsResponse>({
            handle: (input, ctx) => batch(input, (entry) => revoke(ctx, { ...entry, CatalogId: input.CatalogId })),
        }),

        ListPermissions: operation<ListPermissionsRequest, ListPermissionsResponse>({
            handle(input, ctx) {
                const { Principal, ResourceType } = input;
                const { CatalogId, Resource } = placed(input);
                const wanted = Resource && grantKey("", Resource);
                const found = [...ctx.state(LakeFormationState, CatalogId).grants.values()].filter(
                    (g) =>
                        (!Principal || g.principal === Principal.DataLakePrincipalIdentifier) &&
                        (!wanted || grantKey("", g.resource) === wanted) &&
                        (!ResourceType || resourceType(g.resource) === ResourceType),
                );
                return { PrincipalResourcePermissions: found.map(describeGrant) };
            },
        }),

        RegisterResource: operation<RegisterResourceRequest, object>({
            handle({ ResourceArn, RoleArn, UseServiceLinkedRole, HybridAccessEnabled }, ctx) {
                const { locations } = ctx.state(LakeFormationState);
                if (locations.has(ResourceArn!)) {
                    throw new AwsError("AlreadyExistsException", "An error occurred: Resource is already registered");
                }
                if (!RoleArn && !UseServiceLinkedRole) {
                    throw invalidInput("Either RoleArn or UseServiceLinkedRole is required.");
                }
                if (RoleArn) {
                    ctx.authorize({ action: "iam:PassRole", resource: RoleArn });
                }
                locations.set(ResourceArn!, {
                    roleArn: RoleArn ?? serviceLinkedRole(ctx),
                    hybrid: HybridAccessEnabled,
                    registered: new Date(ctx.now),
                });
                return {};
            },
        }),

        DeregisterResource: operation<DeregisterResourceRequest, object>({
            handle({ ResourceArn }, ctx) {
                findLocation(ctx, ResourceArn!);
                ctx.state(LakeFormationState).locations.delete(ResourceArn!);
                return {};
            },
        }),

        DescribeResource: operation<DescribeResourceRequest, DescribeResourceResponse>({
            handle: ({ ResourceArn }, ctx) => ({ ResourceInfo: findLocation(ctx, ResourceArn!) }),
        }),

        ListResources: operation<ListResourcesRequest, ListResourcesResponse>({
            handle: (_, ctx) => ({
                ResourceInfoList: [...ctx.state(LakeFormationState).locations.keys()].map((arn) =>
                    findLocation(ctx, arn),
                ),
            }),
        }),

        GetEffectivePermissionsForPath: operation<
            GetEffectivePermissionsForPathRequest,
            GetEffectivePermissionsForPathResponse
        >({
            handle({ CatalogId, ResourceArn }, ctx) {
                const grants = [...ctx.state(LakeFormationState, CatalogId).grants.values()];
                const at = grants.filter((g) => g.resource.DataLocation?.ResourceArn === ResourceArn);
                return { Permissions: at.map(describeGrant) };
            },
        }),
    },
};

type GrantEntry = GrantPermissionsRequest | (BatchPermissionsRequestEntry & { CatalogId?: string });

/** A grant on a catalog inside an account's is kept with the account; the call may name the catalog in either place. */
function placed<Entry extends { CatalogId?: string; Resource?: Resource }>(entry: Entry): Entry {
    const id = entry.Resource?.Catalog?.Id ?? entry.CatalogId;
    return entry.Resource?.Catalog && id?.includes(":")
        ? { ...entry, CatalogId: id.split(":")[0], Resource: { Catalog: { Id: id } } }
        : entry;
}

function grant(ctx: Context, entry: GrantEntry): void {
    const { CatalogId, Principal, Resource, Permissions, PermissionsWithGrantOption } = placed(entry);
    requireThing(ctx, Resource!, CatalogId);
    requireGrantor(ctx, Resource!, CatalogId);
    const state = ctx.state(LakeFormationState, CatalogId);
    addGrant(state, Principal!.DataLakePrincipalIdentifier!, Resource!, Permissions ?? [], PermissionsWithGrantOption);
}

function revoke(ctx: Context, entry: GrantEntry): void {
    const { CatalogId, Principal, Resource, Permissions, PermissionsWithGrantOption } = placed(entry);
    requireGrantor(ctx, Resource!, CatalogId);
    const { grants } = ctx.state(LakeFormationState, CatalogId);
    const key = grantKey(Principal!.DataLakePrincipalIdentifier!, Resource!);
    const existing = grants.get(key);
    const missing = (Permissions ?? []).filter((p) => !existing?.permissions.has(p));
    if (!existing || missing.length > 0) {
        throw invalidInput(
            `No permissions revoked. Grantee has no permissions [${missing.join(", ")}] on the resource.`,
        );
    }
    (Permissions ?? []).forEach((p) => existing.permissions.delete(p));
    [...(Permissions ?? []), ...(PermissionsWithGrantOption ?? [])].forEach((p) => existing.grantable.delete(p));
    if (existing.permissions.size === 0) {
        grants.delete(key);
    }
}

/** Administrators, the creators of a thing, and whoever was given the option to grant it. */
function requireGrantor(ctx: Context, resource: Resource, accountId?: string): void {
    const { settings, grants } = ctx.state(LakeFormationState, accountId);
    const { caller } = ctx;
    const own = caller.kind === "service" ? caller.name : (caller.roleArn ?? caller.arn);
    const admins = settings.DataLakeAdmins ?? [];
    // Without any administrator IAM alone decides, as for a new account.
    const allowed =
        admins.length === 0 ||
        admins.some((a) => a.DataLakePrincipalIdentifier === own) ||
        (grants.get(grantKey(own, resource))?.grantable.size ?? 0) > 0;
    if (!allowed) {
        throw new AwsError("AccessDeniedException", "Insufficient Lake Formation permission(s): Required grant option");
    }
}

function requireThing(ctx: Context, resource: Resource, accountId?: string): void {
    const { databases, tables } = ctx.state(GlueState, accountId);
    const table = resource.Table ?? resource.TableWithColumns;
    const database = (resource.Database?.Name ?? table?.DatabaseName)?.toLowerCase();
    if (database !== undefined && !databases.has(database)) {
        throw new AwsError("EntityNotFoundException", "Database not found");
    }
    if (table?.Name !== undefined && !tables.has(tableKey(database!, table.Name.toLowerCase()))) {
        throw new AwsError("EntityNotFoundException", "Table not found");
    }
}

function batch(input: BatchGrantPermissionsRequest, apply: (entry: BatchPermissionsRequestEntry) => void) {
    const failures = (input.Entries ?? []).flatMap((entry) => {
        try {
            apply(entry);
            return [];
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            return [{ RequestEntry: entry, Error: { ErrorCode: error.code, ErrorMessage: error.message } }];
        }
    });
    return { Failures: failures };
}

function findLocation(ctx: Context, arn: string): ResourceInfo {
    const location = ctx.state(LakeFormationState).locations.get(arn);
    if (!location) {
        throw new AwsError("EntityNotFoundException", "Entity not found");
    }
    const { roleArn, hybrid, registered } = location;
    return { ResourceArn: arn, RoleArn: roleArn, HybridAccessEnabled: hybrid ?? false, LastModified: registered };
}

function describeGrant({ principal, resource, permissions, grantable }: Grant): PrincipalResourcePermissions {
    return {
        Principal: { DataLakePrincipalIdentifier: principal },
        Resource: resource,
        Permissions: [...permissions] as Permission[],
        PermissionsWithGrantOption: [...grantable] as Permission[],
    };
}

function resourceType({ Database, Table, TableWithColumns, DataLocation }: Resource): string {
    return Database ? "DATABASE" : (Table ?? TableWithColumns) ? "TABLE" : DataLocation ? "DATA_LOCATION" : "CATALOG";
}

const serviceLinkedRole = (ctx: Context) =>
    `arn:${ctx.partition}:iam::${ctx.accountId}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess`;

const invalidInput = (message: string) => new AwsError("InvalidInputException", message);
