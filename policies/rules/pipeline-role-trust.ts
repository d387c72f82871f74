import { allowedPrincipals, missingActions, OSIS_SERVICE, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { pipelineRoles } from "../stack/pipelines";
import { statementsIn } from "../stack/policies";
import { IAM_ROLE } from "../stack/types";

const OSIS = `service:${OSIS_SERVICE}`;

/** Either of them keeps other accounts' pipelines out. */
const CONDITIONS = ["aws:SourceAccount", "aws:SourceArn"];

export const pipelineRoleTrust = {
    id: "pipeline-role-trust",
    title: "Only OpenSearch Ingestion takes a pipeline's role, for pipelines of the account.",
    level: "mandatory",
    severity: "high",
    reads: [`${IAM_ROLE} assumeRolePolicy`],
    why: "Without trust the pipeline cannot start; whoever else takes the role reads the database. Without a condition, somebody else's pipeline can be made to use it (the confused deputy).",
    fix: `Trust ${OSIS_SERVICE} and nobody else, with aws:SourceAccount and aws:SourceArn as conditions.`,
    subjects: (stack, scope) => pipelineRoles(stack, scope),
    judge: (role) => {
        const Statement = statementsIn(role.get("assumeRolePolicy"));
        const trusted = allowedPrincipals({ Statement }, ["sts:AssumeRole"]);
        const others = [...new Set(trusted.filter((principal) => principal !== OSIS))];
        const isConditioned = CONDITIONS.some(
            (key) =>
                missingActions(
                    { Statement },
                    { service: OSIS_SERVICE, actions: ["sts:AssumeRole"], conditions: { [key]: "*" } },
                ).length === 0,
        );
        const argument = "assumeRolePolicy";
        return [
            ...(trusted.includes(OSIS)
                ? isConditioned
                    ? []
                    : [
                          problem(
                              argument,
                              "OpenSearch Ingestion may take the role for anybody's pipeline",
                              "Add the conditions aws:SourceAccount and aws:SourceArn",
                          ),
                      ]
                : [problem(argument, "OpenSearch Ingestion may not take the role", `Trust ${OSIS_SERVICE}`)]),
            ...(others.length === 0
                ? []
                : [problem(argument, `${others.join(", ")} may take the role`, "Give other jobs roles of their own")]),
        ];
    },
} as const satisfies Rule;
