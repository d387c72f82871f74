import * as pulumi from "@pulumi/pulumi";

import type { PolicyMember } from "../requirements/policy-member";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** Arguments of {@link GlueCatalogPolicyMember}. */
export interface GlueCatalogPolicyMemberArgs extends DynamicResourceArgs {
    /** Such as `requirements.catalogMembers({ targetArn, sourceArn })`. Changed in place, old and new in one write. */
    members: pulumi.Input<PolicyMember[]>;
    /** Keeps the shares that Lake Formation made across accounts: AWS refuses the policy without it once there are some. @default false */
    enableHybrid?: pulumi.Input<boolean>;
}

/**
 * What one source needs of the Glue catalog's policy, of which an account has one for each Region: values in statements of ours.
 *
 * A dynamic resource, because `aws.glue.ResourcePolicy` owns the whole document, and overwrites what others wrote. Destroying it takes
 * its members away, and leaves everybody else's statements to the byte.
 */
export class GlueCatalogPolicyMember extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("GlueCatalogPolicyMember");

    /** The Sids of the statements that the members are in. */
    declare readonly statementIds: pulumi.Output<string[]>;
    /** Those that somebody took away or changed, as the last refresh saw it; an update puts them right. */
    declare readonly lostStatementIds: pulumi.Output<string[]>;

    constructor(name: string, args: GlueCatalogPolicyMemberArgs, opts?: pulumi.CustomResourceOptions) {
        super("GlueCatalogPolicyMember", name, args, ["statementIds", "lostStatementIds"], opts);
    }
}
