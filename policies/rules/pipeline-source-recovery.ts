import { pipelineTableProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { READS_OF_BODY, piped, readingProblems } from "../stack/pipelines";
import { DYNAMODB_TABLE } from "../stack/types";
import { sourcePointInTimeRecovery } from "./source-point-in-time-recovery";

export const pipelineSourceRecovery = {
    id: "pipeline-source-recovery",
    title: "A table that a pipeline exports has point-in-time recovery on.",
    level: "mandatory",
    severity: "critical",
    reads: [`${DYNAMODB_TABLE} pointInTimeRecovery`, ...READS_OF_BODY],
    why: "The initial load is an export made from it: without it the pipeline starts, and the export never does.",
    fix: "Set pointInTimeRecovery: { enabled: true } on the table, or leave export out of the body.",
    subjects: (stack, scope) => piped(stack, scope, DYNAMODB_TABLE),
    judge: (table, stack) => {
        const pointInTimeRecovery = table.get<boolean>("pointInTimeRecovery.enabled") ?? false;
        return readingProblems(
            stack,
            table,
            (reading) =>
                pipelineTableProblems("pointInTimeRecovery", { pointInTimeRecovery }, { ...reading, stream: false }),
            pointInTimeRecovery,
        );
    },
    remediation: { ...sourcePointInTimeRecovery.remediation, tag: "pipeline-source" },
} as const satisfies Rule;
