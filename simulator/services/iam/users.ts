import type * as iam from "@aws-sdk/client-iam";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { checkHasNoPolicies, describeBoundary, listing, policyOperations } from "./identities";
import { alreadyExists, deleteConflict, iamArn, iamOf, newIdentity, noSuchEntity, type User } from "./state";
import { tagList, tagOperations } from "./tags";

/** Inline policies of a user, together, in characters. */
const MAX_INLINE_SIZE = 2048;
const MAX_ACCESS_KEYS = 2;

/** Where a call names no user, the caller means itself. */
function nameIn({ UserName }: { UserName?: string }, ctx: Context): string {
    const own = ctx.caller.kind === "user" ? ctx.caller.arn.split("/").pop()! : "";
    return UserName ?? own;
}

function find(input: { UserName?: string }, ctx: Context): User {
    const name = nameIn(input, ctx);
    return iamOf(ctx).users.get(name) ?? noSuchEntity(`The user with name ${name} cannot be found.`);
}

function arnOf(input: { UserName?: string; Path?: string }, ctx: Context): string {
    const name = nameIn(input, ctx);
    return iamOf(ctx).users.get(name)?.arn ?? iamArn(ctx, `user${input.Path ?? "/"}${name}`);
}

function describe(user: User): iam.User {
    return {
        Path: user.path,
        UserName: user.name,
        UserId: user.id,
        Arn: user.arn,
        CreateDate: user.created,
        PermissionsBoundary: describeBoundary(user),
        Tags: user.tags.size > 0 ? tagList(user.tags) : undefined,
    };
}

function createUser(input: iam.CreateUserRequest, ctx: Context): iam.CreateUserResponse {
    const { UserName = "", Path, PermissionsBoundary } = input;
    const { users } = iamOf(ctx);
    if (users.has(UserName)) {
        throw alreadyExists(`User with name ${UserName} already exists.`);
    }
    const user: User = {
        ...newIdentity(ctx, "user", { name: UserName, path: Path, tags: input.Tags, boundary: PermissionsBoundary }),
        accessKeys: new Map(),
    };
    users.set(UserName, user);
    return { User: describe(user) };
}

function deleteUser(input: iam.DeleteUserRequest, ctx: Context) {
    const user = find(input, ctx);
    checkHasNoPolicies(user);
    if (user.accessKeys.size > 0) {
        throw deleteConflict("Cannot delete entity, must delete access keys first.");
    }
    iamOf(ctx).users.delete(user.name);
    return {};
}

function createAccessKey(input: iam.CreateAccessKeyRequest, ctx: Context): iam.CreateAccessKeyResponse {
    const user = find(input, ctx);
    if (user.accessKeys.size === MAX_ACCESS_KEYS) {
        throw new AwsError(
            "LimitExceededException",
            `Cannot exceed quota for AccessKeysPerUser: ${MAX_ACCESS_KEYS}`,
            409,
        );
    }
    const { arn, id, name } = user;
    const key = ctx.world.identities.issue({ kind: "user", accountId: ctx.accountId, arn, userId: id });
    const created = new Date(ctx.now);
    user.accessKeys.set(key.accessKeyId, { created });
    return {
        AccessKey: {
            UserName: name,
            AccessKeyId: key.accessKeyId,
            SecretAccessKey: key.secretAccessKey,
            Status: "Active",
            CreateDate: created,
        },
    };
}

export const users = {
    ...operationsOn("iam", arnOf, {
        CreateUser: createUser,
        GetUser: (input: iam.GetUserRequest, ctx) => ({ User: describe(find(input, ctx)) }),
        DeleteUser: deleteUser,
        CreateAccessKey: createAccessKey,
        DeleteAccessKey(input: iam.DeleteAccessKeyRequest, ctx) {
            if (!find(input, ctx).accessKeys.delete(input.AccessKeyId!)) {
                noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
            }
            ctx.world.identities.revoke(input.AccessKeyId!);
            return {};
        },
        ListAccessKeys(input: iam.ListAccessKeysRequest, ctx) {
            const { name: UserName, accessKeys } = find(input, ctx);
            const keys = [...accessKeys].map(([AccessKeyId, { created }]) => ({
                UserName,
                AccessKeyId,
                Status: "Active",
                CreateDate: created,
            }));
            return listing("AccessKeyMetadata", keys, input);
        },
        ListGroupsForUser(input: iam.ListGroupsForUserRequest, ctx) {
            find(input, ctx);
            return { Groups: [], IsTruncated: false };
        },
        ...policyOperations("User", MAX_INLINE_SIZE, find),
        ...tagOperations("User", find),
    }),
    ...operationsOn("iam", (_input, ctx) => iamArn(ctx, "user/"), {
        ListUsers: (input: iam.ListUsersRequest, ctx) =>
            listing(
                "Users",
                [...iamOf(ctx).users.values()]
                    .filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"))
                    .map((user) => ({ ...describe(user), Tags: undefined })),
                input,
            ),
    }),
};
