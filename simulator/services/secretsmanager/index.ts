import { randomUUID } from "node:crypto";
import type * as api from "@aws-sdk/client-secrets-manager";

import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import { days } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { Service } from "../../world/service";
import { operationsOn, pageOf } from "../operations";
import {
    addVersion,
    CURRENT,
    findSecret,
    invalidRequest,
    lookUpSecret,
    moveStage,
    newSecret,
    notFound,
    SecretsState,
    type Secret,
    type Version,
} from "./state";

export { createManagedSecret, deleteManagedSecret, managedPassword } from "./state";

const MIN_RECOVERY_DAYS = 7;
const MAX_RECOVERY_DAYS = 30;
const PAGE_SIZE = 100;
const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);

const secretArn = ({ SecretId, Name }: { SecretId?: string; Name?: string }, ctx: Context) =>
    lookUpSecret(ctx, SecretId ?? "")?.arn ?? ctx.arn("secretsmanager", `secret:${SecretId ?? Name ?? "*"}-??????`);

const operations = operationsOn("secretsmanager", secretArn, {
    CreateSecret(input: api.CreateSecretRequest, ctx) {
        const { Name = "", Description: description, KmsKeyId: kmsKeyId, Tags = [] } = input;
        if (!/^[\w/+=.@!-]{1,512}$/.test(Name)) {
            throw invalidParameter(
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
            );
        }
        const existing = ctx.state(SecretsState).byName.get(Name);
        if (existing) {
            throw existing.deleted
                ? invalidRequest(
                      "You can't create this secret because a secret with this name is already scheduled for deletion.",
                  )
                : new AwsError(
                      "ResourceExistsException",
                      `The operation failed because the secret ${Name} already exists.`,
                  );
        }
        const secret = Object.assign(newSecret(ctx, Name), { description, kmsKeyId });
        Tags.forEach(({ Key, Value }) => secret.tags.set(Key!, Value!));
        const version = hasValue(input) ? put(ctx, secret, input) : undefined;
        return { ARN: secret.arn, Name, VersionId: version?.id };
    },

    DescribeSecret: ({ SecretId }: api.DescribeSecretRequest, ctx) => describe(findSecret(ctx, SecretId!)),

    GetSecretValue({ SecretId, VersionId, VersionStage }: api.GetSecretValueRequest, ctx) {
        const secret = requireLiving(ctx, SecretId!);
        const stage = VersionStage ?? (VersionId ? undefined : CURRENT);
        const version = [...secret.versions.values()].find(
            ({ id, stages }) => id === (VersionId ?? id) && (!stage || stages.includes(stage)),
        );
        if (!version) {
            throw notFound(
                `Secrets Manager can't find the specified secret value for ${VersionId ? `VersionId: ${VersionId}` : `staging label: ${stage}`}`,
            );
        }
        const { id, SecretString, SecretBinary, stages, created } = version;
        return {
            ARN: secret.arn,
            Name: secret.name,
            VersionId: id,
            SecretString,
            SecretBinary,
            VersionStages: stages,
            CreatedDate: created,
        };
    },

    PutSecretValue(input: api.PutSecretValueRequest, ctx) {
        const secret = requireOwn(ctx, input.SecretId!);
        if (!hasValue(input)) {
            throw invalidRequest("You must provide either SecretString or SecretBinary.");
        }
        const { id, stages } = put(ctx, secret, input, input.VersionStages);
        return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
    },

    UpdateSecret(input: api.UpdateSecretRequest, ctx) {
        const secret = requireOwn(ctx, input.SecretId!);
        secret.description = input.Description ?? secret.description;
        secret.kmsKeyId = input.KmsKeyId ?? secret.kmsKeyId;
        secret.changed = new Date(ctx.now);
        const version = hasValue(input) ? put(ctx, secret, input) : undefined;
        return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
    },

    UpdateSecretVersionStage(input: api.UpdateSecretVersionStageRequest, ctx) {
        const { VersionStage, MoveToVersionId, RemoveFromVersionId } = input;
        const secret = requireOwn(ctx, input.SecretId!);
        const holder = [...secret.versions.values()].find(({ stages }) => stages.includes(VersionStage!));
        if (holder && holder.id !== MoveToVersionId && holder.id !== RemoveFromVersionId) {
            throw invalidParameter(
                `The parameter RemoveFromVersionId must be ${holder.id}: the staging label is attached to it.`,
            );
        }
        const to = MoveToVersionId === undefined ? undefined : secret.versions.get(MoveToVersionId);
        if (MoveToVersionId !== undefined && !to) {
            throw notFound(`Secrets Manager can't find the specified secret version: ${MoveToVersionId}.`);
        }
        moveStage(secret, VersionStage!, to);
        return { ARN: secret.arn, Name: secret.name };
    },

    DeleteSecret(input: api.DeleteSecretRequest, ctx) {
        const { ForceDeleteWithoutRecovery: force, RecoveryWindowInDays: window } = input;
        if (force && window !== undefined) {
            throw invalidParameter(
                "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
            );
        }
        const wait = window ?? MAX_RECOVERY_DAYS;
        if (wait < MIN_RECOVERY_DAYS || wait > MAX_RECOVERY_DAYS) {
            throw invalidParameter(
                `RecoveryWindowInDays must be from ${MIN_RECOVERY_DAYS} to ${MAX_RECOVERY_DAYS} days.`,
            );
        }
        const secret = requireOwn(ctx, input.SecretId!);
        const { byName } = ctx.state(SecretsState);
        const moment = ctx.now + (force ? 0 : days(wait));
        secret.deleted = new Date(moment);
        if (force) {
            byName.delete(secret.name);
        } else {
            secret.cancelDeletion = ctx.world.clock.schedule(days(wait), () => void byName.delete(secret.name));
        }
        return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deleted };
    },

    RestoreSecret({ SecretId }: api.RestoreSecretRequest, ctx) {
        const secret = findSecret(ctx, SecretId!);
        secret.cancelDeletion();
        secret.deleted = undefined;
        return { ARN: secret.arn, Name: secret.name };
    },

    ListSecrets({ MaxResults = PAGE_SIZE, NextToken, Filters = [] }: api.ListSecretsRequest, ctx) {
        const all = [...ctx.state(SecretsState).byName.values()].filter(
            (secret) => !secret.deleted && Filters.every((filter) => passes(secret, filter)),
        );
        const { page, next } = pageOf(all, MaxResults, NextToken);
        return {
            SecretList: page.map((secret) => {
                const { VersionIdsToStages, ...entry } = describe(secret);
                return { ...entry, SecretVersionsToStages: VersionIdsToStages };
            }),
            NextToken: next,
        };
    },

    GetResourcePolicy({ SecretId }: api.GetResourcePolicyRequest, ctx) {
        const { arn, name, policy } = findSecret(ctx, SecretId!);
        return { ARN: arn, Name: name, ResourcePolicy: policy };
    },

    PutResourcePolicy({ SecretId, ResourcePolicy }: api.PutResourcePolicyRequest, ctx) {
        const secret = requireLiving(ctx, SecretId!);
        try {
            parsePolicy(ResourcePolicy!, "resource");
        } catch (error) {
            throw error instanceof MalformedPolicyError
                ? new AwsError("MalformedPolicyDocumentException", error.message)
                : error;
        }
        secret.policy = ResourcePolicy;
        return { ARN: secret.arn, Name: secret.name };
    },

    DeleteResourcePolicy({ SecretId }: api.DeleteResourcePolicyRequest, ctx) {
        const secret = requireLiving(ctx, SecretId!);
        secret.policy = undefined;
        return { ARN: secret.arn, Name: secret.name };
    },

    TagResource({ SecretId, Tags }: api.TagResourceRequest, ctx) {
        const { tags } = requireLiving(ctx, SecretId!);
        Tags!.forEach(({ Key, Value }) => tags.set(Key!, Value!));
    },

    UntagResource({ SecretId, TagKeys }: api.UntagResourceRequest, ctx) {
        const { tags } = requireLiving(ctx, SecretId!);
        TagKeys!.forEach((key) => tags.delete(key));
    },
});

