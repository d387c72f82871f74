import {
    allowedResources,
    listOf,
    overlaps,
    problem,
    statementsOf,
    targetRolePolicy,
    type Statement,
} from "../../sdk/requirements";
import type { Rule } from "../rule";
import { roleStatements } from "../stack/policies";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { databasesOf, locationOf } from "../stack/target-role";
import { GLUE_DATABASE, IAM_POLICY, IAM_ROLE, IAM_ROLE_POLICY, IAM_ROLE_POLICY_ATTACHMENT } from "../stack/types";
import { CannotTellYet, known } from "../stack/unknown";

export const targetRolePermissions = {
    id: "target-role-permissions",
    title: "The role that writes to a target may do what AWS needs there.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${IAM_ROLE} inlinePolicies, managedPolicyArns`,
        `${IAM_ROLE_POLICY} policy`,
        `${IAM_ROLE_POLICY_ATTACHMENT} policyArn`,
        `${IAM_POLICY} policy`,
        `${GLUE_DATABASE} arn, locationUri`,
    ],
    why: "AWS accepts the integration and finds out when it writes: it needs attention until the role may, and fails after seven days.",
    fix: "Allow the actions that the message names, on the database, its tables and the files below its location.",
    subjects: (stack, scope) => stack.targetRoles(scope),
    judge: (role, stack) => {
        const { values: granted, complete } = roleStatements(stack, role);
        const databases = databasesOf(stack, role);
        const needs = databases.values.map((database) => neededAt(stack, database));
        const lacking = needs.flatMap(({ grants }) => grants).flatMap((grant) => lackOf(grant, granted));
        if (lacking.length > 0 && complete) {
            return [problem("policy", "The role may not do all that AWS needs", `Allow it ${lacking.join("; ")}`)];
        }
        if (!complete || !databases.complete || needs.length === 0 || needs.some(({ exact }) => !exact)) {
            throw new CannotTellYet("the database, its location or a policy of the role is not known");
        }
        return [];
    },
} as const satisfies Rule;

interface Grant {
    actions: string[];
    resources: string[];
}

interface Needs {
    grants: Grant[];
    /** Whether all resources are known, or patterns stand for some. */
    exact: boolean;
}

function neededAt(stack: Stack, database: Resource): Needs {
    const { pattern: databaseArn, exact } = stack.databaseArn(database);
    const location = known(() => locationOf(database));
    const { bucket, prefix } = location ?? { bucket: "*", prefix: "" };
    const policy = targetRolePolicy({ databaseArn, bucketArn: `arn:*:s3:::${bucket}`, prefix });
    return {
        grants: statementsOf(policy).map(({ Action, Resource }) => ({
            actions: listOf(Action),
            resources: listOf(Resource),
        })),
        exact: exact && location !== undefined,
    };
}

/** In words, what is missing of a grant; empty when nothing is. */
function lackOf({ actions, resources }: Grant, granted: Statement[]): string[] {
    const missing = actions.filter((action) => {
        const allowed = allowedResources({ Statement: granted }, [action]);
        return !resources.every((resource) => allowed.some((pattern) => overlaps(pattern, resource)));
    });
    return missing.length === 0 ? [] : [`${missing.join(", ")} on ${resources.join(", ")}`];
}
