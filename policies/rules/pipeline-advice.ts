import { pipelineTableProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { READS_OF_BODY, piped, pipelineProblems, readingProblems } from "../stack/pipelines";
import { warnings } from "../stack/problems";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { DYNAMODB_TABLE, PIPELINES } from "../stack/types";

export const pipelineAdvice = {
    id: "pipeline-advice",
    title: "A pipeline and its table are as all of AWS's documents have them.",
    level: "advisory",
    severity: "low",
    reads: [...READS_OF_BODY, `${DYNAMODB_TABLE} streamViewType`],
    why: "AWS takes it, and it does less than is meant, or only in one Region, or not with the next release.",
    fix: "Do as the message says, or exempt what is meant so.",
    subjects: (stack, scope) => [...stack.ofType(...PIPELINES), ...piped(stack, scope, DYNAMODB_TABLE)],
    judge: (resource, stack) =>
        resource.type === DYNAMODB_TABLE
            ? ofTable(resource, stack)
            : pipelineProblems(resource, {
                  about: ["body", "persistentBuffer"],
                  // Dead letters have a rule of their own.
                  isMeant: ({ severity, argument }) => severity === "warning" && !argument.endsWith(".dlq"),
              }),
} as const satisfies Rule;

function ofTable(table: Resource, stack: Stack) {
    const streamViewType = table.get<string>("streamViewType") || undefined;
    return readingProblems(
        stack,
        table,
        (reading) =>
            warnings(pipelineTableProblems("streamViewType", { streamViewType }, { ...reading, export: false })),
        streamViewType !== "NEW_IMAGE",
    );
}
