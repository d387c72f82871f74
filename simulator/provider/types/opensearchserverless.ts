import type {
    BatchGetCollectionResponse,
    BatchGetLifecyclePolicyResponse,
    BatchGetVpcEndpointResponse,
    CollectionDetail,
    CreateCollectionResponse,
    CreateVpcEndpointResponse,
    ListTagsForResourceResponse,
    VpcEndpointDetail,
} from "@aws-sdk/client-opensearchserverless";
import { minutes } from "../../world/clock";
import { orGone, type Client } from "../client";
import { changed, retag, type ResourceType, type ResourceTypes, type Tags } from "../resource";

const SERVICE = "aoss";

const pairs = (tags: Tags = {}) => Object.entries(tags).map(([key, value]) => ({ key, value }));

async function findCollection(aws: Client, id: string): Promise<CollectionDetail | undefined> {
    const found = await aws.call<BatchGetCollectionResponse>(SERVICE, "BatchGetCollection", { ids: [id] });
    return found.collectionDetails![0];
}

async function tagsOf(aws: Client, resourceArn: string): Promise<Tags> {
    const { tags } = await aws.call<ListTagsForResourceResponse>(SERVICE, "ListTagsForResource", { resourceArn });
    return Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]));
}

const serverlessCollection: ResourceType = {
    label: "OpenSearch Serverless Collection",
    autoname: { property: "name", max: 32 },
    notSimulated: ["collectionGroupName"],
    replaces: ["encryptionConfigs", "name", "standbyReplicas", "type"],

    async create(aws, args) {
        const [encryption] = args.encryptionConfigs ?? [];
        const [vectors] = args.vectorOptions ?? [];
        const { createCollectionDetail } = await aws.call<CreateCollectionResponse>(SERVICE, "CreateCollection", {
            name: args.name,
            type: args.type,
            description: args.description,
            standbyReplicas: args.standbyReplicas,
            encryptionConfig: encryption && {
                aWSOwnedKey: encryption.awsOwnedKey,
                kmsKeyArn: encryption.kmsKeyArn || undefined,
            },
            vectorOptions: vectors && { ServerlessVectorAcceleration: vectors.serverlessVectorAcceleration },
            tags: args.tags && pairs(args.tags),
        });
        return createCollectionDetail!.id!;
    },

    async settle(aws, id) {
        await aws.until(
            `OpenSearch Serverless Collection (${id}) to become ACTIVE`,
            async () => ((await findCollection(aws, id))?.status === "ACTIVE" ? true : undefined),
            minutes(20),
        );
    },

    async read(aws, id) {
        const found = await findCollection(aws, id);
        const isOwned = found?.kmsKeyArn === "auto";
        const vectors = found?.vectorOptions;
        return (
            found && {
                arn: found.arn,
                collectionEndpoint: found.collectionEndpoint ?? "",
                dashboardEndpoint: found.dashboardEndpoint ?? "",
                description: found.description ?? "",
                encryptionConfigs: [{ awsOwnedKey: isOwned, kmsKeyArn: isOwned ? "" : found.kmsKeyArn }],
                kmsKeyArn: found.kmsKeyArn,
                name: found.name,
                standbyReplicas: found.standbyReplicas,
                tagsAll: await tagsOf(aws, found.arn!),
                type: found.type,
                vectorOptions: vectors ? [{ serverlessVectorAcceleration: vectors.ServerlessVectorAcceleration }] : [],
            }
        );
    },

    async update(aws, id, args, before, { arn }) {
        if (changed(before, args, "description", "vectorOptions")) {
            const [vectors] = args.vectorOptions ?? [];
            await aws.call(SERVICE, "UpdateCollection", {
                id,
                description: args.description ?? "",
                vectorOptions: vectors && { ServerlessVectorAcceleration: vectors.serverlessVectorAcceleration },
            });
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagResource", { resourceArn: arn, tags: pairs(tags) }),
            untag: (tagKeys) => aws.call(SERVICE, "UntagResource", { resourceArn: arn, tagKeys }),
        });
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteCollection", { id }));
        await aws.until(`OpenSearch Serverless Collection (${id}) to be deleted`, async () =>
            (await findCollection(aws, id)) ? undefined : true,
        );
    },
};

/** A policy as all kinds of them are told. */
interface PolicyDetail {
    name?: string;
    type?: string;
    description?: string;
    policy?: unknown;
    policyVersion?: string;
}

type FindPolicy = (aws: Client, key: { name: string; type: string }) => Promise<PolicyDetail | undefined>;

