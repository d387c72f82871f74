import type * as api from "@aws-sdk/client-kms";
import type { Context } from "../../world/context";
import { days } from "../../world/clock";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { checkKeyPolicy, keyOperations } from "./access";
import { checkState, defaultKeyPolicy, KmsState, newKey, type Key } from "./state";

/** Keys, aliases, grants and tags come so many at a time. */
const PAGE_SIZE = 50;
const DEFAULT_ROTATION_DAYS = 365;
const DEFAULT_DELETION_DAYS = 30;

interface ListInput {
    Limit?: number;
    Marker?: string;
}

/** A page in the words of KMS. */
export function listing<T>(member: string, items: T[], { Limit = PAGE_SIZE, Marker }: ListInput) {
    const { page, next } = pageOf(items, Limit, Marker);
    return { [member]: page, Truncated: next !== undefined, NextMarker: next };
}

function describe(key: Key): api.KeyMetadata {
    return {
        AWSAccountId: key.accountId,
        KeyId: key.id,
        Arn: key.arn,
        CreationDate: key.created,
        Enabled: key.state === "Enabled",
        Description: key.description,
        KeyUsage: "ENCRYPT_DECRYPT",
        KeyState: key.state,
        DeletionDate: key.deletion?.date,
        Origin: "AWS_KMS",
        KeyManager: key.manager,
        CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
        KeySpec: "SYMMETRIC_DEFAULT",
        EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
        MultiRegion: false,
    };
}

function createKey(input: api.CreateKeyRequest, ctx: Context): api.CreateKeyResponse {
    const { KeySpec = "SYMMETRIC_DEFAULT", Origin = "AWS_KMS", MultiRegion = false } = input;
    if (KeySpec !== "SYMMETRIC_DEFAULT" || Origin !== "AWS_KMS" || MultiRegion) {
        throw new AwsError(
            "UnsupportedOperationException",
            "Only symmetric encryption keys of one Region, made by KMS, are simulated.",
        );
    }
    const policy = input.Policy ?? defaultKeyPolicy(ctx);
    checkKeyPolicy(ctx, ctx.arn("kms", "key/new"), policy, !input.BypassPolicyLockoutSafetyCheck);
    const key = newKey(ctx, ctx.accountId, { description: input.Description ?? "", manager: "CUSTOMER", policy });
    tag(key, input.Tags);
    return { KeyMetadata: describe(key) };
}

function tag(key: Key, tags: api.Tag[] = []): void {
    tags.forEach(({ TagKey, TagValue }) => key.tags.set(TagKey!, TagValue!));
}

function scheduleDeletion(
    key: Key,
    input: api.ScheduleKeyDeletionRequest,
    ctx: Context,
): api.ScheduleKeyDeletionResponse {
    const { PendingWindowInDays = DEFAULT_DELETION_DAYS } = input;
    checkState(key, { enabled: false });
    if (PendingWindowInDays < 7 || PendingWindowInDays > 30) {
        const bound = PendingWindowInDays < 7 ? "greater than or equal to 7" : "less than or equal to 30";
        throw new AwsError(
            "ValidationException",
            `1 validation error detected: Value '${PendingWindowInDays}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ${bound}`,
        );
    }
    const window = days(PendingWindowInDays);
    const { keys, aliases } = ctx.state(KmsState);
    const cancel = ctx.world.clock.schedule(window, () => {
        keys.delete(key.id);
        [...aliases].filter(([, { keyId }]) => keyId === key.id).forEach(([name]) => aliases.delete(name));
    });
    key.state = "PendingDeletion";
    key.deletion = { date: new Date(ctx.now + window), cancel };
    return { KeyId: key.arn, DeletionDate: key.deletion.date, KeyState: key.state, PendingWindowInDays };
}

function cancelDeletion(key: Key): api.CancelKeyDeletionResponse {
    if (!key.deletion) {
        throw new AwsError("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
    }
    key.deletion.cancel();
    key.deletion = undefined;
    // AWS leaves it switched off.
    key.state = "Disabled";
    return { KeyId: key.arn };
}

export const keys = {
    CreateKey: operation({ handle: createKey }),
    ListKeys: operation({
        handle: (input: api.ListKeysRequest, ctx) =>
            listing(
                "Keys",
                [...ctx.state(KmsState).keys.values()].map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })),
                input,
            ),
    }),
    ...keyOperations({
        DescribeKey: (key): api.DescribeKeyResponse => ({ KeyMetadata: describe(key) }),
        UpdateKeyDescription(key, input: api.UpdateKeyDescriptionRequest) {
            key.description = input.Description!;
        },
        GetKeyPolicy: ({ policy }): api.GetKeyPolicyResponse => ({ Policy: policy, PolicyName: "default" }),
        ListKeyPolicies: () => ({ PolicyNames: ["default"], Truncated: false }),
        PutKeyPolicy(key, input: api.PutKeyPolicyRequest, ctx) {
            checkState(key, { enabled: false });
            checkKeyPolicy(ctx, key.arn, input.Policy!, !input.BypassPolicyLockoutSafetyCheck);
            key.policy = input.Policy!;
        },
        EnableKeyRotation(key, { RotationPeriodInDays }: api.EnableKeyRotationRequest, ctx) {
            checkState(key, { enabled: true });
            const periodInDays = RotationPeriodInDays ?? DEFAULT_ROTATION_DAYS;
            key.rotation = { periodInDays, next: new Date(ctx.now + days(periodInDays)) };
        },
        DisableKeyRotation(key) {
            checkState(key, { enabled: true });
            key.rotation = undefined;
        },
        GetKeyRotationStatus: ({ arn, rotation }): api.GetKeyRotationStatusResponse => ({
            KeyId: arn,
            KeyRotationEnabled: rotation !== undefined,
            RotationPeriodInDays: rotation?.periodInDays,
            NextRotationDate: rotation?.next,
        }),
        EnableKey(key) {
            checkState(key, { enabled: false });
            key.state = "Enabled";
        },
        DisableKey(key) {
            checkState(key, { enabled: false });
            key.state = "Disabled";
        },
        ScheduleKeyDeletion: scheduleDeletion,
        CancelKeyDeletion: cancelDeletion,
        ListResourceTags: (key, input: api.ListResourceTagsRequest) =>
            listing(
                "Tags",
                [...key.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
                input,
            ),
        TagResource(key, { Tags }: api.TagResourceRequest) {
            checkState(key, { enabled: false });
            tag(key, Tags);
        },
        UntagResource(key, { TagKeys = [] }: api.UntagResourceRequest) {
            checkState(key, { enabled: false });
            TagKeys.forEach((name) => key.tags.delete(name));
        },
    }),
};
