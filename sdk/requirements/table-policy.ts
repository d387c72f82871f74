import { formatArn, nameIn, parseArn } from "./arn";
import { statementId } from "./names";
import { GLUE_SERVICE, missingActions, REDSHIFT_SERVICE, type Condition, type PolicyDocument } from "./policy-document";
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
export function exportMember({ tableArn, owner }: TableExporter): PolicyMember {
    return {
        statement: {
            Sid: statementId("Export", nameIn(tableArn), owner),
            Effect: "Allow",
            Principal: { Service: GLUE_SERVICE },
            Action: [...EXPORT_ACTIONS],
            // In a table's own policy this is the table with its exports, whose ARNs nobody knows beforehand.
            Resource: "*",
            Condition: exportCondition("glue", tableArn),
        },
    };
}

/** Whose statement it is, and on which table. */
export interface TableExporter {
    tableArn: string;
    /** Such as a URN. */
    owner: string;
}

/** The same for an integration of Redshift: two statements, as AWS documents them, one for the table and one for its exports. */
export function redshiftExportMembers({
    tableArn,
    owner,
    integrationAccountId,
}: TableExporter & {
    /** Whose integrations may export. AWS does not say which account counts across two. @default - the table's */
    integrationAccountId?: string;
}): PolicyMember[] {
    return REDSHIFT_EXPORTS.map(({ purpose, actions, resource }) => ({
        statement: {
            Sid: statementId(purpose, nameIn(tableArn), owner),
            Effect: "Allow",
            Principal: { Service: REDSHIFT_SERVICE },
            Action: [...actions],
            Resource: resource(tableArn),
            Condition: exportCondition("redshift", tableArn, integrationAccountId),
        },
    }));
}

const REDSHIFT_EXPORTS = [
    {
        purpose: "RedshiftExport",
        actions: ["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeTable"],
        resource: (tableArn: string) => tableArn,
    },
    {
        purpose: "RedshiftExportStatus",
        actions: ["dynamodb:DescribeExport"],
        resource: (tableArn: string) => `${tableArn}/export/*`,
    },
];

/** The actions that Glue still lacks on the table, whoever wrote the policy. */
export function missingExportActions(policy: PolicyDocument, tableArn: string): string[] {
    return missingActions(policy, {
        service: GLUE_SERVICE,
        actions: EXPORT_ACTIONS,
        resource: tableArn,
        conditions: exportConditions("glue", tableArn),
    });
}

/** The actions that Redshift still lacks on the table and its exports, whoever wrote the policy. */
export function missingRedshiftExportActions(
    policy: PolicyDocument,
    tableArn: string,
    integrationAccountId?: string,
): string[] {
    return REDSHIFT_EXPORTS.flatMap(({ actions, resource }) =>
        missingActions(policy, {
            service: REDSHIFT_SERVICE,
            actions,
            resource: resource(tableArn),
            conditions: exportConditions("redshift", tableArn, integrationAccountId),
        }),
    );
}

function exportCondition(service: ExportingService, tableArn: string, accountId?: string): Condition {
    const { "aws:SourceAccount": account, "aws:SourceArn": integrations } = exportConditions(
        service,
        tableArn,
        accountId,
    );
    return { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": integrations } };
}

type ExportingService = "glue" | "redshift";

/** Integrations are made in the account and Region of their source; their ids come only with them. */
function exportConditions(
    service: ExportingService,
    tableArn: string,
    accountId = parseArn(tableArn, "tableArn").accountId,
) {
    return {
        "aws:SourceAccount": accountId,
        "aws:SourceArn": formatArn({ ...parseArn(tableArn), service, accountId, resource: "integration:*" }),
    };
}
