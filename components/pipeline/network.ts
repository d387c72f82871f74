import type * as pulumi from "@pulumi/pulumi";

import { cidrProblems } from "../../sdk/requirements";
import type { PipelineVpcArgs } from "../../sdk/resources/osis-pipeline";
import { checked } from "../checked";

/** A way into a VPC, for a target that can be reached through one alone. Fixed once the pipeline exists: another one makes another pipeline. */
export type PipelineNetworkArgs = Omit<PipelineVpcArgs, "attachmentCidr">;

/**
 * A way into the VPC of a database. Fixed once the pipeline exists: another one makes another pipeline. The pipeline's security groups have to let it out to
 * the database's port (a group that Pulumi makes lets nothing out unless it says so), and the database's have to let it in: give their rules in
 * `dependsOn`.
 */
export interface PipelineAttachmentArgs extends PipelineNetworkArgs {
    /**
     * A /24 of the private ranges (RFC 1918) for the pipeline's own side, such as `"10.99.20.0/24"`: outside of the database's VPC, and of all other
     * pipelines attached to it.
     */
    attachmentCidr: pulumi.Input<string>;
}

/** The network, its range looked at by itself: the resource sees nothing of a network whose subnets are not made yet. */
export function judgedNetwork({ attachmentCidr, ...network }: PipelineVpcArgs): PipelineVpcArgs {
    return attachmentCidr === undefined
        ? network
        : {
              ...network,
              attachmentCidr: checked(attachmentCidr, (cidr) => cidrProblems("vpc.attachmentCidr", cidr)),
          };
}
