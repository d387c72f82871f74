import { randomUUID } from "node:crypto";
import type * as api from "@aws-sdk/client-redshift";

import { inboundIntegrations } from "../../integrations/inbound";
import { isReceiving } from "../../integrations/warehouse-target";
import { problem } from "../../integrations/callers";
import { Warehouse, Warehouses } from "../../warehouse/warehouse";
import { minutes, seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn, pageOf } from "../operations";
import { createManagedSecret, deleteManagedSecret } from "../secretsmanager";
import { DEFAULT_GROUP, findGroup } from "./parameter-groups";
import { pendingParameters, valuesOf } from "./parameters";
import { clusterArn, RedshiftState, tagList, type Cluster } from "./state";
import { findSubnetGroup } from "./subnet-groups";
import { setTags } from "./tags";
import { invalidCombination, invalidParameter } from "./validation";

const CREATION = minutes(5);
const MODIFICATION = minutes(2);
const REBOOT = minutes(3);
const PAUSE = minutes(2);
const RESUME = minutes(4);
const DELETION = minutes(2);
/** Until it is known which parameters of a new group wait for a reboot. */
const GROUP_APPLICATION = seconds(30);
const PAGE_SIZE = 100;
const DEFAULT_PORT = 5439;

const NODE_TYPES = [
    ...["large", "xlplus", "4xlarge", "16xlarge"].map((size) => `ra3.${size}`),
    ...["large", "xlarge", "4xlarge"].map((size) => `rg.${size}`),
    "dc2.large",
    "dc2.8xlarge",
];
/** Storage of its own is what integrations write to. */
const ZERO_ETL_NODES = /^(ra3|rg)\./;

export const clusters = operationsOn(
    "redshift",
    ({ ClusterIdentifier = "*" }, ctx) => clusterArn(ctx, ClusterIdentifier),
    {
        CreateCluster(input: api.CreateClusterMessage, ctx) {
            checkCreation(ctx, input);
            const id = input.ClusterIdentifier!.toLowerCase();
            const cluster = newCluster(ctx, id, input);
            ctx.state(RedshiftState).clusters.set(id, cluster);
            ctx.state(Warehouses).byArn.set(cluster.warehouse.arn, cluster.warehouse);
            setTags(ctx, clusterArn(ctx, id), input.Tags);
            become(ctx, cluster, "creating", CREATION, () => {
                cluster.description.Endpoint = {
                    Address: `${id}.c${ctx.accountId.slice(0, 10)}.${ctx.region}.redshift.amazonaws.com`,
                    Port: input.Port ?? DEFAULT_PORT,
                };
            });
            return { Cluster: describe(ctx, cluster) };
        },

        DescribeClusters(
            { ClusterIdentifier, TagKeys, MaxRecords = PAGE_SIZE, Marker }: api.DescribeClustersMessage,
            ctx,
        ) {
            const all = ClusterIdentifier
                ? [findCluster(ctx, ClusterIdentifier)]
                : [...ctx.state(RedshiftState).clusters.values()];
            const described = all.map((cluster) => describe(ctx, cluster));
            const tagged = described.filter(({ Tags }) => !TagKeys || Tags!.some((tag) => TagKeys.includes(tag.Key!)));
            const { page, next } = pageOf(tagged, MaxRecords, Marker);
            return { Clusters: page, Marker: next };
        },

        ModifyCluster(input: api.ModifyClusterMessage, ctx) {
            const cluster = requireAvailable(ctx, input.ClusterIdentifier!, "modified");
            checkNodes(input.NodeType ?? cluster.description.NodeType!, input.NumberOfNodes);
            const group = input.ClusterParameterGroupName && findGroup(ctx, input.ClusterParameterGroupName);
            if (group && group.description.ParameterGroupName !== cluster.parameterGroup) {
                attachGroup(ctx, cluster, group.description.ParameterGroupName);
            }
            const change = changeOf(input);
            if (Object.keys(change).length > 0) {
                become(ctx, cluster, "modifying", MODIFICATION, () => Object.assign(cluster.description, change));
            }
            return { Cluster: describe(ctx, cluster) };
        },

        RebootCluster({ ClusterIdentifier }: api.RebootClusterMessage, ctx) {
            const cluster = requireAvailable(ctx, ClusterIdentifier!, "rebooted");
            become(ctx, cluster, "rebooting", REBOOT, () => applyParameters(ctx, cluster));
            return { Cluster: describe(ctx, cluster) };
        },

        PauseCluster({ ClusterIdentifier }: api.PauseClusterMessage, ctx) {
            const cluster = requireAvailable(ctx, ClusterIdentifier!, "paused");
            become(ctx, cluster, "pausing", PAUSE, () => undefined, "paused");
            return { Cluster: describe(ctx, cluster) };
        },

        ResumeCluster({ ClusterIdentifier }: api.ResumeClusterMessage, ctx) {
            const cluster = findCluster(ctx, ClusterIdentifier!);
            if (cluster.description.ClusterStatus !== "paused") {
                throw invalidState(`The cluster ${ClusterIdentifier} can't be resumed: it is not paused`);
            }
            become(ctx, cluster, "resuming", RESUME, () => applyParameters(ctx, cluster));
            return { Cluster: describe(ctx, cluster) };
        },

        DeleteCluster(input: api.DeleteClusterMessage, ctx) {
            const cluster = requireAvailable(ctx, input.ClusterIdentifier!, "deleted");
            const { arn } = cluster.warehouse;
            if (!input.SkipFinalClusterSnapshot && !input.FinalClusterSnapshotIdentifier) {
                throw invalidCombination(
                    "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified",
                );
            }
            if (inboundIntegrations(ctx.world, arn).some(({ status }) => status !== "failed")) {
                throw invalidState(`The cluster ${input.ClusterIdentifier} is the target of zero-ETL integrations`);
            }
            become(ctx, cluster, "deleting", DELETION, () => {
                const { clusters: all, tags } = ctx.state(RedshiftState);
                all.delete(cluster.description.ClusterIdentifier);
                tags.delete(clusterArn(ctx, cluster.description.ClusterIdentifier));
                ctx.state(Warehouses).byArn.delete(arn);
                deleteManagedSecret(ctx, cluster.description.MasterPasswordSecretArn);
            });
            return { Cluster: describe(ctx, cluster) };
        },

        ModifyClusterIamRoles(input: api.ModifyClusterIamRolesMessage, ctx) {
            const { description } = findCluster(ctx, input.ClusterIdentifier!);
            const { AddIamRoles = [], RemoveIamRoles = [] } = input;
            const kept = description.IamRoles!.filter(
                ({ IamRoleArn }) => ![...AddIamRoles, ...RemoveIamRoles].includes(IamRoleArn!),
            );
            const added = AddIamRoles.map((IamRoleArn) => ({ IamRoleArn, ApplyStatus: "in-sync" }));
            description.IamRoles = [...kept, ...added];
            description.DefaultIamRoleArn = input.DefaultIamRoleArn ?? description.DefaultIamRoleArn;
            return { Cluster: describe(ctx, findCluster(ctx, input.ClusterIdentifier!)) };
        },

        DescribeLoggingStatus({ ClusterIdentifier }: api.DescribeLoggingStatusMessage, ctx) {
            findCluster(ctx, ClusterIdentifier!);
            return { LoggingEnabled: false };
        },
    },
);

