import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";
import type { IndexMappings } from "../requirements/opensearch/index-definition";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** Where an index is: a managed domain, or a collection of OpenSearch Serverless. */
export type IndexTargetArgs =
    | {
          kind: "domain";
          /** The one that AWS gave the domain, with or without `https://`; a custom endpoint is none. */
          endpoint: pulumi.Input<string>;
      }
    | {
          kind: "collection";
          /** The collection's id. */
          collectionId: pulumi.Input<string>;
      }
    | {
          kind: "collection";
          /** The collection's `collectionEndpoint`, which begins with its id. */
          endpoint: pulumi.Input<string>;
      };

/** An ingest pipeline of the domain: what becomes of a document on its way into the index. */
export interface IngestPipelineArgs {
    /** Unique in the domain. */
    name: pulumi.Input<string>;
    /** In OpenSearch's own form, such as `{ processors: [{ text_embedding: { model_id, field_map } }] }`. Changed in place. */
    definition: pulumi.Input<Record<string, unknown>>;
}

/** An index template in place of an index. */
export interface IndexTemplateArgs {
    /** Names of indexes, with `*` for any text. */
    indexPatterns: pulumi.Input<pulumi.Input<string>[]>;
    /** Of several templates that fit a name, the highest counts. @default 0 */
    priority?: pulumi.Input<number>;
}

/** Arguments of {@link OpenSearchIndex}. */
export interface OpenSearchIndexArgs extends DynamicResourceArgs {
    /** The domain or the collection. Another one replaces the index. */
    target: pulumi.Input<IndexTargetArgs>;
    /** At most 255 bytes of lower-case letters, digits, `-`, `_` and `.`; the template's name where there is a `template`. Another one replaces the index. */
    indexName: pulumi.Input<string>;
    /**
     * In OpenSearch's own form: `{ properties: { price: { type: "double" } } }`. New fields are added in place; one that is left out stays in the
     * index. A field's type cannot be changed: that is refused, since it takes a new index and a new export of the source.
     *
     * @default - OpenSearch makes fields of what documents have
     */
    mappings?: pulumi.Input<IndexMappings>;
    /** Such as `{ number_of_shards: 3, refresh_interval: "10s" }`. Those that OpenSearch fixes when it makes the index are refused when they change. @default - OpenSearch's own */
    settings?: pulumi.Input<Record<string, unknown>>;
    /** Domains only. The index sends every document through it (`default_pipeline`). @default - none */
    ingestPipeline?: pulumi.Input<IngestPipelineArgs>;
    /**
     * Domains only. Makes an index template for indexes that come later, such as those that a pipeline names by the day, in place of an
     * index. Changed in place; indexes that are there stay as they are.
     *
     * @default - an index
     */
    template?: pulumi.Input<IndexTemplateArgs>;
    /** Takes over an index of this name with its documents, and an ingest pipeline, that something else made. @default false */
    adoptExisting?: pulumi.Input<boolean>;
    /** How long to wait for OpenSearch. @default "10m" */
    timeout?: pulumi.Input<Duration>;
}

/**
 * An index with its mapping, made before a pipeline writes to it: a pipeline makes none in a collection, and in a domain OpenSearch would
 * guess each field's type by the first document that has it.
 *
 * A dynamic resource, because no provider of AWS has indexes of a domain: OpenSearch's own API makes them, at the domain's endpoint. A
 * domain in a VPC answers only from within. Who runs Pulumi needs `es:ESHttp*` there and, with fine-grained access control, a mapping of
 * their role, since requests are signed and carry no password; in a collection, a data access policy.
 *
 * A refresh finds fields and settings that somebody changed; fields that documents brought are none of its business. Destroying or replacing it
 * deletes the documents: `retainOnDelete` keeps them.
 */
export class OpenSearchIndex extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("OpenSearchIndex");

    /** The name of the index, or of the template. */
    declare readonly indexName: pulumi.Output<string>;
    /** What OpenSearch shows of the definition, as the last update or refresh saw it; settings by their whole names. */
    declare readonly storedDefinition: pulumi.Output<{
        mappings: IndexMappings;
        settings: Record<string, unknown>;
        ingestPipeline?: Record<string, unknown>;
    }>;

    constructor(name: string, args: OpenSearchIndexArgs, opts?: pulumi.CustomResourceOptions) {
        super("OpenSearchIndex", name, args, ["storedDefinition"], opts);
    }
}
