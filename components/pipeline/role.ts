import * as pulumi from "@pulumi/pulumi";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";

import { InvalidArgument, partitionOf, pipelineTrustPolicy, type PolicyDocument } from "../../sdk/requirements";
import { derived } from "../checked";
import type { Location } from "../targets/target";
import { transformed } from "../transform";
import type { PipelineArgs } from "./search-pipeline";

/** A role, made or given. */
export interface PipelineRole {
    /** Its ARN. */
    arn: pulumi.Output<string>;
    /** What comes before the first use. */
    permissions: pulumi.Resource[];
}

/** The role that a pipeline works as. */
export function pipelineRole(
    parent: pulumi.Resource,
    name: string,
    { roleArn, tags, transform = {} }: Pick<PipelineArgs, "roleArn" | "tags" | "transform">,
    { account, policy }: { account: Location; policy: pulumi.Output<PolicyDocument> },
): PipelineRole {
    if (roleArn !== undefined) {
        if (transform.role || transform.rolePolicy) {
            throw new InvalidArgument(
                "transform",
                "transform.role and transform.rolePolicy change the role that is made here, and roleArn gives one",
                "Leave one of them out",
            );
        }
        return { arn: pulumi.output(roleArn), permissions: [] };
    }
    const assumeRolePolicy = derived(account, (here) =>
        JSON.stringify(pipelineTrustPolicy({ ...here, partition: partitionOf(here.region) })),
    );
    const role = new Role(...transformed(transform.role, `${name}-role`, { assumeRolePolicy, tags }, { parent }));
    const rolePolicy = new RolePolicy(
        ...transformed(
            transform.rolePolicy,
            `${name}-role-policy`,
            { role: role.name, policy: derived(policy, (document) => JSON.stringify(document)) },
            { parent },
        ),
    );
    return { arn: role.arn, permissions: [rolePolicy] };
}
