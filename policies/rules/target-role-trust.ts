import { allowedPrincipals, GLUE_SERVICE, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { statementsIn } from "../stack/policies";
import { IAM_ROLE } from "../stack/types";

const ASSUME_ACTIONS = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];
const GLUE = `service:${GLUE_SERVICE}`;

const fix = `Trust the service ${GLUE_SERVICE} and nobody else; give other jobs roles of their own.`;

export const targetRoleTrust = {
    id: "target-role-trust",
    title: "Only Glue takes the role that writes to a target.",
    level: "mandatory",
    severity: "high",
    reads: [`${IAM_ROLE} assumeRolePolicy`],
    why: "Glue takes the role to write the tables: it cannot without trust, and whoever else takes it may overwrite or delete the data.",
    fix,
    subjects: (stack, scope) => stack.targetRoles(scope),
    judge: (role) => {
        const trusted = allowedPrincipals({ Statement: statementsIn(role.get("assumeRolePolicy")) }, ASSUME_ACTIONS);
        const others = trusted.filter((principal) => principal !== GLUE);
        return [
            ...(trusted.includes(GLUE) ? [] : [problem("assumeRolePolicy", "Glue may not take the role", fix)]),
            ...(others.length === 0
                ? []
                : [problem("assumeRolePolicy", `${others.join(", ")} may take the role`, fix)]),
        ];
    },
} as const satisfies Rule;
