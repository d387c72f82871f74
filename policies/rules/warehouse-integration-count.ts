import { integrationCountProblems, MAX_INTEGRATIONS, type Problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import type { Resource } from "../stack/resource";
import { identityOf, type Reference, type Stack } from "../stack/stack";
import { RDS_INTEGRATIONS, REDSHIFT_INTEGRATIONS } from "../stack/types";
import { known } from "../stack/unknown";

const TYPES = [...RDS_INTEGRATIONS, ...REDSHIFT_INTEGRATIONS];

export const warehouseIntegrationCount = {
    id: "warehouse-integration-count",
    title: "A warehouse has 50 integrations at most, a source 5.",
    level: "mandatory",
    severity: "medium",
    reads: TYPES.map((type) => `${type} sourceArn, targetArn`),
    why: "AWS refuses one more; those of other stacks count as well, and are not seen here.",
    fix: "Use another warehouse, or put several databases of a source into one integration.",
    subjects: (stack) => stack.ofType(...TYPES),
    judge: (integration, stack) => [
        ...countProblems(stack, integration, "source", (other) => stack.sourceOf(other)),
        ...countProblems(stack, integration, "target", (other) => stack.targetOf(other)),
    ],
} as const satisfies Rule;

/** A problem of each integration that is one too many. */
function countProblems(
    stack: Stack,
    integration: Resource,
    end: "source" | "target",
    endOf: (integration: Resource) => Reference,
): Problem[] {
    const identity = identityOf(endOf(integration));
    const integrations = stack.ofType(...TYPES);
    const identities = stack.remembered(`${end}s of all integrations`, () =>
        integrations.map((other) => known(() => identityOf(endOf(other)))),
    );
    const group = integrations.filter((_, index) => identities[index] === identity);
    return group.indexOf(integration) < MAX_INTEGRATIONS[end]
        ? []
        : integrationCountProblems(`${end}Arn`, end, group.length);
}
