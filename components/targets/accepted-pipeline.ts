import * as pulumi from "@pulumi/pulumi";
import { ServerlessAccessPolicy } from "@pulumi/aws/opensearch/serverlessAccessPolicy";

import {
    backendRoleMapping,
    collectionAccessPolicy,
    deriveCollectionName,
    domainAccessMember,
    type BackendRoleMapping,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { OpenSearchDomainPolicyMember } from "../../sdk/resources/opensearch-domain-policy-member";
import { derived } from "../checked";
import { nameParts } from "../names";
import type { SearchCollection, SearchDomain, SearchPlace } from "./search-place";

/** A pipeline that a {@link SearchTarget} lets in. */
export interface AcceptedPipelineArgs {
    /** The role that the pipeline writes with. */
    roleArn: pulumi.Input<string>;
    /** The indexes that it writes to; `*` stands for any text. */
    indexes: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Of a domain with fine-grained access control: which of its own roles the pipeline's is mapped to. One with less than the default has the action
     * groups `crud` and `create_index` on the indexes, and `cluster_composite_ops` and `cluster_monitor` on the cluster.
     *
     * @default "all_access"
     */
    securityRole?: pulumi.Input<string>;
}

/** What a target lets pipelines into, and who else comes in. */
interface Accepting {
    place: SearchPlace;
    indexAdministrators: pulumi.Input<string>[];
}

/**
 * The target's half of a pipeline: its role is in the domain's access policy, or in a data-access policy of its own in the collection. Made by
 * {@link SearchTarget.accept}.
 */
export class AcceptedPipeline extends pulumi.ComponentResource {
    /**
     * Where fine-grained access control is on: the request that the domain's master user sends once, so that the pipeline may write; no API of AWS does
     * it. Until then the domain answers 403, and the pipeline tries again. `undefined` where nothing is to be done.
     */
    readonly roleMapping: pulumi.Output<BackendRoleMapping | undefined>;

    /** What lets the role in. */
    readonly admission: OpenSearchDomainPolicyMember | ServerlessAccessPolicy;

    constructor(
        name: string,
        { place, indexAdministrators }: Accepting,
        args: AcceptedPipelineArgs,
        opts: pulumi.ComponentResourceOptions,
    ) {
        super("zeroetl:index:AcceptedPipeline", name, {}, opts);
        if (place.kind === "domain") {
            this.admission = admitToDomain(this, name, place, args);
            this.roleMapping = roleMapping(this, place, args);
        } else {
            this.admission = admitToCollection(this, name, place, { ...args, indexAdministrators });
            this.roleMapping = pulumi.output(undefined);
        }
        this.registerOutputs({ roleMapping: this.roleMapping });
    }
}

function admitToDomain(parent: pulumi.Resource, name: string, domain: SearchDomain, { roleArn }: AcceptedPipelineArgs) {
    return new OpenSearchDomainPolicyMember(
        `${name}-authorized`,
        {
            domainArn: domain.arn,
            members: derived(pulumi.all([domain.arn, roleArn]), ([domainArn, role]) => [
                domainAccessMember({ domainArn, roleArn: role }),
            ]),
            account: accountOf(parent),
        },
        { parent },
    );
}

function admitToCollection(
    parent: pulumi.Resource,
    name: string,
    collection: SearchCollection,
    args: AcceptedPipelineArgs & Pick<Accepting, "indexAdministrators">,
) {
    return new ServerlessAccessPolicy(
        `${name}-access`,
        {
            name: deriveCollectionName(nameParts(name)),
            type: "data",
            policy: derived(
                pulumi.all([collection.name, args.roleArn, args.indexes, args.indexAdministrators]),
                ([collectionName, roleArn, indexes, administratorArns]) =>
                    collectionAccessPolicy(collectionName, [
                        { principalArns: [roleArn], to: "write", indexes },
                        { principalArns: administratorArns, to: "manage", indexes },
                    ]),
            ),
        },
        { parent },
    );
}

/** Told as soon as it is known, and again in the outputs. */
function roleMapping(
    parent: pulumi.Resource,
    domain: SearchDomain,
    args: AcceptedPipelineArgs,
): pulumi.Output<BackendRoleMapping | undefined> {
    const known = pulumi.all([
        domain.fineGrainedAccessControl,
        domain.endpoint,
        args.roleArn,
        args.securityRole ?? null,
    ]);
    return derived(known, ([isOn, endpoint, roleArn, securityRole]) => {
        if (!isOn) {
            return undefined;
        }
        const mapping = backendRoleMapping({ endpoint, roleArn, securityRole: securityRole ?? undefined });
        void pulumi.log.warn(mapping.instructions, parent);
        return mapping;
    });
}
