import * as pulumi from "@pulumi/pulumi";
import { getSessionContextOutput } from "@pulumi/aws/iam/getSessionContext";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { Domain } from "@pulumi/aws/opensearch/domain";
import { ServerlessCollection } from "@pulumi/aws/opensearch/serverlessCollection";

import { InvalidArgument, modelInstructions, type SearchKind } from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { derived } from "../checked";
import { AcceptedPipeline, type AcceptedPipelineArgs } from "./accepted-pipeline";
import {
    declaredCollection,
    existingCollection,
    newCollection,
    type ExistingCollection,
    type NewCollectionArgs,
} from "./search-collection";
import { declaredDomain, existingDomain, newDomain, type ExistingDomain, type NewDomainArgs } from "./search-domain";
import type { SearchPlace } from "./search-place";

/** No argument of `T`: something else has settled what they say. */
type None<T> = { [argument in keyof T]?: never };

/** A domain that is made here. */
export interface NewDomainTargetArgs extends NewDomainArgs {
    /** A managed domain: nodes of its own. */
    kind: "domain";
    /** Not for one that is made here. */
    domain?: never;
}

/** A domain that exists, in this program or elsewhere. */
export interface ExistingDomainTargetArgs extends None<NewDomainArgs> {
    /** A managed domain: nodes of its own. */
    kind: "domain";
    /** The domain. One of the program must not declare `accessPolicies`, which would take away what pipelines are given. */
    domain: Domain | pulumi.Input<ExistingDomain>;
}

interface CollectionTargetArgs {
    /** A serverless collection. */
    kind: "collection";
    /**
     * Who makes the indexes and may look at them: roles and users in the collection's data-access policies, beside the pipelines.
     *
     * @default whoever deploys
     */
    indexAdministrators?: pulumi.Input<string>[];
}

/** A collection that is made here. */
export interface NewCollectionTargetArgs extends CollectionTargetArgs, NewCollectionArgs {
    /** Not for one that is made here. */
    collection?: never;
}

/** A collection that exists, in this program or elsewhere. */
export interface ExistingCollectionTargetArgs extends CollectionTargetArgs, None<NewCollectionArgs> {
    /** The collection. */
    collection: ServerlessCollection | pulumi.Input<ExistingCollection>;
}

/** Arguments of {@link SearchTarget}. */
export type SearchTargetArgs =
    NewDomainTargetArgs | ExistingDomainTargetArgs | NewCollectionTargetArgs | ExistingCollectionTargetArgs;

/**
 * Where documents can be searched: a managed domain or a serverless collection, made here or there already, as the target of many pipelines. Each
 * pipeline's role is let in by itself: a statement's member in a domain's access policy, beside everybody else's; a data-access policy
 * of its own in a collection.
 *
 * A domain that is made here is encrypted at rest, between nodes and on the way, and nobody may enter it whom no policy names. Destroying the stack
 * keeps a domain or a collection that was made here, with its indexes, and with its cost: `onDestroy: "delete"` lets it go. The next `pulumi up` would make
 * another by the same name, and AWS answers that there is one already: give the one that was kept as `domain` or as `collection`, as another stack does below.
 *
 * @example
 * ```ts
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const search = new zeroetl.SearchTarget("catalog", { kind: "domain", instanceType: "m7g.large.search" });
 * const profiles = new zeroetl.SearchTarget("profiles", { kind: "collection" });
 * export const endpoints = [search.endpoint, profiles.endpoint];
 * ```
 *
 * @example In another stack
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * // There: export const search = catalog.reference();
 * const domain = new pulumi.StackReference("acme/search/prod").requireOutput("search");
 * export const search = new zeroetl.SearchTarget("catalog", { kind: "domain", domain });
 * ```
 */
