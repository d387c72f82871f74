import type * as iam from "@aws-sdk/client-iam";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { checkHasNoPolicies, describeBoundary, listing, policyOperations } from "./identities";
import { alreadyExists, checkPolicy, iamArn, iamOf, newIdentity, noSuchEntity, type Role } from "./state";
import { tagList, tagOperations } from "./tags";

/** Inline policies of a role, together, in characters. */
const MAX_INLINE_SIZE = 10_240;
const MAX_TRUST_SIZE = 2048;

function find({ RoleName }: { RoleName?: string }, ctx: Context): Role {
    return iamOf(ctx).roles.get(RoleName!) ?? noSuchEntity(`The role with name ${RoleName} cannot be found.`);
}

function arnOf({ RoleName, Path }: { RoleName: string; Path?: string }, ctx: Context): string {
    return iamOf(ctx).roles.get(RoleName)?.arn ?? iamArn(ctx, `role${Path ?? "/"}${RoleName}`);
}

function describe(role: Role): iam.Role {
    return {
        Path: role.path,
        RoleName: role.name,
        RoleId: role.id,
        Arn: role.arn,
        CreateDate: role.created,
        AssumeRolePolicyDocument: encodeURIComponent(role.trust),
        Description: role.description,
        MaxSessionDuration: role.maxSessionDuration,
        PermissionsBoundary: describeBoundary(role),
        Tags: role.tags.size > 0 ? tagList(role.tags) : undefined,
        RoleLastUsed: {},
    };
}

function checkTrust(ctx: Context, document: string): void {
    checkPolicy(ctx, document, "trust", MAX_TRUST_SIZE, "ACLSizePerRole");
}

/** One to twelve hours. */
function checkSessionDuration(seconds: number): number {
    if (seconds < 3600 || seconds > 43_200) {
        const bound = seconds < 3600 ? "greater than or equal to 3600" : "less than or equal to 43200";
        throw new AwsError(
            "ValidationError",
            `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value ${bound}`,
        );
    }
    return seconds;
}

function createRole(input: iam.CreateRoleRequest, ctx: Context): iam.CreateRoleResponse {
    const { RoleName = "", AssumeRolePolicyDocument = "", Path, PermissionsBoundary } = input;
    const { roles } = iamOf(ctx);
    if (roles.has(RoleName)) {
        throw alreadyExists(`Role with name ${RoleName} already exists.`);
    }
    checkTrust(ctx, AssumeRolePolicyDocument);
    const role: Role = {
        ...newIdentity(ctx, "role", { name: RoleName, path: Path, tags: input.Tags, boundary: PermissionsBoundary }),
        trust: AssumeRolePolicyDocument,
        description: input.Description,
        maxSessionDuration: checkSessionDuration(input.MaxSessionDuration ?? 3600),
    };
    roles.set(RoleName, role);
    return { Role: describe(role) };
}

function deleteRole(input: iam.DeleteRoleRequest, ctx: Context) {
    const role = find(input, ctx);
    checkHasNoPolicies(role);
    iamOf(ctx).roles.delete(role.name);
    return {};
}

export const roles = {
    ...operationsOn("iam", arnOf, {
        CreateRole: createRole,
        GetRole: (input: iam.GetRoleRequest, ctx) => ({ Role: describe(find(input, ctx)) }),
        UpdateRole(input: iam.UpdateRoleRequest, ctx) {
            const role = find(input, ctx);
            role.maxSessionDuration = checkSessionDuration(input.MaxSessionDuration ?? role.maxSessionDuration);
            role.description = input.Description ?? role.description;
            return {};
        },
        UpdateRoleDescription(input: iam.UpdateRoleDescriptionRequest, ctx) {
            const role = find(input, ctx);
            role.description = input.Description;
            return { Role: describe(role) };
        },
        UpdateAssumeRolePolicy(input: iam.UpdateAssumeRolePolicyRequest, ctx) {
            const role = find(input, ctx);
            checkTrust(ctx, input.PolicyDocument!);
            role.trust = input.PolicyDocument!;
            return {};
        },
        DeleteRole: deleteRole,
        ListInstanceProfilesForRole(input: iam.ListInstanceProfilesForRoleRequest, ctx) {
            find(input, ctx);
            return { InstanceProfiles: [], IsTruncated: false };
        },
        ...policyOperations("Role", MAX_INLINE_SIZE, find),
        ...tagOperations("Role", find),
    }),
    ...operationsOn("iam", (_input, ctx) => iamArn(ctx, "role/"), {
        ListRoles: (input: iam.ListRolesRequest, ctx) =>
            listing(
                "Roles",
                [...iamOf(ctx).roles.values()]
                    .filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"))
                    .map((role) => ({ ...describe(role), Tags: undefined, RoleLastUsed: undefined })),
                input,
            ),
    }),
};
