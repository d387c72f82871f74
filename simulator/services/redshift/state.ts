import type {
    Cluster as ClusterDescription,
    ClusterParameterGroup,
    ClusterSubnetGroup,
    IntegrationError,
    Tag,
    ZeroETLIntegrationStatus,
} from "@aws-sdk/client-redshift";

import type { Context } from "../../world/context";
import type { Warehouse } from "../../warehouse/warehouse";

/** What Redshift keeps of provisioned clusters, and of integrations, in an account and Region. */
export class RedshiftState {
    /** by identifier, which is in lower case */
    readonly clusters = new Map<string, Cluster>();
    readonly parameterGroups = new Map<string, ParameterGroup>();
    readonly subnetGroups = new Map<string, ClusterSubnetGroup>();
    /** by ARN; an integration lives with its source */
    readonly integrations = new Map<string, Integration>();
    /** by ARN */
    readonly tags = new Map<string, Map<string, string>>();
}

export interface Cluster {
    /** as DescribeClusters shows it, without tags and the parameter group's status */
    description: ClusterDescription & { ClusterIdentifier: string; ClusterStatus: string };
    parameterGroup: string;
    /** the parameters that its last start has put into effect */
    applied: Map<string, string>;
    /** a group on its way, before it is known what waits for a reboot */
    applying: boolean;
    warehouse: Warehouse;
    /** calls off what happens next */
    cancel: () => void;
}

export interface ParameterGroup {
    description: Required<Pick<ClusterParameterGroup, "ParameterGroupName" | "ParameterGroupFamily" | "Description">>;
    /** those set by somebody */
    values: Map<string, string>;
}

export interface Integration {
    readonly arn: string;
    readonly accountId: string;
    readonly region: string;
    name: string;
    readonly sourceArn: string;
    readonly targetArn: string;
    description?: string;
    readonly kmsKeyId?: string;
    readonly additionalEncryptionContext?: Record<string, string>;
    status: ZeroETLIntegrationStatus;
    readonly createTime: Date;
    errors: IntegrationError[];
    /** calls off what happens next */
    cancel: () => void;
}

export function tagList(ctx: Context, arn: string): Tag[] {
    return [...(ctx.state(RedshiftState).tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
}

export const clusterArn = (ctx: Context, identifier: string) =>
    ctx.arn("redshift", `cluster:${identifier.toLowerCase()}`);
export const parameterGroupArn = (ctx: Context, name: string) =>
    ctx.arn("redshift", `parametergroup:${name.toLowerCase()}`);
export const subnetGroupArn = (ctx: Context, name: string) => ctx.arn("redshift", `subnetgroup:${name.toLowerCase()}`);
