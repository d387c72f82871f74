import { CASE_SENSITIVITY, warehouseProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { REDSHIFT_CLUSTER, REDSHIFT_PARAMETER_GROUP, REDSHIFT_WORKGROUP, WAREHOUSE_PARAMETERS } from "../stack/types";
import { caseSensitivityOf, targetClusters, targetWorkgroups } from "../stack/warehouses";

export const warehouseCaseSensitivity = {
    id: "warehouse-case-sensitivity",
    title: "A warehouse that is a target tells capitals in names.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${REDSHIFT_CLUSTER} clusterParameterGroupName`,
        `${REDSHIFT_PARAMETER_GROUP} parameters`,
        `${REDSHIFT_WORKGROUP} configParameters`,
        `${WAREHOUSE_PARAMETERS} workgroupName`,
    ],
    why: "AWS refuses integrations into any other, since names of sources that differ in capitals alone would collide.",
    fix: `Set ${CASE_SENSITIVITY.name} to true: in a parameter group of the cluster's own, followed by a reboot, or among the workgroup's configParameters, without one.`,
    subjects: (stack, scope) => [...targetClusters(stack, scope), ...targetWorkgroups(stack, scope)],
    judge: (warehouse, stack) =>
        warehouse.type === REDSHIFT_CLUSTER
            ? warehouseProblems("clusterParameterGroupName", {
                  kind: "provisioned",
                  caseSensitive: caseSensitivityOf(stack, warehouse),
              })
            : warehouseProblems("configParameters", {
                  kind: "serverless",
                  caseSensitive: caseSensitivityOf(stack, warehouse),
              }),
} as const satisfies Rule;
