import { formatArn, nameIn, parseArn } from "./arn";
import { statementId } from "./names";
import { GLUE_SERVICE, missingActions, type Condition, type PolicyDocument } from "./policy-document";
import type { PolicyMember } from "./policy-member";

/** What Glue does with the table: a full export, then one of the changes after each interval. */
export const EXPORT_ACTIONS = [
    "dynamodb:DescribeTable",
    "dynamodb:DescribeExport",
    "dynamodb:ExportTableToPointInTime",
] as const;

/**
 * The statement of one integration in its table's policy. Each has its own, named after the `owner` (such as a URN):
 * with one for all, the first to be destroyed would stop the others.
 */
export function exportMember({ tableArn, owner }: { tableArn: string; owner: string }): PolicyMember {
    return {
        statement: {
            Sid: statementId("Export", nameIn(tableArn), owner),
            Effect: "Allow",
            Principal: { Service: GLUE_SERVICE },
            Action: [...EXPORT_ACTIONS],
            // In a table's own policy this is the table with its exports, whose ARNs nobody knows beforehand.
            Resource: "*",
            Condition: exportCondition(tableArn),
        },
    };
}

/** The actions that Glue still lacks on the table, whoever wrote the policy. */
export function missingExportActions(policy: PolicyDocument, tableArn: string): string[] {
    return missingActions(policy, {
        service: GLUE_SERVICE,
        actions: EXPORT_ACTIONS,
        resource: tableArn,
        conditions: {
            "aws:SourceAccount": parseArn(tableArn).accountId,
            "aws:SourceArn": integrationsBeside(tableArn),
        },
    });
}

function exportCondition(tableArn: string): Condition {
    return {
        StringEquals: { "aws:SourceAccount": parseArn(tableArn).accountId },
        ArnLike: { "aws:SourceArn": integrationsBeside(tableArn) },
    };
}

/** Integrations are made in the account and Region of their source; their ids come only with them. */
function integrationsBeside(tableArn: string): string {
    return formatArn({ ...parseArn(tableArn, "tableArn"), service: "glue", resource: "integration:*" });
}
