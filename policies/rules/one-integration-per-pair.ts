import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import { identityOf } from "../stack/stack";
import { INTEGRATION_TYPES } from "../stack/types";

const fix = "Keep one.";

export const oneIntegrationPerPair = {
    id: "one-integration-per-pair",
    title: "A source and a target have one integration.",
    level: "mandatory",
    severity: "medium",
    reads: INTEGRATION_TYPES.map((type) => `${type} sourceArn, targetArn`),
    why: "The first writes the table in the target: AWS refuses a second, or both write the same table.",
    fix,
    subjects: (stack) => stack.allIntegrations,
    judge: (integration, stack) =>
        duplicateProblems(integration, stack.allIntegrations, {
            argument: "sourceArn",
            identity: (other) => `${identityOf(stack.sourceOf(other))} ${identityOf(stack.targetOf(other))}`,
            what: "an integration of the same source and target",
            fix,
        }),
} as const satisfies Rule;
