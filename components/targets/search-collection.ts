import * as pulumi from "@pulumi/pulumi";
import { ServerlessCollection, type ServerlessCollectionArgs } from "@pulumi/aws/opensearch/serverlessCollection";
import {
    ServerlessSecurityPolicy,
    type ServerlessSecurityPolicyArgs,
} from "@pulumi/aws/opensearch/serverlessSecurityPolicy";

import {
    collectionEncryptionPolicy,
    collectionNetworkPolicy,
    deriveCollectionName,
    endpointUrl,
    searchNameProblems,
    type CollectionType,
} from "../../sdk/requirements";
import { checked, derived } from "../checked";
import { nameParts } from "../names";
import { transformed, type Transform } from "../transform";
import type { SearchCollection } from "./search-place";

/** A collection that is declared elsewhere: what another stack exports of `reference()`. */
export interface ExistingCollection {
    /** `arn:aws:aoss:region:account:collection/id` */
    arn: string;
    /** The collection's own id. */
    id: string;
    /** `https://id.region.aoss.amazonaws.com` */
    endpoint: string;
    /** The collection's name, which policies are about. */
    name: string;
    /** What it is for; AWS keeps no ids of documents in `TIMESERIES`. @default "SEARCH" */
    type?: CollectionType;
    /** Whether its network policies let nobody in but endpoints of VPCs: then pipelines need a `vpc`. @default false */
    isPrivate?: boolean;
}

/** What a collection that is made here is made of. */
export interface NewCollectionArgs {
    /** 3–32 lower-case letters, digits and hyphens, a letter first. Another name makes another collection. @default `project-stack-name`, shortened where needed */
    collectionName?: pulumi.Input<string>;
    /**
     * What it is for. `"VECTORSEARCH"` where an index has k-NN fields for semantic search. `"TIMESERIES"` takes no ids of documents: nothing is
     * updated or deleted there. Another type makes another collection.
     *
     * @default "SEARCH"
     */
    type?: CollectionType;
    /** Whether it goes on when an Availability Zone fails, for twice the units. Fixed once the collection exists. @default true */
    standbyReplicas?: boolean;
    /** A customer managed key for the data. Fixed once the collection exists. @default a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * The endpoints of VPCs (`aws.opensearch.ServerlessVpcEndpoint`) through which it can be reached, and no other way; pipelines get an endpoint of
     * their own.
     *
     * @default - it can be reached from everywhere, and answers signed requests of those whom a data-access policy names
     */
    vpcEndpointIds?: pulumi.Input<string>[];
    /** Tags of the collection. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** What becomes of the collection, all its indexes and its cost when the stack is destroyed. One that was kept is given as `collection` from then on. @default "keep" */
    onDestroy?: "keep" | "delete";
    /** Changes to the children. */
    transform?: {
        collection?: Transform<ServerlessCollectionArgs>;
        encryptionPolicy?: Transform<ServerlessSecurityPolicyArgs>;
        networkPolicy?: Transform<ServerlessSecurityPolicyArgs>;
    };
}

const DEFAULT_TYPE = "SEARCH";

export function newCollection(parent: pulumi.Resource, name: string, args: NewCollectionArgs): SearchCollection {
    const { tags, type = DEFAULT_TYPE, standbyReplicas = true } = args;
    // Policies that stay with it: without them nobody could reach what is kept.
    const child = { parent, retainOnDelete: args.onDestroy !== "delete" };
    const collectionName = checked(args.collectionName ?? deriveCollectionName(nameParts(name)), (value) =>
        searchNameProblems("collectionName", "collection", value),
    );
    const encryption = new ServerlessSecurityPolicy(
        ...transformed(
            args.transform?.encryptionPolicy,
            `${name}-encryption`,
            { name: collectionName, type: "encryption", policy: encryptionPolicy(collectionName, args) },
            child,
        ),
    );
    const network = new ServerlessSecurityPolicy(
        ...transformed(
            args.transform?.networkPolicy,
            `${name}-network`,
            { name: collectionName, type: "network", policy: networkPolicy(collectionName, args) },
            child,
        ),
    );
    const collection = new ServerlessCollection(
        ...transformed(
            args.transform?.collection,
            `${name}-collection`,
            { name: collectionName, type, standbyReplicas: standbyReplicas ? "ENABLED" : "DISABLED", tags },
            // AWS makes no collection without a key.
            { ...child, dependsOn: [encryption, network] },
        ),
    );
    return { ...declaredCollection(collection), isPrivate: pulumi.output(args.vpcEndpointIds !== undefined) };
}

function encryptionPolicy(collection: pulumi.Output<string>, { kmsKeyArn }: NewCollectionArgs): pulumi.Output<string> {
    return derived(pulumi.all([collection, kmsKeyArn ?? null]), ([name, key]) =>
        collectionEncryptionPolicy(name, key ?? undefined),
    );
}

function networkPolicy(
    collection: pulumi.Output<string>,
    { vpcEndpointIds }: NewCollectionArgs,
): pulumi.Output<string> {
    return derived(pulumi.all([collection, vpcEndpointIds ?? null]), ([name, endpoints]) =>
        collectionNetworkPolicy(name, endpoints ? { vpcEndpointIds: endpoints } : { public: true }),
    );
}

/** A collection of the program, whose network policies are not known. */
export function declaredCollection(collection: ServerlessCollection): SearchCollection {
    return {
        kind: "collection",
        arn: collection.arn,
        id: collection.id,
        name: collection.name,
        endpoint: derived(collection.collectionEndpoint, endpointUrl),
        type: collection.type,
        isPrivate: pulumi.output(false),
    };
}

/** A collection of another program. */
export function existingCollection(collection: pulumi.Input<ExistingCollection>): SearchCollection {
    const known = pulumi.output(collection);
    return {
        kind: "collection",
        arn: known.arn,
        id: known.id,
        name: known.name,
        endpoint: derived(known.endpoint, endpointUrl),
        type: derived(known, ({ type }) => type ?? DEFAULT_TYPE),
        isPrivate: derived(known, ({ isPrivate }) => isPrivate ?? false),
    };
}
