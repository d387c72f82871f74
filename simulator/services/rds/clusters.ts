import type {
    CreateDBClusterMessage,
    DBCluster,
    DBClusterMessage,
    DeleteDBClusterMessage,
    DescribeDBClustersMessage,
    ModifyDBClusterMessage,
} from "@aws-sdk/client-rds";

import { minutes, seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { attach } from "./applied";
import {
    after,
    changeMasterUser,
    checkIdentifier,
    checkRange,
    dropMasterUserSecret,
    dropStorage,
    endpointSuffix,
    given,
    makeStorage,
    masterUser,
    MODIFICATION,
    parameterGroupFor,
    portOf,
    renamed,
    requireNoIntegrations,
    resourceId,
    storageKey,
    upgradedVersion,
} from "./databases";
import { isAurora, isDocumentDb, resolveVersion, sharesStorage } from "./engines";
import { addInstance, dropInstance, rebootInstance, startInstance, stopInstance } from "./instances";
import { filtered, paged } from "./listings";
import {
    clusterArn,
    findCluster,
    invalidCombination,
    invalidParameter,
    membersOf,
    RdsState,
    tagList,
    type Cluster,
} from "./state";
import { findSubnetGroup } from "./subnet-groups";
import { tagOnCreation } from "./tags";

const CREATION = minutes(2);
const DELETION = minutes(2);
const MAX_RETENTION_DAYS = 35;
/** Seconds, three days. */
const MAX_BACKTRACK = 259_200;
/** Of a Multi-AZ DB cluster: a writer and two readers, which come with it. */
const MULTI_AZ_MEMBERS = 3;

/** What an input and the description call the same. */
const PLAIN = [
    "AllocatedStorage",
    "BackupRetentionPeriod",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "Port",
    "BacktrackWindow",
    "DBClusterInstanceClass",
    "StorageType",
    "Iops",
    "AutoMinorVersionUpgrade",
    "DeletionProtection",
    "CopyTagsToSnapshot",
    "NetworkType",
    "ServerlessV2ScalingConfiguration",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "DatabaseInsightsMode",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "EngineLifecycleSupport",
] as const;

type Shared = CreateDBClusterMessage | ModifyDBClusterMessage;

export const clusters = operationsOn(
    "rds",
    ({ DBClusterIdentifier: id = "*" }: { DBClusterIdentifier?: string }, ctx) =>
        id.startsWith("arn:") ? id : clusterArn(ctx, id),
    {
        async CreateDBCluster(input: CreateDBClusterMessage, ctx) {
            const DBClusterIdentifier = checkIdentifier("DBClusterIdentifier", input.DBClusterIdentifier!);
            const state = ctx.state(RdsState);
            if (state.clusters.has(DBClusterIdentifier)) {
                throw new AwsError("DBClusterAlreadyExistsFault", "DB Cluster already exists");
            }
            const Engine = input.Engine!;
            const EngineVersion = resolveVersion(Engine, input.EngineVersion);
            checkKind(Engine, input);
            checkSettings(Engine, input);
            const user = await masterUser(ctx, "cluster", input);
            const group = parameterGroupFor(ctx, "cluster", input.DBClusterParameterGroupName, {
                Engine,
                EngineVersion,
            });
            const subnetGroup = input.DBSubnetGroupName && findSubnetGroup(ctx, input.DBSubnetGroupName);
            const DBClusterArn = clusterArn(ctx, DBClusterIdentifier);
            const cluster: Cluster = {
                db: {
                    ...defaults(ctx, Engine, DBClusterIdentifier),
                    ...given(input, PLAIN),
                    ...renamed(input),
                    DBClusterIdentifier,
                    DBClusterArn,
                    DbClusterResourceId: resourceId("cluster"),
                    DBClusterParameterGroup: group.name,
                    DBSubnetGroup: subnetGroup ? subnetGroup.DBSubnetGroupName : "default",
                    Status: "creating",
                    Engine,
                    EngineVersion,
                    DatabaseName: input.DatabaseName,
                    ...user.described,
                    StorageEncrypted: input.StorageEncrypted ?? false,
                    KmsKeyId: await storageKey(ctx, input),
                    ClusterScalabilityType: input.ClusterScalabilityType ?? "standard",
                    AvailabilityZones: input.AvailabilityZones ?? ["a", "b", "c"].map((zone) => ctx.region + zone),
                    GlobalClusterIdentifier: input.GlobalClusterIdentifier,
                    ClusterCreateTime: new Date(ctx.now),
                },
                everBacktracked: (input.BacktrackWindow ?? 0) > 0,
                password: user.password,
                cancel: () => undefined,
            };
            tagOnCreation(ctx, DBClusterArn, input.Tags);
            state.clusters.set(DBClusterIdentifier, cluster);
            makeStorage(ctx, DBClusterArn, Engine, input.DatabaseName);
            if (!sharesStorage(Engine)) {
                addMultiAzMembers(ctx, cluster);
            }
            after(ctx.world, cluster, CREATION, () => (cluster.db.Status = "available"));
            return { DBCluster: describe(ctx, cluster) };
        },

        DescribeDBClusters(input: DescribeDBClustersMessage, ctx): DBClusterMessage {
            const id = input.DBClusterIdentifier;
            const all = id === undefined ? [...ctx.state(RdsState).clusters.values()] : [findCluster(ctx, id)];
            const matching = filtered(all, input.Filters, {
                "db-cluster-id": ({ db }) => [db.DBClusterIdentifier, db.DBClusterArn],
                "db-cluster-resource-id": ({ db }) => [db.DbClusterResourceId],
                engine: ({ db }) => [db.Engine],
            });
            const { page, Marker } = paged(matching, input);
            return { DBClusters: page.map((cluster) => describe(ctx, cluster)), Marker };
        },

        async ModifyDBCluster(input: ModifyDBClusterMessage, ctx) {
            const cluster = findCluster(ctx, input.DBClusterIdentifier!);
            const { db } = cluster;
            requireStatus(cluster, "available");
            if (input.NewDBClusterIdentifier !== undefined) {
                requireNoIntegrations(ctx, db.DBClusterArn, "InvalidDBClusterStateFault");
                throw invalidCombination("Renaming a DB cluster is not simulated.");
            }
            checkSettings(db.Engine, input);
            const EngineVersion = upgradedVersion(db, input);
            const group = parameterGroupFor(
                ctx,
                "cluster",
                input.DBClusterParameterGroupName ??
                    (EngineVersion === db.EngineVersion ? db.DBClusterParameterGroup : undefined),
                { Engine: db.Engine, EngineVersion },
            );
            await changeMasterUser(ctx, "cluster", cluster, input);
            Object.assign(db, given(input, PLAIN), renamed(input), {
                EngineVersion,
                DBClusterParameterGroup: group.name,
                Status: "modifying",
            });
            cluster.everBacktracked ||= (input.BacktrackWindow ?? 0) > 0;
            for (const member of membersOf(ctx, cluster)) {
                member.db.EngineVersion = EngineVersion;
                attach(member.clusterParameters!, group);
            }
            after(ctx.world, cluster, MODIFICATION, () => (db.Status = "available"));
            return { DBCluster: describe(ctx, cluster) };
        },

        async DeleteDBCluster(input: DeleteDBClusterMessage, ctx) {
            const cluster = findCluster(ctx, input.DBClusterIdentifier!);
            const { db } = cluster;
            const members = membersOf(ctx, cluster);
            if (db.DeletionProtection) {
                throw invalidCombination(
                    "Cannot delete protected Cluster, please disable deletion protection and try again.",
                );
            }
            if (sharesStorage(db.Engine) && members.length > 0) {
                throw invalidState("Cluster cannot be deleted, it still contains DB instances in non-deleting state.");
            }
            requireNoIntegrations(ctx, db.DBClusterArn, "InvalidDBClusterStateFault");
            if (!input.SkipFinalSnapshot && input.FinalDBSnapshotIdentifier === undefined) {
                throw invalidCombination(
                    "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
                );
            }
            if (!input.SkipFinalSnapshot) {
                await ctx.call("rds", "CreateDBClusterSnapshot", {
                    DBClusterIdentifier: db.DBClusterIdentifier,
                    DBClusterSnapshotIdentifier: input.FinalDBSnapshotIdentifier,
                });
            }
            db.Status = "deleting";
            const description = describe(ctx, cluster);
            members.forEach((member) => dropInstance(ctx, member));
            after(ctx.world, cluster, DELETION, () => {
                const state = ctx.state(RdsState);
                state.clusters.delete(db.DBClusterIdentifier);
                state.tags.delete(db.DBClusterArn);
                dropStorage(ctx, db.DBClusterArn);
                dropMasterUserSecret(ctx, cluster);
            });
            return { DBCluster: description };
        },

        StopDBCluster(input: { DBClusterIdentifier: string }, ctx) {
            const cluster = findCluster(ctx, input.DBClusterIdentifier);
            requireStatus(cluster, "available");
            cluster.db.Status = "stopping";
            membersOf(ctx, cluster).forEach((member) => stopInstance(ctx, member));
            after(ctx.world, cluster, minutes(3), () => (cluster.db.Status = "stopped"));
            return { DBCluster: describe(ctx, cluster) };
        },

        StartDBCluster(input: { DBClusterIdentifier: string }, ctx) {
            const cluster = findCluster(ctx, input.DBClusterIdentifier);
            requireStatus(cluster, "stopped");
            cluster.db.Status = "starting";
            membersOf(ctx, cluster).forEach((member) => startInstance(ctx, member));
            after(ctx.world, cluster, minutes(5), () => (cluster.db.Status = "available"));
            return { DBCluster: describe(ctx, cluster) };
        },

        RebootDBCluster(input: { DBClusterIdentifier: string }, ctx) {
            const cluster = findCluster(ctx, input.DBClusterIdentifier);
            requireStatus(cluster, "available");
            if (sharesStorage(cluster.db.Engine)) {
                throw invalidParameter("RebootDBCluster is for Multi-AZ DB clusters; reboot the cluster's instances.");
            }
            cluster.db.Status = "rebooting";
            membersOf(ctx, cluster).forEach((member) => rebootInstance(ctx, member));
            after(ctx.world, cluster, seconds(45), () => (cluster.db.Status = "available"));
            return { DBCluster: describe(ctx, cluster) };
        },
    },
);

function describe(ctx: Context, cluster: Cluster): DBCluster {
    return {
        ...cluster.db,
        DBClusterMembers: membersOf(ctx, cluster).map(({ db, isWriter, clusterParameters }) => ({
            DBInstanceIdentifier: db.DBInstanceIdentifier,
            IsClusterWriter: isWriter,
            DBClusterParameterGroupStatus: clusterParameters!.status,
            PromotionTier: db.PromotionTier,
        })),
        TagList: tagList(ctx, cluster.db.DBClusterArn),
    };
}

function defaults(ctx: Context, engine: string, identifier: string): DBCluster {
    const suffix = endpointSuffix(ctx, engine);
    return {
        AllocatedStorage: 1,
        BackupRetentionPeriod: 1,
        PreferredBackupWindow: "02:00-02:30",
        PreferredMaintenanceWindow: "sun:04:00-sun:04:30",
        Port: portOf(engine),
        Endpoint: `${identifier}.cluster-${suffix}`,
        ReaderEndpoint: `${identifier}.cluster-ro-${suffix}`,
        HostedZoneId: "Z29XKXDKYMONMX",
        EngineMode: "provisioned",
        MultiAZ: !sharesStorage(engine),
        StorageType: isAurora(engine) ? "aurora" : isDocumentDb(engine) ? "standard" : "io1",
        AutoMinorVersionUpgrade: true,
        DeletionProtection: false,
        CopyTagsToSnapshot: false,
        NetworkType: "IPV4",
        DatabaseInsightsMode: "standard",
        EngineLifecycleSupport: "open-source-rds-extended-support",
        AssociatedRoles: [],
    };
}

function checkKind(engine: string, input: CreateDBClusterMessage): void {
    if (!sharesStorage(engine) && !["mysql", "postgres"].includes(engine)) {
        throw invalidParameter(`Invalid DB engine for a DB cluster: ${engine}`);
    }
    const isMultiAz = input.DBClusterInstanceClass !== undefined && input.AllocatedStorage !== undefined;
    if (!sharesStorage(engine) && !isMultiAz) {
        throw invalidCombination("A Multi-AZ DB cluster needs DBClusterInstanceClass and AllocatedStorage.");
    }
    if (sharesStorage(engine) && input.DBClusterInstanceClass !== undefined) {
        throw invalidCombination("DBClusterInstanceClass is for Multi-AZ DB clusters only.");
    }
    if (input.EngineMode !== undefined && input.EngineMode !== "provisioned") {
        throw invalidParameter(`The engine mode ${input.EngineMode} is not simulated.`);
    }
}

function checkSettings(engine: string, input: Shared): void {
    checkRange("BackupRetentionPeriod", input.BackupRetentionPeriod, 1, MAX_RETENTION_DAYS);
    checkRange("BacktrackWindow", input.BacktrackWindow, 0, MAX_BACKTRACK);
    if (input.BacktrackWindow && engine !== "aurora-mysql") {
        throw invalidCombination(`Backtrack is not enabled for the ${engine} engine.`);
    }
}

function addMultiAzMembers(ctx: Context, cluster: Cluster): void {
    for (let number = 1; number <= MULTI_AZ_MEMBERS; number++) {
        addInstance(ctx, {
            DBInstanceIdentifier: `${cluster.db.DBClusterIdentifier}-instance-${number}`,
            DBInstanceClass: cluster.db.DBClusterInstanceClass,
            DBClusterIdentifier: cluster.db.DBClusterIdentifier,
            Engine: cluster.db.Engine,
        });
    }
}

function requireStatus({ db }: Cluster, status: string): void {
    if (db.Status !== status) {
        throw invalidState(`DbCluster ${db.DBClusterIdentifier} is in ${db.Status} state, not ${status}.`);
    }
}

const invalidState = (message: string) => new AwsError("InvalidDBClusterStateFault", message);
