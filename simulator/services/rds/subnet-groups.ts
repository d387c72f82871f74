import type {
    CreateDBSubnetGroupMessage,
    DBSubnetGroup,
    DBSubnetGroupMessage,
    DeleteDBSubnetGroupMessage,
    DescribeDBSubnetGroupsMessage,
    ModifyDBSubnetGroupMessage,
} from "@aws-sdk/client-rds";
import type { Subnet } from "@aws-sdk/client-ec2";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { paged } from "./listings";
import { RdsState, subnetGroupArn } from "./state";
import { tagOnCreation } from "./tags";

const MIN_ZONES = 2;

export const subnetGroups = operationsOn(
    "rds",
    ({ DBSubnetGroupName = "*" }: { DBSubnetGroupName?: string }, ctx) => subnetGroupArn(ctx, DBSubnetGroupName),
    {
        async CreateDBSubnetGroup(input: CreateDBSubnetGroupMessage, ctx) {
            const name = input.DBSubnetGroupName!.toLowerCase();
            const { subnetGroups: groups } = ctx.state(RdsState);
            if (groups.has(name)) {
                throw new AwsError("DBSubnetGroupAlreadyExistsFault", `The DB subnet group '${name}' already exists.`);
            }
            const group: DBSubnetGroup = {
                DBSubnetGroupName: name,
                DBSubnetGroupDescription: input.DBSubnetGroupDescription,
                DBSubnetGroupArn: subnetGroupArn(ctx, name),
                SubnetGroupStatus: "Complete",
                ...(await network(ctx, input.SubnetIds!)),
                SupportedNetworkTypes: ["IPV4"],
            };
            tagOnCreation(ctx, group.DBSubnetGroupArn!, input.Tags);
            groups.set(name, group);
            return { DBSubnetGroup: group };
        },

        DescribeDBSubnetGroups(input: DescribeDBSubnetGroupsMessage, ctx): DBSubnetGroupMessage {
            const { DBSubnetGroupName: name } = input;
            const all =
                name === undefined ? [...ctx.state(RdsState).subnetGroups.values()] : [findSubnetGroup(ctx, name)];
            const { page, Marker } = paged(all, input);
            return { DBSubnetGroups: page, Marker };
        },

        async ModifyDBSubnetGroup(input: ModifyDBSubnetGroupMessage, ctx) {
            const group = findSubnetGroup(ctx, input.DBSubnetGroupName!);
            Object.assign(group, await network(ctx, input.SubnetIds!));
            group.DBSubnetGroupDescription = input.DBSubnetGroupDescription ?? group.DBSubnetGroupDescription;
            return { DBSubnetGroup: group };
        },

        DeleteDBSubnetGroup(input: DeleteDBSubnetGroupMessage, ctx) {
            const { DBSubnetGroupName: name, DBSubnetGroupArn: arn } = findSubnetGroup(ctx, input.DBSubnetGroupName!);
            const { clusters, instances, subnetGroups: groups, tags } = ctx.state(RdsState);
            const isUsed =
                [...clusters.values()].some(({ db }) => db.DBSubnetGroup === name) ||
                [...instances.values()].some(({ db }) => db.DBSubnetGroup?.DBSubnetGroupName === name);
            if (isUsed) {
                throw new AwsError(
                    "InvalidDBSubnetGroupStateFault",
                    `Cannot delete the subnet group '${name}' because at least one database is using it.`,
                );
            }
            groups.delete(name!);
            tags.delete(arn!);
        },
    },
);

export function findSubnetGroup(ctx: Context, name: string): DBSubnetGroup {
    const group = ctx.state(RdsState).subnetGroups.get(name.toLowerCase());
    if (!group) {
        throw new AwsError("DBSubnetGroupNotFoundFault", `DB subnet group ${name} not found.`, 404);
    }
    return group;
}

async function network(ctx: Context, SubnetIds: string[]): Promise<Pick<DBSubnetGroup, "VpcId" | "Subnets">> {
    const found = await subnetsOf(ctx, SubnetIds);
    const [VpcId, ...others] = new Set(found.map((subnet) => subnet.VpcId));
    if (others.length > 0) {
        throw new AwsError("InvalidSubnet", "The subnets of a DB subnet group must be in one VPC.");
    }
    if (new Set(found.map((subnet) => subnet.AvailabilityZone)).size < MIN_ZONES) {
        throw new AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement of ${MIN_ZONES} zones.`,
        );
    }
    return {
        VpcId,
        Subnets: found.map((subnet) => ({
            SubnetIdentifier: subnet.SubnetId,
            SubnetAvailabilityZone: { Name: subnet.AvailabilityZone },
            SubnetStatus: "Active",
        })),
    };
}

/** RDS looks at the account's network by itself, whatever the caller may see. */
async function subnetsOf(ctx: Context, SubnetIds: string[]): Promise<Subnet[]> {
    try {
        const { Subnets } = await ctx.world
            .administrator(ctx.accountId, ctx.region)
            .call("ec2", "DescribeSubnets", { SubnetIds });
        return Subnets;
    } catch (error) {
        throw error instanceof AwsError ? new AwsError("InvalidSubnet", error.message) : error;
    }
}
