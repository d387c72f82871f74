import { randomBytes } from "node:crypto";
import type * as api from "@aws-sdk/client-opensearchserverless";

import { Cluster } from "../../search/cluster";
import { Endpoint } from "../../search/endpoint";
import { SearchEndpoints } from "../../search/store";
import { minutes } from "../../world/clock";
import type { Context } from "../../world/context";
import { operation } from "../../world/service";
import { operationsOn, pageOf } from "../operations";
import { encryptionKey } from "./access";
import { CollectionsState, conflict, findCollection, invalid, later, type Collection } from "./state";
import { setTags } from "./tags";

const CREATION = minutes(4);
const DELETION = minutes(1);
const PAGE_SIZE = 20;

export const collections = {
    ...operationsOn(
        "aoss",
        () => "*",
        {
            CreateCollection(input: api.CreateCollectionRequest, ctx) {
                const { collections: all } = ctx.state(CollectionsState);
                const name = input.name!;
                if (!/^[a-z][a-z0-9-]{2,63}$/.test(name)) {
                    throw invalid(
                        `Collection name ${name} must start with a lowercase letter and have 3 to 64 lowercase letters, digits and hyphens.`,
                    );
                }
                if ([...all.values()].some(({ detail }) => detail.name === name)) {
                    throw conflict(`Collection with name ${name} already exists`);
                }
                const { aWSOwnedKey, kmsKeyArn = aWSOwnedKey ? "auto" : undefined } = input.encryptionConfig ?? {};
                const key = kmsKeyArn ?? encryptionKey(ctx, name);
                if (key === undefined) {
                    throw invalid(
                        `No matching security policy of encryption type found for collection name: ${name}. Please create security policy of encryption type for this collection.`,
                    );
                }
                const collection = newCollection(ctx, input, key);
                all.set(collection.detail.id, collection);
                setTags(ctx, collection.detail.arn, input.tags);
                later(ctx, CREATION, () => open(ctx, collection));
                return { createCollectionDetail: { ...collection.detail } };
            },

            ListCollections(input: api.ListCollectionsRequest, ctx) {
                const { collectionFilters: { name, status } = {}, maxResults = PAGE_SIZE, nextToken } = input;
                const found = [...ctx.state(CollectionsState).collections.values()]
                    .map(({ detail }) => detail)
                    .filter((each) => (name ?? each.name) === each.name && (status ?? each.status) === each.status);
                const { page, next } = pageOf(found, maxResults, nextToken);
                return {
                    collectionSummaries: page.map(({ id, name, status, arn, kmsKeyArn }) => ({
                        id,
                        name,
                        status,
                        arn,
                        kmsKeyArn,
                    })),
                    nextToken: next,
                };
            },
        },
        ({ name }) => name && { "aoss:collection": name },
    ),

    BatchGetCollection: operation<api.BatchGetCollectionRequest, api.BatchGetCollectionResponse>({
        access(input, ctx) {
            const found = wanted(ctx, input).flatMap(({ collection }) => collection ?? []);
            const checks = found.map(({ detail }) => ({
                action: "aoss:BatchGetCollection",
                resource: detail.arn,
                context: { "aoss:collection": detail.name },
            }));
            return checks.length > 0 ? checks : [{ action: "aoss:BatchGetCollection", resource: "*" }];
        },
        handle(input, ctx) {
            if (!input.ids === !input.names) {
                throw invalid("Provide either names or ids");
            }
            const each = wanted(ctx, input);
            return {
                collectionDetails: each.flatMap(({ collection }) => (collection ? { ...collection.detail } : [])),
                collectionErrorDetails: each
                    .filter(({ collection }) => !collection)
                    .map(({ collection: _, ...asked }) => ({
                        ...asked,
                        errorCode: "NOT_FOUND",
                        errorMessage: "The specified Collection is not found.",
                    })),
            };
        },
    }),

    ...operationsOn(
        "aoss",
        ({ id }, ctx) => ctx.arn("aoss", `collection/${id}`),
        {
            UpdateCollection(input: api.UpdateCollectionRequest, ctx) {
                const { detail } = requireActive(ctx, input.id!);
                const { description = detail.description, deletionProtection = detail.deletionProtection } = input;
                const vectorOptions = input.vectorOptions ?? detail.vectorOptions;
                Object.assign(detail, {
                    description,
                    deletionProtection,
                    vectorOptions,
                    lastModifiedDate: Math.floor(ctx.now),
                });
                return { updateCollectionDetail: { ...detail } };
            },

            DeleteCollection({ id }: api.DeleteCollectionRequest, ctx) {
                const { detail } = requireActive(ctx, id!);
                if (detail.deletionProtection === "ENABLED") {
                    throw conflict(`Collection ${detail.name} has deletion protection.`);
                }
                detail.status = "DELETING";
                ctx.state(SearchEndpoints).byHost.delete(hostOf(detail));
                later(ctx, DELETION, () => {
                    const state = ctx.state(CollectionsState);
                    state.collections.delete(detail.id);
                    state.tags.delete(detail.arn);
                });
                return { deleteCollectionDetail: { id, name: detail.name, status: detail.status } };
            },
        },
        ({ id }, ctx) => {
            const known = ctx.state(CollectionsState).collections.get(id);
            return known && { "aoss:collection": known.detail.name };
        },
    ),
};

