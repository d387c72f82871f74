import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import { identityOf } from "../stack/stack";
import { NATIVE_RESOURCE_PROPERTY, RESOURCE_PROPERTY } from "../stack/types";

const fix = "Keep one, and let all integrations of the database share it.";

export const oneResourceProperty = {
    id: "one-resource-property",
    title: "A database has one resource property.",
    level: "mandatory",
    severity: "medium",
    reads: [`${RESOURCE_PROPERTY} resourceArn`, `${NATIVE_RESOURCE_PROPERTY} resourceArn`],
    why: "AWS keeps one for each resource, and all its integrations share it: a second one is refused, or changes the first.",
    fix,
    subjects: (stack) => stack.resourceProperties,
    judge: (property, stack) =>
        duplicateProblems(property, stack.resourceProperties, {
            argument: "resourceArn",
            identity: (other) => identityOf(stack.databaseOf(other)),
            what: "the property of the same resource",
            fix,
        }),
} as const satisfies Rule;
