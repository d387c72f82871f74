import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";
import type { PolicyMember } from "../requirements/policy-member";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** Arguments of {@link OpenSearchDomainPolicyMember}. */
export interface OpenSearchDomainPolicyMemberArgs extends DynamicResourceArgs {
    /** The domain's ARN. Another one replaces the member. */
    domainArn: pulumi.Input<string>;
    /** Such as `requirements.domainAccessMember({ domainArn, roleArn })`. Changed in place, old and new in one write. */
    members: pulumi.Input<PolicyMember[]>;
    /** How long to wait while AWS changes the domain. @default "60m" */
    timeout?: pulumi.Input<Duration>;
}

/**
 * What a pipeline's role, or another principal, needs of a domain's access policy: values in statements of ours.
 *
 * A dynamic resource, because `aws.opensearch.DomainPolicy` and a domain's `accessPolicies` own the whole document, and overwrite what
 * others wrote: give a domain one of them or members, not both. OpenSearch has nothing that guards a write, so the resource looks again after it has
 * written, and writes again what another one took away; what is lost later, `pulumi refresh` finds. An update waits until the policy is in effect. Destroying
 * it takes its members away, and leaves everybody else's statements to the byte.
 */
export class OpenSearchDomainPolicyMember extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("OpenSearchDomainPolicyMember");

    /** The domain with the policy. */
    declare readonly domainArn: pulumi.Output<string>;
    /** The Sids of the statements that the members are in. */
    declare readonly statementIds: pulumi.Output<string[]>;
    /** Those that somebody took away or changed, as the last refresh saw it; an update puts them right. */
    declare readonly lostStatementIds: pulumi.Output<string[]>;

    constructor(name: string, args: OpenSearchDomainPolicyMemberArgs, opts?: pulumi.CustomResourceOptions) {
        super("OpenSearchDomainPolicyMember", name, args, ["statementIds", "lostStatementIds"], opts);
    }
}