function newCollection(ctx: Context, input: api.CreateCollectionRequest, kmsKeyArn: string): Collection {
    const id = Array.from(randomBytes(20), (byte) => (byte % 36).toString(36)).join("");
    const type = input.type ?? "TIMESERIES";
    if (input.collectionGroupName !== undefined) {
        throw invalid(`collectionGroupName ${input.collectionGroupName}: collection groups are not simulated`);
    }
    if (input.vectorOptions && type !== "VECTORSEARCH") {
        throw invalid("Vector options are for collections of type VECTORSEARCH alone.");
    }
    return {
        detail: {
            id,
            name: input.name!,
            arn: ctx.arn("aoss", `collection/${id}`),
            status: "CREATING",
            type,
            description: input.description,
            kmsKeyArn,
            standbyReplicas: input.standbyReplicas ?? "ENABLED",
            deletionProtection: input.deletionProtection ?? "DISABLED",
            vectorOptions: input.vectorOptions,
            createdDate: Math.floor(ctx.now),
            lastModifiedDate: Math.floor(ctx.now),
        },
        cluster: new Cluster({
            now: () => ctx.world.clock.now(),
            serverless: true,
            appendOnly: type === "TIMESERIES",
        }),
    };
}

/** Now it has an address. */
function open(ctx: Context, { detail, cluster }: Collection): void {
    const host = `${detail.id}.${ctx.region}.aoss.${ctx.dnsSuffix}`;
    Object.assign(detail, {
        status: "ACTIVE",
        collectionEndpoint: `https://${host}`,
        dashboardEndpoint: `https://${host}/_dashboards`,
    });
    ctx.state(SearchEndpoints).byHost.set(host, new Endpoint("collection", detail.arn, host, ctx.region, cluster));
}

const hostOf = ({ collectionEndpoint = "" }: api.CollectionDetail) => collectionEndpoint.replace("https://", "");

/** What is asked for by ids or names, with what there is. */
function wanted(ctx: Context, { ids = [], names = [] }: api.BatchGetCollectionRequest) {
    const { collections: all } = ctx.state(CollectionsState);
    const byName = (name: string) => [...all.values()].find(({ detail }) => detail.name === name);
    return [
        ...ids.map((id) => ({ id, collection: all.get(id) })),
        ...names.map((name) => ({ name, collection: byName(name) })),
    ];
}

function requireActive(ctx: Context, id: string): Collection {
    const collection = findCollection(ctx, id);
    if (collection.detail.status !== "ACTIVE") {
        throw conflict(`Collection ${id} is ${collection.detail.status}: try again later.`);
    }
    return collection;
}
