import type { CapacityLimits, CollectionDetail, VpcEndpointDetail } from "@aws-sdk/client-opensearchserverless";

import type { Cluster } from "../../search/cluster";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";

/** What OpenSearch Serverless keeps in an account and Region. */
export class CollectionsState {
    /** by id */
    readonly collections = new Map<string, Collection>();
    /** by kind, type and name: `security/network/shop` */
    readonly policies = new Map<string, Policy>();
    /** by id */
    readonly vpcEndpoints = new Map<string, VpcEndpointDetail>();
    /** by ARN */
    readonly tags = new Map<string, Map<string, string>>();
    capacityLimits: CapacityLimits = { maxIndexingCapacityInOCU: 10, maxSearchCapacityInOCU: 10 };
}

export type PolicyType = "encryption" | "network" | "data" | "retention";

/** A policy for collections whose names fit its rules, now or later. */
export interface Policy {
    type: PolicyType;
    name: string;
    policyVersion: string;
    description: string;
    policy: unknown;
    createdDate: number;
    lastModifiedDate: number;
}

export interface Collection {
    detail: CollectionDetail & { id: string; name: string; arn: string };
    cluster: Cluster;
}

export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message, 404);
export const conflict = (message: string) => new AwsError("ConflictException", message, 409);
export const invalid = (message: string) => new AwsError("ValidationException", message);

export function findCollection(ctx: Context, id: string): Collection {
    const collection = ctx.state(CollectionsState).collections.get(id);
    if (!collection) {
        throw notFound(`Collection with ID ${id} cannot be found.`);
    }
    return collection;
}

/** Does what AWS takes its time for. */
export function later(ctx: Context, ms: number, task: () => void): void {
    ctx.world.clock.schedule(ctx.world.duration("aoss", ms), task);
}

/** Names of policies and VPC endpoints. */
export function checkName(kind: string, name: string): void {
    if (!/^[a-z][a-z0-9-]{2,31}$/.test(name)) {
        throw invalid(
            `${kind} name ${name} must start with a lowercase letter and have 3 to 32 lowercase letters, digits and hyphens.`,
        );
    }
}
