import type { DBSubnetGroup, VpcSecurityGroupMembership } from "@aws-sdk/client-rds";

import { RdsState, type Cluster } from "../../services/rds/state";
import type { Context } from "../../world/context";
import type { Listener } from "./network";

/** Where a cluster listens. @param port the one that is tried */
export function listenerOf(owner: Context, { db }: Cluster, port = db.Port!): Listener {
    const group = owner.state(RdsState).subnetGroups.get(db.DBSubnetGroup ?? "");
    return listener(db.Endpoint!, port, group, db.VpcSecurityGroups);
}

export function listener(
    name: string,
    port: number,
    subnets: DBSubnetGroup | undefined,
    groups: VpcSecurityGroupMembership[] = [],
): Listener {
    return {
        name,
        port,
        vpcId: subnets?.VpcId,
        subnetIds: (subnets?.Subnets ?? []).map(({ SubnetIdentifier }) => SubnetIdentifier!),
        securityGroupIds: groups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId!),
    };
}
