import type {
    Cluster,
    ClusterParameterGroup,
    ClusterParameterGroupDetails,
    ClusterSubnetGroup,
} from "@aws-sdk/client-redshift";
import { minutes } from "../../world/clock";
import { orGone, type Client } from "../client";
import { capitalized, changedMembers, fromMembers, toMembers, type Members } from "../members";
import {
    changed,
    DESCRIPTION,
    inOrderOf,
    retag,
    tagList,
    tagMap,
    type ResourceType,
    type ResourceTypes,
} from "../resource";
import type { Properties } from "../values";
import { integrationType } from "./integration";
import { resourcePolicyType } from "./resource-policy";

const SERVICE = "redshift";

const retagged = (aws: Client, before: Properties, args: Properties, ResourceName: string) =>
    retag(before, args, {
        tag: (tags) => aws.call(SERVICE, "CreateTags", { ResourceName, Tags: tagList(tags) }),
        untag: (TagKeys) => aws.call(SERVICE, "DeleteTags", { ResourceName, TagKeys }),
    });

/** Members of a cluster that are the same in calls and in answers. */
const CLUSTER: Members = {
    ...capitalized("allowVersionUpgrade", "automatedSnapshotRetentionPeriod", "availabilityZone", "clusterIdentifier"),
    ...capitalized("clusterSubnetGroupName", "clusterVersion", "defaultIamRoleArn", "encrypted", "enhancedVpcRouting"),
    ...capitalized("kmsKeyId", "maintenanceTrackName", "manualSnapshotRetentionPeriod", "masterPasswordSecretKmsKeyId"),
    ...capitalized("masterUsername", "nodeType", "numberOfNodes", "preferredMaintenanceWindow", "publiclyAccessible"),
    databaseName: "DBName",
};

const CLUSTER_INPUT: Members = {
    ...CLUSTER,
    ...capitalized("aquaConfigurationStatus", "clusterParameterGroupName", "clusterType", "elasticIp", "iamRoles"),
    ...capitalized("manageMasterPassword", "port", "vpcSecurityGroupIds"),
    availabilityZoneRelocationEnabled: "AvailabilityZoneRelocation",
    masterPassword: "MasterUserPassword",
    multiAz: "MultiAZ",
};

const CLUSTER_CHANGEABLE: Members = {
    ...capitalized("allowVersionUpgrade", "automatedSnapshotRetentionPeriod", "availabilityZone"),
    ...capitalized("clusterParameterGroupName", "clusterType", "clusterVersion", "elasticIp", "encrypted"),
    ...capitalized("enhancedVpcRouting", "kmsKeyId", "maintenanceTrackName", "manageMasterPassword"),
    ...capitalized("manualSnapshotRetentionPeriod", "masterPasswordSecretKmsKeyId", "nodeType", "numberOfNodes"),
    ...capitalized("port", "preferredMaintenanceWindow", "publiclyAccessible", "vpcSecurityGroupIds"),
    availabilityZoneRelocationEnabled: "AvailabilityZoneRelocation",
    masterPassword: "MasterUserPassword",
    multiAz: "MultiAZ",
};

/** AWS takes a number of nodes for clusters of several only. */
function nodes({ clusterType, numberOfNodes }: Properties) {
    const several = numberOfNodes > 1;
    return {
        ClusterType: clusterType ?? (several ? "multi-node" : "single-node"),
        NumberOfNodes: several ? numberOfNodes : undefined,
    };
}

async function findCluster(aws: Client, ClusterIdentifier: string): Promise<Cluster | undefined> {
    const found = await aws.find<{ Clusters?: Cluster[] }>(SERVICE, "DescribeClusters", { ClusterIdentifier });
    return found?.Clusters?.[0];
}

const clusterAvailable = (aws: Client, id: string) =>
    aws.until(
        `Redshift Cluster (${id}) to become available`,
        async () => ((await findCluster(aws, id))?.ClusterStatus === "available" ? true : undefined),
        minutes(75),
    );

