import * as pulumi from "@pulumi/pulumi";

import type { PolicyMember } from "../requirements/policy-member";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** Arguments of {@link DynamoDbTablePolicyMember}. */
export interface DynamoDbTablePolicyMemberArgs extends DynamicResourceArgs {
    /** The table's ARN. Another one replaces the member. */
    tableArn: pulumi.Input<string>;
    /** Such as `requirements.exportMember({ tableArn, owner })`. Changed in place, old and new in one write. */
    member: pulumi.Input<PolicyMember>;
}

/**
 * What Glue needs of a DynamoDB table's own policy: a statement of ours.
 *
 * A dynamic resource, because `aws.dynamodb.ResourcePolicy` owns the whole document, and overwrites what others wrote. Destroying it takes
 * its statement away, and leaves everybody else's to the byte.
 */
export class DynamoDbTablePolicyMember extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("DynamoDbTablePolicyMember");

    /** The table with the policy. */
    declare readonly tableArn: pulumi.Output<string>;
    /** The Sid of the statement. */
    declare readonly statementIds: pulumi.Output<string[]>;
    /** Those that somebody took away or changed, as the last refresh saw it; an update puts them right. */
    declare readonly lostStatementIds: pulumi.Output<string[]>;

    constructor(name: string, args: DynamoDbTablePolicyMemberArgs, opts?: pulumi.CustomResourceOptions) {
        super("DynamoDbTablePolicyMember", name, args, ["statementIds", "lostStatementIds"], opts);
    }
}
