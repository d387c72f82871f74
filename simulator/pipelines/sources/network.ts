import { BlockList, isIPv4 } from "node:net";
import type { SecurityGroupRule, Subnet } from "@aws-sdk/client-ec2";

import { refusals } from "../../integrations/callers";
import type { Context } from "../../world/context";
import type { SourceProblem, SourceReader } from "../source";
import { asProblem } from "./problem";

/** Where a database listens. */
export interface Listener {
    /** as the messages call it */
    name: string;
    port: number;
    vpcId?: string;
    subnetIds: string[];
    /** none stands for the VPC's default group, as in RDS */
    securityGroupIds: string[];
}

/** What keeps the pipeline from the database's port: its own VPC attachment, and both sides' security groups. */
export async function networkProblems(reader: SourceReader, listener: Listener): Promise<SourceProblem[]> {
    const { vpc, role } = reader;
    if (!vpc?.attachmentCidr) {
        return [
            {
                code: "ValidationException",
                message: `The source ${listener.name} is in a VPC: vpcAttachmentOptions is a required parameter for it.`,
            },
        ];
    }
    const refused = attachmentRefusals(role, vpc);
    if (refused.length > 0) {
        return refused;
    }
    const owner = role.world.administrator(role.accountId, role.region);
    const [mine, theirs] = await Promise.all([
        endpointOf(owner, vpc.subnetIds, vpc.securityGroupIds),
        endpointOf(owner, listener.subnetIds, listener.securityGroupIds, listener.vpcId),
    ]);
    if (mine.vpcId !== theirs.vpcId) {
        return [unreachable(listener, `the pipeline is attached to ${mine.vpcId}, the database is in ${theirs.vpcId}`)];
    }
    const { port } = listener;
    const [outbound, inbound] = [
        (await rulesOf(owner, mine.groups)).some((rule) => rule.IsEgress && admits(rule, port, theirs)),
        (await rulesOf(owner, theirs.groups)).some((rule) => !rule.IsEgress && admits(rule, port, mine)),
    ];
    return [
        ...(inbound
            ? []
            : [
                  unreachable(
                      listener,
                      `no inbound rule of ${theirs.groups.join(", ")} admits ${mine.groups.join(", ")} on port ${port}`,
                  ),
              ]),
        ...(outbound
            ? []
            : [unreachable(listener, `no outbound rule of ${mine.groups.join(", ")} leads to port ${port}`)]),
    ];
}

const unreachable = ({ name, port }: Listener, why: string): SourceProblem => ({
    code: "ConnectionTimeout",
    message: `Timed out while connecting to ${name} on port ${port}: ${why}.`,
});

/** What OSIS does as the pipeline's role to attach itself to the VPC. */
function attachmentRefusals(role: Context, vpc: NonNullable<SourceReader["vpc"]>): SourceProblem[] {
    const anInterface = role.arn("ec2", "network-interface/*");
    const made = [
        anInterface,
        ...vpc.subnetIds.map((id) => role.arn("ec2", `subnet/${id}`)),
        ...vpc.securityGroupIds.map((id) => role.arn("ec2", `security-group/${id}`)),
    ];
    return refusals(role, [
        ...["Subnets", "SecurityGroups", "Vpcs", "NetworkInterfaces"].map((what) => ({
            action: `ec2:Describe${what}`,
            resource: "*",
        })),
        ...made.map((resource) => ({ action: "ec2:CreateNetworkInterface", resource })),
        ...[
            "AttachNetworkInterface",
            "CreateNetworkInterfacePermission",
            "DeleteNetworkInterface",
            "DeleteNetworkInterfacePermission",
            "DetachNetworkInterface",
        ].map((action) => ({ action: `ec2:${action}`, resource: anInterface })),
        {
            action: "ec2:CreateTags",
            resource: anInterface,
            context: { "aws:RequestTag/OSISManaged": "true" },
        },
    ]).map(asProblem);
}

/** One end of a connection. */
interface End {
    vpcId?: string;
    groups: string[];
    cidrs: string[];
}

async function endpointOf(owner: Context, SubnetIds: string[], groups: string[], vpcId?: string): Promise<End> {
    const { Subnets } = (await owner.call("ec2", "DescribeSubnets", {
        ...(SubnetIds.length > 0
            ? { SubnetIds }
            : {
                  Filters: [vpcId ? { Name: "vpc-id", Values: [vpcId] } : { Name: "default-for-az", Values: ["true"] }],
              }),
    })) as { Subnets: Subnet[] };
    const end = { vpcId: Subnets[0]?.VpcId, groups, cidrs: Subnets.map(({ CidrBlock }) => CidrBlock!) };
    return groups.length > 0 ? end : { ...end, groups: [await defaultGroup(owner, end.vpcId!)] };
}

async function defaultGroup(owner: Context, vpcId: string): Promise<string> {
    const Filters = [
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "group-name", Values: ["default"] },
    ];
    const { SecurityGroups } = await owner.call("ec2", "DescribeSecurityGroups", { Filters });
    return SecurityGroups[0].GroupId;
}

async function rulesOf(owner: Context, groups: string[]): Promise<SecurityGroupRule[]> {
    const Filters = [{ Name: "group-id", Values: groups }];
    return (await owner.call("ec2", "DescribeSecurityGroupRules", { Filters })).SecurityGroupRules;
}

/** Whether a rule lets traffic of the port pass between its group and the other end. */
function admits(rule: SecurityGroupRule, port: number, other: End): boolean {
    const isAll = rule.IpProtocol === "-1";
    const isPort = rule.IpProtocol === "tcp" && rule.FromPort! <= port && port <= rule.ToPort!;
    const group = rule.ReferencedGroupInfo?.GroupId;
    return (
        (isAll || isPort) &&
        (group !== undefined
            ? other.groups.includes(group)
            : rule.CidrIpv4 !== undefined && other.cidrs.every((cidr) => contains(rule.CidrIpv4!, cidr)))
    );
}

/** Whether one range of addresses lies in another. */
function contains(outer: string, inner: string): boolean {
    const [[network, bits], [address, ownBits]] = [outer.split("/"), inner.split("/")];
    const range = new BlockList();
    range.addSubnet(network!, Number(bits));
    return isIPv4(address!) && Number(ownBits) >= Number(bits) && range.check(address!);
}
