import type {
    CreateDBClusterSnapshotMessage,
    CreateDBSnapshotMessage,
    DBClusterSnapshot,
    DBSnapshot,
    DeleteDBClusterSnapshotMessage,
    DeleteDBSnapshotMessage,
    DescribeDBClusterSnapshotsMessage,
    DescribeDBSnapshotsMessage,
} from "@aws-sdk/client-rds";

import { RelationalState } from "../../relational/source";
import { minutes } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { Operation } from "../../world/service";
import { after, given, IDENTIFIER } from "./databases";
import { filtered, paged } from "./listings";
import {
    clusterArn,
    clusterSnapshotArn,
    findCluster,
    findInstance,
    findSnapshot,
    instanceArn,
    invalidParameter,
    RdsState,
    snapshotArn,
    tagList,
    type Snapshot,
} from "./state";
import { tagOnCreation } from "./tags";

const CREATION = minutes(3);
const MAX_IDENTIFIER = 255;

/** What a snapshot has from its cluster. */
const OF_CLUSTER = [
    "AvailabilityZones",
    "AllocatedStorage",
    "ClusterCreateTime",
    "DBClusterIdentifier",
    "DbClusterResourceId",
    "Engine",
    "EngineMode",
    "EngineVersion",
    "KmsKeyId",
    "MasterUsername",
    "Port",
    "StorageEncrypted",
    "StorageType",
] as const;

/** What a snapshot has from its instance. */
const OF_INSTANCE = [
    "AllocatedStorage",
    "AvailabilityZone",
    "DBInstanceIdentifier",
    "DbiResourceId",
    "Engine",
    "EngineVersion",
    "InstanceCreateTime",
    "KmsKeyId",
    "LicenseModel",
    "MasterUsername",
    "StorageType",
] as const;

export const snapshots: Record<string, Operation> = {
    CreateDBClusterSnapshot: {
        access: (input: CreateDBClusterSnapshotMessage, ctx) =>
            each("CreateDBClusterSnapshot", [
                clusterArn(ctx, input.DBClusterIdentifier!),
                clusterSnapshotArn(ctx, input.DBClusterSnapshotIdentifier!),
            ]),
        handle(input: CreateDBClusterSnapshotMessage, ctx) {
            const { db } = findCluster(ctx, input.DBClusterIdentifier!);
            requireAvailable(db.Status, "InvalidDBClusterStateFault", `DbCluster ${db.DBClusterIdentifier}`);
            const id = checkIdentifier("DBClusterSnapshotIdentifier", input.DBClusterSnapshotIdentifier!);
            const arn = clusterSnapshotArn(ctx, id);
            const snapshot = take(ctx, arn, db.DBClusterArn, "DBClusterSnapshotAlreadyExistsFault", {
                ...given(db, OF_CLUSTER),
                DBClusterSnapshotIdentifier: id,
                DBClusterSnapshotArn: arn,
                VpcId: vpcOf(ctx, db.DBSubnetGroup),
            });
            tagOnCreation(ctx, arn, input.Tags);
            return { DBClusterSnapshot: describe(ctx, arn, snapshot) };
        },
    },

    DescribeDBClusterSnapshots: {
        access: ({ DBClusterSnapshotIdentifier: id = "*" }: DescribeDBClusterSnapshotsMessage, ctx) =>
            each("DescribeDBClusterSnapshots", [clusterSnapshotArn(ctx, id)]),
        handle(input: DescribeDBClusterSnapshotsMessage, ctx) {
            const found = list(ctx, clusterSnapshotArn, input.DBClusterSnapshotIdentifier, input);
            const ofCluster = found.filter(
                ({ DBClusterIdentifier }) => DBClusterIdentifier === (input.DBClusterIdentifier ?? DBClusterIdentifier),
            );
            const { page, Marker } = paged<DBClusterSnapshot>(ofCluster, input);
            return { DBClusterSnapshots: page, Marker };
        },
    },

    DeleteDBClusterSnapshot: {
        access: ({ DBClusterSnapshotIdentifier: id }: DeleteDBClusterSnapshotMessage, ctx) =>
            each("DeleteDBClusterSnapshot", [clusterSnapshotArn(ctx, id!)]),
        handle: ({ DBClusterSnapshotIdentifier: id }: DeleteDBClusterSnapshotMessage, ctx) => ({
            DBClusterSnapshot: drop(ctx, clusterSnapshotArn(ctx, id!), "InvalidDBClusterSnapshotStateFault"),
        }),
    },

    CreateDBSnapshot: {
        access: (input: CreateDBSnapshotMessage, ctx) =>
            each("CreateDBSnapshot", [
                instanceArn(ctx, input.DBInstanceIdentifier!),
                snapshotArn(ctx, input.DBSnapshotIdentifier!),
            ]),
        handle(input: CreateDBSnapshotMessage, ctx) {
            const { db } = findInstance(ctx, input.DBInstanceIdentifier!);
            requireAvailable(db.DBInstanceStatus, "InvalidDBInstanceStateFault", `Instance ${db.DBInstanceIdentifier}`);
            if (db.DBClusterIdentifier !== undefined) {
                throw invalidParameter(`The instance ${db.DBInstanceIdentifier} belongs to a cluster; snapshot that.`);
            }
            const id = checkIdentifier("DBSnapshotIdentifier", input.DBSnapshotIdentifier!);
            const arn = snapshotArn(ctx, id);
            const snapshot = take(ctx, arn, db.DBInstanceArn, "DBSnapshotAlreadyExistsFault", {
                ...given(db, OF_INSTANCE),
                DBSnapshotIdentifier: id,
                DBSnapshotArn: arn,
                Encrypted: db.StorageEncrypted,
                Port: db.DbInstancePort,
                VpcId: db.DBSubnetGroup?.VpcId,
            });
            tagOnCreation(ctx, arn, input.Tags);
            return { DBSnapshot: describe(ctx, arn, snapshot) };
        },
    },

    DescribeDBSnapshots: {
        access: ({ DBSnapshotIdentifier: id = "*" }: DescribeDBSnapshotsMessage, ctx) =>
            each("DescribeDBSnapshots", [snapshotArn(ctx, id)]),
        handle(input: DescribeDBSnapshotsMessage, ctx) {
            const found = list(ctx, snapshotArn, input.DBSnapshotIdentifier, input);
            const ofInstance = found.filter(
                ({ DBInstanceIdentifier: id }) => id === (input.DBInstanceIdentifier ?? id),
            );
            const { page, Marker } = paged<DBSnapshot>(ofInstance, input);
            return { DBSnapshots: page, Marker };
        },
    },

    DeleteDBSnapshot: {
        access: ({ DBSnapshotIdentifier: id }: DeleteDBSnapshotMessage, ctx) =>
            each("DeleteDBSnapshot", [snapshotArn(ctx, id!)]),
        handle: ({ DBSnapshotIdentifier: id }: DeleteDBSnapshotMessage, ctx) => ({
            DBSnapshot: drop(ctx, snapshotArn(ctx, id!), "InvalidDBSnapshotStateFault"),
        }),
    },
};

