import type { AttachedPermissionsBoundary } from "@aws-sdk/client-iam";
import type { PolicyDocument } from "../../access/policy";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { AccountCaller } from "../../world/identity";
import type { IdentityPolicies } from "../../world/service";
import {
    checkName,
    checkPolicy,
    defaultDocument,
    deleteConflict,
    managedPolicy,
    noSuchEntity,
    roleOf,
    userOf,
    type Identity,
} from "./state";
import { pageOf } from "../operations";

/** IAM lists a hundred things at a time. */
const PAGE_SIZE = 100;

interface ListInput {
    Marker?: string;
    MaxItems?: number;
}

/** A page in the words of IAM. */
export function listing<T>(member: string, items: T[], { Marker, MaxItems = PAGE_SIZE }: ListInput) {
    const { page, next } = pageOf(items, MaxItems, Marker);
    return { [member]: page, IsTruncated: next !== undefined, Marker: next };
}

interface PolicyInput extends ListInput {
    PolicyName: string;
    PolicyArn: string;
    PolicyDocument: string;
    PermissionsBoundary: string;
}

/** Managed policies that an identity can have. */
const MAX_ATTACHED = 10;

/** The operations on a role's or a user's own policies, which differ in their names alone. */
export function policyOperations<Input>(
    kind: "Role" | "User",
    maxInlineSize: number,
    find: (input: Input, ctx: Context) => Identity,
) {
    type PolicyCall = Input & PolicyInput;
    return {
        [`Put${kind}Policy`](input: PolicyCall, ctx: Context) {
            const { PolicyName, PolicyDocument } = input;
            const identity = find(input, ctx);
            checkName("policyName", PolicyName, 128);
            const inline = new Map(identity.inline).set(PolicyName, PolicyDocument);
            checkPolicy(ctx, PolicyDocument, "identity", Infinity, "");
            if ([...inline.values()].join("").replace(/\s/g, "").length > maxInlineSize) {
                const entity = `${kind.toLowerCase()} ${identity.name}`;
                throw new AwsError(
                    "LimitExceededException",
                    `Maximum policy size of ${maxInlineSize} bytes exceeded for ${entity}`,
                    409,
                );
            }
            identity.inline = inline;
            return {};
        },
        [`Get${kind}Policy`](input: PolicyCall, ctx: Context) {
            const identity = find(input, ctx);
            const document = identity.inline.get(input.PolicyName) ?? noInlinePolicy(kind, input.PolicyName);
            return {
                [`${kind}Name`]: identity.name,
                PolicyName: input.PolicyName,
                PolicyDocument: encodeURIComponent(document),
            };
        },
        [`Delete${kind}Policy`](input: PolicyCall, ctx: Context) {
            if (!find(input, ctx).inline.delete(input.PolicyName)) {
                noInlinePolicy(kind, input.PolicyName);
            }
            return {};
        },
        [`List${kind}Policies`]: (input: PolicyCall, ctx: Context) =>
            listing("PolicyNames", [...find(input, ctx).inline.keys()].sort(), input),
        [`Attach${kind}Policy`](input: PolicyCall, ctx: Context) {
            const { attached } = find(input, ctx);
            managedPolicy(ctx, input.PolicyArn);
            if (!attached.has(input.PolicyArn) && attached.size === MAX_ATTACHED) {
                throw new AwsError(
                    "LimitExceededException",
                    `Cannot exceed quota for PoliciesPer${kind}: ${MAX_ATTACHED}`,
                    409,
                );
            }
            attached.add(input.PolicyArn);
            return {};
        },
        [`Detach${kind}Policy`](input: PolicyCall, ctx: Context) {
            if (!find(input, ctx).attached.delete(input.PolicyArn)) {
                noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
            }
            return {};
        },
        [`ListAttached${kind}Policies`]: (input: PolicyCall, ctx: Context) => {
            const attached = [...find(input, ctx).attached].map((PolicyArn) => ({
                PolicyName: managedPolicy(ctx, PolicyArn).name,
                PolicyArn,
            }));
            return listing("AttachedPolicies", attached, input);
        },
        [`Put${kind}PermissionsBoundary`](input: PolicyCall, ctx: Context) {
            managedPolicy(ctx, input.PermissionsBoundary);
            find(input, ctx).boundary = input.PermissionsBoundary;
            return {};
        },
        [`Delete${kind}PermissionsBoundary`](input: Input, ctx: Context) {
            find(input, ctx).boundary = undefined;
            return {};
        },
    };
}

/** AWS deletes only what has been stripped before. */
export function checkHasNoPolicies({ attached, inline }: Identity): void {
    if (attached.size > 0) {
        throw deleteConflict("Cannot delete entity, must detach all policies first.");
    }
    if (inline.size > 0) {
        throw deleteConflict("Cannot delete entity, must delete policies first.");
    }
}

export function describeBoundary({ boundary }: Identity): AttachedPermissionsBoundary | undefined {
    return boundary === undefined
        ? undefined
        : { PermissionsBoundaryType: "PermissionsBoundaryPolicy", PermissionsBoundaryArn: boundary };
}

function noInlinePolicy(kind: string, name: string): never {
    return noSuchEntity(`The ${kind.toLowerCase()} policy with name ${name} cannot be found.`);
}

/** What a caller's own policies say now; nothing, if its user or role is gone. */
export function identityPolicies(ctx: Context, caller: AccountCaller): IdentityPolicies {
    const identity = caller.roleArn === undefined ? userOf(ctx, caller.arn) : roleOf(ctx, caller.roleArn);
    if (!identity) {
        return { identity: [] };
    }
    const managed = (arn: string) => defaultDocument(managedPolicy(ctx, arn, splitArn(identity.arn).accountId));
    const parse = (text: string) => JSON.parse(text) as PolicyDocument;
    return {
        identity: [...identity.inline.values(), ...[...identity.attached].map(managed)].map(parse),
        permissionsBoundary: identity.boundary === undefined ? undefined : parse(managed(identity.boundary)),
        session: caller.sessionPolicies?.map(parse),
    };
}
