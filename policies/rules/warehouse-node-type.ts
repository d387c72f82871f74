import { warehouseProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { REDSHIFT_CLUSTER } from "../stack/types";
import { targetClusters } from "../stack/warehouses";

export const warehouseNodeType = {
    id: "warehouse-node-type",
    title: "A cluster that is a target has nodes of a type that AWS integrates.",
    level: "mandatory",
    severity: "critical",
    reads: [`${REDSHIFT_CLUSTER} nodeType`],
    why: "AWS integrates into managed storage alone, which nodes of the older types do not have, and refuses the integration.",
    fix: "Use ra3 or rg nodes, or a serverless workgroup.",
    subjects: targetClusters,
    judge: (cluster) => warehouseProblems("nodeType", { kind: "provisioned", nodeType: cluster.get("nodeType") }),
} as const satisfies Rule;