export function findCluster(ctx: Context, id: string): Cluster {
    const cluster = ctx.state(RedshiftState).clusters.get(id.toLowerCase());
    if (!cluster) {
        throw new AwsError("ClusterNotFoundFault", `Cluster ${id} not found.`, 404);
    }
    return cluster;
}

function checkCreation(ctx: Context, input: api.CreateClusterMessage): void {
    const id = input.ClusterIdentifier!;
    if (!/^[a-z](-?[a-z0-9])*$/.test(id) || id.length > 63) {
        throw invalidParameter(`The parameter ClusterIdentifier is not a valid identifier: ${id}`);
    }
    if (ctx.state(RedshiftState).clusters.has(id)) {
        throw new AwsError("ClusterAlreadyExistsFault", `Cluster ${id} already exists`);
    }
    const ways = [input.MasterUserPassword !== undefined, input.ManageMasterPassword === true].filter(Boolean);
    if (ways.length !== 1) {
        throw invalidCombination("Give either MasterUserPassword or ManageMasterPassword");
    }
    if (input.ClusterType === "single-node" && (input.NumberOfNodes ?? 1) !== 1) {
        throw invalidCombination("Number of nodes for cluster type single-node must be 1");
    }
    if (input.ClusterType === "multi-node" && (input.NumberOfNodes ?? 1) < 2) {
        throw invalidParameter("Number of nodes for cluster type multi-node must be greater than or equal to 2");
    }
    checkNodes(input.NodeType!, input.NumberOfNodes);
}

function checkNodes(type: string, count = 1): void {
    if (!NODE_TYPES.includes(type)) {
        throw invalidParameter(`Invalid node type: ${type}`);
    }
    if (count < 1 || count > 128) {
        throw new AwsError("NumberOfNodesPerClusterLimitExceededFault", `A cluster has 1 to 128 nodes, not ${count}`);
    }
}

