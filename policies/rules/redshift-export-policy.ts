import { missingRedshiftExportActions, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { tableStatements } from "../stack/policies";
import { DYNAMODB_RESOURCE_POLICY, REDSHIFT_INTEGRATIONS, TABLE_POLICY_MEMBER } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const fix =
    "Allow redshift.amazonaws.com dynamodb:ExportTableToPointInTime and dynamodb:DescribeTable on the table, and dynamodb:DescribeExport on table/export/*, each with aws:SourceAccount and aws:SourceArn (arn:partition:redshift:region:account:integration:*).";

export const redshiftExportPolicy = {
    id: "redshift-export-policy",
    title: "The policy of a table that goes to a warehouse lets Redshift export it, and look after the exports.",
    level: "mandatory",
    severity: "critical",
    reads: [
        ...REDSHIFT_INTEGRATIONS.map((type) => `${type} sourceArn`),
        `${DYNAMODB_RESOURCE_POLICY} policy`,
        `${TABLE_POLICY_MEMBER} member`,
    ],
    why: "Redshift exports the table as a service: without all the actions the integration needs attention; without both conditions anybody's integration could export it.",
    fix,
    // A tag does not tell whether a table goes to a warehouse.
    subjects: (stack) => stack.sources(["linked"], stack.ofType(...REDSHIFT_INTEGRATIONS)),
    judge: (table, stack) => {
        const { values, complete } = tableStatements(stack, table);
        const { pattern, exact } = stack.tableArn(table);
        const missing = missingRedshiftExportActions({ Statement: values }, pattern);
        if (!complete || (missing.length === 0 && !exact)) {
            throw new CannotTellYet("the table's ARN or a policy of it is not known");
        }
        return missing.length === 0
            ? []
            : [
                  problem(
                      "policy",
                      values.length === 0
                          ? "Nothing in this stack writes the table's policy, so that Redshift may not export it"
                          : `Redshift lacks ${missing.join(", ")} with conditions on aws:SourceAccount and aws:SourceArn`,
                      fix,
                  ),
              ];
    },
} as const satisfies Rule;
