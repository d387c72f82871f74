import { createHash, randomBytes } from "node:crypto";
import type { SecurityGroup, SecurityGroupRule, Subnet, Tag, TagSpecification, Vpc } from "@aws-sdk/client-ec2";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";

export const DEFAULT_CIDR = "172.31.0.0/16";
const ZONES = ["a", "b", "c"];

/** The networks of an account in a Region, with the default one that each has. */
export class NetworkState {
    /** by id */
    readonly vpcs = new Map<string, Vpc>();
    readonly subnets = new Map<string, Subnet>();
    /** without their rules */
    readonly securityGroups = new Map<string, SecurityGroup>();
    /** of security groups, by id */
    readonly rules = new Map<string, SecurityGroupRule>();
    /** by the id of their VPC */
    readonly vpcAttributes = new Map<string, VpcAttributes>();
    isFilled = false;
}

/** What is set on a VPC after it was made, and told one by one. */
export interface VpcAttributes {
    enableDnsHostnames: boolean;
    enableDnsSupport: boolean;
    enableNetworkAddressUsageMetrics: boolean;
}

export function network(ctx: Context): NetworkState {
    const state = ctx.state(NetworkState);
    if (!state.isFilled) {
        state.isFilled = true;
        fill(ctx, state);
    }
    return state;
}

export const newId = (kind: string) => `${kind}-0${randomBytes(8).toString("hex")}`;

export const zones = ({ region }: Context): string[] => ZONES.map((zone) => region + zone);

export const zoneId = (ctx: Context, zone: string) => `${ctx.region}-az${zones(ctx).indexOf(zone) + 1}`;

/** The default VPC, a subnet of it in each zone, and its security group: the same ids in every world. */
function fill(ctx: Context, state: NetworkState): void {
    const id = (kind: string, name: string) => {
        const text = `${ctx.accountId}/${ctx.region}/${name}`;
        return `${kind}-0${createHash("md5").update(text).digest("hex").slice(0, 16)}`;
    };
    const vpc = addVpc(ctx, state, id("vpc", "default"), DEFAULT_CIDR, id("sg", "default"));
    vpc.IsDefault = true;
    state.vpcAttributes.get(vpc.VpcId!)!.enableDnsHostnames = true;
    for (const [index, zone] of zones(ctx).entries()) {
        const subnet = addSubnet(ctx, state, id("subnet", zone), vpc.VpcId!, `172.31.${index * 16}.0/20`, zone);
        Object.assign(subnet, { DefaultForAz: true, MapPublicIpOnLaunch: true });
    }
}

export function addVpc(
    ctx: Context,
    state: NetworkState,
    VpcId: string,
    CidrBlock: string,
    groupId = newId("sg"),
): Vpc {
    const vpc: Vpc = {
        VpcId,
        CidrBlock,
        State: "available",
        OwnerId: ctx.accountId,
        IsDefault: false,
        InstanceTenancy: "default",
        DhcpOptionsId: "default",
        CidrBlockAssociationSet: [
            { AssociationId: newId("vpc-cidr-assoc"), CidrBlock, CidrBlockState: { State: "associated" } },
        ],
        Tags: [],
    };
    state.vpcs.set(VpcId, vpc);
    state.vpcAttributes.set(VpcId, {
        enableDnsHostnames: false,
        enableDnsSupport: true,
        enableNetworkAddressUsageMetrics: false,
    });
    addSecurityGroup(ctx, state, groupId, VpcId, "default", "default VPC security group");
    // Alone among groups, it lets its own members in.
    addRule(ctx, state, {
        GroupId: groupId,
        GroupOwnerId: ctx.accountId,
        IsEgress: false,
        IpProtocol: "-1",
        FromPort: -1,
        ToPort: -1,
        ReferencedGroupInfo: { GroupId: groupId, UserId: ctx.accountId, VpcId },
    });
    return vpc;
}

export function addSubnet(
    ctx: Context,
    state: NetworkState,
    SubnetId: string,
    VpcId: string,
    CidrBlock: string,
    AvailabilityZone: string,
): Subnet {
    const subnet: Subnet = {
        SubnetId,
        VpcId,
        CidrBlock,
        AvailabilityZone,
        AvailabilityZoneId: zoneId(ctx, AvailabilityZone),
        SubnetArn: ctx.arn("ec2", `subnet/${SubnetId}`),
        State: "available",
        OwnerId: ctx.accountId,
        // AWS keeps five addresses of each subnet.
        AvailableIpAddressCount: 2 ** (32 - Number(CidrBlock.split("/")[1])) - 5,
        DefaultForAz: false,
        MapPublicIpOnLaunch: false,
        AssignIpv6AddressOnCreation: false,
        Tags: [],
    };
    state.subnets.set(SubnetId, subnet);
    return subnet;
}

export function addSecurityGroup(
    ctx: Context,
    state: NetworkState,
    GroupId: string,
    VpcId: string,
    GroupName: string,
    Description: string,
): SecurityGroup {
    const group: SecurityGroup = {
        GroupId,
        GroupName,
        Description,
        VpcId,
        OwnerId: ctx.accountId,
        SecurityGroupArn: ctx.arn("ec2", `security-group/${GroupId}`),
        Tags: [],
    };
    state.securityGroups.set(GroupId, group);
    // What is in a group may reach everything, until somebody says no.
    addRule(ctx, state, {
        GroupId,
        GroupOwnerId: ctx.accountId,
        IsEgress: true,
        IpProtocol: "-1",
        FromPort: -1,
        ToPort: -1,
        CidrIpv4: "0.0.0.0/0",
    });
    return group;
}

export function dropSecurityGroup(state: NetworkState, groupId: string): void {
    rulesOf(state, groupId).forEach((rule) => state.rules.delete(rule.SecurityGroupRuleId!));
    state.securityGroups.delete(groupId);
}

export function rulesOf({ rules }: NetworkState, groupId: string): SecurityGroupRule[] {
    return [...rules.values()].filter(({ GroupId }) => GroupId === groupId);
}

export function addRule(
    ctx: Context,
    state: NetworkState,
    rule: SecurityGroupRule,
    tags?: TagSpecification[],
): SecurityGroupRule {
    const SecurityGroupRuleId = newId("sgr");
    const made = {
        ...rule,
        SecurityGroupRuleId,
        SecurityGroupRuleArn: ctx.arn("ec2", `security-group-rule/${SecurityGroupRuleId}`),
        Tags: tagsGiven(tags),
    };
    state.rules.set(SecurityGroupRuleId, made);
    return made;
}

export function tagsGiven(specifications: TagSpecification[] = []): Tag[] {
    return specifications.flatMap(({ Tags = [] }) => Tags);
}

/** `InvalidVpcID.NotFound`, `InvalidSubnetID.NotFound`, `InvalidGroup.NotFound`, … */
export function found<T>(
    resources: Map<string, T>,
    id: string,
    kind: "VpcID" | "SubnetID" | "Group" | "NetworkAclID" | "RouteTableID" | "SecurityGroupRuleId",
): T {
    const resource = resources.get(id);
    if (!resource) {
        throw new AwsError(`Invalid${kind}.NotFound`, `The ${kind} '${id}' does not exist`);
    }
    return resource;
}

export function resourceIn(state: NetworkState, id: string): { Tags?: Tag[] } | undefined {
    return state.vpcs.get(id) ?? state.subnets.get(id) ?? state.securityGroups.get(id) ?? state.rules.get(id);
}
