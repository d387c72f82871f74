import type { Cluster } from "../cluster";
import type { SearchIndex } from "../documents";
import type { Gate } from "../gate";
import type { Json } from "../json";
import type { SecurityUser } from "../security";

/** A request of OpenSearch's REST API. */
export interface SearchRequest {
    method: string;
    /** percent-encoded, without the query */
    path: string;
    query: Record<string, string>;
    body: string;
}

export interface SearchResponse {
    status: number;
    body: unknown;
}

/** A request that found its route. */
export interface Call {
    cluster: Cluster;
    gate: Gate;
    /** Where there is fine-grained access control. */
    user?: SecurityUser;
    /** the variable parts of the path */
    path: Record<string, string>;
    query: Record<string, string>;
    body: string;
}

export interface Route {
    methods: string[];
    /** `/{index}/_doc/{id}` */
    path: string;
    /** Not of collections. */
    domainOnly?: boolean;
    answer(call: Call): SearchResponse | Json | unknown[] | string;
}

/** The indices that a path names, all of them if it names none: for a caller who may do that with each. */
export function indicesOf({ cluster, gate, path: { index = "_all" } }: Call, action: string): SearchIndex[] {
    for (const part of index.split(",")) {
        gate.check(action, part === "_all" ? "*" : part);
    }
    return cluster.resolve(index);
}

/** What is answered to most of what changes something. */
export const OK = { acknowledged: true };
