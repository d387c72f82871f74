import type { Rule } from "../rule";
import { READS_OF_BODY, pipelineProblems } from "../stack/pipelines";
import { isError } from "../stack/problems";
import { PIPELINES } from "../stack/types";

export const pipelineBody = {
    id: "pipeline-body",
    title: "The body of a pipeline is one that OpenSearch Ingestion takes, and does what it says.",
    level: "mandatory",
    severity: "critical",
    reads: READS_OF_BODY,
    why: "AWS refuses a wrong body after minutes; what its schema lets through (a route that nobody declared, the default action first) sends documents astray without a word.",
    fix: "Correct what the message names, or let pulumi-aws-zero-etl write the body.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline) => pipelineProblems(pipeline, { about: ["body"], isMeant: isError }),
} as const satisfies Rule;