const cluster: ResourceType = {
    label: "Redshift Cluster",
    defaults: {
        allowVersionUpgrade: true,
        automatedSnapshotRetentionPeriod: 1,
        clusterVersion: "1.0",
        encrypted: true,
        maintenanceTrackName: "current",
        manualSnapshotRetentionPeriod: -1,
        numberOfNodes: 1,
        port: 5439,
        publiclyAccessible: false,
    },
    replaces: ["clusterIdentifier", "clusterSubnetGroupName", "databaseName", "masterUsername"],
    sets: ["iamRoles", "vpcSecurityGroupIds"],
    notSimulated: [
        "masterPasswordWo",
        "masterPasswordWoVersion",
        "ownerAccount",
        "snapshotArn",
        "snapshotClusterIdentifier",
        "snapshotIdentifier",
    ],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateCluster", {
            ...toMembers(CLUSTER_INPUT, args),
            ...nodes(args),
            Tags: args.tags && tagList(args.tags),
        });
        return args.clusterIdentifier;
    },

    async settle(aws, id) {
        await clusterAvailable(aws, id);
    },

    async read(aws, id, state) {
        const found = await findCluster(aws, id);
        const { Address, Port } = found?.Endpoint ?? {};
        return (
            found && {
                ...fromMembers(CLUSTER, found),
                aquaConfigurationStatus: found.AquaConfiguration?.AquaConfigurationStatus ?? "auto",
                arn: aws.arn("redshift", `cluster:${id}`),
                availabilityZoneRelocationEnabled: found.AvailabilityZoneRelocationStatus === "enabled",
                clusterNamespaceArn: found.ClusterNamespaceArn,
                clusterNodes: (found.ClusterNodes ?? []).map((node) => ({
                    nodeRole: node.NodeRole,
                    privateIpAddress: node.PrivateIPAddress,
                    publicIpAddress: node.PublicIPAddress,
                })),
                clusterParameterGroupName: found.ClusterParameterGroups?.[0]?.ParameterGroupName,
                clusterPublicKey: found.ClusterPublicKey ?? "",
                clusterRevisionNumber: found.ClusterRevisionNumber ?? "",
                clusterType: found.NumberOfNodes! > 1 ? "multi-node" : "single-node",
                defaultIamRoleArn: found.DefaultIamRoleArn ?? "",
                dnsName: Address,
                elasticIp: found.ElasticIpStatus?.ElasticIp,
                endpoint: Address && `${Address}:${Port}`,
                iamRoles: (found.IamRoles ?? []).map((role) => role.IamRoleArn),
                kmsKeyId: found.KmsKeyId ?? "",
                masterPasswordSecretArn: found.MasterPasswordSecretArn ?? "",
                masterPasswordSecretKmsKeyId: found.MasterPasswordSecretKmsKeyId ?? "",
                multiAz: found.MultiAZ?.toLowerCase() === "enabled",
                port: Port ?? state.port,
                tagsAll: tagMap(found.Tags),
                vpcSecurityGroupIds: (found.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId),
            }
        );
    },

    async update(aws, id, args, before, { arn }) {
        const changes = changedMembers(CLUSTER_CHANGEABLE, before, args);
        if (Object.keys(changes).length > 0) {
            const resized = changed(before, args, "clusterType", "nodeType", "numberOfNodes");
            await aws.call(SERVICE, "ModifyCluster", {
                ClusterIdentifier: id,
                ...changes,
                ...(resized && { NodeType: args.nodeType, ...nodes(args) }),
            });
            await clusterAvailable(aws, id);
        }
        if (changed(before, args, "defaultIamRoleArn", "iamRoles")) {
            const [old, wanted]: string[][] = [before.iamRoles ?? [], args.iamRoles ?? []];
            await aws.call(SERVICE, "ModifyClusterIamRoles", {
                ClusterIdentifier: id,
                AddIamRoles: wanted.filter((role) => !old.includes(role)),
                RemoveIamRoles: old.filter((role) => !wanted.includes(role)),
                DefaultIamRoleArn: args.defaultIamRoleArn,
            });
            await clusterAvailable(aws, id);
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id, { skipFinalSnapshot = false, finalSnapshotIdentifier }) {
        if (!skipFinalSnapshot && !finalSnapshotIdentifier) {
            throw new Error(
                "Redshift Cluster Instance FinalSnapshotIdentifier is required when a final snapshot is required",
            );
        }
        await orGone(
            aws.call(SERVICE, "DeleteCluster", {
                ClusterIdentifier: id,
                SkipFinalClusterSnapshot: skipFinalSnapshot,
                FinalClusterSnapshotIdentifier: skipFinalSnapshot ? undefined : finalSnapshotIdentifier,
            }),
        );
        await aws.until(
            `Redshift Cluster (${id}) to be deleted`,
            async () => ((await findCluster(aws, id)) ? undefined : true),
            minutes(40),
        );
    },
};

const parameters = (given: Properties[] = []) =>
    given.map(({ name, value }) => ({ ParameterName: name, ParameterValue: value }));

