import type {
    DBCluster,
    DBClusterSnapshot,
    DBInstance,
    DBSnapshot,
    DBSubnetGroup,
    ExportTask,
    IntegrationError,
    IntegrationStatus,
    Tag,
} from "@aws-sdk/client-rds";

import type { Snapshot as DataSnapshot, TableSnapshot } from "../../relational/feed";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { parameterFamily, type GroupKind, type ParameterFamily } from "./parameters";

/** What RDS keeps in an account and Region. */
export class RdsState {
    /** by identifier, which is in lower case */
    readonly clusters = new Map<string, Cluster>();
    readonly instances = new Map<string, Instance>();
    /** by `groupKey` */
    readonly parameterGroups = new Map<string, ParameterGroup>();
    readonly subnetGroups = new Map<string, DBSubnetGroup>();
    /** by ARN; an integration lives with its source */
    readonly integrations = new Map<string, Integration>();
    /** by ARN; of clusters and of instances */
    readonly snapshots = new Map<string, Snapshot>();
    /** by identifier */
    readonly exports = new Map<string, Export>();
    /** by ARN */
    readonly tags = new Map<string, Map<string, string>>();
}

export interface Cluster {
    /** as DescribeDBClusters shows it, without what follows from its members */
    db: DBCluster & { DBClusterIdentifier: string; DBClusterArn: string; Engine: string; EngineVersion: string };
    /** Enhanced binlog is refused for good once backtrack was on. */
    everBacktracked: boolean;
    /** the master user's. @default it is in the secret that RDS manages */
    password?: string;
    cancel: () => void;
}

export interface Instance {
    db: DBInstance & { DBInstanceIdentifier: string; DBInstanceArn: string; Engine: string; EngineVersion: string };
    isWriter: boolean;
    /** the master user's, of an instance in no cluster. @default it is in the secret that RDS manages */
    password?: string;
    /** its own parameter group */
    parameters: AppliedGroup;
    /** its cluster's */
    clusterParameters?: AppliedGroup;
    cancel: () => void;
}

export interface Snapshot {
    description: DBClusterSnapshot & DBSnapshot;
    sourceArn: string;
    /** of relational engines: what was in the database */
    data?: DataSnapshot;
    cancel: () => void;
}

/** A snapshot on its way to a bucket. */
export interface Export {
    task: ExportTask;
    tables: TableSnapshot[];
    /** of the role to the key, until the export is over */
    grantId: string;
    cancel: () => void;
}

/** A parameter group as an instance applies it. */
export interface AppliedGroup {
    name: string;
    /** those values in effect that are not the family's defaults */
    values: Map<string, string>;
    status: "in-sync" | "applying" | "pending-reboot";
    /** it was attached to the running instance: nothing of it is in effect before the next start */
    awaitsBoot: boolean;
}

export interface ParameterGroup {
    kind: GroupKind;
    name: string;
    family: ParameterFamily;
    description: string;
    /** as declared; what is in effect, each instance knows */
    values: Map<string, DeclaredValue>;
}

export interface DeclaredValue {
    value: string;
    applyMethod: "immediate" | "pending-reboot";
}

export interface Integration {
    readonly arn: string;
    readonly accountId: string;
    readonly region: string;
    name: string;
    readonly sourceArn: string;
    readonly targetArn: string;
    description?: string;
    dataFilter?: string;
    readonly kmsKeyId?: string;
    readonly additionalEncryptionContext?: Record<string, string>;
    status: IntegrationStatus;
    readonly createTime: Date;
    errors: IntegrationError[];
    /** calls off what happens next */
    cancel: () => void;
}

export const integrationArn = (ctx: Context, id: string) => ctx.arn("rds", `integration:${id}`);
export const clusterArn = (ctx: Context, identifier: string) => ctx.arn("rds", `cluster:${identifier.toLowerCase()}`);
export const instanceArn = (ctx: Context, identifier: string) => ctx.arn("rds", `db:${identifier.toLowerCase()}`);
export const clusterSnapshotArn = (ctx: Context, id: string) => snapshotArnOf(ctx, "cluster-snapshot", id);
export const snapshotArn = (ctx: Context, id: string) => snapshotArnOf(ctx, "snapshot", id);

