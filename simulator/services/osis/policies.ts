import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import type { Context } from "../../world/context";
import type { ResourcePolicy } from "../../world/service";
import { splitArn } from "../../world/context";
import { operationsOn } from "../operations";
import { findByArn, invalid, notFound, OsisState } from "./state";

const MAX_POLICY = 204_800;

interface OnResource {
    ResourceArn: string;
}

export const policies = operationsOn("osis", ({ ResourceArn }) => ResourceArn, {
    PutResourcePolicy({ ResourceArn, Policy }: OnResource & { Policy: string }, ctx) {
        const pipeline = findByArn(ctx, ResourceArn);
        if (Policy.length < 2 || Policy.length > MAX_POLICY) {
            throw invalid(`A policy has 2 to ${MAX_POLICY} characters; this one has ${Policy.length}.`);
        }
        try {
            parsePolicy(Policy, "resource");
        } catch (error) {
            throw error instanceof MalformedPolicyError ? invalid(error.message) : error;
        }
        pipeline.policy = Policy;
        return { ResourceArn, Policy };
    },

    GetResourcePolicy({ ResourceArn }: OnResource, ctx) {
        return { ResourceArn, Policy: requirePolicy(ctx, ResourceArn).policy };
    },

    DeleteResourcePolicy({ ResourceArn }: OnResource, ctx) {
        requirePolicy(ctx, ResourceArn).policy = undefined;
    },
});

function requirePolicy(ctx: Context, arn: string) {
    const pipeline = findByArn(ctx, arn);
    if (pipeline.policy === undefined) {
        throw notFound(`No resource policy was found for ${arn}.`);
    }
    return pipeline;
}

/** Who else may use a pipeline. */
export function resourcePolicy(ctx: Context, arn: string): ResourcePolicy | undefined {
    const { accountId, region, resource } = splitArn(arn);
    const pipeline = ctx.state(OsisState, accountId, region).pipelines.get(resource.split("/")[1]);
    return pipeline?.policy === undefined ? undefined : { accountId, document: pipeline.policy };
}
