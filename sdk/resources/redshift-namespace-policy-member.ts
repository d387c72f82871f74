import * as pulumi from "@pulumi/pulumi";

import type { PolicyMember } from "../requirements/policy-member";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** Arguments of {@link RedshiftNamespacePolicyMember}. */
export interface RedshiftNamespacePolicyMemberArgs extends DynamicResourceArgs {
    /** A cluster's `clusterNamespaceArn`, or the ARN of a serverless namespace. Another one replaces the member. */
    namespaceArn: pulumi.Input<string>;
    /** Such as `requirements.namespaceMembers({ targetArn, sourceArn })`. Changed in place, old and new in one write. */
    members: pulumi.Input<PolicyMember[]>;
}

/**
 * What one source, or who creates integrations, needs of a warehouse's resource policy: values in statements of ours.
 *
 * A dynamic resource, because `aws.redshift.ResourcePolicy` owns the whole document, and overwrites what others wrote. Redshift has
 * nothing that guards a write, so the resource looks again after it has written, and writes again what another one took away; what
 * is lost later, `pulumi refresh` finds. Destroying it takes its members away, and leaves everybody else's statements to the byte.
 *
 * Redshift stops an integration for good once its source is not in the policy any more: destroy the integration first.
 */
export class RedshiftNamespacePolicyMember extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("RedshiftNamespacePolicyMember");

    /** The namespace with the policy. */
    declare readonly namespaceArn: pulumi.Output<string>;
    /** The Sids of the statements that the members are in. */
    declare readonly statementIds: pulumi.Output<string[]>;
    /** Those that somebody took away or changed, as the last refresh saw it; an update puts them right. */
    declare readonly lostStatementIds: pulumi.Output<string[]>;

    constructor(name: string, args: RedshiftNamespacePolicyMemberArgs, opts?: pulumi.CustomResourceOptions) {
        super("RedshiftNamespacePolicyMember", name, args, ["statementIds", "lostStatementIds"], opts);
    }
}
