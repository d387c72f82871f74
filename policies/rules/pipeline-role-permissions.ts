import type { Rule } from "../rule";
import { deniedProblems, missingProblems } from "../stack/grants";
import { pipelineRoleNeeds } from "../stack/pipeline-role";
import { READS_OF_BODY, pipelineRoles } from "../stack/pipelines";
import { READS_OF_ROLE, roleStatements } from "../stack/policies";
import { CannotTellYet } from "../stack/unknown";

export const pipelineRolePermissions = {
    id: "pipeline-role-permissions",
    title: "A pipeline's role may do what its source, its sink, its buckets, secrets and network need.",
    level: "mandatory",
    severity: "critical",
    reads: [...READS_OF_ROLE, ...READS_OF_BODY],
    why: "AWS finds out step by step, long after the pipeline is created: an export that is stuck, 403 at the sink, dead letters that are lost.",
    fix: "Allow the actions that the message names; deny none of them.",
    subjects: (stack, scope) => pipelineRoles(stack, scope),
    judge: (role, stack) => {
        const granted = roleStatements(stack, role);
        const { grants, exact } = pipelineRoleNeeds(stack, role);
        const problems = [
            ...deniedProblems(grants, granted.values),
            ...(granted.complete ? missingProblems(grants, granted.values) : []),
        ];
        if (problems.length === 0 && !(granted.complete && exact)) {
            throw new CannotTellYet("what a pipeline does, or a policy of the role, is not known");
        }
        return problems;
    },
} as const satisfies Rule;
