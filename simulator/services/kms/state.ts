import { randomBytes, randomUUID } from "node:crypto";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";

export interface Key {
    id: string;
    arn: string;
    accountId: string;
    description: string;
    created: Date;
    state: "Enabled" | "Disabled" | "PendingDeletion";
    manager: "CUSTOMER" | "AWS";
    policy: string;
    tags: Map<string, string>;
    grants: Grant[];
    rotation?: { periodInDays: number; next: Date };
    deletion?: { date: Date; cancel: () => void };
    /** What it encrypts with; never leaves the world. */
    secret: Buffer;
}

export interface Grant {
    id: string;
    token: string;
    name?: string;
    created: Date;
    grantee: string;
    retiring?: string;
    issuer: string;
    operations: string[];
    constraints?: {
        EncryptionContextSubset?: Record<string, string>;
        EncryptionContextEquals?: Record<string, string>;
    };
}

export interface Alias {
    keyId: string;
    created: Date;
    updated: Date;
}

export class KmsState {
    readonly keys = new Map<string, Key>();
    /** by name, `alias/…` */
    readonly aliases = new Map<string, Alias>();
}

/** The key of an id, an ARN, an alias or an alias's ARN; the ARNs also of other accounts. */
export function findKey(ctx: Context, keyId: string): Key {
    const {
        accountId = "",
        region = "",
        resource,
    } = keyId.startsWith("arn:") ? splitArn(keyId) : { accountId: ctx.accountId, region: ctx.region, resource: keyId };
    if (region !== ctx.region) {
        throw notFound(`Invalid arn ${region}`);
    }
    const state = ctx.state(KmsState, accountId);
    if (resource.startsWith("alias/")) {
        const alias = state.aliases.get(resource) ?? createManagedAlias(ctx, accountId, resource);
        return alias
            ? state.keys.get(alias.keyId)!
            : notFound(`Alias ${ctx.arn("kms", resource, accountId)} is not found.`);
    }
    const id = resource.replace(/^key\//, "");
    return state.keys.get(id) ?? notFound(`Key '${ctx.arn("kms", `key/${id}`, accountId)}' does not exist`);
}

/** AWS makes a service's own key, `alias/aws/dynamodb`, when somebody first asks for it. */
function createManagedAlias(ctx: Context, accountId: string, name: string): Alias | undefined {
    const service = /^alias\/aws\/(\w+)$/.exec(name)?.[1];
    if (!service) {
        return undefined;
    }
    const key = newKey(ctx, accountId, {
        description: `Default key that protects my ${service} data when no other key is defined`,
        manager: "AWS",
        policy: managedKeyPolicy(ctx, accountId, service),
    });
    const alias = { keyId: key.id, created: key.created, updated: key.created };
    ctx.state(KmsState, accountId).aliases.set(name, alias);
    return alias;
}

export function newKey(
    ctx: Context,
    accountId: string,
    { description, manager, policy }: Pick<Key, "description" | "manager" | "policy">,
): Key {
    const id = randomUUID();
    const key: Key = {
        id,
        arn: ctx.arn("kms", `key/${id}`, accountId),
        accountId,
        description,
        created: new Date(ctx.now),
        state: "Enabled",
        manager,
        policy,
        tags: new Map(),
        grants: [],
        secret: randomBytes(32),
    };
    ctx.state(KmsState, accountId).keys.set(id, key);
    return key;
}

/** The account's own identity policies decide: what a key has whose maker gave no policy. */
export function defaultKeyPolicy(ctx: Context): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Id: "key-default-1",
        Statement: [
            {
                Sid: "Enable IAM User Permissions",
                Effect: "Allow",
                Principal: { AWS: rootOf(ctx, ctx.accountId) },
                Action: "kms:*",
                Resource: "*",
            },
        ],
    });
}

/** Everybody in the account may use it, through its service alone, and nobody may change it. */
function managedKeyPolicy(ctx: Context, accountId: string, service: string): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Id: `auto-${service}-1`,
        Statement: [
            {
                Effect: "Allow",
                Principal: { AWS: "*" },
                Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant"],
                Resource: "*",
                Condition: {
                    StringEquals: {
                        "kms:CallerAccount": accountId,
                        "kms:ViaService": `${service}.${ctx.region}.amazonaws.com`,
                    },
                },
            },
            {
                Effect: "Allow",
                Principal: { AWS: rootOf(ctx, accountId) },
                Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
                Resource: "*",
            },
        ],
    });
}

function rootOf(ctx: Context, accountId: string): string {
    return `arn:${ctx.partition}:iam::${accountId}:root`;
}

export function notFound(message: string): never {
    throw new AwsError("NotFoundException", message);
}

/** Refuses a key on its way out, and, where it has to work, one that is switched off. */
export function checkState(key: Key, { enabled }: { enabled: boolean }): void {
    if (key.state === "PendingDeletion") {
        throw new AwsError("KMSInvalidStateException", `${key.arn} is pending deletion.`);
    }
    if (enabled && key.state === "Disabled") {
        throw new AwsError("DisabledException", `${key.arn} is disabled.`);
    }
}
