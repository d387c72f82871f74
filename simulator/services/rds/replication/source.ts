import { engineKind, type EngineKind } from "../../../relational/engine";
import { splitArn, type Context } from "../../../world/context";
import { AwsError } from "../../../world/error";
import { findCluster, findInstance, invalidParameter, membersOf, type Cluster, type Instance } from "../state";

/** A cluster, or an instance that belongs to none, as the source of integrations. */
export interface Source {
    arn: string;
    kind: EngineKind;
    engine: string;
    version: string;
    status: string;
    backupRetention: number;
    storageType?: string;
    /** undefined in a cluster without instances */
    writer?: Instance;
    cluster?: Cluster;
}

/** Throws DBClusterNotFoundFault or DBInstanceNotFoundFault. */
export function findSource(ctx: Context, arn: string): Source {
    const { resource } = splitArn(arn);
    return resource.startsWith("cluster:") ? ofCluster(ctx, findCluster(ctx, arn)) : ofInstance(findInstance(ctx, arn));
}

/** The source of an integration; undefined once it is deleted. */
export function sourceOf(ctx: Context, arn: string): Source | undefined {
    try {
        return findSource(ctx, arn);
    } catch (error) {
        if (error instanceof AwsError) {
            return undefined;
        }
        throw error;
    }
}

function ofCluster(ctx: Context, cluster: Cluster): Source {
    const kind = engineKind(cluster.db.Engine);
    if (!kind) {
        throw invalidParameter(
            `The engine ${cluster.db.Engine} of ${cluster.db.DBClusterArn} has no zero-ETL integrations.`,
        );
    }
    const { DBClusterArn: arn, Engine, EngineVersion, Status, BackupRetentionPeriod, StorageType } = cluster.db;
    return {
        arn,
        kind,
        engine: Engine,
        version: EngineVersion,
        status: Status!,
        backupRetention: BackupRetentionPeriod!,
        storageType: StorageType,
        writer: membersOf(ctx, cluster).find(({ isWriter }) => isWriter),
        cluster,
    };
}

function ofInstance(instance: Instance): Source {
    const { db } = instance;
    if (db.DBClusterIdentifier !== undefined) {
        throw invalidParameter(
            `DB instance ${db.DBInstanceIdentifier} belongs to a cluster, which is to be the source.`,
        );
    }
    return {
        arn: db.DBInstanceArn,
        kind: engineKind(db.Engine)!,
        engine: db.Engine,
        version: db.EngineVersion,
        status: db.DBInstanceStatus!,
        backupRetention: db.BackupRetentionPeriod!,
        storageType: db.StorageType,
        writer: instance,
    };
}
