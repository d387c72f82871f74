import type {
    CreateSecretResponse,
    DescribeSecretResponse,
    GetResourcePolicyResponse,
    GetSecretValueResponse,
    PutSecretValueResponse,
} from "@aws-sdk/client-secrets-manager";
import { orGone, type Client } from "../client";
import { capitalized, changedMembers, toMembers } from "../members";
import { changed, retag, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import type { Properties } from "../values";

const SERVICE = "secretsmanager";
const CURRENT = "AWSCURRENT";

/** A secret in its recovery window is as good as gone. */
async function findSecret(aws: Client, SecretId: string): Promise<DescribeSecretResponse | undefined> {
    const found = await aws.find<DescribeSecretResponse>(SERVICE, "DescribeSecret", { SecretId });
    return found?.DeletedDate ? undefined : found;
}

async function policyOf(aws: Client, SecretId: string): Promise<string | undefined> {
    const found = await aws.find<GetResourcePolicyResponse>(SERVICE, "GetResourcePolicy", { SecretId });
    return found?.ResourcePolicy;
}

const putPolicy = (aws: Client, SecretId: string, { policy, blockPublicPolicy }: Properties) =>
    aws.call(SERVICE, "PutResourcePolicy", {
        SecretId,
        ResourcePolicy: policy,
        BlockPublicPolicy: blockPublicPolicy,
    });

const deletePolicy = (aws: Client, SecretId: string) => orGone(aws.call(SERVICE, "DeleteResourcePolicy", { SecretId }));

const CHANGEABLE = capitalized("description", "kmsKeyId");

const secret: ResourceType = {
    label: "Secrets Manager Secret",
    autoname: { property: "name", max: 255 },
    defaults: { forceOverwriteReplicaSecret: false, recoveryWindowInDays: 30 },
    replaces: ["name", "namePrefix", "type"],
    documents: ["policy"],
    notSimulated: ["replicas", "type"],

    async create(aws, args) {
        const { ARN } = await aws.call<CreateSecretResponse>(SERVICE, "CreateSecret", {
            ...toMembers(capitalized("name", "description", "kmsKeyId"), args),
            ForceOverwriteReplicaSecret: args.forceOverwriteReplicaSecret,
            Tags: args.tags && tagList(args.tags),
        });
        return ARN!;
    },

    async settle(aws, id, args) {
        if (args.policy) {
            await putPolicy(aws, id, args);
        }
    },

    async read(aws, id, state) {
        const found = await findSecret(aws, id);
        return (
            found && {
                arn: found.ARN,
                description: found.Description ?? "",
                kmsKeyId: found.KmsKeyId ?? "",
                name: found.Name,
                namePrefix: state.namePrefix ?? "",
                policy: (await policyOf(aws, id)) ?? "",
                replicas: [],
                tagsAll: tagMap(found.Tags),
                type: found.Type ?? "",
            }
        );
    },

    async update(aws, id, args, before) {
        const changes = changedMembers(CHANGEABLE, before, args);
        if (Object.keys(changes).length > 0) {
            await aws.call(SERVICE, "UpdateSecret", { SecretId: id, ...changes });
        }
        if (changed(before, args, "policy")) {
            await (args.policy ? putPolicy(aws, id, args) : deletePolicy(aws, id));
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagResource", { SecretId: id, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagResource", { SecretId: id, TagKeys }),
        });
    },

    async delete(aws, id, { recoveryWindowInDays: days }) {
        if (await findSecret(aws, id)) {
            const window = days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days };
            await aws.call(SERVICE, "DeleteSecret", { SecretId: id, ...window });
        }
    },
};

const splitVersion = (id: string) => {
    const [SecretId, VersionId] = id.split("|");
    return { SecretId, VersionId };
};

async function setStages(aws: Client, id: string, before: string[], after: string[]): Promise<void> {
    const { SecretId, VersionId } = splitVersion(id);
    for (const VersionStage of before.filter((stage) => stage !== CURRENT && !after.includes(stage))) {
        const change = { SecretId, VersionStage, RemoveFromVersionId: VersionId };
        await orGone(aws.call(SERVICE, "UpdateSecretVersionStage", change));
    }
    for (const VersionStage of after.filter((stage) => !before.includes(stage))) {
        await aws.call(SERVICE, "UpdateSecretVersionStage", { SecretId, VersionStage, MoveToVersionId: VersionId });
    }
}

const secretVersion: ResourceType = {
    label: "Secrets Manager Secret Version",
    replaces: ["secretBinary", "secretId", "secretString"],
    sets: ["versionStages"],
    notSimulated: ["secretStringWo", "secretStringWoVersion"],

    async create(aws, args) {
        const { VersionId } = await aws.call<PutSecretValueResponse>(SERVICE, "PutSecretValue", {
            SecretId: args.secretId,
            SecretString: args.secretString,
            SecretBinary: args.secretBinary && Buffer.from(args.secretBinary, "base64"),
            VersionStages: args.versionStages,
        });
        return `${args.secretId}|${VersionId}`;
    },

    async read(aws, id) {
        const version = splitVersion(id);
        const found =
            (await findSecret(aws, version.SecretId)) &&
            (await aws.find<GetSecretValueResponse>(SERVICE, "GetSecretValue", version));
        return (
            found && {
                arn: found.ARN,
                hasSecretStringWo: false,
                secretArn: found.ARN,
                secretBinary: found.SecretBinary ? Buffer.from(found.SecretBinary).toString("base64") : "",
                secretId: version.SecretId,
                secretString: found.SecretString ?? "",
                versionId: found.VersionId,
                versionStages: found.VersionStages,
            }
        );
    },

    async update(aws, id, args, before) {
        await setStages(aws, id, before.versionStages ?? [], args.versionStages ?? [CURRENT]);
    },

    /** A current version stays until another one is. */
    async delete(aws, id, { versionStages = [] }) {
        await setStages(aws, id, versionStages, []);
    },
};

const secretPolicy: ResourceType = {
    label: "Secrets Manager Secret Policy",
    replaces: ["secretArn"],
    documents: ["policy"],

    async create(aws, args) {
        await putPolicy(aws, args.secretArn, args);
        return args.secretArn;
    },

    async read(aws, id) {
        const policy = await policyOf(aws, id);
        return policy ? { policy, secretArn: id } : undefined;
    },

    async update(aws, id, args) {
        await putPolicy(aws, id, args);
    },

    async delete(aws, id) {
        await deletePolicy(aws, id);
    },
};

export const secretsmanager: ResourceTypes = {
    "aws:secretsmanager/secret:Secret": secret,
    "aws:secretsmanager/secretPolicy:SecretPolicy": secretPolicy,
    "aws:secretsmanager/secretVersion:SecretVersion": secretVersion,
};
