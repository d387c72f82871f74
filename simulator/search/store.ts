import type { Context } from "../world/context";
import type { World } from "../world/world";
import type { Endpoint } from "./endpoint";

/** One line of a bulk request, with what external versioning and routing say. */
export interface BulkAction {
    action: "index" | "create" | "update" | "upsert" | "delete";
    index: string;
    id?: string;
    routing?: string;
    version?: number;
    versionType?: "internal" | "external" | "external_gte";
    document?: Record<string, unknown>;
    /** Ingest pipeline of the cluster. */
    pipeline?: string;
}

/** As OpenSearch answers for each: 200, 201, 400 (mapping conflict), 404, 409 (version conflict), 403. */
export interface BulkResult {
    status: number;
    id: string;
    error?: { type: string; reason: string };
}

/** A domain or a collection as its clients see it, found by the host of its endpoint. */
export interface SearchEndpoint {
    kind: "domain" | "collection";
    arn: string;
    /** Throws AccessDenied (403) where the caller may not: access policy and backend roles of a domain; network and data-access policies of a collection. */
    bulk(caller: Context, actions: BulkAction[]): Promise<BulkResult[]>;
    putIndexTemplate(
        caller: Context,
        name: string,
        template: Record<string, unknown>,
        type: "v1" | "index-template",
    ): Promise<void>;
    indexTemplate(caller: Context, name: string): Promise<Record<string, unknown> | undefined>;
    createIndex(caller: Context, index: string, body?: Record<string, unknown>): Promise<void>;
    hasIndex(caller: Context, index: string): Promise<boolean>;
}

/**
 * `undefined` where nobody has such an endpoint.
 *
 * @param vpcEndpointId the VPC endpoint that its clients come through. @default over the internet
 */
export function findEndpoint(world: World, host: string, vpcEndpointId?: string): SearchEndpoint | undefined {
    return endpointAt(world, host)?.client(vpcEndpointId);
}

export function endpointAt(world: World, host: string): Endpoint | undefined {
    return world.allStates(SearchEndpoints).flatMap(({ byHost }) => byHost.get(host) ?? [])[0];
}

/** The endpoints of a partition, by host. */
export class SearchEndpoints {
    static readonly scope = "partition";
    readonly byHost = new Map<string, Endpoint>();
}
