import { problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { identityOf } from "../stack/stack";
import {
    GLUE_DATABASE,
    INTEGRATION,
    NATIVE_INTEGRATION,
    NATIVE_RESOURCE_PROPERTY,
    RESOURCE_PROPERTY,
} from "../stack/types";
import { CannotTellYet, readEach } from "../stack/unknown";

const fix = "Add a GlueIntegrationResourceProperty of the database that names a target role, before the integration.";

export const targetResourceProperty = {
    id: "target-resource-property",
    title: "A target database has a resource property that names the role to write with.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${INTEGRATION} targetArn`,
        `${NATIVE_INTEGRATION} targetArn`,
        `${GLUE_DATABASE} arn`,
        `${RESOURCE_PROPERTY} resourceArn, target.roleArn`,
        `${NATIVE_RESOURCE_PROPERTY} resourceArn, targetProcessingProperties.roleArn`,
    ],
    why: "Only the property says with which role Glue writes; AWS accepts an integration without one, and then denies it access.",
    fix,
    subjects: (stack, scope) => stack.integratedTargets(scope),
    judge: (database, stack) => {
        const { values: roles, complete } = readEach(stack.resourceProperties, (property) =>
            identityOf(stack.databaseOf(property)) === database.urn ? [stack.hasRole(property)] : [],
        );
        if (roles.includes(true)) {
            return [];
        }
        if (!complete) {
            throw new CannotTellYet("the database or the role of a resource property is not known");
        }
        return [problem("arn", "No resource property in this stack names a role to write with", fix)];
    },
} as const satisfies Rule;
