import type * as api from "@aws-sdk/client-ec2";

import type { Context } from "../../world/context";
import { chosen, read } from "./listings";
import { found, network, type VpcAttributes } from "./state";

/** What AWS makes along with a VPC has an id like the VPC's. */
const companion = (kind: string, vpcId: string) => vpcId.replace(/^vpc/, kind);

const tables = (ctx: Context): Map<string, api.RouteTable> =>
    companions(ctx, "rtb", (RouteTableId, VpcId) => ({
        RouteTableId,
        VpcId,
        OwnerId: ctx.accountId,
        Associations: [{ Main: true, RouteTableId, RouteTableAssociationId: companion("rtbassoc", VpcId) }],
        Tags: [],
    }));

const acls = (ctx: Context): Map<string, api.NetworkAcl> =>
    companions(ctx, "acl", (NetworkAclId, VpcId) => ({
        NetworkAclId,
        VpcId,
        OwnerId: ctx.accountId,
        IsDefault: true,
        Tags: [],
    }));

function companions<T>(ctx: Context, kind: string, make: (id: string, vpcId: string) => T): Map<string, T> {
    const ids = [...network(ctx).vpcs.keys()].map((vpcId) => [companion(kind, vpcId), vpcId]);
    return new Map(ids.map(([id, vpcId]) => [id, make(id, vpcId)]));
}

/** What is read and set of networks one by one. */
export const attributes = {
    DescribeVpcAttribute: read(({ VpcId, Attribute }: api.DescribeVpcAttributeRequest, ctx) => {
        found(network(ctx).vpcs, VpcId!, "VpcID");
        const member = Attribute![0].toUpperCase() + Attribute!.slice(1);
        return { VpcId, [member]: { Value: network(ctx).vpcAttributes.get(VpcId!)![Attribute!] } };
    }),

    ModifyVpcAttribute: read(({ VpcId, ...change }: api.ModifyVpcAttributeRequest, ctx) => {
        found(network(ctx).vpcs, VpcId!, "VpcID");
        const attributes = network(ctx).vpcAttributes.get(VpcId!)!;
        for (const [member, value] of Object.entries(change)) {
            const name = (member[0].toLowerCase() + member.slice(1)) as keyof VpcAttributes;
            attributes[name] = value?.Value ?? attributes[name];
        }
    }),

    ModifyVpcTenancy: read(({ VpcId, InstanceTenancy }: api.ModifyVpcTenancyRequest, ctx) => {
        found(network(ctx).vpcs, VpcId!, "VpcID").InstanceTenancy = InstanceTenancy;
        return { ReturnValue: true };
    }),

    ModifySubnetAttribute: read(({ SubnetId, ...change }: api.ModifySubnetAttributeRequest, ctx) => {
        const subnet = found(network(ctx).subnets, SubnetId!, "SubnetID");
        subnet.MapPublicIpOnLaunch = change.MapPublicIpOnLaunch?.Value ?? subnet.MapPublicIpOnLaunch;
        subnet.EnableDns64 = change.EnableDns64?.Value ?? subnet.EnableDns64;
    }),

    DescribeRouteTables: read(({ RouteTableIds, Filters }: api.DescribeRouteTablesRequest, ctx) => ({
        RouteTables: chosen(tables(ctx), RouteTableIds, "RouteTableID", Filters, {
            "vpc-id": ({ VpcId }) => VpcId,
            "association.main": () => "true",
        }),
    })),

    DescribeNetworkAcls: read(({ NetworkAclIds, Filters }: api.DescribeNetworkAclsRequest, ctx) => ({
        NetworkAcls: chosen(acls(ctx), NetworkAclIds, "NetworkAclID", Filters, {
            "vpc-id": ({ VpcId }) => VpcId,
            default: ({ IsDefault }) => String(IsDefault),
        }),
    })),
};
