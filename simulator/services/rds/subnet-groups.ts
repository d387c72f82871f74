import type {
    CreateDBSubnetGroupMessage,
    DBSubnetGroup,
    DBSubnetGroupMessage,
    DeleteDBSubnetGroupMessage,
    DescribeDBSubnetGroupsMessage,
    ModifyDBSubnetGroupMessage,
} from "@aws-sdk/client-rds";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { paged } from "./listings";
import { invalidParameter, RdsState, subnetGroupArn } from "./state";
import { tagOnCreation } from "./tags";

/** Subnets are in zones of which a group covers at least two. */
const MIN_SUBNETS = 2;

export const subnetGroups = operationsOn(
    "rds",
    ({ DBSubnetGroupName = "*" }: { DBSubnetGroupName?: string }, ctx) => subnetGroupArn(ctx, DBSubnetGroupName),
    {
        CreateDBSubnetGroup(input: CreateDBSubnetGroupMessage, ctx) {
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
                VpcId: "vpc-00000000",
                Subnets: subnets(ctx, input.SubnetIds!),
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

        ModifyDBSubnetGroup(input: ModifyDBSubnetGroupMessage, ctx) {
            const group = findSubnetGroup(ctx, input.DBSubnetGroupName!);
            group.Subnets = subnets(ctx, input.SubnetIds!);
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

function subnets(ctx: Context, ids: string[]): DBSubnetGroup["Subnets"] {
    if (new Set(ids).size < MIN_SUBNETS) {
        throw new AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement of ${MIN_SUBNETS} zones.`,
        );
    }
    const wrong = ids.find((id) => !/^subnet-[a-z0-9-]+$/.test(id));
    if (wrong !== undefined) {
        throw invalidParameter(`Invalid subnet: ${wrong}`);
    }
    return ids.map((SubnetIdentifier, index) => ({
        SubnetIdentifier,
        SubnetAvailabilityZone: { Name: `${ctx.region}${"abc"[index % 3]}` },
        SubnetStatus: "Active",
    }));
}
