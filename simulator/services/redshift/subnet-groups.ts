import type * as api from "@aws-sdk/client-redshift";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn, pageOf } from "../operations";
import { RedshiftState, subnetGroupArn, tagList } from "./state";
import { setTags } from "./tags";

const PAGE_SIZE = 100;

export const subnetGroups = operationsOn(
    "redshift",
    ({ ClusterSubnetGroupName = "*" }, ctx) => subnetGroupArn(ctx, ClusterSubnetGroupName),
    {
        async CreateClusterSubnetGroup(input: api.CreateClusterSubnetGroupMessage, ctx) {
            const { subnetGroups: groups } = ctx.state(RedshiftState);
            const name = input.ClusterSubnetGroupName!.toLowerCase();
            if (groups.has(name)) {
                throw new AwsError("ClusterSubnetGroupAlreadyExistsFault", `Subnet group ${name} already exists`);
            }
            groups.set(name, {
                ClusterSubnetGroupName: name,
                Description: input.Description,
                SubnetGroupStatus: "Complete",
                SupportedClusterIpAddressTypes: ["ipv4"],
                ...(await placement(ctx, input.SubnetIds!)),
            });
            setTags(ctx, subnetGroupArn(ctx, name), input.Tags);
            return { ClusterSubnetGroup: describe(ctx, groups.get(name)!) };
        },

        DescribeClusterSubnetGroups(input: api.DescribeClusterSubnetGroupsMessage, ctx) {
            const { ClusterSubnetGroupName, MaxRecords = PAGE_SIZE, Marker } = input;
            const groups = ClusterSubnetGroupName
                ? [findSubnetGroup(ctx, ClusterSubnetGroupName)]
                : [...ctx.state(RedshiftState).subnetGroups.values()];
            const { page, next } = pageOf(groups, MaxRecords, Marker);
            return { ClusterSubnetGroups: page.map((group) => describe(ctx, group)), Marker: next };
        },

        async ModifyClusterSubnetGroup(input: api.ModifyClusterSubnetGroupMessage, ctx) {
            const group = findSubnetGroup(ctx, input.ClusterSubnetGroupName!);
            Object.assign(group, await placement(ctx, input.SubnetIds!));
            group.Description = input.Description ?? group.Description;
            return { ClusterSubnetGroup: describe(ctx, group) };
        },

        DeleteClusterSubnetGroup({ ClusterSubnetGroupName }: api.DeleteClusterSubnetGroupMessage, ctx) {
            const { clusters, subnetGroups: groups, tags } = ctx.state(RedshiftState);
            const { ClusterSubnetGroupName: name } = findSubnetGroup(ctx, ClusterSubnetGroupName!);
            if ([...clusters.values()].some(({ description }) => description.ClusterSubnetGroupName === name)) {
                throw new AwsError(
                    "InvalidClusterSubnetGroupStateFault",
                    `Subnet group ${name} is in use by a cluster`,
                );
            }
            groups.delete(name!);
            tags.delete(subnetGroupArn(ctx, name!));
        },
    },
);

export function findSubnetGroup(ctx: Context, name: string): api.ClusterSubnetGroup {
    const group = ctx.state(RedshiftState).subnetGroups.get(name.toLowerCase());
    if (!group) {
        throw new AwsError("ClusterSubnetGroupNotFoundFault", `Subnet group ${name} not found`);
    }
    return group;
}

/** The VPC and Availability Zones of subnets. */
async function placement(
    ctx: Context,
    SubnetIds: string[],
): Promise<Pick<api.ClusterSubnetGroup, "VpcId" | "Subnets">> {
    // Redshift looks them up by itself.
    const { Subnets } = await ctx.world
        .administrator(ctx.accountId, ctx.region)
        .call("ec2", "DescribeSubnets", { SubnetIds })
        .catch((error: AwsError) => {
            throw new AwsError("InvalidSubnet", error.message);
        });
    return {
        VpcId: Subnets[0].VpcId,
        Subnets: Subnets.map((subnet: { SubnetId: string; AvailabilityZone: string }) => ({
            SubnetIdentifier: subnet.SubnetId,
            SubnetAvailabilityZone: { Name: subnet.AvailabilityZone },
            SubnetStatus: "Active",
        })),
    };
}

function describe(ctx: Context, group: api.ClusterSubnetGroup): api.ClusterSubnetGroup {
    return { ...group, Tags: tagList(ctx, subnetGroupArn(ctx, group.ClusterSubnetGroupName!)) };
}
