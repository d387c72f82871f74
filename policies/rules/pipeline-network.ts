import type { Rule } from "../rule";
import { pipelineProblems } from "../stack/pipelines";
import { isError } from "../stack/problems";
import { CLASSIC_PIPELINE, NATIVE_PIPELINE, OSIS_PIPELINE, PIPELINES } from "../stack/types";

export const pipelineNetwork = {
    id: "pipeline-network",
    title: "A pipeline of DocumentDB, RDS or Aurora is attached to the VPC of its database, by a range of addresses that AWS takes.",
    level: "mandatory",
    severity: "critical",
    reads: [`${OSIS_PIPELINE} vpc, body`, `${CLASSIC_PIPELINE} vpcOptions`, `${NATIVE_PIPELINE} vpcOptions`],
    why: "AWS refuses such a pipeline without vpcAttachmentOptions, and a range that is no /24 of a private network. The network of a pipeline cannot be changed.",
    fix: "Give vpc with attachmentCidr to an OsisPipeline, or vpcOptions.vpcAttachmentOptions to aws-native's; @pulumi/aws has no such option.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline) => pipelineProblems(pipeline, { about: ["vpc"], reads: ["body"], isMeant: isError }),
} as const satisfies Rule;
