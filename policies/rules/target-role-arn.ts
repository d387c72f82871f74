import { roleArnProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { NATIVE_RESOURCE_PROPERTY, RESOURCE_PROPERTY } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

export const targetRoleArn = {
    id: "target-role-arn",
    title: "The ARN of the role that a resource property names has 128 characters at most.",
    level: "mandatory",
    severity: "medium",
    reads: [`${RESOURCE_PROPERTY} target.roleArn`, `${NATIVE_RESOURCE_PROPERTY} targetProcessingProperties.roleArn`],
    why: "IAM allows longer ones, the API of Glue's resource properties does not, and refuses the property.",
    fix: "Give the role a shorter name or path.",
    subjects: (stack) => stack.resourceProperties,
    judge: (property, stack) => {
        const { value, resource: role } = stack.roleOf(property);
        if (value !== undefined) {
            return roleArnProblems("roleArn", value);
        }
        const name = role?.get<string>("name");
        if (role === undefined || name === undefined) {
            throw new CannotTellYet("the role's ARN is not known");
        }
        // Account and partition are not known yet, but how long they are is: no partition's name is shorter than "aws".
        return roleArnProblems("roleArn", `arn:aws:iam::000000000000:role${role.get<string>("path") ?? "/"}${name}`);
    },
} as const satisfies Rule;
