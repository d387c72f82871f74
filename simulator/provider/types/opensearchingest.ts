import { minutes } from "../../world/clock";
import { orGone, type Client } from "../client";
import { fromMembers, toMembers, type Members } from "../members";
import { changed, retag, tagList, tagMap, type ResourceType, type ResourceTypes, type Tag } from "../resource";
import type { Properties } from "../values";
import { resourcePolicyType } from "./resource-policy";

const SERVICE = "osis";

const SETTINGS: Members = {
    maxUnits: "MaxUnits",
    minUnits: "MinUnits",
    pipelineConfigurationBody: "PipelineConfigurationBody",
    pipelineRoleArn: "PipelineRoleArn",
};

/** What the API nests, the provider nests as well, by names of its own. */
const nested = ({ bufferOptions, encryptionAtRestOptions, logPublishingOptions: logs }: Properties) => ({
    BufferOptions: bufferOptions && { PersistentBufferEnabled: bufferOptions.persistentBufferEnabled },
    EncryptionAtRestOptions: encryptionAtRestOptions && { KmsKeyArn: encryptionAtRestOptions.kmsKeyArn },
    LogPublishingOptions: logs && {
        IsLoggingEnabled: logs.isLoggingEnabled,
        CloudWatchLogDestination: logs.cloudwatchLogDestination && {
            LogGroup: logs.cloudwatchLogDestination.logGroup,
        },
    },
});

const settings = (args: Properties) => ({ ...toMembers(SETTINGS, args), ...nested(args) });

const NETWORK: Members = {
    securityGroupIds: "SecurityGroupIds",
    subnetIds: "SubnetIds",
    vpcEndpointManagement: "VpcEndpointManagement",
};

async function find(aws: Client, PipelineName: string): Promise<Properties | undefined> {
    return (await aws.find<Properties>(SERVICE, "GetPipeline", { PipelineName }))?.Pipeline;
}

/** @throws with the reason that AWS gives, when it comes to another end */
const settled = (aws: Client, id: string, wanted: string[] = ["ACTIVE"]) =>
    aws.until(
        `OpenSearch Ingestion Pipeline (${id}) to become ${wanted.join(" or ")}`,
        async () => {
            const found = await find(aws, id);
            if (found?.Status.endsWith("_FAILED")) {
                throw new Error(
                    `unexpected state '${found.Status}', wanted target '${wanted.join(", ")}'. last error: ${found.StatusReason?.Description}`,
                );
            }
            return wanted.includes(found?.Status) ? true : undefined;
        },
        minutes(45),
    );

async function tagsOf(aws: Client, Arn: string) {
    const { Tags } = await aws.call<{ Tags: Tag[] }>(SERVICE, "ListTagsForResource", { Arn });
    return tagMap(Tags);
}

/** Without VpcAttachmentOptions, as in the real provider: what reads databases needs another way. */
const pipeline: ResourceType = {
    label: "OpenSearch Ingestion Pipeline",
    replaces: ["pipelineName", "vpcOptions"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreatePipeline", {
            PipelineName: args.pipelineName,
            ...settings(args),
            VpcOptions: args.vpcOptions && toMembers(NETWORK, args.vpcOptions),
            Tags: tagList(args.tags),
        });
        return args.pipelineName;
    },

    async settle(aws, id) {
        await settled(aws, id);
    },

    async read(aws, id) {
        const found = await find(aws, id);
        const { LogPublishingOptions: logs } = found ?? {};
        return (
            found && {
                ...fromMembers({ ...SETTINGS, pipelineName: "PipelineName", pipelineArn: "PipelineArn" }, found, {
                    // The body names it then.
                    pipelineRoleArn: "",
                }),
                ingestEndpointUrls: found.IngestEndpointUrls,
                bufferOptions: found.BufferOptions && {
                    persistentBufferEnabled: found.BufferOptions.PersistentBufferEnabled,
                },
                encryptionAtRestOptions: found.EncryptionAtRestOptions && {
                    kmsKeyArn: found.EncryptionAtRestOptions.KmsKeyArn,
                },
                logPublishingOptions: logs && {
                    isLoggingEnabled: logs.IsLoggingEnabled,
                    cloudwatchLogDestination: logs.CloudWatchLogDestination && {
                        logGroup: logs.CloudWatchLogDestination.LogGroup,
                    },
                },
                vpcOptions: found.VpcEndpoints && fromMembers(NETWORK, found.VpcEndpoints[0].VpcOptions),
                tagsAll: await tagsOf(aws, found.PipelineArn),
            }
        );
    },

    async update(aws, id, args, before, { pipelineArn: Arn }) {
        const members = [...Object.keys(SETTINGS), "bufferOptions", "encryptionAtRestOptions", "logPublishingOptions"];
        if (changed(before, args, ...members)) {
            await aws.call(SERVICE, "UpdatePipeline", { PipelineName: id, ...settings(args) });
            await settled(aws, id, ["ACTIVE", "STOPPED"]);
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagResource", { Arn, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagResource", { Arn, TagKeys }),
        });
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeletePipeline", { PipelineName: id }));
        await aws.until(`OpenSearch Ingestion Pipeline (${id}) to be deleted`, async () =>
            (await find(aws, id)) ? undefined : true,
        );
    },
};

const resourcePolicy = resourcePolicyType("OpenSearch Ingestion Resource Policy", SERVICE, {
    found: (answer) => answer,
});

export const opensearchingest: ResourceTypes = {
    "aws:opensearchingest/pipeline:Pipeline": pipeline,
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": resourcePolicy,
};
