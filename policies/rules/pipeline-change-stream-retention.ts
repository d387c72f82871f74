import { CHANGE_STREAM_RETENTION, changeStreamRetentionProblems, firstOf, isOff } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { parametersOfGroup, valuesOf } from "../stack/parameter-groups";
import { piped, pipelinesOf, READS_OF_BODY, readingOf } from "../stack/pipelines";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { DOCDB_CLUSTER, DOCDB_CLUSTER_PARAMETER_GROUP } from "../stack/types";
import { known } from "../stack/unknown";

const GROUP = "dbClusterParameterGroupName";

export const pipelineChangeStreamRetention = {
    id: "pipeline-change-stream-retention",
    title: "A cluster of DocumentDB whose changes a pipeline reads keeps them for a day.",
    level: "mandatory",
    severity: "high",
    reads: [`${DOCDB_CLUSTER} ${GROUP}`, `${DOCDB_CLUSTER_PARAMETER_GROUP} parameters`, ...READS_OF_BODY],
    why: "It keeps them for three hours unless it is told: a pipeline that is stopped, or stands still, for longer loses what it has not read.",
    fix: `Set ${CHANGE_STREAM_RETENTION.name} to ${CHANGE_STREAM_RETENTION.advised} seconds or more in the cluster's parameter group.`,
    subjects: (stack, scope) =>
        piped(stack, scope, DOCDB_CLUSTER).filter((cluster) => !isExportedAlone(stack, cluster)),
    judge: (cluster, stack) => {
        const parameters = valuesOf(parametersOfGroup(stack, cluster, GROUP, DOCDB_CLUSTER_PARAMETER_GROUP));
        return changeStreamRetentionProblems(GROUP, parameters[CHANGE_STREAM_RETENTION.name]);
    },
} as const satisfies Rule;

/** Whether all its pipelines say that they read no changes. A body reads them unless it says so: one that is not known yet counts as one that does. */
function isExportedAlone(stack: Stack, cluster: Resource): boolean {
    const pipelines = pipelinesOf(stack, cluster);
    return (
        pipelines.length > 0 &&
        pipelines.every((pipeline) => isOff(firstOf(known(() => readingOf(pipeline))?.options.collections).stream))
    );
}