function newCluster(ctx: Context, id: string, input: api.CreateClusterMessage): Cluster {
    const group = findGroup(ctx, input.ClusterParameterGroupName ?? DEFAULT_GROUP);
    const subnets = input.ClusterSubnetGroupName ? findSubnetGroup(ctx, input.ClusterSubnetGroupName) : undefined;
    const count = input.NumberOfNodes ?? (input.ClusterType === "multi-node" ? 2 : 1);
    const database = input.DBName ?? "dev";
    const cluster: Cluster = {
        description: {
            ClusterIdentifier: id,
            NodeType: input.NodeType,
            ClusterStatus: "creating",
            MasterUsername: input.MasterUsername,
            DBName: database,
            ClusterCreateTime: new Date(ctx.now),
            AutomatedSnapshotRetentionPeriod: input.AutomatedSnapshotRetentionPeriod ?? 1,
            ManualSnapshotRetentionPeriod: input.ManualSnapshotRetentionPeriod ?? -1,
            ClusterSecurityGroups: [],
            VpcSecurityGroups: (input.VpcSecurityGroupIds ?? []).map((VpcSecurityGroupId) => ({
                VpcSecurityGroupId,
                Status: "active",
            })),
            ClusterSubnetGroupName: subnets?.ClusterSubnetGroupName ?? "default",
            VpcId: subnets?.VpcId,
            AvailabilityZone:
                input.AvailabilityZone ?? subnets?.Subnets?.[0]?.SubnetAvailabilityZone?.Name ?? `${ctx.region}a`,
            PreferredMaintenanceWindow: input.PreferredMaintenanceWindow ?? "sun:05:00-sun:05:30",
            PendingModifiedValues: {},
            ClusterVersion: input.ClusterVersion ?? "1.0",
            AllowVersionUpgrade: input.AllowVersionUpgrade ?? true,
            NumberOfNodes: count,
            ClusterNodes: nodes(count),
            PubliclyAccessible: input.PubliclyAccessible ?? false,
            // New clusters are encrypted unless somebody says no.
            Encrypted: input.Encrypted ?? true,
            KmsKeyId: input.KmsKeyId,
            EnhancedVpcRouting: input.EnhancedVpcRouting ?? false,
            IamRoles: (input.IamRoles ?? []).map((IamRoleArn) => ({ IamRoleArn, ApplyStatus: "in-sync" })),
            DefaultIamRoleArn: input.DefaultIamRoleArn,
            MaintenanceTrackName: input.MaintenanceTrackName ?? "current",
            AvailabilityZoneRelocationStatus: relocationStatus(input.AvailabilityZoneRelocation ?? false),
            AquaConfiguration: { AquaStatus: "disabled", AquaConfigurationStatus: "auto" },
            MultiAZ: multiAzStatus(input.MultiAZ ?? false),
            IpAddressType: input.IpAddressType ?? "ipv4",
            ClusterRevisionNumber: "188000",
            ...(input.ManageMasterPassword && {
                MasterPasswordSecretArn: createManagedSecret(
                    ctx,
                    "redshift",
                    `${id}-${input.MasterUsername}`,
                    input.MasterUsername!,
                ),
                MasterPasswordSecretKmsKeyId: input.MasterPasswordSecretKmsKeyId,
            }),
        },
        parameterGroup: group.description.ParameterGroupName,
        applied: valuesOf(group),
        applying: false,
        warehouse: new Warehouse(ctx.arn("redshift", `namespace:${randomUUID()}`), database, input.MasterUsername!, {
            unavailable: () => {
                const status = statusOf(ctx, cluster);
                return status === "available" ? undefined : `cluster ${id} is ${status}`;
            },
            caseSensitive: () => isCaseSensitive(cluster),
            shortcomings: () => shortcomings(cluster),
        }),
        cancel: () => undefined,
    };
    return cluster;
}

const isCaseSensitive = ({ applied }: Cluster) => applied.get("enable_case_sensitive_identifier") === "true";

function shortcomings(cluster: Cluster) {
    const { ClusterIdentifier: id, Encrypted, NodeType } = cluster.description;
    return [
        ...(ZERO_ETL_NODES.test(NodeType!)
            ? []
            : [problem("TARGET_NODE_TYPE", `Cluster ${id} has ${NodeType} nodes; integrations need RA3 or RG nodes`)]),
        ...(Encrypted ? [] : [problem("TARGET_NOT_ENCRYPTED", `Cluster ${id} is not encrypted`)]),
        ...(isCaseSensitive(cluster)
            ? []
            : [
                  problem(
                      "TARGET_CASE_SENSITIVITY",
                      `enable_case_sensitive_identifier is not true on cluster ${id}. Set it in its parameter group and reboot the cluster`,
                  ),
              ]),
    ];
}

