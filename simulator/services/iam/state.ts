import type { Tag } from "@aws-sdk/client-iam";
import { randomBytes } from "node:crypto";
import { MalformedPolicyError, parsePolicy, type PolicyUse } from "../../access/parse";
import { listOf, statementsOf } from "../../access/policy";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { ADMINISTRATOR, administratorOf, MANAGEMENT_ACCOUNT, ORGANIZATION_ROLE } from "../../world/identity";
import { tagMap } from "./tags";

/** What a user and a role have in common. Policies are kept as the texts that were given. */
export interface Identity {
    name: string;
    path: string;
    id: string;
    arn: string;
    created: Date;
    tags: Map<string, string>;
    /** by name */
    inline: Map<string, string>;
    /** ARNs of managed policies, in the order of attachment */
    attached: Set<string>;
    /** ARN of a managed policy */
    boundary?: string;
}

export interface Role extends Identity {
    trust: string;
    description?: string;
    /** seconds */
    maxSessionDuration: number;
}

export interface User extends Identity {
    accessKeys: Map<string, { created: Date }>;
}

export interface ManagedPolicy {
    name: string;
    path: string;
    id: string;
    arn: string;
    description?: string;
    created: Date;
    updated: Date;
    tags: Map<string, string>;
    versions: { id: string; document: string; created: Date }[];
    defaultVersion: string;
    nextVersion: number;
}

export class IamState {
    static readonly scope = "account";
    readonly roles = new Map<string, Role>();
    readonly users = new Map<string, User>();
    readonly policies = new Map<string, ManagedPolicy>();
}

const ADMINISTRATOR_ACCESS = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** An account's IAM: its administrator, and the role through which the management account comes in, are there from the start. */
export function iamOf(ctx: Context, accountId = ctx.accountId): IamState {
    const state = ctx.state(IamState, accountId);
    if (state.policies.size === 0) {
        seed(ctx, state, accountId);
    }
    return state;
}

function seed(ctx: Context, state: IamState, accountId: string): void {
    const { partition } = ctx;
    const created = new Date(ctx.now);
    const administratorAccess: ManagedPolicy = {
        name: "AdministratorAccess",
        path: "/",
        id: "ANPAIWMBCKSKIEE64ZLYK",
        arn: `arn:${partition}:iam::aws:policy/AdministratorAccess`,
        description: "Provides full access to AWS services and resources.",
        created,
        updated: created,
        tags: new Map(),
        versions: [{ id: "v1", document: ADMINISTRATOR_ACCESS, created }],
        defaultVersion: "v1",
        nextVersion: 2,
    };
    state.policies.set(administratorAccess.arn, administratorAccess);
    const attached = new Set([administratorAccess.arn]);
    state.users.set(ADMINISTRATOR, {
        ...newIdentity(ctx, "user", { name: ADMINISTRATOR }, accountId),
        id: administratorOf(accountId, partition).userId,
        attached,
        accessKeys: new Map(),
    });
    state.roles.set(ORGANIZATION_ROLE, {
        ...newIdentity(ctx, "role", { name: ORGANIZATION_ROLE }, accountId),
        attached: new Set(attached),
        maxSessionDuration: 3600,
        trust: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { AWS: `arn:${partition}:iam::${MANAGEMENT_ACCOUNT}:root` },
                    Action: "sts:AssumeRole",
                },
            ],
        }),
    });
}

interface NewIdentity {
    name: string;
    path?: string;
    tags?: Tag[];
    /** ARN of a managed policy */
    boundary?: string;
}

/** A user or role without policies. */
export function newIdentity(
    ctx: Context,
    kind: "user" | "role",
    { name, path = "/", tags, boundary }: NewIdentity,
    accountId = ctx.accountId,
): Identity {
    checkName(`${kind}Name`, name, 64);
    return {
        name,
        path,
        id: uniqueId(kind === "user" ? "AIDA" : "AROA"),
        arn: iamArn(ctx, `${kind}${path}${name}`, accountId),
        created: new Date(ctx.now),
        tags: tagMap(tags),
        inline: new Map(),
        attached: new Set(),
        boundary: boundary && managedPolicy(ctx, boundary).arn,
    };
}

export function uniqueId(prefix: string): string {
    return prefix + randomBytes(9).toString("hex").toUpperCase().slice(0, 17);
}

export function iamArn(ctx: Context, resource: string, accountId = ctx.accountId): string {
    return `arn:${ctx.partition}:iam::${accountId}:${resource}`;
}

/** The role of an ARN, in whatever account; undefined if nobody has it. */
export function roleOf(ctx: Context, arn: string): Role | undefined {
    const { accountId, resource } = splitArn(arn);
    const role = iamOf(ctx, accountId).roles.get(lastSegment(resource));
    return role?.arn === arn ? role : undefined;
}

export function userOf(ctx: Context, arn: string): User | undefined {
    const { accountId, resource } = splitArn(arn);
    const user = iamOf(ctx, accountId).users.get(lastSegment(resource));
    return user?.arn === arn ? user : undefined;
}

/** The managed policy of an ARN: the account's own or AWS's. */
export function managedPolicy(ctx: Context, arn: string, accountId = ctx.accountId): ManagedPolicy {
    return (
        iamOf(ctx, accountId).policies.get(arn) ?? noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
    );
}

export function defaultDocument(policy: ManagedPolicy): string {
    return policy.versions.find(({ id }) => id === policy.defaultVersion)!.document;
}

function lastSegment(path: string): string {
    return path.slice(path.lastIndexOf("/") + 1);
}

/** Refuses what AWS would not store; `limit` is in characters without white space. */
export function checkPolicy(ctx: Context, text: string, use: PolicyUse, limit: number, quota: string): void {
    try {
        const statements = statementsOf(parsePolicy(text, use));
        for (const { Principal } of statements) {
            const stranger = listOf(Principal === "*" ? undefined : Principal?.AWS).find(
                (p) => !principalExists(ctx, p),
            );
            if (stranger !== undefined) {
                throw new MalformedPolicyError(`Invalid principal in policy: "AWS":"${stranger}"`);
            }
        }
    } catch (error) {
        throw error instanceof MalformedPolicyError
            ? new AwsError("MalformedPolicyDocumentException", error.message)
            : error;
    }
    if (text.replace(/\s/g, "").length > limit) {
        throw new AwsError("LimitExceededException", `Cannot exceed quota for ${quota}: ${limit}`, 409);
    }
}

/** Whether a principal that a policy names is there: AWS stores no policy that names a user or role which is not. */
export function principalExists(ctx: Context, principal: string): boolean {
    const { service, resource } = splitArn(principal);
    if (service !== "iam" || resource === "root") {
        return true;
    }
    return (resource.startsWith("role/") ? roleOf(ctx, principal) : userOf(ctx, principal)) !== undefined;
}

export function noSuchEntity(message: string): never {
    throw new AwsError("NoSuchEntityException", message, 404);
}

export function alreadyExists(message: string): AwsError {
    return new AwsError("EntityAlreadyExistsException", message, 409);
}

export function deleteConflict(message: string): AwsError {
    return new AwsError("DeleteConflictException", message, 409);
}

/** Names are of letters, digits and `+=,.@-_`. */
export function checkName(member: string, name: string, maxLength: number): void {
    if (!/^[\w+=,.@-]+$/.test(name)) {
        throw new AwsError(
            "ValidationError",
            `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
        );
    }
    if (name.length > maxLength) {
        throw new AwsError(
            "ValidationError",
            `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${maxLength}`,
        );
    }
}
