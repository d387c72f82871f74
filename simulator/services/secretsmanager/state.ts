import { randomUUID } from "node:crypto";

import type { Context } from "../../world/context";
import { splitArn } from "../../world/context";
import { AwsError } from "../../world/error";

export const CURRENT = "AWSCURRENT";
export const PREVIOUS = "AWSPREVIOUS";

/** The secrets of an account in a Region. */
export class SecretsState {
    /** by name */
    readonly byName = new Map<string, Secret>();
}

export interface Secret {
    readonly arn: string;
    readonly name: string;
    description?: string;
    kmsKeyId?: string;
    /** the service that made it, and alone may change it: `redshift` */
    readonly owner?: string;
    readonly created: Date;
    changed: Date;
    /** when it is to be gone */
    deleted?: Date;
    /** by id, the oldest first */
    readonly versions: Map<string, Version>;
    readonly tags: Map<string, string>;
    policy?: string;
    cancelDeletion: () => void;
}

export interface Version {
    readonly id: string;
    readonly SecretString?: string;
    readonly SecretBinary?: Uint8Array;
    readonly created: Date;
    stages: string[];
}

export const notFound = (message = "Secrets Manager can't find the specified secret.") =>
    new AwsError("ResourceNotFoundException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);

/** By name, or by ARN with or without the six characters at its end; of another account by ARN alone. */
export function lookUpSecret(ctx: Context, nameOrArn: string): Secret | undefined {
    const { accountId, region, resource } = splitArn(nameOrArn);
    const { byName } = ctx.state(SecretsState, accountId || ctx.accountId, region || ctx.region);
    const name = resource.replace(/^secret:/, "");
    return resource === ""
        ? byName.get(nameOrArn)
        : [...byName.values()].find((secret) => secret.arn === nameOrArn || secret.name === name);
}

export function findSecret(ctx: Context, nameOrArn: string): Secret {
    const secret = lookUpSecret(ctx, nameOrArn);
    if (!secret) {
        throw notFound();
    }
    return secret;
}

type Value = Pick<Version, "SecretString" | "SecretBinary">;

/** Makes a secret without a value; @param owner the service that manages it. @default its users do */
export function newSecret(ctx: Context, name: string, owner?: string): Secret {
    const suffix = randomUUID().replaceAll("-", "").slice(0, 6);
    const secret: Secret = {
        arn: ctx.arn("secretsmanager", `secret:${name}-${suffix}`),
        name,
        owner,
        created: new Date(ctx.now),
        changed: new Date(ctx.now),
        versions: new Map(),
        tags: new Map(),
        cancelDeletion: () => undefined,
    };
    ctx.state(SecretsState).byName.set(name, secret);
    return secret;
}

/** A version with the stages, which it takes from others; the one that was current becomes the previous one. */
export function addVersion(ctx: Context, secret: Secret, value: Value, id: string, stages = [CURRENT]): Version {
    const version: Version = { id, ...value, created: new Date(ctx.now), stages: [] };
    secret.versions.set(id, version);
    stages.forEach((stage) => moveStage(secret, stage, version));
    secret.changed = new Date(ctx.now);
    return version;
}

/** @param to @default nobody has the stage any more */
export function moveStage(secret: Secret, stage: string, to?: Version): void {
    const holder = [...secret.versions.values()].find(({ stages }) => stages.includes(stage));
    if (holder === to) {
        return;
    }
    if (holder) {
        holder.stages = holder.stages.filter((other) => other !== stage);
    }
    to?.stages.push(stage);
    if (stage === CURRENT && holder) {
        moveStage(secret, PREVIOUS, holder);
    }
}

/** The user name and password that a service keeps for an administrator; @param name what follows `redshift!` */
export function createManagedSecret(ctx: Context, service: string, name: string, username: string): string {
    const secret = newSecret(ctx, `${service}!${name}`, service);
    const password = randomUUID();
    addVersion(ctx, secret, { SecretString: JSON.stringify({ username, password }) }, randomUUID());
    return secret.arn;
}

/** The password in such a secret, as it is now. */
export function managedPassword(ctx: Context, arn: string): string | undefined {
    const versions = [...(lookUpSecret(ctx, arn)?.versions.values() ?? [])];
    const current = versions.find(({ stages }) => stages.includes(CURRENT))?.SecretString;
    return current === undefined ? undefined : (JSON.parse(current) as { password?: string }).password;
}

export function deleteManagedSecret(ctx: Context, arn: string | undefined): void {
    const secret = arn && lookUpSecret(ctx, arn);
    if (secret) {
        ctx.state(SecretsState).byName.delete(secret.name);
    }
}
