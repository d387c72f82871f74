import type {
    DescribeAvailabilityZonesResult,
    DescribeSecurityGroupsResult,
    DescribeSubnetsResult,
    DescribeVpcsResult,
    Filter,
} from "@aws-sdk/client-ec2";
import { tagMap, type Invoke, type Invokes } from "../resource";
import type { Properties } from "../values";
import { existing } from "./existing";

const SERVICE = "ec2";

export const filtersOf = (filters: Properties[] = []): Filter[] =>
    filters.map(({ name, values }) => ({ Name: name, Values: values }));

/** Everything that a lookup says of what it looks for; members without a value say nothing. */
const criteria = ({ filters, tags = {} }: Properties, fields: Record<string, unknown> = {}): Filter[] => [
    ...Object.entries(fields).flatMap(([Name, value]) =>
        value === undefined ? [] : [{ Name, Values: [String(value)] }],
    ),
    ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value as string] })),
    ...filtersOf(filters),
];

function only<T>(what: string, found: T[] = []): T {
    if (found.length !== 1) {
        const problem = found.length === 0 ? `no matching ${what} found` : `multiple ${what}s matched`;
        throw new Error(`${problem}; use additional constraints to reduce matches to a single ${what}`);
    }
    return found[0];
}

const getVpc: Invoke = async (aws, args) => {
    const { Vpcs } = await aws.call<DescribeVpcsResult>(SERVICE, "DescribeVpcs", {
        VpcIds: args.id && [args.id],
        Filters: criteria(args, {
            cidr: args.cidrBlock,
            "dhcp-options-id": args.dhcpOptionsId,
            isDefault: args.default || undefined,
            state: args.state,
        }),
    });
    const found = only("EC2 VPC", Vpcs);
    return {
        ...(await existing(aws, "aws:ec2/vpc:Vpc", found.VpcId!)),
        cidrBlockAssociations: (found.CidrBlockAssociationSet ?? []).map((association) => ({
            associationId: association.AssociationId,
            cidrBlock: association.CidrBlock,
            state: association.CidrBlockState?.State,
        })),
        default: found.IsDefault,
        filters: args.filters,
        ipv6CidrBlockAssociations: [],
        state: found.State,
    };
};

const getSubnets: Invoke = async (aws, args) => {
    const { Subnets = [] } = await aws.call<DescribeSubnetsResult>(SERVICE, "DescribeSubnets", {
        Filters: criteria(args),
    });
    return {
        filters: args.filters,
        id: aws.region,
        ids: Subnets.map(({ SubnetId }) => SubnetId),
        region: aws.region,
        tags: args.tags ?? {},
    };
};

const getSecurityGroup: Invoke = async (aws, args) => {
    const { SecurityGroups } = await aws.call<DescribeSecurityGroupsResult>(SERVICE, "DescribeSecurityGroups", {
        GroupIds: args.id && [args.id],
        Filters: criteria(args, { "group-name": args.name, "vpc-id": args.vpcId }),
    });
    const found = only("EC2 Security Group", SecurityGroups);
    return {
        arn: found.SecurityGroupArn,
        description: found.Description,
        filters: args.filters,
        id: found.GroupId,
        name: found.GroupName,
        region: aws.region,
        tags: tagMap(found.Tags),
        vpcId: found.VpcId,
    };
};

const getAvailabilityZones: Invoke = async (aws, args) => {
    const { AvailabilityZones = [] } = await aws.call<DescribeAvailabilityZonesResult>(
        SERVICE,
        "DescribeAvailabilityZones",
        { AllAvailabilityZones: args.allAvailabilityZones, Filters: filtersOf(args.filters) },
    );
    const zones = AvailabilityZones.filter(
        ({ ZoneName = "", ZoneId = "", State }) =>
            !args.excludeNames?.includes(ZoneName) &&
            !args.excludeZoneIds?.includes(ZoneId) &&
            State === (args.state ?? State),
    );
    return {
        ...args,
        groupNames: [...new Set(zones.map(({ GroupName }) => GroupName))],
        id: aws.region,
        names: zones.map(({ ZoneName }) => ZoneName),
        region: aws.region,
        zoneIds: zones.map(({ ZoneId }) => ZoneId),
    };
};

export const networks: Invokes = {
    "aws:ec2/getSecurityGroup:getSecurityGroup": getSecurityGroup,
    "aws:ec2/getSubnets:getSubnets": getSubnets,
    "aws:ec2/getVpc:getVpc": getVpc,
    "aws:index/getAvailabilityZones:getAvailabilityZones": getAvailabilityZones,
};