const each = (action: string, resources: string[]) =>
    resources.map((resource) => ({ action: `rds:${action}`, resource }));

/** `creating`, with the data as it is now. */
function take(
    ctx: Context,
    arn: string,
    sourceArn: string,
    exists: string,
    own: DBClusterSnapshot & DBSnapshot,
): Snapshot {
    const { snapshots: all } = ctx.state(RdsState);
    if (all.has(arn)) {
        throw new AwsError(exists, `Cannot create the snapshot because one with the identifier of ${arn} exists.`);
    }
    const snapshot: Snapshot = {
        description: {
            ...own,
            SnapshotType: "manual",
            Status: "creating",
            PercentProgress: 0,
            SnapshotCreateTime: new Date(ctx.now),
        },
        sourceArn,
        data: ctx.state(RelationalState).sources.get(sourceArn)?.feed().snapshot(),
        cancel: () => undefined,
    };
    all.set(arn, snapshot);
    after(ctx.world, snapshot, CREATION, () =>
        Object.assign(snapshot.description, { Status: "available", PercentProgress: 100 }),
    );
    return snapshot;
}

/** Those of a kind, or the one that is named. */
function list(
    ctx: Context,
    arnOf: (ctx: Context, id: string) => string,
    id: string | undefined,
    { Filters }: DescribeDBSnapshotsMessage,
): Snapshot["description"][] {
    const all = [...ctx.state(RdsState).snapshots].filter(([arn]) => arn.startsWith(arnOf(ctx, "")));
    const found = id === undefined ? all : [[arnOf(ctx, id), findSnapshot(ctx, arnOf(ctx, id))] as const];
    return filtered(
        found.map(([arn, snapshot]) => describe(ctx, arn, snapshot)),
        Filters,
        {
            "db-cluster-id": ({ DBClusterIdentifier }) => [DBClusterIdentifier],
            "db-cluster-snapshot-id": ({ DBClusterSnapshotIdentifier }) => [DBClusterSnapshotIdentifier],
            "db-instance-id": ({ DBInstanceIdentifier }) => [DBInstanceIdentifier],
            "db-snapshot-id": ({ DBSnapshotIdentifier }) => [DBSnapshotIdentifier],
            engine: ({ Engine }) => [Engine],
            "snapshot-type": ({ SnapshotType }) => [SnapshotType],
        },
    );
}

function drop(ctx: Context, arn: string, fault: string): Snapshot["description"] {
    const snapshot = findSnapshot(ctx, arn);
    requireAvailable(snapshot.description.Status, fault, `The snapshot ${arn}`);
    const state = ctx.state(RdsState);
    const description = { ...describe(ctx, arn, snapshot), Status: "deleted" };
    state.snapshots.delete(arn);
    state.tags.delete(arn);
    return description;
}

const describe = (ctx: Context, arn: string, { description }: Snapshot) => ({
    ...description,
    TagList: tagList(ctx, arn),
});

const vpcOf = (ctx: Context, group = "") => ctx.state(RdsState).subnetGroups.get(group)?.VpcId;

function checkIdentifier(member: string, identifier: string): string {
    const lower = identifier.toLowerCase();
    if (!IDENTIFIER.test(lower) || lower.length > MAX_IDENTIFIER) {
        throw invalidParameter(`The parameter ${member} is not a valid identifier: ${identifier}`);
    }
    return lower;
}

function requireAvailable(status: string | undefined, fault: string, what: string): void {
    if (status !== "available") {
        throw new AwsError(fault, `${what} is in ${status} state, not available.`);
    }
}