async function setParameters(aws: Client, ParameterGroupName: string, given: Properties[]): Promise<void> {
    if (given.length > 0) {
        const Parameters = parameters(given);
        await aws.call(SERVICE, "ModifyClusterParameterGroup", { ParameterGroupName, Parameters });
    }
}

const parameterGroup: ResourceType = {
    label: "Redshift Parameter Group",
    autoname: { property: "name", max: 255 },
    defaults: { description: DESCRIPTION },
    replaces: ["name", "family", "description"],
    sets: ["parameters"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateClusterParameterGroup", {
            ParameterGroupName: args.name,
            ParameterGroupFamily: args.family,
            Description: args.description,
            Tags: args.tags && tagList(args.tags),
        });
        return args.name;
    },

    async settle(aws, id, args) {
        await setParameters(aws, id, args.parameters ?? []);
    },

    async read(aws, id, state) {
        const input = { ParameterGroupName: id };
        const answer = await aws.find<{ ParameterGroups?: ClusterParameterGroup[] }>(
            SERVICE,
            "DescribeClusterParameterGroups",
            input,
        );
        const found = answer?.ParameterGroups?.[0];
        if (!found) {
            return undefined;
        }
        const { Parameters = [] } = await aws.call<ClusterParameterGroupDetails>(SERVICE, "DescribeClusterParameters", {
            ...input,
            Source: "user",
        });
        const now = Parameters.map(({ ParameterName, ParameterValue }) => ({
            name: ParameterName,
            value: ParameterValue,
        }));
        return {
            arn: aws.arn("redshift", `parametergroup:${id}`),
            description: found.Description,
            family: found.ParameterGroupFamily,
            name: found.ParameterGroupName,
            parameters: inOrderOf(state.parameters, now),
            tagsAll: tagMap(found.Tags),
        };
    },

    /** What the program no longer gives stays as it was set. */
    async update(aws, id, args, before, { arn }) {
        const old = (before.parameters ?? []).map((given: Properties) => JSON.stringify(given));
        const set = (args.parameters ?? []).filter((given: Properties) => !old.includes(JSON.stringify(given)));
        await setParameters(aws, id, set);
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteClusterParameterGroup", { ParameterGroupName: id }));
    },
};

const subnetGroup: ResourceType = {
    label: "Redshift Subnet Group",
    autoname: { property: "name", max: 255 },
    defaults: { description: DESCRIPTION },
    replaces: ["name"],
    sets: ["subnetIds"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateClusterSubnetGroup", {
            ClusterSubnetGroupName: args.name,
            Description: args.description,
            SubnetIds: args.subnetIds,
            Tags: args.tags && tagList(args.tags),
        });
        return args.name;
    },

    async read(aws, id) {
        const answer = await aws.find<{ ClusterSubnetGroups?: ClusterSubnetGroup[] }>(
            SERVICE,
            "DescribeClusterSubnetGroups",
            { ClusterSubnetGroupName: id },
        );
        const found = answer?.ClusterSubnetGroups?.[0];
        return (
            found && {
                arn: aws.arn("redshift", `subnetgroup:${id}`),
                description: found.Description,
                name: found.ClusterSubnetGroupName,
                subnetIds: (found.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier),
                tagsAll: tagMap(found.Tags),
            }
        );
    },

    async update(aws, id, args, before, { arn }) {
        if (changed(before, args, "description", "subnetIds")) {
            await aws.call(SERVICE, "ModifyClusterSubnetGroup", {
                ClusterSubnetGroupName: id,
                Description: args.description,
                SubnetIds: args.subnetIds,
            });
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteClusterSubnetGroup", { ClusterSubnetGroupName: id }));
    },
};

const resourcePolicy = resourcePolicyType("Redshift Resource Policy", SERVICE, {
    found: ({ ResourcePolicy }) => ResourcePolicy,
});

export const redshift: ResourceTypes = {
    "aws:redshift/cluster:Cluster": cluster,
    "aws:redshift/integration:Integration": integrationType({
        service: SERVICE,
        label: "Redshift Integration",
        changeable: capitalized("description", "integrationName"),
        identifier: "IntegrationArn",
        tags: "TagList",
        tagOperations: { tag: "CreateTags", untag: "DeleteTags" },
        loses: true,
    }),
    "aws:redshift/parameterGroup:ParameterGroup": parameterGroup,
    "aws:redshift/resourcePolicy:ResourcePolicy": resourcePolicy,
    "aws:redshift/subnetGroup:SubnetGroup": subnetGroup,
};
