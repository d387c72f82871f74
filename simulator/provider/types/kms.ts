import type {
    AliasListEntry,
    CreateGrantResponse,
    CreateKeyResponse,
    DescribeKeyResponse,
    GetKeyPolicyResponse,
    GetKeyRotationStatusResponse,
    GrantListEntry,
    ListResourceTagsResponse,
} from "@aws-sdk/client-kms";
import { orGone, type Client } from "../client";
import { changed, retag, type ResourceType, type ResourceTypes, type Tags } from "../resource";
import type { Properties } from "../values";

const SERVICE = "kms";

const tagList = (tags: Tags = {}) => Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

/** All of a list that KMS gives in pages. */
async function listAll<Item>(aws: Client, operation: string, input: object, member: string): Promise<Item[]> {
    const all: Item[] = [];
    for (let Marker: string | undefined; ;) {
        const page = await aws.call<Properties>(SERVICE, operation, { ...input, Marker });
        all.push(...page[member]);
        if (!page.Truncated) {
            return all;
        }
        Marker = page.NextMarker;
    }
}

const putPolicy = (aws: Client, KeyId: string, { policy, bypassPolicyLockoutSafetyCheck }: Properties) =>
    aws.call(SERVICE, "PutKeyPolicy", {
        KeyId,
        PolicyName: "default",
        Policy: policy,
        BypassPolicyLockoutSafetyCheck: bypassPolicyLockoutSafetyCheck,
    });

const getPolicy = async (aws: Client, KeyId: string) =>
    (await aws.call<GetKeyPolicyResponse>(SERVICE, "GetKeyPolicy", { KeyId, PolicyName: "default" })).Policy;

async function setRotation(aws: Client, KeyId: string, { enableKeyRotation, rotationPeriodInDays }: Properties) {
    await (enableKeyRotation
        ? aws.call(SERVICE, "EnableKeyRotation", { KeyId, RotationPeriodInDays: rotationPeriodInDays })
        : aws.call(SERVICE, "DisableKeyRotation", { KeyId }));
}

const rotationStatus = (aws: Client, KeyId: string) =>
    aws.call<GetKeyRotationStatusResponse>(SERVICE, "GetKeyRotationStatus", { KeyId });

async function findKey(aws: Client, KeyId: string) {
    const metadata = (await aws.find<DescribeKeyResponse>(SERVICE, "DescribeKey", { KeyId }))?.KeyMetadata;
    return metadata?.KeyState === "PendingDeletion" ? undefined : metadata;
}

const key: ResourceType = {
    label: "KMS Key",
    defaults: {
        bypassPolicyLockoutSafetyCheck: false,
        customerMasterKeySpec: "SYMMETRIC_DEFAULT",
        enableKeyRotation: false,
        isEnabled: true,
        keyUsage: "ENCRYPT_DECRYPT",
    },
    replaces: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
    documents: ["policy"],
    notSimulated: ["customKeyStoreId", "xksKeyId"],

    async create(aws, args) {
        const { KeyMetadata } = await aws.call<CreateKeyResponse>(SERVICE, "CreateKey", {
            BypassPolicyLockoutSafetyCheck: args.bypassPolicyLockoutSafetyCheck,
            Description: args.description,
            KeySpec: args.customerMasterKeySpec,
            KeyUsage: args.keyUsage,
            MultiRegion: args.multiRegion,
            Policy: args.policy,
            Tags: args.tags && tagList(args.tags),
        });
        return KeyMetadata!.KeyId!;
    },

    async settle(aws, id, args) {
        if (args.enableKeyRotation) {
            await setRotation(aws, id, args);
        }
        if (!args.isEnabled) {
            await aws.call(SERVICE, "DisableKey", { KeyId: id });
        }
    },

    async read(aws, id) {
        const found = await findKey(aws, id);
        if (!found) {
            return undefined;
        }
        const symmetric = found.KeySpec === "SYMMETRIC_DEFAULT";
        const [policy, rotation, tags] = await Promise.all([
            getPolicy(aws, id),
            symmetric ? rotationStatus(aws, id) : undefined,
            aws.call<ListResourceTagsResponse>(SERVICE, "ListResourceTags", { KeyId: id }),
        ]);
        return {
            arn: found.Arn,
            customerMasterKeySpec: found.KeySpec,
            description: found.Description ?? "",
            enableKeyRotation: rotation?.KeyRotationEnabled ?? false,
            isEnabled: found.Enabled,
            keyId: found.KeyId,
            keyUsage: found.KeyUsage,
            multiRegion: found.MultiRegion ?? false,
            policy,
            rotationPeriodInDays: rotation?.RotationPeriodInDays ?? 0,
            tagsAll: Object.fromEntries((tags.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey!, TagValue!])),
        };
    },

    async update(aws, id, args, before) {
        const KeyId = id;
        // A disabled key takes no changes, so it is enabled first and disabled last.
        if (changed(before, args, "isEnabled") && args.isEnabled) {
            await aws.call(SERVICE, "EnableKey", { KeyId });
        }
        if (changed(before, args, "enableKeyRotation", "rotationPeriodInDays")) {
            await setRotation(aws, id, args);
        }
        if (changed(before, args, "description")) {
            await aws.call(SERVICE, "UpdateKeyDescription", { KeyId, Description: args.description });
        }
        if (changed(before, args, "policy")) {
            await putPolicy(aws, id, args);
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagResource", { KeyId, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagResource", { KeyId, TagKeys }),
        });
        if (changed(before, args, "isEnabled") && !args.isEnabled) {
            await aws.call(SERVICE, "DisableKey", { KeyId });
        }
    },

    async delete(aws, id, state) {
        if (await findKey(aws, id)) {
            await aws.call(SERVICE, "ScheduleKeyDeletion", {
                KeyId: id,
                PendingWindowInDays: state.deletionWindowInDays,
            });
        }
    },
};

