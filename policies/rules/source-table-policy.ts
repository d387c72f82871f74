import { EXPORT_ACTIONS, missingExportActions, missingRedshiftExportActions, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { tableStatements } from "../stack/policies";
import { DYNAMODB_RESOURCE_POLICY, TABLE_POLICY_MEMBER } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const fix = `Allow glue.amazonaws.com ${EXPORT_ACTIONS.join(", ")}, with aws:SourceAccount (the table's account) and aws:SourceArn (arn:partition:glue:region:account:integration:*).`;

export const sourceTablePolicy = {
    id: "source-table-policy",
    title: "A source table's policy lets Glue export it, for the account and the integrations of the source alone.",
    level: "mandatory",
    severity: "critical",
    reads: [`${DYNAMODB_RESOURCE_POLICY} policy`, `${TABLE_POLICY_MEMBER} member`],
    why: "Glue exports the table as a service: without all the actions the integration needs attention, and fails after seven days; without both conditions anybody's integration could export it.",
    fix,
    subjects: (stack, scope) => stack.sources(scope),
    judge: (table, stack) => {
        const { values, complete } = tableStatements(stack, table);
        const { pattern, exact } = stack.tableArn(table);
        const document = { Statement: values };
        // A tag does not tell whether the integration elsewhere is of Glue or of Redshift.
        const isOfGlue = stack.sources(["linked"]).includes(table);
        const missing =
            isOfGlue || missingRedshiftExportActions(document, pattern).length > 0
                ? missingExportActions(document, pattern)
                : [];
        if (!complete || (missing.length === 0 && !exact)) {
            throw new CannotTellYet("the table's ARN or a policy of it is not known");
        }
        return missing.length === 0
            ? []
            : [
                  problem(
                      "policy",
                      values.length === 0
                          ? "Nothing in this stack writes the table's policy, so that Glue may not export it"
                          : `Glue lacks ${missing.join(", ")} with conditions on aws:SourceAccount and aws:SourceArn`,
                      fix,
                  ),
              ];
    },
} as const satisfies Rule;
