import { CHANGE_STREAM_RETENTION, changeStreamRetentionProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { parametersOfGroup, valuesOf } from "../stack/parameter-groups";
import { piped } from "../stack/pipelines";
import { DOCDB_CLUSTER, DOCDB_CLUSTER_PARAMETER_GROUP } from "../stack/types";

const GROUP = "dbClusterParameterGroupName";

export const pipelineChangeStreamRetention = {
    id: "pipeline-change-stream-retention",
    title: "A cluster of DocumentDB that a pipeline reads keeps its changes for a day.",
    level: "mandatory",
    severity: "high",
    reads: [`${DOCDB_CLUSTER} ${GROUP}`, `${DOCDB_CLUSTER_PARAMETER_GROUP} parameters`],
    why: "It keeps them for three hours unless it is told: a pipeline that is stopped, or stands still, for longer loses what it has not read.",
    fix: `Set ${CHANGE_STREAM_RETENTION.name} to ${CHANGE_STREAM_RETENTION.advised} seconds or more in the cluster's parameter group.`,
    subjects: (stack, scope) => piped(stack, scope, DOCDB_CLUSTER),
    judge: (cluster, stack) => {
        const parameters = valuesOf(parametersOfGroup(stack, cluster, GROUP, DOCDB_CLUSTER_PARAMETER_GROUP));
        return changeStreamRetentionProblems(GROUP, parameters[CHANGE_STREAM_RETENTION.name]);
    },
} as const satisfies Rule;