const alias: ResourceType = {
    label: "KMS Alias",
    autoname: {
        property: "name",
        max: 256,
        form: (name) => (name.startsWith("alias/") ? name : `alias/${name}`),
    },
    replaces: ["name", "namePrefix"],
    recomputes: { targetKeyId: ["targetKeyArn"] },

    async create(aws, args) {
        await aws.call(SERVICE, "CreateAlias", { AliasName: args.name, TargetKeyId: args.targetKeyId });
        return args.name;
    },

    async read(aws, id) {
        const aliases = await listAll<AliasListEntry>(aws, "ListAliases", {}, "Aliases");
        const found = aliases.find(({ AliasName }) => AliasName === id);
        return (
            found && {
                arn: found.AliasArn,
                name: found.AliasName,
                namePrefix: "",
                targetKeyArn: aws.arn("kms", `key/${found.TargetKeyId}`),
                targetKeyId: found.TargetKeyId,
            }
        );
    },

    async update(aws, id, args) {
        await aws.call(SERVICE, "UpdateAlias", { AliasName: id, TargetKeyId: args.targetKeyId });
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteAlias", { AliasName: id }));
    },
};

const splitGrant = (id: string): [keyId: string, grantId: string] => {
    const at = id.lastIndexOf(":");
    return [id.slice(0, at), id.slice(at + 1)];
};

async function findGrant(aws: Client, KeyId: string, GrantId: string): Promise<GrantListEntry | undefined> {
    return (await orGone(listAll<GrantListEntry>(aws, "ListGrants", { KeyId, GrantId }, "Grants")))?.[0];
}

const grant: ResourceType = {
    label: "KMS Grant",
    defaults: { retireOnDelete: false },
    sets: ["operations", "constraints"],

    async create(aws, args) {
        const [constraint] = args.constraints ?? [];
        const { GrantId, GrantToken } = await aws.call<CreateGrantResponse>(SERVICE, "CreateGrant", {
            KeyId: args.keyId,
            Name: args.name,
            GranteePrincipal: args.granteePrincipal,
            RetiringPrincipal: args.retiringPrincipal,
            Operations: args.operations,
            Constraints: constraint && {
                EncryptionContextEquals: constraint.encryptionContextEquals,
                EncryptionContextSubset: constraint.encryptionContextSubset,
            },
            GrantTokens: args.grantCreationTokens,
        });
        return { id: `${args.keyId}:${GrantId}`, toldOnce: { grantToken: GrantToken } };
    },

    async read(aws, id, state) {
        const [keyId, grantId] = splitGrant(id);
        const found = await findGrant(aws, keyId, grantId);
        const constraint = found?.Constraints;
        return (
            found && {
                constraints: constraint && [
                    {
                        encryptionContextEquals: constraint.EncryptionContextEquals,
                        encryptionContextSubset: constraint.EncryptionContextSubset,
                    },
                ],
                grantId,
                grantToken: state.grantToken,
                granteePrincipal: found.GranteePrincipal,
                keyId,
                name: found.Name,
                operations: found.Operations,
                retiringPrincipal: found.RetiringPrincipal,
            }
        );
    },

    async delete(aws, id, state) {
        const [KeyId, GrantId] = splitGrant(id);
        await orGone(aws.call(SERVICE, state.retireOnDelete ? "RetireGrant" : "RevokeGrant", { KeyId, GrantId }));
    },
};

const keyPolicy: ResourceType = {
    label: "KMS Key Policy",
    defaults: { bypassPolicyLockoutSafetyCheck: false },
    replaces: ["keyId"],
    documents: ["policy"],

    async create(aws, args) {
        await putPolicy(aws, args.keyId, args);
        return args.keyId;
    },

    async read(aws, id) {
        return (await findKey(aws, id)) && { keyId: id, policy: await getPolicy(aws, id) };
    },

    async update(aws, id, args) {
        await putPolicy(aws, id, args);
    },

    /** A key is never without a policy: it gets back the one that a new key has. */
    async delete(aws, id) {
        const policy = JSON.stringify({
            Version: "2012-10-17",
            Id: "default",
            Statement: [
                {
                    Sid: "Enable IAM User Permissions",
                    Effect: "Allow",
                    Principal: { AWS: `arn:${aws.partition}:iam::${aws.accountId}:root` },
                    Action: "kms:*",
                    Resource: "*",
                },
            ],
        });
        await orGone(putPolicy(aws, id, { policy }));
    },
};

export const kms: ResourceTypes = {
    "aws:kms/alias:Alias": alias,
    "aws:kms/grant:Grant": grant,
    "aws:kms/key:Key": key,
    "aws:kms/keyPolicy:KeyPolicy": keyPolicy,
};