export const secretsmanager: Service = {
    id: "secretsmanager",
    model: () => require("@aws-sdk/client-secrets-manager"),
    operations,
    resourcePolicy(ctx, arn) {
        const secret = lookUpSecret(ctx, arn);
        return secret && { accountId: secret.arn.split(":")[4], document: secret.policy };
    },
};

type Value = Pick<api.PutSecretValueRequest, "SecretString" | "SecretBinary" | "ClientRequestToken">;

const hasValue = ({ SecretString, SecretBinary }: Value) => SecretString !== undefined || SecretBinary !== undefined;

/** The same token with the same value is the same version. */
function put(ctx: Context, secret: Secret, value: Value, stages?: string[]): Version {
    const { SecretString, SecretBinary, ClientRequestToken: id = randomUUID() } = value;
    const known = secret.versions.get(id);
    if (known && known.SecretString !== SecretString) {
        throw new AwsError("ResourceExistsException", `A version of the secret with the token ${id} exists already.`);
    }
    return known ?? addVersion(ctx, secret, { SecretString, SecretBinary }, id, stages);
}

function requireLiving(ctx: Context, id: string): Secret {
    const secret = findSecret(ctx, id);
    if (secret.deleted) {
        throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
    }
    return secret;
}

function requireOwn(ctx: Context, id: string): Secret {
    const secret = requireLiving(ctx, id);
    if (secret.owner) {
        throw invalidRequest(`You can't change the secret because it is managed by ${secret.owner}.`);
    }
    return secret;
}

function passes(secret: Secret, { Key, Values = [] }: api.Filter): boolean {
    const candidates: Record<string, string[]> = {
        name: [secret.name],
        description: [secret.description ?? ""],
        "tag-key": [...secret.tags.keys()],
        "tag-value": [...secret.tags.values()],
        "owning-service": [secret.owner ?? ""],
    };
    return (candidates[Key!] ?? []).some((text) => Values.some((value) => text.startsWith(value)));
}

function describe(secret: Secret): api.DescribeSecretResponse {
    return {
        ARN: secret.arn,
        Name: secret.name,
        Description: secret.description,
        KmsKeyId: secret.kmsKeyId,
        OwningService: secret.owner,
        CreatedDate: secret.created,
        LastChangedDate: secret.changed,
        DeletedDate: secret.deleted,
        Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
        VersionIdsToStages: Object.fromEntries(
            [...secret.versions.values()]
                .filter(({ stages }) => stages.length > 0)
                .map(({ id, stages }) => [id, stages]),
        ),
    };
}
