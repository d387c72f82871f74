import type { Rule } from "../rule";
import { READS_OF_BODY, pipelineProblems } from "../stack/pipelines";
import { PIPELINES } from "../stack/types";

export const pipelineDeadLetters = {
    id: "pipeline-dead-letters",
    title: "A pipeline keeps the documents that OpenSearch refuses.",
    level: "mandatory",
    severity: "high",
    reads: READS_OF_BODY,
    why: "A document whose value does not fit the mapping is refused for good: without a bucket for dead letters it is gone, and a metric is all that tells.",
    fix: "Give each sink dlq: { s3: { bucket, region } }.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline) =>
        pipelineProblems(pipeline, { about: ["body"], isMeant: ({ argument }) => argument.endsWith(".dlq") }),
} as const satisfies Rule;
