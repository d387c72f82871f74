import { problem, warning, type Problem } from "../errors";

/** What a table's stream carries of a changed item. */
export type StreamViewType = "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";

/** What a stream of ours carries: the pages of AWS disagree, and this serves each of them. */
export const STREAM_VIEW_TYPE: StreamViewType = "NEW_AND_OLD_IMAGES";

/** A table as a pipeline's source. What is left out cannot be told yet, and is not judged. */
export interface PipelineTableState {
    pointInTimeRecovery?: boolean;
    streamEnabled?: boolean;
    streamViewType?: string;
}

/** What a pipeline does with the table. */
export interface TableReading {
    /** Whether it begins with an export. */
    export: boolean;
    /** Whether it reads the stream. */
    stream: boolean;
    /** What a sink gets of an item that was removed. @default "NEW_IMAGE" */
    viewOnRemove?: string;
}

/** What AWS asks of a table that a pipeline reads. The pipeline looks at it when it starts, and stays without data. */
export function pipelineTableProblems(argument: string, table: PipelineTableState, reading: TableReading): Problem[] {
    return [
        ...(reading.export && table.pointInTimeRecovery === false
            ? [
                  problem(
                      argument,
                      "Point-in-time recovery is off, and the initial load is an export made from it",
                      "Set pointInTimeRecovery: { enabled: true } on the table, or read its stream alone",
                  ),
              ]
            : []),
        ...(reading.stream ? streamProblems(argument, table, reading.viewOnRemove) : []),
    ];
}

function streamProblems(
    argument: string,
    { streamEnabled, streamViewType }: PipelineTableState,
    viewOnRemove = "NEW_IMAGE",
): Problem[] {
    if (streamEnabled === false) {
        return [
            problem(
                argument,
                "The table has no stream, from which the pipeline reads changes",
                `Set streamEnabled: true and streamViewType: "${STREAM_VIEW_TYPE}" on it`,
            ),
        ];
    }
    switch (streamViewType) {
        case undefined:
        case "NEW_AND_OLD_IMAGES":
            return [];
        case "NEW_IMAGE":
            return viewOnRemove === "OLD_IMAGE"
                ? [
                      problem(
                          argument,
                          "The stream carries new images alone, and the pipeline asks for the old one of an item that is removed",
                          `Set streamViewType: "${STREAM_VIEW_TYPE}", which makes another stream, or leave view_on_remove out`,
                      ),
                  ]
                : [
                      warning(
                          argument,
                          "The stream carries new images alone: of an item that is removed, a pipeline knows its keys and nothing else, so that no route or processor can tell by its attributes",
                          `Set streamViewType: "${STREAM_VIEW_TYPE}" where removed items have to be routed`,
                      ),
                  ];
        default:
            return [
                problem(
                    argument,
                    `The stream carries ${streamViewType}, and a pipeline needs what the item has become`,
                    `Set streamViewType: "${STREAM_VIEW_TYPE}", which makes another stream`,
                ),
            ];
    }
}
