import type { Context } from "../world/context";
import { bulkBody } from "./bulk";
import type { Cluster } from "./cluster";
import type { BulkAction } from "./documents";
import { SearchError } from "./error";
import type { Json } from "./json";
import type { SearchRequest, SearchResponse } from "./rest/route";

/** What reaches the data of a domain or a collection: a request, and the way that it comes. */
export interface DataRequest extends SearchRequest {
    /** of the endpoint */
    host: string;
    /** Through a VPC endpoint. @default over the internet */
    vpcEndpointId?: string;
    /** Who asks, where no key has signed. */
    login?: { name: string; password: string };
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

/** The door of a domain or a collection to its data. */
export class Endpoint {
    constructor(
        readonly kind: "domain" | "collection",
        readonly arn: string,
        readonly host: string,
        readonly region: string,
        readonly cluster: Cluster,
    ) {}

    /** Of a domain in a VPC, which nobody reaches from outside. */
    get isPrivate(): boolean {
        return this.kind === "domain" && this.host.startsWith("vpc-");
    }

    /** The service that answers, as signatures name it. */
    get service(): "es" | "aoss" {
        return this.kind === "domain" ? "es" : "aoss";
    }

    /** As the caller, with all checks and in the log of requests. */
    async request(ctx: Context, request: Omit<DataRequest, "host">): Promise<SearchResponse> {
        const { method } = request;
        // As IAM calls what is done: by the method for domains, all the same for collections.
        const operation =
            this.kind === "domain" ? `ESHttp${method[0]}${method.slice(1).toLowerCase()}` : "APIAccessAll";
        const input: DataRequest = { ...request, host: this.host };
        return (await ctx.world.invoke(ctx, this.service, operation, input)) as SearchResponse;
    }

    /** The same for those inside the world, who write no HTTP. */
    client(vpcEndpointId?: string): SearchEndpoint {
        const { kind, arn } = this;
        const send = (caller: Context, method: string, path: string, body: Json | string = "") =>
            this.request(caller.as(caller.caller, this.region), {
                method,
                path,
                query: {},
                body: typeof body === "string" ? body : JSON.stringify(body),
                vpcEndpointId,
            });
        return {
            kind,
            arn,

            async bulk(caller, actions) {
                const { body } = await send(caller, "POST", "/_bulk", bulkBody(actions));
                return (body as { items: Json[] }).items.map((item) => resultOf(Object.values(item)[0] as BulkAnswer));
            },

            async putIndexTemplate(caller, name, template, type) {
                await send(caller, "PUT", templatePath(name, type), template);
            },

            async indexTemplate(caller, name) {
                const found = await send(caller, "GET", templatePath(name, "index-template")).catch(orMissing);
                if (found) {
                    return (found.body as { index_templates: { index_template: Json }[] }).index_templates[0]
                        .index_template;
                }
                const legacy = await send(caller, "GET", templatePath(name, "v1"));
                return (legacy.body as Record<string, Json>)[name];
            },

            async createIndex(caller, index, body = {}) {
                await send(caller, "PUT", `/${encodeURIComponent(index)}`, body);
            },

            async hasIndex(caller, index) {
                const { status } = await send(caller, "HEAD", `/${encodeURIComponent(index)}`);
                return status === 200;
            },
        };
    }
}

interface BulkAnswer {
    status: number;
    _id: string;
    error?: { type: string; reason: string };
}

const resultOf = ({ status, _id: id, error }: BulkAnswer): BulkResult => ({
    status,
    id,
    ...(error && { error: { type: error.type, reason: error.reason } }),
});

const templatePath = (name: string, type: "v1" | "index-template") =>
    `/${type === "v1" ? "_template" : "_index_template"}/${encodeURIComponent(name)}`;

function orMissing(error: unknown): undefined {
    if (error instanceof SearchError && error.status === 404) {
        return undefined;
    }
    throw error;
}