export class SearchTarget extends pulumi.ComponentResource {
    /** What it is. */
    readonly kind: SearchKind;
    /** The domain's or the collection's ARN. */
    readonly arn: pulumi.Output<string>;
    /** The domain's or the collection's name. */
    readonly name: pulumi.Output<string>;
    /** Where searches go: `https://…`. */
    readonly endpoint: pulumi.Output<string>;
    /** The Region of it and of all pipelines into it. Known at preview. */
    readonly region: pulumi.Output<string>;
    /** @internal */
    readonly place: SearchPlace;
    private readonly indexAdministrators: pulumi.Input<string>[];

    constructor(name: string, args: SearchTargetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:SearchTarget", name, {}, opts);
        this.place = args.kind === "domain" ? domainOf(this, name, args) : collectionOf(this, name, args);
        this.indexAdministrators = args.kind === "domain" ? [] : (args.indexAdministrators ?? [deployer(this)]);
        this.kind = args.kind;
        this.arn = this.place.arn;
        this.name = this.place.name;
        this.endpoint = this.place.endpoint;
        this.region = accountOf(this).region;
        this.registerOutputs({ arn: this.arn, name: this.name, endpoint: this.endpoint });
    }

    /**
     * Lets a pipeline's role write to its indexes. Pipelines of this package call this by themselves; it is for a pipeline that something
     * else declares.
     */
    accept(name: string, args: AcceptedPipelineArgs, opts?: pulumi.ComponentResourceOptions): AcceptedPipeline {
        const { place, indexAdministrators } = this;
        return new AcceptedPipeline(name, { place, indexAdministrators }, args, { parent: this, ...opts });
    }

    /**
     * What has to be done in a domain before documents can be searched by meaning, in words: its connector to a model of Amazon Bedrock. The role is the
     * connector's, which invokes the model; it trusts `opensearchservice`. The last answer is the `modelId` of an index's `semanticSearch`.
     */
    modelInstructions(args: {
        connectorRoleArn: pulumi.Input<string>;
        bedrockModelId?: string;
    }): pulumi.Output<string> {
        if (this.kind === "collection") {
            throw new InvalidArgument(
                "kind",
                "A collection has models of its own",
                "Give a field of the mapping as requirements.enrichedText()",
            );
        }
        return derived(
            pulumi.all([this.endpoint, args.connectorRoleArn, this.region]),
            ([endpoint, connectorRoleArn, region]) =>
                modelInstructions({ endpoint, connectorRoleArn, region, bedrockModelId: args.bedrockModelId }),
        );
    }

    /** What another stack needs for a SearchTarget of the same domain or collection: give it as `domain` or as `collection` there. Export it. */
    reference(): pulumi.Output<SearchTargetReference> {
        return pulumi.output(this.place) as pulumi.Output<SearchTargetReference>;
    }
}

/** A domain or a collection as plain values, for programs in other stacks: see {@link SearchTarget.reference}. */
export type SearchTargetReference = ExistingDomain | ExistingCollection;

function domainOf(
    parent: SearchTarget,
    name: string,
    args: NewDomainTargetArgs | ExistingDomainTargetArgs,
): SearchPlace {
    if (args.domain === undefined) {
        return newDomain(parent, name, args);
    }
    return Domain.isInstance(args.domain) ? declaredDomain(args.domain) : existingDomain(args.domain);
}

function collectionOf(
    parent: SearchTarget,
    name: string,
    args: NewCollectionTargetArgs | ExistingCollectionTargetArgs,
): SearchPlace {
    if (args.collection === undefined) {
        return newCollection(parent, name, args);
    }
    return ServerlessCollection.isInstance(args.collection)
        ? declaredCollection(args.collection)
        : existingCollection(args.collection);
}

/** The role or the user behind the credentials: policies know no session of a role. */
function deployer(parent: pulumi.Resource): pulumi.Output<string> {
    const { arn } = getCallerIdentityOutput({}, { parent });
    return getSessionContextOutput({ arn }, { parent }).issuerArn;
}
