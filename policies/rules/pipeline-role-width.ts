import { allowedResources, overlaps, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import type { Grant } from "../stack/grants";
import { pipelineRoleNeeds } from "../stack/pipeline-role";
import { READS_OF_BODY, pipelineRoles } from "../stack/pipelines";
import { READS_OF_ROLE, roleStatements } from "../stack/policies";
import { CannotTellYet } from "../stack/unknown";

/** What does harm where it is allowed beyond the pipeline: reading and changing data, and giving rights away. */
const HARMFUL = [
    "dynamodb:GetRecords",
    "dynamodb:Scan",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
    "dynamodb:ExportTableToPointInTime",
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "es:ESHttpPost",
    "es:DeleteDomain",
    "aoss:APIAccessAll",
    "aoss:DeleteCollection",
    "rds:StartExportTask",
    "rds:DeleteDBInstance",
    "rds:DeleteDBCluster",
    "secretsmanager:GetSecretValue",
    "iam:PassRole",
];

export const pipelineRoleWidth = {
    id: "pipeline-role-width",
    title: "A pipeline's role may touch its own table or database, its buckets, secrets and target, and no other.",
    level: "mandatory",
    severity: "high",
    reads: [...READS_OF_ROLE, ...READS_OF_BODY],
    why: "Whoever may change the body makes the pipeline read and write with this role, wherever the role may.",
    fix: "Name the resources of the pipeline in its role's policy, as the message has them.",
    subjects: (stack, scope) => pipelineRoles(stack, scope),
    judge: (role, stack) => {
        const granted = roleStatements(stack, role);
        const needs = pipelineRoleNeeds(stack, role);
        const isSettled = needs.exact && !needs.others;
        const wide = HARMFUL.map((action) => ({
            action,
            resources: allowedResources({ Statement: granted.values }, [action]).filter((resource) =>
                isSettled ? !isNeeded(action, resource, needs.grants) : resource === "*",
            ),
        })).filter(({ resources }) => resources.length > 0);
        if (wide.length > 0) {
            const said = wide.map(({ action, resources }) => `${action} on ${[...new Set(resources)].join(", ")}`);
            return [
                problem("policy", `The role may do more than its pipeline: ${said.join("; ")}`, fixFor(needs.grants)),
            ];
        }
        if (!granted.complete || !isSettled) {
            throw new CannotTellYet("what a pipeline does, or a policy of the role, is not known");
        }
        return [];
    },
} as const satisfies Rule;

function isNeeded(action: string, resource: string, grants: Grant[]): boolean {
    return grants
        .filter(({ actions }) => actions.some((each) => overlaps(each, action)))
        .some(({ resources }) => resources.some((needed) => isWithin(resource, needed)));
}

/** Whether a resource, perhaps a pattern, covers nothing but what a needed pattern does. */
function isWithin(resource: string, needed: string): boolean {
    return /[*?]/.test(resource)
        ? resource === needed || (needed.endsWith("*") && resource.startsWith(needed.slice(0, -1)))
        : overlaps(needed, resource);
}

function fixFor(grants: Grant[]): string {
    const resources = [...new Set(grants.flatMap((grant) => grant.resources))].filter((resource) => resource !== "*");
    return `Name what it needs alone: ${resources.join(", ")}`;
}
