import { pipelineTableProblems, STREAM_VIEW_TYPE } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { READS_OF_BODY, piped, readingProblems } from "../stack/pipelines";
import { errors } from "../stack/problems";
import { DYNAMODB_TABLE } from "../stack/types";

const NEW_IMAGES = ["NEW_IMAGE", STREAM_VIEW_TYPE];

export const pipelineSourceStream = {
    id: "pipeline-source-stream",
    title: "A table whose changes a pipeline reads has a stream with new images.",
    level: "mandatory",
    severity: "critical",
    reads: [`${DYNAMODB_TABLE} streamEnabled, streamViewType`, ...READS_OF_BODY],
    why: "The pipeline looks at the stream when it starts: without one, or with keys or old images alone, it is refused and no change ever arrives.",
    fix: `Set streamEnabled: true and streamViewType: "${STREAM_VIEW_TYPE}" on the table.`,
    subjects: (stack, scope) => piped(stack, scope, DYNAMODB_TABLE),
    judge: (table, stack) => {
        const state = {
            streamEnabled: table.get<boolean>("streamEnabled") ?? false,
            streamViewType: table.get<string>("streamViewType") || undefined,
        };
        return readingProblems(
            stack,
            table,
            (reading) => errors(pipelineTableProblems("streamViewType", state, { ...reading, export: false })),
            state.streamEnabled && state.streamViewType === STREAM_VIEW_TYPE,
        );
    },
    remediation: {
        type: DYNAMODB_TABLE,
        tag: "pipeline-source",
        apply: (inputs) => {
            const isRight = inputs.streamEnabled === true && NEW_IMAGES.includes(String(inputs.streamViewType));
            if (!isRight) {
                Object.assign(inputs, { streamEnabled: true, streamViewType: STREAM_VIEW_TYPE });
            }
            return !isRight;
        },
    },
} as const satisfies Rule;
