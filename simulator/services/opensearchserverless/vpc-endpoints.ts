import type * as api from "@aws-sdk/client-opensearchserverless";

import { minutes } from "../../world/clock";
import type { Context } from "../../world/context";
import { network, newId } from "../ec2/state";
import { operationsOn, pageOf } from "../operations";
import { checkName, CollectionsState, conflict, invalid, later, notFound } from "./state";

const CREATION = minutes(2);
const DELETION = minutes(1);
const PAGE_SIZE = 20;

/** Ways from a VPC to collections whose network policies name them. */
export const vpcEndpoints = operationsOn("aoss", () => "*", {
    CreateVpcEndpoint(input: api.CreateVpcEndpointRequest, ctx) {
        const { vpcEndpoints: all } = ctx.state(CollectionsState);
        const { name, vpcId, subnetIds, securityGroupIds } = input;
        checkName("VPC endpoint", name!);
        if ([...all.values()].some((each) => each.name === name)) {
            throw conflict(`VPC endpoint with name ${name} already exists`);
        }
        checkPlace(ctx, vpcId!, subnetIds!, securityGroupIds ?? []);
        const id = newId("vpce");
        const detail: api.VpcEndpointDetail = {
            id,
            name,
            vpcId,
            subnetIds,
            securityGroupIds: securityGroupIds ?? [defaultGroup(ctx, vpcId!)],
            status: "PENDING",
            createdDate: Math.floor(ctx.now),
        };
        all.set(id, detail);
        later(ctx, CREATION, () => (detail.status = "ACTIVE"));
        return { createVpcEndpointDetail: { id, name, status: detail.status } };
    },

    BatchGetVpcEndpoint({ ids }: api.BatchGetVpcEndpointRequest, ctx) {
        const { vpcEndpoints: all } = ctx.state(CollectionsState);
        return {
            vpcEndpointDetails: ids!.flatMap((id) => all.get(id) ?? []),
            vpcEndpointErrorDetails: ids!
                .filter((id) => !all.has(id))
                .map((id) => ({
                    id,
                    errorCode: "NOT_FOUND",
                    errorMessage: "The specified VPC endpoint is not found.",
                })),
        };
    },

    ListVpcEndpoints(input: api.ListVpcEndpointsRequest, ctx) {
        const { vpcEndpointFilters: { status: wanted } = {}, maxResults = PAGE_SIZE, nextToken } = input;
        const found = [...ctx.state(CollectionsState).vpcEndpoints.values()];
        const { page, next } = pageOf(
            found.filter(({ status }) => (wanted ?? status) === status),
            maxResults,
            nextToken,
        );
        return {
            vpcEndpointSummaries: page.map(({ id, name, status }) => ({ id, name, status })),
            nextToken: next,
        };
    },

    UpdateVpcEndpoint(input: api.UpdateVpcEndpointRequest, ctx) {
        const detail = find(ctx, input.id!);
        const changed = (old: string[] = [], added: string[] = [], removed: string[] = []) => [
            ...old.filter((id) => !removed.includes(id)),
            ...added,
        ];
        const subnetIds = changed(detail.subnetIds, input.addSubnetIds, input.removeSubnetIds);
        const securityGroupIds = changed(
            detail.securityGroupIds,
            input.addSecurityGroupIds,
            input.removeSecurityGroupIds,
        );
        checkPlace(ctx, detail.vpcId!, subnetIds, securityGroupIds);
        Object.assign(detail, { subnetIds, securityGroupIds });
        const { id, name, status } = detail;
        return {
            UpdateVpcEndpointDetail: {
                id,
                name,
                status,
                subnetIds,
                securityGroupIds,
                lastModifiedDate: Math.floor(ctx.now),
            },
        };
    },

    DeleteVpcEndpoint({ id }: api.DeleteVpcEndpointRequest, ctx) {
        const detail = find(ctx, id!);
        detail.status = "DELETING";
        later(ctx, DELETION, () => ctx.state(CollectionsState).vpcEndpoints.delete(id!));
        return { deleteVpcEndpointDetail: { id, name: detail.name, status: detail.status } };
    },
});

function find(ctx: Context, id: string): api.VpcEndpointDetail {
    const detail = ctx.state(CollectionsState).vpcEndpoints.get(id);
    if (!detail) {
        throw notFound(`VPC endpoint ${id} is not found`);
    }
    return detail;
}

function checkPlace(ctx: Context, vpcId: string, subnetIds: string[], groupIds: string[]): void {
    const { vpcs, subnets, securityGroups } = network(ctx);
    const isThere = (resource: { VpcId?: string } | undefined) => resource?.VpcId === vpcId;
    const foreign = [
        ...subnetIds.filter((id) => !isThere(subnets.get(id))),
        ...groupIds.filter((id) => !isThere(securityGroups.get(id))),
    ];
    if (!vpcs.has(vpcId) || foreign.length > 0) {
        throw invalid(`${foreign[0] ?? vpcId} is not in VPC ${vpcId}`);
    }
}

function defaultGroup(ctx: Context, vpcId: string): string {
    const groups = [...network(ctx).securityGroups.values()];
    return groups.find(({ VpcId, GroupName }) => VpcId === vpcId && GroupName === "default")!.GroupId!;
}
