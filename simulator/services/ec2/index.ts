import { isDeepStrictEqual } from "node:util";
import type * as api from "@aws-sdk/client-ec2";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation, type Operation, type Service } from "../../world/service";
import { addSecurityGroup, addSubnet, addVpc, found, network, newId, resourceIn, tagsGiven, zones } from "./state";

const read = <I, O>(handle: (input: I, ctx: Context) => O): Operation => operation<I, O>({ handle });

const inUse = (id: string) =>
    new AwsError("DependencyViolation", `The resource '${id}' has dependencies and cannot be deleted.`);

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

    CreateVpc: read(({ CidrBlock, TagSpecifications }: api.CreateVpcRequest, ctx) => {
        const vpc = addVpc(ctx, network(ctx), newId("vpc"), CidrBlock!);
        vpc.Tags = tagsGiven(TagSpecifications);
        return { Vpc: vpc };
    }),

    DeleteVpc: read(({ VpcId }: api.DeleteVpcRequest, ctx) => {
        const { vpcs, subnets, securityGroups } = network(ctx);
        found(vpcs, VpcId!, "VpcID");
        const groups = [...securityGroups.values()].filter((group) => group.VpcId === VpcId);
        const isEmpty = ![...subnets.values()].some((s) => s.VpcId === VpcId) && groups.length === 1;
        if (!isEmpty) {
            throw inUse(VpcId!);
        }
        securityGroups.delete(groups[0].GroupId!);
        vpcs.delete(VpcId!);
    }),

    DescribeVpcAttribute: read(({ VpcId, Attribute }: api.DescribeVpcAttributeRequest, ctx) => {
        found(network(ctx).vpcs, VpcId!, "VpcID");
        return {
            VpcId,
            ...(Attribute === "enableDnsSupport" && { EnableDnsSupport: { Value: true } }),
            ...(Attribute === "enableDnsHostnames" && { EnableDnsHostnames: { Value: true } }),
        };
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
        const zone = input.AvailabilityZone ?? zones(ctx)[0];
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
        AvailabilityZones: zones(ctx).map((ZoneName, index) => ({
            ZoneName,
            ZoneId: `${ctx.region}-az${index + 1}`,
            RegionName: ctx.region,
            GroupName: ctx.region,
            NetworkBorderGroup: ctx.region,
            ZoneType: "availability-zone",
            State: "available" as const,
            OptInStatus: "opt-in-not-required" as const,
        })),
    })),
};

const securityGroups = {
    DescribeSecurityGroups: read(({ GroupIds, Filters }: api.DescribeSecurityGroupsRequest, ctx) => ({
        SecurityGroups: chosen(network(ctx).securityGroups, GroupIds, "Group", Filters, {
            "group-id": ({ GroupId }) => GroupId,
            "group-name": ({ GroupName }) => GroupName,
            "vpc-id": ({ VpcId }) => VpcId,
        }),
    })),

    CreateSecurityGroup: read((input: api.CreateSecurityGroupRequest, ctx) => {
        const state = network(ctx);
        const vpcId = input.VpcId ?? [...state.vpcs.values()].find(({ IsDefault }) => IsDefault)!.VpcId!;
        found(state.vpcs, vpcId, "VpcID");
        const taken = [...state.securityGroups.values()].some(
            ({ GroupName, VpcId }) => GroupName === input.GroupName && VpcId === vpcId,
        );
        if (taken) {
            throw new AwsError(
                "InvalidGroup.Duplicate",
                `The security group '${input.GroupName}' already exists for VPC '${vpcId}'`,
            );
        }
        const group = addSecurityGroup(ctx, state, newId("sg"), vpcId, input.GroupName!, input.Description!);
        group.Tags = tagsGiven(input.TagSpecifications);
        return { GroupId: group.GroupId, SecurityGroupArn: group.SecurityGroupArn, Tags: group.Tags };
    }),

    DeleteSecurityGroup: read(({ GroupId }: api.DeleteSecurityGroupRequest, ctx) => {
        const { securityGroups: groups } = network(ctx);
        if (found(groups, GroupId!, "Group").GroupName === "default") {
            throw new AwsError(
                "CannotDelete",
                `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
            );
        }
        groups.delete(GroupId!);
        return { Return: true, GroupId };
    }),

    AuthorizeSecurityGroupIngress: rules("IpPermissions", "add"),
    AuthorizeSecurityGroupEgress: rules("IpPermissionsEgress", "add"),
    RevokeSecurityGroupIngress: rules("IpPermissions", "remove"),
    RevokeSecurityGroupEgress: rules("IpPermissionsEgress", "remove"),
};

function rules(side: "IpPermissions" | "IpPermissionsEgress", change: "add" | "remove"): Operation {
    return read(({ GroupId, IpPermissions = [] }: api.AuthorizeSecurityGroupIngressRequest, ctx) => {
        const group = found(network(ctx).securityGroups, GroupId!, "Group");
        const isListed = (permission: api.IpPermission) => group[side]!.some((p) => isDeepStrictEqual(p, permission));
        if (change === "add" && IpPermissions.some(isListed)) {
            throw new AwsError("InvalidPermission.Duplicate", "the specified rule already exists");
        }
        if (change === "remove" && !IpPermissions.every(isListed)) {
            throw new AwsError(
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this security group.",
            );
        }
        group[side] =
            change === "add"
                ? [...group[side]!, ...IpPermissions]
                : group[side]!.filter((kept) => !IpPermissions.some((p) => isDeepStrictEqual(p, kept)));
        return { Return: true };
    });
}

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
    operations: { ...networks, ...securityGroups, ...tags },
};

/** Those with the ids, of which none may be missing, that pass the filters. */
function chosen<T extends { Tags?: api.Tag[] }>(
    all: Map<string, T>,
    ids: string[] | undefined,
    kind: Parameters<typeof found>[2],
    filters: api.Filter[] = [],
    fields: Record<string, (resource: T) => string | undefined>,
): T[] {
    const named = ids?.length ? ids.map((id) => found(all, id, kind)) : [...all.values()];
    return named.filter((resource) =>
        filters.every(({ Name = "", Values = [] }) => {
            const tag = /^tag:(.+)$/.exec(Name)?.[1];
            if (!tag && !fields[Name]) {
                throw new AwsError("InvalidParameterValue", `The filter '${Name}' is invalid`);
            }
            const value = tag ? resource.Tags?.find(({ Key }) => Key === tag)?.Value : fields[Name](resource);
            return value !== undefined && Values.includes(value);
        }),
    );
}