/** Kinds of policy differ in how they are read. */
function policyType(kind: "Access" | "Lifecycle" | "Security", find: FindPolicy): ResourceType {
    return {
        label: `OpenSearch Serverless ${kind} Policy`,
        autoname: { property: "name", max: 32 },
        replaces: ["name", "type"],
        json: ["policy"],
        foundWith: ["type"],

        async create(aws, { name, type, description, policy }) {
            await aws.call(SERVICE, `Create${kind}Policy`, { name, type, description, policy });
            return name;
        },

        async read(aws, id, { type }) {
            const found = await find(aws, { name: id, type });
            return (
                found && {
                    description: found.description ?? "",
                    name: found.name,
                    policy: JSON.stringify(found.policy),
                    policyVersion: found.policyVersion,
                    type: found.type,
                }
            );
        },

        async update(aws, id, { type, description, policy }, _before, { policyVersion }) {
            await aws.call(SERVICE, `Update${kind}Policy`, { name: id, type, description, policy, policyVersion });
        },

        async delete(aws, id, { type }) {
            await orGone(aws.call(SERVICE, `Delete${kind}Policy`, { name: id, type }));
        },
    };
}

const findSecurityPolicy: FindPolicy = async (aws, key) =>
    (await aws.find<{ securityPolicyDetail: PolicyDetail }>(SERVICE, "GetSecurityPolicy", key))?.securityPolicyDetail;

const findAccessPolicy: FindPolicy = async (aws, key) =>
    (await aws.find<{ accessPolicyDetail: PolicyDetail }>(SERVICE, "GetAccessPolicy", key))?.accessPolicyDetail;

const findLifecyclePolicy: FindPolicy = async (aws, key) => {
    const input = { identifiers: [key] };
    const found = await aws.call<BatchGetLifecyclePolicyResponse>(SERVICE, "BatchGetLifecyclePolicy", input);
    return found.lifecyclePolicyDetails![0];
};

async function findVpcEndpoint(aws: Client, id: string): Promise<VpcEndpointDetail | undefined> {
    const found = await aws.call<BatchGetVpcEndpointResponse>(SERVICE, "BatchGetVpcEndpoint", { ids: [id] });
    return found.vpcEndpointDetails![0];
}

const serverlessVpcEndpoint: ResourceType = {
    label: "OpenSearch Serverless VPC Endpoint",
    autoname: { property: "name", max: 32 },
    replaces: ["name", "vpcId"],
    sets: ["securityGroupIds", "subnetIds"],

    async create(aws, { name, vpcId, subnetIds, securityGroupIds }) {
        const input = { name, vpcId, subnetIds, securityGroupIds };
        const answer = await aws.call<CreateVpcEndpointResponse>(SERVICE, "CreateVpcEndpoint", input);
        return answer.createVpcEndpointDetail!.id!;
    },

    async settle(aws, id) {
        await aws.until(`OpenSearch Serverless VPC Endpoint (${id}) to become ACTIVE`, async () =>
            (await findVpcEndpoint(aws, id))?.status === "ACTIVE" ? true : undefined,
        );
    },

    async read(aws, id) {
        const found = await findVpcEndpoint(aws, id);
        return (
            found && {
                name: found.name,
                securityGroupIds: found.securityGroupIds,
                subnetIds: found.subnetIds,
                vpcId: found.vpcId,
            }
        );
    },

    async update(aws, id, args, before) {
        const added = (key: string) => (args[key] ?? []).filter((each: string) => !before[key]?.includes(each));
        const removed = (key: string) => (before[key] ?? []).filter((each: string) => !args[key]?.includes(each));
        await aws.call(SERVICE, "UpdateVpcEndpoint", {
            id,
            addSubnetIds: added("subnetIds"),
            removeSubnetIds: removed("subnetIds"),
            addSecurityGroupIds: added("securityGroupIds"),
            removeSecurityGroupIds: removed("securityGroupIds"),
        });
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteVpcEndpoint", { id }));
        await aws.until(`OpenSearch Serverless VPC Endpoint (${id}) to be deleted`, async () =>
            (await findVpcEndpoint(aws, id)) ? undefined : true,
        );
    },
};

export const opensearchserverless: ResourceTypes = {
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy": policyType("Access", findAccessPolicy),
    "aws:opensearch/serverlessCollection:ServerlessCollection": serverlessCollection,
    "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy": policyType("Lifecycle", findLifecyclePolicy),
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy": policyType("Security", findSecurityPolicy),
    "aws:opensearch/serverlessVpcEndpoint:ServerlessVpcEndpoint": serverlessVpcEndpoint,
};