const snapshotArnOf = (ctx: Context, kind: string, id: string) =>
    id.startsWith("arn:") ? id : ctx.arn("rds", `${kind}:${id.toLowerCase()}`);

export const subnetGroupArn = (ctx: Context, name: string) => ctx.arn("rds", `subgrp:${name.toLowerCase()}`);

const GROUP_ARN = { cluster: "cluster-pg", instance: "pg" } as const;

export const parameterGroupArn = (ctx: Context, kind: GroupKind, name: string) =>
    ctx.arn("rds", `${GROUP_ARN[kind]}:${name.toLowerCase()}`);

export const groupKey = (kind: GroupKind, name: string) => `${kind}/${name.toLowerCase()}`;

export const invalidParameter = (message: string) => new AwsError("InvalidParameterValue", message);
export const invalidCombination = (message: string) => new AwsError("InvalidParameterCombination", message);

/** Resources are named by their identifier or by their ARN. */
const identifierOf = (nameOrArn: string) => splitArn(nameOrArn).resource.replace(/^[a-z-]+:/, "") || nameOrArn;

export function findCluster(ctx: Context, nameOrArn: string): Cluster {
    const cluster = ctx.state(RdsState).clusters.get(identifierOf(nameOrArn).toLowerCase());
    if (!cluster) {
        throw new AwsError("DBClusterNotFoundFault", `DBCluster ${nameOrArn} not found.`, 404);
    }
    return cluster;
}

export function findInstance(ctx: Context, nameOrArn: string): Instance {
    const instance = ctx.state(RdsState).instances.get(identifierOf(nameOrArn).toLowerCase());
    if (!instance) {
        throw new AwsError("DBInstanceNotFoundFault", `DBInstance ${nameOrArn} not found.`, 404);
    }
    return instance;
}

export function findSnapshot(ctx: Context, arn: string): Snapshot {
    const snapshot = ctx.state(RdsState).snapshots.get(arn);
    if (!snapshot) {
        const fault = arn.includes(":cluster-snapshot:") ? "DBClusterSnapshotNotFoundFault" : "DBSnapshotNotFoundFault";
        throw new AwsError(fault, `The snapshot ${arn} was not found.`, 404);
    }
    return snapshot;
}

/**
 * A group that somebody made, or the default one of a family, which is there whenever it is named.
 *
 * @param notFound the error's name: clusters have one of their own
 */
export function findParameterGroup(
    ctx: Context,
    kind: GroupKind,
    name: string,
    notFound = "DBParameterGroupNotFoundFault",
): ParameterGroup {
    const group = ctx.state(RdsState).parameterGroups.get(groupKey(kind, name)) ?? defaultGroup(kind, name);
    if (!group) {
        throw new AwsError(notFound, `DBParameterGroup not found: ${name}`, 404);
    }
    return group;
}

const DEFAULT_PREFIX = "default.";

export const isDefaultGroup = (name: string) => name.startsWith(DEFAULT_PREFIX);

function defaultGroup(kind: GroupKind, name: string): ParameterGroup | undefined {
    const family = isDefaultGroup(name) ? parameterFamily(name.slice(DEFAULT_PREFIX.length)) : undefined;
    const kindName = kind === "cluster" ? "cluster parameter group" : "parameter group";
    return family?.groups[kind]
        ? { kind, name, family, description: `Default ${kindName} for ${family.name}`, values: new Map() }
        : undefined;
}

export function membersOf(ctx: Context, cluster: Cluster): Instance[] {
    const { DBClusterIdentifier } = cluster.db;
    return [...ctx.state(RdsState).instances.values()].filter(
        ({ db }) => db.DBClusterIdentifier === DBClusterIdentifier,
    );
}

export function tagList(ctx: Context, arn: string): Tag[] {
    return [...(ctx.state(RdsState).tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
}