function nodes(count: number): api.ClusterNode[] {
    const address = (index: number) => ({ PrivateIPAddress: `172.31.0.${10 + index}` });
    return count === 1
        ? [{ NodeRole: "SHARED", ...address(0) }]
        : [
              { NodeRole: "LEADER", ...address(0) },
              ...Array.from({ length: count }, (_, i) => ({ NodeRole: `COMPUTE-${i}`, ...address(i + 1) })),
          ];
}

/** What a call changes of the description. */
function changeOf(input: api.ModifyClusterMessage): Partial<api.Cluster> {
    const {
        NodeType,
        NumberOfNodes,
        AutomatedSnapshotRetentionPeriod,
        ManualSnapshotRetentionPeriod,
        PreferredMaintenanceWindow,
        ClusterVersion,
        AllowVersionUpgrade,
        PubliclyAccessible,
        EnhancedVpcRouting,
        MaintenanceTrackName,
        Encrypted,
        KmsKeyId,
        VpcSecurityGroupIds,
        AvailabilityZoneRelocation,
        MultiAZ,
    } = input;
    const change = {
        NodeType,
        NumberOfNodes,
        AutomatedSnapshotRetentionPeriod,
        ManualSnapshotRetentionPeriod,
        PreferredMaintenanceWindow,
        ClusterVersion,
        AllowVersionUpgrade,
        PubliclyAccessible,
        EnhancedVpcRouting,
        MaintenanceTrackName,
        Encrypted,
        KmsKeyId,
        AvailabilityZoneRelocationStatus: relocationStatus(AvailabilityZoneRelocation),
        MultiAZ: multiAzStatus(MultiAZ),
        ClusterNodes: NumberOfNodes && nodes(NumberOfNodes),
        VpcSecurityGroups: VpcSecurityGroupIds?.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: "active" })),
    };
    return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

const relocationStatus = (isOn?: boolean) => (isOn === undefined ? undefined : isOn ? "enabled" : "disabled");
const multiAzStatus = (isOn?: boolean) => (isOn === undefined ? undefined : isOn ? "Enabled" : "Disabled");

function attachGroup(ctx: Context, cluster: Cluster, name: string): void {
    Object.assign(cluster, { parameterGroup: name, applying: true });
    ctx.world.clock.schedule(ctx.world.duration("redshift", GROUP_APPLICATION), () => {
        cluster.applying = false;
    });
}

function applyParameters(ctx: Context, cluster: Cluster): void {
    cluster.applied = valuesOf(findGroup(ctx, cluster.parameterGroup));
    cluster.applying = false;
}

/** A status for a while, and then another. */
function become(
    ctx: Context,
    cluster: Cluster,
    status: string,
    ms: number,
    done: () => void,
    finalStatus = "available",
): void {
    cluster.description.ClusterStatus = status;
    cluster.cancel();
    cluster.cancel = ctx.world.clock.schedule(ctx.world.duration("redshift", ms), () => {
        done();
        cluster.description.ClusterStatus = finalStatus;
    });
}

/** While an integration is set up, the cluster can be neither queried nor changed. */
function statusOf(ctx: Context, { description, warehouse }: Cluster): string {
    const isBusy = description.ClusterStatus === "available" && isReceiving(ctx.world, warehouse.arn);
    return isBusy ? "modifying" : description.ClusterStatus;
}

function requireAvailable(ctx: Context, id: string, verb: string): Cluster {
    const cluster = findCluster(ctx, id);
    const status = statusOf(ctx, cluster);
    if (status !== "available") {
        throw invalidState(`There is an operation running on the Cluster. It can't be ${verb} in the state ${status}.`);
    }
    return cluster;
}

const invalidState = (message: string) => new AwsError("InvalidClusterStateFault", message);

const AVAILABILITY: Record<string, string> = {
    available: "Available",
    modifying: "Modifying",
    rebooting: "Unavailable",
    paused: "Paused",
};

function describe(ctx: Context, cluster: Cluster): api.Cluster {
    const { description, warehouse, applying, parameterGroup } = cluster;
    const status = statusOf(ctx, cluster);
    const pending = pendingParameters(cluster, findGroup(ctx, parameterGroup));
    return {
        ...description,
        ClusterStatus: status,
        ClusterAvailabilityStatus: AVAILABILITY[status] ?? "Modifying",
        ClusterNamespaceArn: warehouse.arn,
        ClusterParameterGroups: [
            {
                ParameterGroupName: parameterGroup,
                ParameterApplyStatus: applying ? "applying" : pending.length > 0 ? "pending-reboot" : "in-sync",
                ClusterParameterStatusList: pending.map((ParameterName) => ({
                    ParameterName,
                    ParameterApplyStatus: applying ? "applying" : "pending-reboot",
                })),
            },
        ],
        Tags: tagList(ctx, clusterArn(ctx, description.ClusterIdentifier)),
    };
}
