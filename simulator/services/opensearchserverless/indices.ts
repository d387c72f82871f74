import type * as api from "@aws-sdk/client-opensearchserverless";

import { SearchError } from "../../search/error";
import { isJson, type Json } from "../../search/json";
import { checkLimits, mergeMapping, parseMapping } from "../../search/mapping";
import { changedSettings, nestedSettings, parseChanges } from "../../search/settings";
import type { Context } from "../../world/context";
import { operationsOn } from "../operations";
import { requireData } from "./access";
import { conflict, findCollection, invalid, notFound, type Collection } from "./state";

/** Indices by way of the service's own API: with the same permissions of data access policies as over HTTP. */
export const indices = operationsOn("aoss", ({ id }, ctx) => ctx.arn("aoss", `collection/${id}`), {
    CreateIndex({ id, indexName, indexSchema = {} }: api.CreateIndexRequest, ctx) {
        const { cluster } = permitted(ctx, id!, "CreateIndex", indexName!);
        inItsWords(() => cluster.createIndex(indexName!, schemaOf(indexSchema)));
    },

    GetIndex({ id, indexName }: api.GetIndexRequest, ctx) {
        const { cluster } = permitted(ctx, id!, "DescribeIndex", indexName!);
        const { mapping, settings } = inItsWords(() => cluster.index(indexName!));
        return { indexSchema: { mappings: mapping, settings: nestedSettings(settings) } };
    },

    UpdateIndex({ id, indexName, indexSchema = {} }: api.UpdateIndexRequest, ctx) {
        const { cluster } = permitted(ctx, id!, "UpdateIndex", indexName!);
        inItsWords(() => {
            const index = cluster.index(indexName!);
            const { mappings = {}, settings = {} } = schemaOf(indexSchema);
            const merged = mergeMapping(index.mapping, parseMapping(mappings));
            const changed = changedSettings(index.settings, parseChanges(settings));
            checkLimits(merged, changed);
            Object.assign(index, { mapping: merged, settings: changed });
        });
    },

    DeleteIndex({ id, indexName }: api.DeleteIndexRequest, ctx) {
        const { cluster } = permitted(ctx, id!, "DeleteIndex", indexName!);
        inItsWords(() => cluster.index(indexName!));
        cluster.indices.delete(indexName!);
    },
});

function permitted(ctx: Context, id: string, permission: string, indexName: string): Collection {
    const collection = findCollection(ctx, id);
    requireData(ctx, collection, permission, indexName);
    if (collection.detail.status !== "ACTIVE") {
        throw conflict(`Collection ${id} is ${collection.detail.status}: try again later.`);
    }
    return collection;
}

function schemaOf(schema: unknown): Json {
    if (!isJson(schema)) {
        throw invalid("The index schema must be an object with mappings and settings.");
    }
    return schema;
}

/** OpenSearch's refusals as errors of the service. */
function inItsWords<T>(action: () => T): T {
    try {
        return action();
    } catch (error) {
        if (!(error instanceof SearchError)) {
            throw error;
        }
        throw error.status === 404
            ? notFound(error.message)
            : error.code === "resource_already_exists_exception"
              ? conflict(error.message)
              : invalid(error.message);
    }
}
