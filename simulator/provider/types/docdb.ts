import type { DBClusterSnapshot, DBClusterSnapshotMessage } from "@aws-sdk/client-rds";

import { minutes } from "../../world/clock";
import { orGone, type Client } from "../client";
import { capitalized, fromMembers, toMembers, type Members } from "../members";
import type { ResourceType, ResourceTypes } from "../resource";
import type { Properties } from "../values";
import { clusterInstanceType, clusterType, parameterGroupType, subnetGroup } from "./rds";

/** DocumentDB's API is that of RDS. */
const SERVICE = "rds";
const ENGINE = "docdb";

/** A type of RDS as DocumentDB has it: without some of its outputs. */
const narrowed = (type: ResourceType, without: string[], changes: Partial<ResourceType> = {}): ResourceType => ({
    ...type,
    ...changes,
    async read(aws, id, state) {
        const found = await type.read(aws, id, state);
        return found && Object.fromEntries(Object.entries(found).filter(([name]) => !without.includes(name)));
    },
});

const rdsCluster = clusterType("DocumentDB Cluster");

/** The one property that DocumentDB spells differently. */
const forRds = ({ serverlessV2ScalingConfiguration, ...args }: Properties): Properties => ({
    ...args,
    serverlessv2ScalingConfiguration: serverlessV2ScalingConfiguration,
});

const cluster = narrowed(
    rdsCluster,
    [
        ...["allocatedStorage", "autoMinorVersionUpgrade", "backtrackWindow", "caCertificateIdentifier"],
        ...["caCertificateValidTill", "clusterScalabilityType", "copyTagsToSnapshot", "databaseInsightsMode"],
        ...["databaseName", "dbClusterInstanceClass", "dbSystemId", "enableGlobalWriteForwarding"],
        ...["enableHttpEndpoint", "enableLocalWriteForwarding", "engineLifecycleSupport", "engineMode"],
        ...["engineVersionActual", "iamDatabaseAuthenticationEnabled", "iamRoles", "iops"],
        ...["masterUserSecretKmsKeyId", "monitoringInterval", "monitoringRoleArn", "performanceInsightsEnabled"],
        ...["performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod", "serverlessv2ScalingConfiguration"],
        ...["upgradeRolloutOrder"],
    ],
    {
        defaults: { backupRetentionPeriod: 1, engine: ENGINE },
        sets: ["availabilityZones", "clusterMembers", "enabledCloudwatchLogsExports", "vpcSecurityGroupIds"],
        recomputes: undefined,
        notSimulated: [
            "globalClusterIdentifier",
            "masterPasswordWo",
            "masterPasswordWoVersion",
            "restoreToPointInTime",
            "snapshotIdentifier",
        ],
        create: (aws, args) => rdsCluster.create(aws, forRds(args)),
        update: (aws, id, args, before, state) => rdsCluster.update!(aws, id, forRds(args), forRds(before), state),
    },
);

const rdsInstance = clusterInstanceType("DocumentDB Cluster Instance");

const withInsights = ({ enablePerformanceInsights, ...args }: Properties): Properties => ({
    ...args,
    performanceInsightsEnabled: enablePerformanceInsights,
});

const clusterInstance = narrowed(
    rdsInstance,
    [
        ...["customIamInstanceProfile", "dbParameterGroupName", "engineVersionActual", "monitoringInterval"],
        ...["monitoringRoleArn", "networkType", "performanceInsightsEnabled", "performanceInsightsRetentionPeriod"],
    ],
    {
        defaults: { autoMinorVersionUpgrade: true, engine: ENGINE, promotionTier: 0 },
        recomputes: undefined,
        notSimulated: ["certificateRotationRestart"],
        create: (aws, args) => rdsInstance.create(aws, withInsights(args)),
        update: (aws, id, args, before, state) =>
            rdsInstance.update!(aws, id, withInsights(args), withInsights(before), state),
    },
);

const SNAPSHOT: Members = {
    ...capitalized("availabilityZones", "engine", "engineVersion", "kmsKeyId", "port", "snapshotType", "status"),
    ...capitalized("storageEncrypted", "vpcId"),
    dbClusterIdentifier: "DBClusterIdentifier",
    dbClusterSnapshotArn: "DBClusterSnapshotArn",
    dbClusterSnapshotIdentifier: "DBClusterSnapshotIdentifier",
    sourceDbClusterSnapshotArn: "SourceDBClusterSnapshotArn",
};

async function findSnapshot(aws: Client, id: string): Promise<DBClusterSnapshot | undefined> {
    const input = { DBClusterSnapshotIdentifier: id };
    return (await aws.find<DBClusterSnapshotMessage>(SERVICE, "DescribeDBClusterSnapshots", input))
        ?.DBClusterSnapshots?.[0];
}

const clusterSnapshot: ResourceType = {
    label: "DocumentDB Cluster Snapshot",

    async create(aws, args) {
        const identifiers = ["dbClusterIdentifier", "dbClusterSnapshotIdentifier"];
        const members = Object.fromEntries(Object.entries(SNAPSHOT).filter(([name]) => identifiers.includes(name)));
        await aws.call(SERVICE, "CreateDBClusterSnapshot", toMembers(members, args));
        return args.dbClusterSnapshotIdentifier;
    },

    async settle(aws, id) {
        await aws.until(
            `DocumentDB Cluster Snapshot (${id}) to become available`,
            async () => ((await findSnapshot(aws, id))?.Status === "available" ? true : undefined),
            minutes(20),
        );
    },

    async read(aws, id) {
        const found = await findSnapshot(aws, id);
        return found && fromMembers(SNAPSHOT, found, { kmsKeyId: "", sourceDbClusterSnapshotArn: "", vpcId: "" });
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteDBClusterSnapshot", { DBClusterSnapshotIdentifier: id }));
    },
};

export const docdb: ResourceTypes = {
    "aws:docdb/cluster:Cluster": cluster,
    "aws:docdb/clusterInstance:ClusterInstance": clusterInstance,
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup": parameterGroupType(
        "DocumentDB Cluster Parameter Group",
        "DBClusterParameterGroup",
        "DescribeDBClusterParameters",
        "pending-reboot",
    ),
    "aws:docdb/clusterSnapshot:ClusterSnapshot": clusterSnapshot,
    "aws:docdb/subnetGroup:SubnetGroup": narrowed(subnetGroup, ["vpcId"], { label: "DocumentDB Subnet Group" }),
};
