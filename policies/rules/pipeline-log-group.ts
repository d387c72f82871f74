import type { Rule } from "../rule";
import { pipelineProblems } from "../stack/pipelines";
import { isError } from "../stack/problems";
import { CLASSIC_PIPELINE, NATIVE_PIPELINE, OSIS_PIPELINE, PIPELINES } from "../stack/types";

export const pipelineLogGroup = {
    id: "pipeline-log-group",
    title: "The log group of a pipeline is one that AWS delivers to.",
    level: "mandatory",
    severity: "medium",
    reads: [
        `${OSIS_PIPELINE} logGroupName`,
        `${CLASSIC_PIPELINE} logPublishingOptions`,
        `${NATIVE_PIPELINE} logPublishingOptions`,
    ],
    why: "AWS refuses a group whose name does not begin with /aws/vendedlogs/, and the pipeline with it.",
    fix: "Name it /aws/vendedlogs/OpenSearchIngestion/<pipeline>/audit-logs.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline) => pipelineProblems(pipeline, { about: ["logGroupName"], isMeant: isError }),
} as const satisfies Rule;
