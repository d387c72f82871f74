import { warehouseProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { REDSHIFT_CLUSTER } from "../stack/types";
import { targetClusters } from "../stack/warehouses";

export const warehouseEncryption = {
    id: "warehouse-encryption",
    title: "A cluster that is a target is encrypted.",
    level: "mandatory",
    severity: "critical",
    reads: [`${REDSHIFT_CLUSTER} encrypted`],
    why: "AWS refuses integrations into a cluster that is not; serverless namespaces always are.",
    fix: "Set encrypted: true.",
    subjects: targetClusters,
    judge: (cluster) =>
        warehouseProblems("encrypted", {
            kind: "provisioned",
            // The provider has it as a text, and encrypts where nothing is said.
            encrypted: String(cluster.get<string | boolean>("encrypted") ?? true) === "true",
        }),
} as const satisfies Rule;
