import type * as api from "@aws-sdk/client-ec2";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { Service } from "../../world/service";
import { attributes } from "./attributes";
import { chosen, read } from "./listings";
import { securityGroups } from "./security-groups";
import {
    addSubnet,
    addVpc,
    dropSecurityGroup,
    found,
    network,
    newId,
    resourceIn,
    tagsGiven,
    zoneId,
    zones,
} from "./state";

const inUse = (id: string) =>
    new AwsError("DependencyViolation", `The resource '${id}' has dependencies and cannot be deleted.`);

function zoneOf(ctx: Context, id?: string): string {
    const [first] = zones(ctx);
    return id === undefined ? first : (zones(ctx).find((zone) => zoneId(ctx, zone) === id) ?? id);
}

const networks = {
    DescribeVpcs: read(({ VpcIds, Filters }: api.DescribeVpcsRequest, ctx) => ({
        Vpcs: chosen(network(ctx).vpcs, VpcIds, "VpcID", Filters, {
            "vpc-id": ({ VpcId }) => VpcId,
            "cidr-block-association.cidr-block": ({ CidrBlock }) => CidrBlock,
            cidr: ({ CidrBlock }) => CidrBlock,
            "is-default": ({ IsDefault }) => String(IsDefault),
            isDefault: ({ IsDefault }) => String(IsDefault),
            state: ({ State }) => State,
        }),
    })),

    CreateVpc: read(({ CidrBlock, InstanceTenancy, TagSpecifications }: api.CreateVpcRequest, ctx) => {
        const vpc = addVpc(ctx, network(ctx), newId("vpc"), CidrBlock!);
        vpc.InstanceTenancy = InstanceTenancy ?? "default";
        vpc.Tags = tagsGiven(TagSpecifications);
        return { Vpc: vpc };
    }),

    DeleteVpc: read(({ VpcId }: api.DeleteVpcRequest, ctx) => {
        const state = network(ctx);
        found(state.vpcs, VpcId!, "VpcID");
        const groups = [...state.securityGroups.values()].filter((group) => group.VpcId === VpcId);
        const isEmpty = ![...state.subnets.values()].some((s) => s.VpcId === VpcId) && groups.length === 1;
        if (!isEmpty) {
            throw inUse(VpcId!);
        }
        dropSecurityGroup(state, groups[0].GroupId!);
        state.vpcs.delete(VpcId!);
        state.vpcAttributes.delete(VpcId!);
    }),

    DescribeSubnets: read(({ SubnetIds, Filters }: api.DescribeSubnetsRequest, ctx) => ({
        Subnets: chosen(network(ctx).subnets, SubnetIds, "SubnetID", Filters, {
            "subnet-id": ({ SubnetId }) => SubnetId,
            "vpc-id": ({ VpcId }) => VpcId,
            "availability-zone": ({ AvailabilityZone }) => AvailabilityZone,
            "default-for-az": ({ DefaultForAz }) => String(DefaultForAz),
            "cidr-block": ({ CidrBlock }) => CidrBlock,
            state: ({ State }) => State,
        }),
    })),

    CreateSubnet: read((input: api.CreateSubnetRequest, ctx) => {
        const state = network(ctx);
        found(state.vpcs, input.VpcId!, "VpcID");
        const zone = input.AvailabilityZone ?? zoneOf(ctx, input.AvailabilityZoneId);
        if (!zones(ctx).includes(zone)) {
            throw new AwsError("InvalidParameterValue", `Value (${zone}) for parameter availabilityZone is invalid.`);
        }
        const subnet = addSubnet(ctx, state, newId("subnet"), input.VpcId!, input.CidrBlock!, zone);
        subnet.Tags = tagsGiven(input.TagSpecifications);
        return { Subnet: subnet };
    }),

    DeleteSubnet: read(({ SubnetId }: api.DeleteSubnetRequest, ctx) => {
        const { subnets } = network(ctx);
        found(subnets, SubnetId!, "SubnetID");
        subnets.delete(SubnetId!);
    }),

    DescribeAvailabilityZones: read((_: api.DescribeAvailabilityZonesRequest, ctx) => ({
        AvailabilityZones: zones(ctx).map((ZoneName) => ({
            ZoneName,
            ZoneId: zoneId(ctx, ZoneName),
            RegionName: ctx.region,
            GroupName: ctx.region,
            NetworkBorderGroup: ctx.region,
            ZoneType: "availability-zone",
            State: "available" as const,
            OptInStatus: "opt-in-not-required" as const,
        })),
    })),
};

const tags = {
    CreateTags: read(({ Resources, Tags = [] }: api.CreateTagsRequest, ctx) => setTags(ctx, Resources!, Tags, Tags)),
    DeleteTags: read(({ Resources, Tags = [] }: api.DeleteTagsRequest, ctx) => setTags(ctx, Resources!, Tags, [])),
};

/** Takes `removed` keys from the resources and adds `added`. */
function setTags(ctx: Context, ids: string[], removed: api.Tag[], added: api.Tag[]): void {
    for (const id of ids) {
        const resource = resourceIn(network(ctx), id);
        if (!resource) {
            throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
        }
        const kept = resource.Tags!.filter(({ Key }) => !removed.some((tag) => tag.Key === Key));
        resource.Tags = [...kept, ...added];
    }
}

/** Amazon EC2, as far as databases and warehouses need a network. */
export const ec2: Service = {
    id: "ec2",
    model: () => require("@aws-sdk/client-ec2"),
    operations: { ...networks, ...attributes, ...securityGroups, ...tags },
};
