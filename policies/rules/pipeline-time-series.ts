import { openSearchSinksOf, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { READS_OF_BODY, bodyOf, bodyProperty, pointedBy } from "../stack/pipelines";
import { PIPELINES, SEARCH_COLLECTION } from "../stack/types";

export const pipelineTimeSeries = {
    id: "pipeline-time-series",
    title: "A pipeline gives no ids to the documents of a time-series collection.",
    level: "mandatory",
    severity: "critical",
    reads: [...READS_OF_BODY, `${SEARCH_COLLECTION} type, collectionEndpoint`],
    why: "Such a collection takes no ids, and so neither changes nor deletes a document: each write with an id is refused.",
    fix: "Leave document_id out, and every change is another document; or use a collection of type SEARCH.",
    subjects: (stack) => stack.ofType(...PIPELINES).filter((pipeline) => pointedBy(stack, pipeline, SEARCH_COLLECTION)),
    judge: (pipeline, stack) => {
        const type = pointedBy(stack, pipeline, SEARCH_COLLECTION)!.get<string>("type");
        return (type ?? "TIMESERIES") === "TIMESERIES"
            ? openSearchSinksOf(bodyProperty(pipeline), bodyOf(pipeline)).flatMap(({ path, options }) =>
                  options.document_id == null
                      ? []
                      : [
                            problem(
                                `${path}.document_id`,
                                "The collection is one of time series, and takes no ids",
                                "Leave it out, or use a collection of type SEARCH",
                            ),
                        ],
              )
            : [];
    },
} as const satisfies Rule;
