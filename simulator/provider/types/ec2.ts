import type {
    AuthorizeSecurityGroupIngressResult,
    CreateSecurityGroupResult,
    CreateSubnetResult,
    CreateVpcResult,
    DescribeNetworkAclsResult,
    DescribeRouteTablesResult,
    DescribeSecurityGroupRulesResult,
    DescribeSecurityGroupsResult,
    DescribeSubnetsResult,
    DescribeVpcAttributeResult,
    DescribeVpcsResult,
    IpPermission,
    SecurityGroup,
    Subnet,
} from "@aws-sdk/client-ec2";
import { orGone, type Client } from "../client";
import { capitalized, fromMembers, toMembers, type Members } from "../members";
import { changed, DESCRIPTION, retag, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import type { Properties } from "../values";

const SERVICE = "ec2";

const specification = (ResourceType: string, tags?: Record<string, string>) =>
    tags && Object.keys(tags).length > 0 ? [{ ResourceType, Tags: tagList(tags) }] : undefined;

const retagged = (aws: Client, before: Properties, args: Properties, id: string) =>
    retag(before, args, {
        tag: (tags) => aws.call(SERVICE, "CreateTags", { Resources: [id], Tags: tagList(tags) }),
        untag: (keys) => aws.call(SERVICE, "DeleteTags", { Resources: [id], Tags: keys.map((Key) => ({ Key })) }),
    });

const filter = (...pairs: [name: string, value: string][]) => ({
    Filters: pairs.map(([Name, value]) => ({ Name, Values: [value] })),
});

async function findVpc(aws: Client, id: string) {
    return (await aws.find<DescribeVpcsResult>(SERVICE, "DescribeVpcs", { VpcIds: [id] }))?.Vpcs?.[0];
}

/** What AWS makes along with a VPC. */
async function companions(aws: Client, vpcId: string): Promise<Properties> {
    const ofVpc: [string, string] = ["vpc-id", vpcId];
    const [acls, tables, groups] = await Promise.all([
        aws.call<DescribeNetworkAclsResult>(SERVICE, "DescribeNetworkAcls", filter(["default", "true"], ofVpc)),
        aws.call<DescribeRouteTablesResult>(
            SERVICE,
            "DescribeRouteTables",
            filter(["association.main", "true"], ofVpc),
        ),
        aws.call<DescribeSecurityGroupsResult>(
            SERVICE,
            "DescribeSecurityGroups",
            filter(["group-name", "default"], ofVpc),
        ),
    ]);
    const mainRouteTableId = tables.RouteTables?.[0]?.RouteTableId ?? "";
    return {
        defaultNetworkAclId: acls.NetworkAcls?.[0]?.NetworkAclId ?? "",
        defaultRouteTableId: mainRouteTableId,
        defaultSecurityGroupId: groups.SecurityGroups?.[0]?.GroupId ?? "",
        mainRouteTableId,
    };
}

async function vpcAttribute(
    aws: Client,
    VpcId: string,
    Attribute: "enableDnsHostnames" | "enableDnsSupport" | "enableNetworkAddressUsageMetrics",
): Promise<boolean> {
    const found = await aws.call<DescribeVpcAttributeResult>(SERVICE, "DescribeVpcAttribute", { VpcId, Attribute });
    const [answer] = [found.EnableDnsHostnames, found.EnableDnsSupport, found.EnableNetworkAddressUsageMetrics].filter(
        (value) => value !== undefined,
    );
    return answer?.Value ?? false;
}

const VPC_ATTRIBUTES = capitalized("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics");

async function setAttributes(aws: Client, members: Members, before: Properties, after: Properties, of: object) {
    const operation = "VpcId" in of ? "ModifyVpcAttribute" : "ModifySubnetAttribute";
    // One attribute in a call.
    for (const key of Object.keys(members).filter((name) => (before[name] ?? false) !== (after[name] ?? false))) {
        await aws.call(SERVICE, operation, { ...of, [members[key]]: { Value: after[key] ?? false } });
    }
}

const vpc: ResourceType = {
    label: "EC2 VPC",
    defaults: { enableDnsSupport: true, instanceTenancy: "default" },
    replaces: ["cidrBlock"],
    notSimulated: [
        "assignGeneratedIpv6CidrBlock",
        "ipv4IpamPoolId",
        "ipv4NetmaskLength",
        "ipv6CidrBlock",
        "ipv6CidrBlockNetworkBorderGroup",
        "ipv6IpamPoolId",
        "ipv6NetmaskLength",
    ],

    async create(aws, args) {
        const { Vpc } = await aws.call<CreateVpcResult>(SERVICE, "CreateVpc", {
            CidrBlock: args.cidrBlock,
            InstanceTenancy: args.instanceTenancy,
            TagSpecifications: specification("vpc", args.tags),
        });
        return Vpc!.VpcId!;
    },

    async settle(aws, id, args) {
        await aws.until(`EC2 VPC (${id}) to become available`, async () =>
            (await findVpc(aws, id))?.State === "available" ? true : undefined,
        );
        await setAttributes(aws, VPC_ATTRIBUTES, { enableDnsSupport: true }, args, { VpcId: id });
    },

    async read(aws, id) {
        const found = await findVpc(aws, id);
        return (
            found && {
                ...(await companions(aws, id)),
                arn: aws.arn("ec2", `vpc/${id}`, { accountId: found.OwnerId }),
                assignGeneratedIpv6CidrBlock: false,
                cidrBlock: found.CidrBlock,
                dhcpOptionsId: found.DhcpOptionsId ?? "",
                enableDnsHostnames: await vpcAttribute(aws, id, "enableDnsHostnames"),
                enableDnsSupport: await vpcAttribute(aws, id, "enableDnsSupport"),
                enableNetworkAddressUsageMetrics: await vpcAttribute(aws, id, "enableNetworkAddressUsageMetrics"),
                instanceTenancy: found.InstanceTenancy ?? "default",
                ipv6AssociationId: "",
                ipv6CidrBlock: "",
                ipv6CidrBlockNetworkBorderGroup: "",
                ownerId: found.OwnerId,
                tagsAll: tagMap(found.Tags),
            }
        );
    },

    async update(aws, id, args, before) {
        await setAttributes(aws, VPC_ATTRIBUTES, before, args, { VpcId: id });
        if (changed(before, args, "instanceTenancy")) {
            await aws.call(SERVICE, "ModifyVpcTenancy", { VpcId: id, InstanceTenancy: args.instanceTenancy });
        }
        await retagged(aws, before, args, id);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteVpc", { VpcId: id }));
    },
};

const SUBNET: Members = capitalized(
    "assignIpv6AddressOnCreation",
    "availabilityZone",
    "availabilityZoneId",
    "cidrBlock",
    "enableDns64",
    "ipv6Native",
    "mapPublicIpOnLaunch",
    "ownerId",
    "vpcId",
);

const SUBNET_ATTRIBUTES = capitalized("enableDns64", "mapPublicIpOnLaunch");

async function findSubnet(aws: Client, id: string): Promise<Subnet | undefined> {
    return (await aws.find<DescribeSubnetsResult>(SERVICE, "DescribeSubnets", { SubnetIds: [id] }))?.Subnets?.[0];
}

const subnet: ResourceType = {
    label: "EC2 Subnet",
    replaces: ["availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"],
    notSimulated: [
        "assignIpv6AddressOnCreation",
        "customerOwnedIpv4Pool",
        "enableLniAtDeviceIndex",
        "enableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch",
        "ipv4IpamPoolId",
        "ipv4NetmaskLength",
        "ipv6CidrBlock",
        "ipv6IpamPoolId",
        "ipv6Native",
        "ipv6NetmaskLength",
        "mapCustomerOwnedIpOnLaunch",
        "outpostArn",
        "privateDnsHostnameTypeOnLaunch",
    ],

    async create(aws, args) {
        const { Subnet: made } = await aws.call<CreateSubnetResult>(SERVICE, "CreateSubnet", {
            ...toMembers(capitalized("availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"), args),
            TagSpecifications: specification("subnet", args.tags),
        });
        return made!.SubnetId!;
    },

    async settle(aws, id, args) {
        await aws.until(`EC2 Subnet (${id}) to become available`, async () =>
            (await findSubnet(aws, id))?.State === "available" ? true : undefined,
        );
        await setAttributes(aws, SUBNET_ATTRIBUTES, {}, args, { SubnetId: id });
    },

    async read(aws, id) {
        const found = await findSubnet(aws, id);
        return (
            found && {
                ...fromMembers(SUBNET, found, { availabilityZoneId: "" }),
                arn: found.SubnetArn,
                ipv6CidrBlock: "",
                ipv6CidrBlockAssociationId: "",
                privateDnsHostnameTypeOnLaunch: found.PrivateDnsNameOptionsOnLaunch?.HostnameType ?? "ip-name",
                tagsAll: tagMap(found.Tags),
            }
        );
    },

    async update(aws, id, args, before) {
        await setAttributes(aws, SUBNET_ATTRIBUTES, before, args, { SubnetId: id });
        await retagged(aws, before, args, id);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteSubnet", { SubnetId: id }));
    },
};

const EVERYTHING: IpPermission = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

function permission(rule: Properties, GroupId: string): IpPermission {
    const Description = rule.description || undefined;
    const all = rule.protocol === "-1";
    const groups = [...(rule.securityGroups ?? []), ...(rule.self ? [GroupId] : [])];
    return {
        IpProtocol: rule.protocol,
        FromPort: all ? undefined : rule.fromPort,
        ToPort: all ? undefined : rule.toPort,
        IpRanges: rule.cidrBlocks?.map((CidrIp: string) => ({ CidrIp, Description })),
        Ipv6Ranges: rule.ipv6CidrBlocks?.map((CidrIpv6: string) => ({ CidrIpv6, Description })),
        PrefixListIds: rule.prefixListIds?.map((PrefixListId: string) => ({ PrefixListId, Description })),
        UserIdGroupPairs: groups.length > 0 ? groups.map((id) => ({ GroupId: id, Description })) : undefined,
    };
}

/** AWS puts together what has the same protocol and ports: one rule is read for each of them. */
function ruleStates(permissions: IpPermission[] = [], groupId: string): Properties[] {
    return permissions.map((found) => {
        const ranges = [found.IpRanges, found.Ipv6Ranges, found.PrefixListIds, found.UserIdGroupPairs];
        const groups = (found.UserIdGroupPairs ?? []).map((pair) => pair.GroupId);
        return {
            cidrBlocks: (found.IpRanges ?? []).map((range) => range.CidrIp),
            description: ranges.flatMap((range) => range ?? []).find((range) => range.Description)?.Description ?? "",
            fromPort: found.FromPort ?? 0,
            ipv6CidrBlocks: (found.Ipv6Ranges ?? []).map((range) => range.CidrIpv6),
            prefixListIds: (found.PrefixListIds ?? []).map((range) => range.PrefixListId),
            protocol: found.IpProtocol,
            securityGroups: groups.filter((id) => id !== groupId),
            self: groups.includes(groupId),
            toPort: found.ToPort ?? 0,
        };
    });
}

const directions = { ingress: "Ingress", egress: "Egress" } as const;

/** Takes away the rules that the program no longer gives, then adds the new ones. */
async function setRules(aws: Client, GroupId: string, before: Properties, after: Properties): Promise<void> {
    for (const [key, direction] of Object.entries(directions)) {
        const [old, wanted] = [before[key] ?? [], after[key] ?? []].map((rules: Properties[]) =>
            rules.map((rule) => permission(rule, GroupId)),
        );
        const texts = (permissions: IpPermission[]) => permissions.map((given) => JSON.stringify(given));
        const revoked = old.filter((given) => !texts(wanted).includes(JSON.stringify(given)));
        const added = wanted.filter((given) => !texts(old).includes(JSON.stringify(given)));
        if (revoked.length > 0) {
            const input = { GroupId, IpPermissions: revoked };
            await orGone(aws.call(SERVICE, `RevokeSecurityGroup${direction}`, input));
        }
        if (added.length > 0) {
            await aws.call(SERVICE, `AuthorizeSecurityGroup${direction}`, { GroupId, IpPermissions: added });
        }
    }
}

async function findGroup(aws: Client, id: string): Promise<SecurityGroup | undefined> {
    const input = { GroupIds: [id] };
    return (await aws.find<DescribeSecurityGroupsResult>(SERVICE, "DescribeSecurityGroups", input))
        ?.SecurityGroups?.[0];
}

async function defaultVpc(aws: Client): Promise<string | undefined> {
    const { Vpcs } = await aws.call<DescribeVpcsResult>(SERVICE, "DescribeVpcs", filter(["is-default", "true"]));
    return Vpcs?.[0]?.VpcId;
}

const securityGroup: ResourceType = {
    label: "EC2 Security Group",
    autoname: { property: "name", max: 255 },
    defaults: { description: DESCRIPTION, revokeRulesOnDelete: false },
    replaces: ["description", "name", "namePrefix", "vpcId"],
    sets: ["egress", "ingress"],

    async create(aws, args) {
        const { GroupId } = await aws.call<CreateSecurityGroupResult>(SERVICE, "CreateSecurityGroup", {
            GroupName: args.name,
            Description: args.description,
            VpcId: args.vpcId ?? (await defaultVpc(aws)),
            TagSpecifications: specification("security-group", args.tags),
        });
        return GroupId!;
    },

    async settle(aws, id, args) {
        // AWS lets a new group reach everything; the provider does not.
        await aws.call(SERVICE, "RevokeSecurityGroupEgress", { GroupId: id, IpPermissions: [EVERYTHING] });
        await setRules(aws, id, {}, args);
    },

    async read(aws, id, state) {
        const found = await findGroup(aws, id);
        return (
            found && {
                arn: found.SecurityGroupArn ?? aws.arn("ec2", `security-group/${id}`),
                description: found.Description,
                egress: ruleStates(found.IpPermissionsEgress, id),
                ingress: ruleStates(found.IpPermissions, id),
                name: found.GroupName,
                namePrefix: state.namePrefix ?? "",
                ownerId: found.OwnerId,
                tagsAll: tagMap(found.Tags),
                vpcId: found.VpcId ?? "",
            }
        );
    },

    async update(aws, id, args, before) {
        await setRules(aws, id, before, args);
        await retagged(aws, before, args, id);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteSecurityGroup", { GroupId: id }));
    },
};

const RULE: Members = {
    ...capitalized("cidrIpv4", "cidrIpv6", "description", "fromPort", "ipProtocol", "prefixListId", "toPort"),
};

/** A rule as a permission of its own. */
const rulePermission = (args: Properties): IpPermission => ({
    IpProtocol: args.ipProtocol,
    FromPort: args.fromPort,
    ToPort: args.toPort,
    IpRanges: args.cidrIpv4 && [{ CidrIp: args.cidrIpv4, Description: args.description }],
    Ipv6Ranges: args.cidrIpv6 && [{ CidrIpv6: args.cidrIpv6, Description: args.description }],
    PrefixListIds: args.prefixListId && [{ PrefixListId: args.prefixListId, Description: args.description }],
    UserIdGroupPairs: args.referencedSecurityGroupId && [
        { GroupId: args.referencedSecurityGroupId, Description: args.description },
    ],
});

function ruleType(label: string, direction: "Ingress" | "Egress"): ResourceType {
    const find = async (aws: Client, id: string) => {
        const input = { SecurityGroupRuleIds: [id] };
        const answer = await aws.find<DescribeSecurityGroupRulesResult>(SERVICE, "DescribeSecurityGroupRules", input);
        return answer?.SecurityGroupRules?.[0];
    };
    return {
        label,
        replaces: ["securityGroupId"],

        async create(aws, args) {
            const { SecurityGroupRules } = await aws.call<AuthorizeSecurityGroupIngressResult>(
                SERVICE,
                `AuthorizeSecurityGroup${direction}`,
                {
                    GroupId: args.securityGroupId,
                    IpPermissions: [rulePermission(args)],
                    TagSpecifications: specification("security-group-rule", args.tags),
                },
            );
            return SecurityGroupRules![0].SecurityGroupRuleId!;
        },

        async read(aws, id) {
            const found = await find(aws, id);
            const all = found?.IpProtocol === "-1";
            return (
                found && {
                    ...fromMembers(RULE, found),
                    ...(all && { fromPort: undefined, toPort: undefined }),
                    arn: found.SecurityGroupRuleArn ?? aws.arn("ec2", `security-group-rule/${id}`),
                    referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
                    securityGroupId: found.GroupId,
                    securityGroupRuleId: id,
                    tagsAll: tagMap(found.Tags),
                }
            );
        },

        async update(aws, id, args, before, { securityGroupId: GroupId }) {
            if (changed(before, args, ...Object.keys(RULE), "referencedSecurityGroupId")) {
                const SecurityGroupRule = {
                    ...toMembers(RULE, args),
                    ReferencedGroupId: args.referencedSecurityGroupId,
                };
                await aws.call(SERVICE, "ModifySecurityGroupRules", {
                    GroupId,
                    SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule }],
                });
            }
            await retagged(aws, before, args, id);
        },

        async delete(aws, id, { securityGroupId: GroupId }) {
            const input = { GroupId, SecurityGroupRuleIds: [id] };
            await orGone(aws.call(SERVICE, `RevokeSecurityGroup${direction}`, input));
        },
    };
}

export const ec2: ResourceTypes = {
    "aws:ec2/securityGroup:SecurityGroup": securityGroup,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/vpc:Vpc": vpc,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ruleType("VPC Security Group Egress Rule", "Egress"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ruleType("VPC Security Group Ingress Rule", "Ingress"),
};
