import type {
    CreateDBInstanceMessage,
    CreateDBInstanceReadReplicaMessage,
    DBInstance,
    DBInstanceMessage,
    DeleteDBInstanceMessage,
    DescribeDBInstancesMessage,
    ModifyDBInstanceMessage,
} from "@aws-sdk/client-rds";

import { days, minutes, seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { attach, boot, startedWith } from "./applied";
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
import { resolveVersion, sharesStorage } from "./engines";
import { filtered, paged } from "./listings";
import {
    clusterArn,
    findCluster,
    findInstance,
    instanceArn,
    invalidCombination,
    invalidParameter,
    membersOf,
    RdsState,
    tagList,
    type Instance,
} from "./state";
import { findSubnetGroup } from "./subnet-groups";
import { tagOnCreation } from "./tags";

const CREATION = minutes(5);
const DELETION = minutes(3);
const REBOOT = seconds(45);
const STOP = minutes(3);
const START = minutes(5);
const MAX_RETENTION_DAYS = 35;
/** The maintenance window comes once a week. */
const UNTIL_MAINTENANCE = days(7);

/** What an input and the description call the same. */
const PLAIN = [
    "AllocatedStorage",
    "BackupRetentionPeriod",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "MultiAZ",
    "AutoMinorVersionUpgrade",
    "LicenseModel",
    "Iops",
    "StorageThroughput",
    "StorageType",
    "DBInstanceClass",
    "PubliclyAccessible",
    "CopyTagsToSnapshot",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "PromotionTier",
    "DatabaseInsightsMode",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "DeletionProtection",
    "MaxAllocatedStorage",
    "NetworkType",
    "DedicatedLogVolume",
    "EngineLifecycleSupport",
] as const;

/** Changes that wait for the maintenance window unless they are to be applied immediately. */
const DEFERRED = [
    "AllocatedStorage",
    "DBInstanceClass",
    "Iops",
    "MultiAZ",
    "StorageThroughput",
    "StorageType",
] as const;

export const instances = operationsOn(
    "rds",
    ({ DBInstanceIdentifier: id = "*" }: { DBInstanceIdentifier?: string }, ctx) =>
        id.startsWith("arn:") ? id : instanceArn(ctx, id),
    {
        async CreateDBInstance(input: CreateDBInstanceMessage, ctx) {
            const instance =
                input.DBClusterIdentifier === undefined
                    ? await addStandalone(ctx, input)
                    : addInstance(ctx, requireClusterMember(ctx, input));
            return { DBInstance: describe(ctx, instance) };
        },

        CreateDBInstanceReadReplica(input: CreateDBInstanceReadReplicaMessage, ctx) {
            const source = findInstance(ctx, input.SourceDBInstanceIdentifier!);
            const { db } = source;
            if (db.DBClusterIdentifier !== undefined || !db.BackupRetentionPeriod) {
                throw invalidState("A read replica needs an instance of RDS with automated backups as its source.");
            }
            const replica = newInstance(ctx, {
                ...given(db, PLAIN),
                Engine: db.Engine,
                EngineVersion: db.EngineVersion,
                DBSubnetGroupName: input.DBSubnetGroupName ?? db.DBSubnetGroup?.DBSubnetGroupName,
                ...given(input, ["DBInstanceClass", "StorageType", "AllocatedStorage", "PubliclyAccessible", "Port"]),
                DBInstanceIdentifier: input.DBInstanceIdentifier!,
                DBParameterGroupName: input.DBParameterGroupName ?? source.parameters.name,
                BackupRetentionPeriod: 0,
                Tags: input.Tags,
            });
            Object.assign(replica.db, {
                ReadReplicaSourceDBInstanceIdentifier: db.DBInstanceIdentifier,
                MasterUsername: db.MasterUsername,
                DBName: db.DBName,
                StorageEncrypted: db.StorageEncrypted,
                KmsKeyId: db.KmsKeyId,
            });
            db.ReadReplicaDBInstanceIdentifiers = [
                ...(db.ReadReplicaDBInstanceIdentifiers ?? []),
                replica.db.DBInstanceIdentifier,
            ];
            return { DBInstance: describe(ctx, replica) };
        },

        DescribeDBInstances(input: DescribeDBInstancesMessage, ctx): DBInstanceMessage {
            const id = input.DBInstanceIdentifier;
            const all = id === undefined ? [...ctx.state(RdsState).instances.values()] : [findInstance(ctx, id)];
            const matching = filtered(all, input.Filters, {
                "db-cluster-id": ({ db }) => [db.DBClusterIdentifier, clusterArnOf(ctx, db)],
                "db-instance-id": ({ db }) => [db.DBInstanceIdentifier, db.DBInstanceArn],
                "dbi-resource-id": ({ db }) => [db.DbiResourceId],
                engine: ({ db }) => [db.Engine],
            });
            const { page, Marker } = paged(matching, input);
            return { DBInstances: page.map((instance) => describe(ctx, instance)), Marker };
        },

        async ModifyDBInstance(input: ModifyDBInstanceMessage, ctx) {
            const instance = findInstance(ctx, input.DBInstanceIdentifier!);
            const { db } = instance;
            requireStatus(instance, "available");
            if (input.NewDBInstanceIdentifier !== undefined) {
                requireNoIntegrations(ctx, db.DBInstanceArn, "InvalidDBInstanceStateFault");
                throw invalidCombination("Renaming a DB instance is not simulated.");
            }
            checkRange("BackupRetentionPeriod", input.BackupRetentionPeriod, 0, MAX_RETENTION_DAYS);
            const EngineVersion = upgradedVersion(db, input);
            const group = parameterGroupFor(
                ctx,
                "instance",
                input.DBParameterGroupName ??
                    (EngineVersion === db.EngineVersion ? instance.parameters.name : undefined),
                { Engine: db.Engine, EngineVersion },
            );
            if (db.DBClusterIdentifier === undefined) {
                await changeMasterUser(ctx, "db", instance, input);
            }
            const now = PLAIN.filter((member) => input.ApplyImmediately || !isDeferred(member));
            Object.assign(db, given(input, now), renamed(input), { DBInstanceStatus: "modifying" });
            const deferred = input.ApplyImmediately ? {} : given(input, DEFERRED);
            attach(instance.parameters, group);
            after(ctx.world, instance, MODIFICATION, () => {
                db.DBInstanceStatus = "available";
                applyLater(ctx, instance, deferred);
            });
            if (EngineVersion !== db.EngineVersion) {
                upgradeLater(ctx, instance, EngineVersion, input.ApplyImmediately ?? false);
            }
            return { DBInstance: describe(ctx, instance) };
        },

        async DeleteDBInstance(input: DeleteDBInstanceMessage, ctx) {
            const instance = findInstance(ctx, input.DBInstanceIdentifier!);
            const { db } = instance;
            if (db.DeletionProtection) {
                throw invalidCombination(
                    "Cannot delete protected DB Instance, please disable deletion protection and try again.",
                );
            }
            requireNoIntegrations(ctx, db.DBInstanceArn, "InvalidDBInstanceStateFault");
            const ownsStorage = db.DBClusterIdentifier === undefined && !db.ReadReplicaSourceDBInstanceIdentifier;
            if (ownsStorage && !input.SkipFinalSnapshot && input.FinalDBSnapshotIdentifier === undefined) {
                throw invalidCombination(
                    "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
                );
            }
            if (ownsStorage && !input.SkipFinalSnapshot) {
                await ctx.call("rds", "CreateDBSnapshot", {
                    DBInstanceIdentifier: db.DBInstanceIdentifier,
                    DBSnapshotIdentifier: input.FinalDBSnapshotIdentifier,
                });
            }
            dropInstance(ctx, instance);
            return { DBInstance: describe(ctx, instance) };
        },

        StopDBInstance(input: { DBInstanceIdentifier: string }, ctx) {
            const instance = standalone(findInstance(ctx, input.DBInstanceIdentifier));
            requireStatus(instance, "available");
            stopInstance(ctx, instance);
            return { DBInstance: describe(ctx, instance) };
        },

        StartDBInstance(input: { DBInstanceIdentifier: string }, ctx) {
            const instance = standalone(findInstance(ctx, input.DBInstanceIdentifier));
            requireStatus(instance, "stopped");
            startInstance(ctx, instance);
            return { DBInstance: describe(ctx, instance) };
        },

        RebootDBInstance(input: { DBInstanceIdentifier: string }, ctx) {
            const instance = findInstance(ctx, input.DBInstanceIdentifier);
            requireStatus(instance, "available");
            rebootInstance(ctx, instance);
            return { DBInstance: describe(ctx, instance) };
        },
    },
);

/** A member of a cluster; the first one writes. */
export function addInstance(ctx: Context, input: Partial<CreateDBInstanceMessage>): Instance {
    const cluster = findCluster(ctx, input.DBClusterIdentifier!);
    const { Engine, EngineVersion, StorageEncrypted, KmsKeyId, BackupRetentionPeriod, StorageType } = cluster.db;
    const isWriter = !membersOf(ctx, cluster).some((member) => member.isWriter);
    const instance = newInstance(ctx, { ...input, Engine, EngineVersion, StorageType, BackupRetentionPeriod });
    const group = parameterGroupFor(ctx, "cluster", cluster.db.DBClusterParameterGroup, cluster.db);
    Object.assign(instance, { isWriter, clusterParameters: startedWith(group) });
    Object.assign(instance.db, {
        DBClusterIdentifier: cluster.db.DBClusterIdentifier,
        DBName: cluster.db.DatabaseName,
        MasterUsername: cluster.db.MasterUsername,
        PromotionTier: input.PromotionTier ?? 1,
        StorageEncrypted,
        KmsKeyId,
    });
    return instance;
}

export function stopInstance({ world }: Context, instance: Instance): void {
    instance.db.DBInstanceStatus = "stopping";
    after(world, instance, STOP, () => (instance.db.DBInstanceStatus = "stopped"));
}

export function startInstance(ctx: Context, instance: Instance): void {
    startUp(ctx, instance, "starting", START);
}

export function rebootInstance(ctx: Context, instance: Instance): void {
    startUp(ctx, instance, "rebooting", REBOOT);
}

function startUp(ctx: Context, instance: Instance, status: string, duration: number): void {
    instance.db.DBInstanceStatus = status;
    after(ctx.world, instance, duration, () => {
        boot(ctx, instance);
        instance.db.DBInstanceStatus = "available";
    });
}

/** `deleting`, then gone; a cluster's storage stays with it, and its next instance writes. */
export function dropInstance(ctx: Context, instance: Instance): void {
    const { db } = instance;
    db.DBInstanceStatus = "deleting";
    after(ctx.world, instance, DELETION, () => {
        const state = ctx.state(RdsState);
        state.instances.delete(db.DBInstanceIdentifier);
        state.tags.delete(db.DBInstanceArn);
        dropStorage(ctx, db.DBInstanceArn);
        dropMasterUserSecret(ctx, instance);
        const source = state.instances.get(db.ReadReplicaSourceDBInstanceIdentifier ?? "");
        if (source) {
            source.db.ReadReplicaDBInstanceIdentifiers = source.db.ReadReplicaDBInstanceIdentifiers!.filter(
                (id) => id !== db.DBInstanceIdentifier,
            );
        }
        const cluster = state.clusters.get(db.DBClusterIdentifier ?? "");
        const next = cluster && instance.isWriter && membersOf(ctx, cluster)[0];
        if (next) {
            next.isWriter = true;
        }
    });
}

async function addStandalone(ctx: Context, input: CreateDBInstanceMessage): Promise<Instance> {
    const Engine = input.Engine!;
    const EngineVersion = resolveVersion(Engine, input.EngineVersion);
    if (sharesStorage(Engine)) {
        throw invalidCombination(`A DB instance of the engine ${Engine} needs a DBClusterIdentifier.`);
    }
    if (input.AllocatedStorage === undefined) {
        throw invalidParameter("The parameter AllocatedStorage must be provided and must not be blank.");
    }
    checkRange("BackupRetentionPeriod", input.BackupRetentionPeriod, 0, MAX_RETENTION_DAYS);
    const KmsKeyId = await storageKey(ctx, input);
    const { described, password } = await masterUser(ctx, "db", input);
    const instance = newInstance(ctx, { ...input, Engine, EngineVersion });
    Object.assign(instance.db, {
        DBName: input.DBName,
        ...described,
        StorageEncrypted: input.StorageEncrypted ?? false,
        KmsKeyId,
    });
    instance.password = password;
    makeStorage(ctx, instance.db.DBInstanceArn, Engine, input.DBName);
    return instance;
}

function requireClusterMember(ctx: Context, input: CreateDBInstanceMessage): CreateDBInstanceMessage {
    const { db } = findCluster(ctx, input.DBClusterIdentifier!);
    if (!sharesStorage(db.Engine)) {
        throw invalidCombination("The instances of a Multi-AZ DB cluster come with it.");
    }
    if (input.Engine !== db.Engine) {
        throw invalidParameter(`The engine ${input.Engine} must be that of the cluster, ${db.Engine}.`);
    }
    return input;
}

type NewInstance = Partial<CreateDBInstanceMessage> & {
    Engine: string;
    EngineVersion: string;
};

/** `creating`, with what every instance has. */
function newInstance(ctx: Context, input: NewInstance): Instance {
    const DBInstanceIdentifier = checkIdentifier("DBInstanceIdentifier", input.DBInstanceIdentifier!);
    const state = ctx.state(RdsState);
    if (state.instances.has(DBInstanceIdentifier)) {
        throw new AwsError("DBInstanceAlreadyExistsFault", "DB instance already exists");
    }
    if (!/^db\.[a-z0-9.-]+$/.test(input.DBInstanceClass ?? "")) {
        throw invalidParameter(`Invalid DB Instance class: ${input.DBInstanceClass}`);
    }
    const { Engine, EngineVersion, Port = portOf(Engine) } = input;
    const group = parameterGroupFor(ctx, "instance", input.DBParameterGroupName, { Engine, EngineVersion });
    const instance: Instance = {
        db: {
            ...defaults(Engine),
            ...given(input, PLAIN),
            ...renamed(input),
            DBInstanceIdentifier,
            DBInstanceArn: instanceArn(ctx, DBInstanceIdentifier),
            DbiResourceId: resourceId("db"),
            DBInstanceStatus: "creating",
            Engine,
            EngineVersion,
            DBSubnetGroup:
                input.DBSubnetGroupName === undefined ? undefined : findSubnetGroup(ctx, input.DBSubnetGroupName),
            AvailabilityZone: input.AvailabilityZone ?? `${ctx.region}a`,
            DbInstancePort: Port,
            InstanceCreateTime: new Date(ctx.now),
        },
        isWriter: true,
        parameters: startedWith(group),
        cancel: () => undefined,
    };
    tagOnCreation(ctx, instance.db.DBInstanceArn, input.Tags);
    state.instances.set(DBInstanceIdentifier, instance);
    after(ctx.world, instance, CREATION, () => {
        instance.db.DBInstanceStatus = "available";
        instance.db.Endpoint = {
            Address: `${DBInstanceIdentifier}.${endpointSuffix(ctx, Engine)}`,
            Port,
            HostedZoneId: "Z29XKXDKYMONMX",
        };
    });
    return instance;
}

function describe(ctx: Context, { db, parameters: { name, status } }: Instance): DBInstance {
    return {
        ...db,
        DBParameterGroups: [{ DBParameterGroupName: name, ParameterApplyStatus: status }],
        TagList: tagList(ctx, db.DBInstanceArn),
    };
}

function defaults(engine: string): DBInstance {
    return {
        AllocatedStorage: 1,
        BackupRetentionPeriod: 1,
        PreferredBackupWindow: "02:00-02:30",
        PreferredMaintenanceWindow: "sun:04:00-sun:04:30",
        MultiAZ: false,
        AutoMinorVersionUpgrade: true,
        LicenseModel: engine.startsWith("oracle") ? "bring-your-own-license" : "general-public-license",
        StorageType: "gp2",
        PubliclyAccessible: false,
        CopyTagsToSnapshot: false,
        MonitoringInterval: 0,
        DatabaseInsightsMode: "standard",
        PerformanceInsightsEnabled: false,
        DeletionProtection: false,
        NetworkType: "IPV4",
        DedicatedLogVolume: false,
        CACertificateIdentifier: "rds-ca-rsa2048-g1",
        OptionGroupMemberships: [],
        PendingModifiedValues: {},
        EngineLifecycleSupport: "open-source-rds-extended-support",
        BackupTarget: "region",
    };
}

const isDeferred = (member: string) => (DEFERRED as readonly string[]).includes(member);

/** Changes that the next maintenance window brings. */
function applyLater(ctx: Context, { db }: Instance, changes: Partial<ModifyDBInstanceMessage>): void {
    if (Object.keys(changes).length > 0) {
        db.PendingModifiedValues = { ...db.PendingModifiedValues, ...changes };
        ctx.world.clock.schedule(UNTIL_MAINTENANCE, () => {
            Object.assign(db, changes);
            db.PendingModifiedValues = {};
        });
    }
}

/** An upgrade of the engine restarts the instance. */
function upgradeLater(ctx: Context, instance: Instance, EngineVersion: string, immediately: boolean): void {
    const { db } = instance;
    const upgrade = () => {
        Object.assign(db, { EngineVersion, PendingModifiedValues: {} });
        startUp(ctx, instance, "upgrading", REBOOT);
    };
    if (immediately) {
        upgrade();
    } else {
        db.PendingModifiedValues = { ...db.PendingModifiedValues, EngineVersion };
        ctx.world.clock.schedule(UNTIL_MAINTENANCE, upgrade);
    }
}

/** A cluster's member starts and stops with it. */
function standalone(instance: Instance): Instance {
    if (instance.db.DBClusterIdentifier !== undefined) {
        throw invalidState(`DB instance ${instance.db.DBInstanceIdentifier} belongs to a cluster.`);
    }
    return instance;
}

function clusterArnOf(ctx: Context, { DBClusterIdentifier }: DBInstance): string | undefined {
    return DBClusterIdentifier && clusterArn(ctx, DBClusterIdentifier);
}

function requireStatus({ db }: Instance, status: string): void {
    if (db.DBInstanceStatus !== status) {
        throw invalidState(`Instance ${db.DBInstanceIdentifier} is in ${db.DBInstanceStatus} state, not ${status}.`);
    }
}

const invalidState = (message: string) => new AwsError("InvalidDBInstanceStateFault", message);
