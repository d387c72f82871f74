import { warehouseProblems, type Problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { warnings } from "../stack/problems";
import { relationalSources, sourceProblems } from "../stack/relational-sources";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { RDS_CLUSTER, RDS_INSTANCE, RDS_INTEGRATIONS, REDSHIFT_CLUSTER } from "../stack/types";
import { warehouseInputProblems, warehouseInputs } from "../stack/warehouse-inputs";
import { targetClusters } from "../stack/warehouses";

export const warehouseAdvice = {
    id: "warehouse-advice",
    title: "Sources of RDS, their integrations and provisioned warehouses are as all of AWS's documents have them.",
    level: "advisory",
    severity: "low",
    reads: [
        `${RDS_CLUSTER} engineVersion`,
        `${RDS_INSTANCE} engineVersion, storageType, replicateSourceDb`,
        `${REDSHIFT_CLUSTER} numberOfNodes`,
        ...RDS_INTEGRATIONS.map((type) => `${type} dataFilter`),
    ],
    why: "AWS's documents disagree, or are silent: it may refuse this, or take it and do less than is meant.",
    fix: "Do as the message says, or exempt what is known to work.",
    subjects: (stack, scope) => [
        ...relationalSources(stack, scope),
        ...targetClusters(stack, scope),
        ...stack.ofType(...RDS_INTEGRATIONS),
    ],
    judge: (resource, stack) => warnings(problemsOf(stack, resource)),
} as const satisfies Rule;

function problemsOf(stack: Stack, resource: Resource): Problem[] {
    switch (resource.type) {
        case RDS_CLUSTER:
        case RDS_INSTANCE:
            return sourceProblems("engine", {
                stack,
                source: resource,
                engineVersion: resource.get("engineVersion"),
                storageType: resource.get("storageType"),
                isReadReplica: Boolean(resource.get<string>("replicateSourceDb")),
            });
        case REDSHIFT_CLUSTER:
            return warehouseProblems("numberOfNodes", {
                kind: "provisioned",
                numberOfNodes: resource.get<number>("numberOfNodes") ?? 1,
            });
        default:
            return warehouseInputProblems(stack, resource, warehouseInputs(resource));
    }
}
