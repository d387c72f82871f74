import { allowedResources, listOf, overlaps, problem, statementsOf, targetRolePolicy } from "../../sdk/requirements";
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
    why: "AWS accepts the integration, finds out when it writes, and lets it need attention until the role may.",
    fix: "Allow the actions that the message names, on the database, its tables and the files below its location.",
    subjects: (stack, scope) => stack.targetRoles(scope),
    judge: (role, stack) => {
        const statements = roleStatements(stack, role);
        const databases = databasesOf(stack, role);
        const needed = databases.values.map((database) => neededAt(stack, database));
        const missing = needed
            .flatMap(({ grants }) => grants)
            .filter(
                ({ action, resource }) =>
                    !allowedResources({ Statement: statements.values }, [action]).some((pattern) =>
                        overlaps(pattern, resource),
                    ),
            );
        if (missing.length > 0 && statements.complete) {
            const actions = [...new Set(missing.map(({ action }) => action))];
            return [
                problem(
                    "policy",
                    `The role lacks ${actions.join(", ")}`,
                    `Allow it ${missing.map(({ action, resource }) => `${action} on ${resource}`).join("; ")}`,
                ),
            ];
        }
        if (!statements.complete || !databases.complete || needed.length === 0 || needed.some(({ exact }) => !exact)) {
            throw new CannotTellYet("the database, its location or a policy of the role is not known");
        }
        return [];
    },
} as const satisfies Rule;

interface Needed {
    grants: { action: string; resource: string }[];
    /** Whether all resources are known, or patterns stand for some. */
    exact: boolean;
}

function neededAt(stack: Stack, database: Resource): Needed {
    const { pattern: databaseArn, exact } = stack.databaseArn(database);
    const location = known(() => locationOf(database));
    const { bucket, prefix } = location ?? { bucket: "*", prefix: "" };
    const policy = targetRolePolicy({ databaseArn, bucketArn: `arn:*:s3:::${bucket}`, prefix });
    return {
        grants: statementsOf(policy).flatMap(({ Action, Resource }) =>
            listOf(Action).flatMap((action) => listOf(Resource).map((resource) => ({ action, resource }))),
        ),
        exact: exact && location !== undefined,
    };
}
