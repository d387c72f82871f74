import { RDS_SOURCE_PARAMETERS, type SourceEngine } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { valuesOf } from "../stack/parameter-groups";
import { errors } from "../stack/problems";
import {
    declaredParameters,
    groupPropertyOf,
    isMultiAzCluster,
    relationalSources,
    sourceProblems,
} from "../stack/relational-sources";
import { RDS_CLUSTER, RDS_CLUSTER_PARAMETER_GROUP, RDS_INSTANCE, RDS_PARAMETER_GROUP } from "../stack/types";

/** Those of which AWS asks for parameters. */
export const PARAMETER_ENGINES = (Object.keys(RDS_SOURCE_PARAMETERS) as SourceEngine[]).filter(
    (engine) => RDS_SOURCE_PARAMETERS[engine].length > 0,
);

export const relationalSourceParameters = {
    id: "relational-source-parameters",
    title: "The parameter group of a source of RDS sets what AWS needs to replicate: the binary log, or logical replication.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${RDS_CLUSTER} dbClusterParameterGroupName`,
        `${RDS_INSTANCE} parameterGroupName`,
        `${RDS_CLUSTER_PARAMETER_GROUP} parameters`,
        `${RDS_PARAMETER_GROUP} parameters`,
    ],
    why: "AWS refuses the integration, or leaves it syncing where a value is changed later; static parameters do nothing until the writer is rebooted.",
    fix: "Attach a parameter group of your own with the values that the message names; the default ones cannot be changed.",
    subjects: (stack, scope) => relationalSources(stack, scope, PARAMETER_ENGINES),
    judge: (source, stack) =>
        errors(
            sourceProblems(groupPropertyOf(source), {
                stack,
                source,
                parameters: valuesOf(declaredParameters(stack, source)),
                multiAzCluster: isMultiAzCluster(stack, source),
            }),
        ),
} as const satisfies Rule;
