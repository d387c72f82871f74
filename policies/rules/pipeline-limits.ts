import type { Rule } from "../rule";
import { pipelineProblems } from "../stack/pipelines";
import { isError } from "../stack/problems";
import { PIPELINES } from "../stack/types";

export const pipelineLimits = {
    id: "pipeline-limits",
    title: "The name, units, role, keys and tags of a pipeline are such as AWS takes.",
    level: "mandatory",
    severity: "medium",
    reads: PIPELINES.map((type) => `${type} all arguments`),
    why: "AWS refuses other values when it creates or changes the pipeline. A persistent buffer keeps what is sent to a pipeline, and databases are read.",
    fix: "Use a name of 3 to 28 lower-case letters, digits and hyphens, and whatever else the message names.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline) =>
        pipelineProblems(pipeline, {
            about: ["pipelineName", "minUnits", "maxUnits", "roleArn", "kmsKeyArn", "persistentBuffer", "tags"],
            reads: ["body"],
            isMeant: isError,
        }),
} as const satisfies Rule;
