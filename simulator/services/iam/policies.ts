import type * as iam from "@aws-sdk/client-iam";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { listing } from "./identities";
import {
    alreadyExists,
    checkName,
    checkPolicy,
    deleteConflict,
    iamArn,
    iamOf,
    noSuchEntity,
    uniqueId,
    type Identity,
    type ManagedPolicy,
} from "./state";
import { tagList, tagMap, tagOperations } from "./tags";

const MAX_SIZE = 6144;
const MAX_VERSIONS = 5;

type Version = ManagedPolicy["versions"][number];

function find({ PolicyArn }: { PolicyArn?: string }, ctx: Context): ManagedPolicy {
    return iamOf(ctx).policies.get(PolicyArn!) ?? noSuchEntity(`Policy ${PolicyArn} was not found.`);
}

function findVersion(input: { PolicyArn?: string; VersionId?: string }, ctx: Context): Version {
    const version = find(input, ctx).versions.find(({ id }) => id === input.VersionId);
    return (
        version ??
        noSuchEntity(`Policy ${input.PolicyArn} version ${input.VersionId} does not exist or is not attachable.`)
    );
}

/** Roles and users of the account that have the policy attached, or as their boundary. */
function holders(ctx: Context, holds: (identity: Identity) => boolean) {
    const { roles, users } = iamOf(ctx);
    return { roles: [...roles.values()].filter(holds), users: [...users.values()].filter(holds) };
}

function countHolders(ctx: Context, holds: (identity: Identity) => boolean): number {
    const { roles, users } = holders(ctx, holds);
    return roles.length + users.length;
}

function describe(policy: ManagedPolicy, ctx: Context): iam.Policy {
    return {
        PolicyName: policy.name,
        PolicyId: policy.id,
        Arn: policy.arn,
        Path: policy.path,
        DefaultVersionId: policy.defaultVersion,
        AttachmentCount: countHolders(ctx, ({ attached }) => attached.has(policy.arn)),
        PermissionsBoundaryUsageCount: countHolders(ctx, ({ boundary }) => boundary === policy.arn),
        IsAttachable: true,
        Description: policy.description,
        CreateDate: policy.created,
        UpdateDate: policy.updated,
        Tags: tagList(policy.tags),
    };
}

function describeVersion(policy: ManagedPolicy, { id, created }: Version): iam.PolicyVersion {
    return { VersionId: id, IsDefaultVersion: id === policy.defaultVersion, CreateDate: created };
}

/** The account's own; AWS's policies are the same for everybody, and nobody may change them. */
function findOwn(input: { PolicyArn?: string }, ctx: Context): ManagedPolicy {
    const policy = find(input, ctx);
    if (policy.arn.includes(":iam::aws:")) {
        throw new AwsError(
            "AccessDeniedException",
            `Policy ${policy.arn} is managed by AWS and cannot be changed.`,
            403,
        );
    }
    return policy;
}

function createPolicy(input: iam.CreatePolicyRequest, ctx: Context): iam.CreatePolicyResponse {
    const { PolicyName = "", PolicyDocument = "", Path = "/" } = input;
    checkName("policyName", PolicyName, 128);
    const { policies: known } = iamOf(ctx);
    if ([...known.values()].some(({ name, arn }) => name === PolicyName && arn.includes(ctx.accountId))) {
        throw alreadyExists(`A policy called ${PolicyName} already exists. Duplicate names are not allowed.`);
    }
    checkPolicy(ctx, PolicyDocument, "identity", MAX_SIZE, "PolicySize");
    const created = new Date(ctx.now);
    const policy: ManagedPolicy = {
        name: PolicyName,
        path: Path,
        id: uniqueId("ANPA"),
        arn: iamArn(ctx, `policy${Path}${PolicyName}`),
        description: input.Description,
        created,
        updated: created,
        tags: tagMap(input.Tags),
        versions: [{ id: "v1", document: PolicyDocument, created }],
        defaultVersion: "v1",
        nextVersion: 2,
    };
    known.set(policy.arn, policy);
    return { Policy: describe(policy, ctx) };
}

function createVersion(input: iam.CreatePolicyVersionRequest, ctx: Context): iam.CreatePolicyVersionResponse {
    const policy = findOwn(input, ctx);
    checkPolicy(ctx, input.PolicyDocument!, "identity", MAX_SIZE, "PolicySize");
    if (policy.versions.length === MAX_VERSIONS) {
        throw new AwsError(
            "LimitExceededException",
            `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
            409,
        );
    }
    const version = { id: `v${policy.nextVersion++}`, document: input.PolicyDocument!, created: new Date(ctx.now) };
    policy.versions.unshift(version);
    policy.updated = version.created;
    if (input.SetAsDefault) {
        policy.defaultVersion = version.id;
    }
    return { PolicyVersion: describeVersion(policy, version) };
}

function deletePolicy(input: iam.DeletePolicyRequest, ctx: Context) {
    const policy = findOwn(input, ctx);
    if (countHolders(ctx, ({ attached, boundary }) => attached.has(policy.arn) || boundary === policy.arn) > 0) {
        throw deleteConflict("Cannot delete a policy attached to entities.");
    }
    if (policy.versions.length > 1) {
        throw deleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
    }
    iamOf(ctx).policies.delete(policy.arn);
    return {};
}

function listEntities(input: iam.ListEntitiesForPolicyRequest, ctx: Context): iam.ListEntitiesForPolicyResponse {
    const { arn } = find(input, ctx);
    const asBoundary = input.PolicyUsageFilter === "PermissionsBoundary";
    const { roles, users } = holders(ctx, ({ attached, boundary }) =>
        asBoundary ? boundary === arn : attached.has(arn),
    );
    const wanted = (kind: iam.EntityType) => (input.EntityFilter ?? kind) === kind;
    return {
        PolicyRoles: wanted("Role") ? roles.map(({ name, id }) => ({ RoleName: name, RoleId: id })) : [],
        PolicyUsers: wanted("User") ? users.map(({ name, id }) => ({ UserName: name, UserId: id })) : [],
        PolicyGroups: [],
        IsTruncated: false,
    };
}

function listPolicies(input: iam.ListPoliciesRequest, ctx: Context) {
    const { Scope = "All", OnlyAttached, PathPrefix = "/" } = input;
    const inScope = ({ arn }: ManagedPolicy) => Scope === "All" || arn.includes(":iam::aws:") === (Scope === "AWS");
    const all = [...iamOf(ctx).policies.values()].filter(
        (policy) => inScope(policy) && policy.path.startsWith(PathPrefix),
    );
    const described = all.map((policy) => ({ ...describe(policy, ctx), Tags: undefined, Description: undefined }));
    return listing("Policies", OnlyAttached ? described.filter((p) => p.AttachmentCount! > 0) : described, input);
}

export const policies = {
    ...operationsOn("iam", ({ PolicyName, Path }, ctx) => iamArn(ctx, `policy${Path ?? "/"}${PolicyName}`), {
        CreatePolicy: createPolicy,
    }),
    ...operationsOn("iam", ({ PolicyArn }) => PolicyArn, {
        GetPolicy: (input: iam.GetPolicyRequest, ctx) => ({ Policy: describe(find(input, ctx), ctx) }),
        GetPolicyVersion(input: iam.GetPolicyVersionRequest, ctx) {
            const version = findVersion(input, ctx);
            const described = describeVersion(find(input, ctx), version);
            return { PolicyVersion: { ...described, Document: encodeURIComponent(version.document) } };
        },
        CreatePolicyVersion: createVersion,
        SetDefaultPolicyVersion(input: iam.SetDefaultPolicyVersionRequest, ctx) {
            findOwn(input, ctx).defaultVersion = findVersion(input, ctx).id;
            return {};
        },
        ListPolicyVersions(input: iam.ListPolicyVersionsRequest, ctx) {
            const policy = find(input, ctx);
            return listing(
                "Versions",
                policy.versions.map((version) => describeVersion(policy, version)),
                input,
            );
        },
        DeletePolicyVersion(input: iam.DeletePolicyVersionRequest, ctx) {
            const policy = findOwn(input, ctx);
            const version = findVersion(input, ctx);
            if (version.id === policy.defaultVersion) {
                throw deleteConflict("Cannot delete the default version of a policy.");
            }
            policy.versions = policy.versions.filter((other) => other !== version);
            return {};
        },
        DeletePolicy: deletePolicy,
        ListEntitiesForPolicy: listEntities,
        ...tagOperations("Policy", findOwn),
    }),
    ListPolicies: { handle: listPolicies },
};
