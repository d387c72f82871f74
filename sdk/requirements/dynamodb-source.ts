import { isDynamoDbTableArn, parseArn } from "./arn";
import { problem, type Problem } from "./errors";

/** Whose key encrypts a table: AWS's own (free, unseen), the account's `aws/dynamodb`, or the customer's. */
export type TableEncryption = "aws-owned" | "aws-managed" | "customer-managed";

/** What is known of a table. What is left out cannot be told yet, and is not judged. */
export interface DynamoDbTableState {
    arn?: string;
    pointInTimeRecovery?: boolean;
    encryption?: TableEncryption;
    sizeBytes?: number;
}

export interface DynamoDbSourceRequirement {
    id: "table-arn" | "point-in-time-recovery" | "encryption" | "size";
    isMet(table: DynamoDbTableState): boolean;
    rule: string;
    fix: string;
}

const TERABYTE = 1024 ** 4;
export const MAX_TABLE_BYTES = 100 * TERABYTE;

/** What AWS asks of a DynamoDB table before it becomes a source. Most of it is not checked when the integration is created: the integration needs attention later. */
export const DYNAMODB_SOURCE_REQUIREMENTS: readonly DynamoDbSourceRequirement[] = [
    {
        id: "table-arn",
        isMet: ({ arn }) => arn === undefined || isDynamoDbTableArn(arn),
        rule: "The source is not the ARN of a DynamoDB table",
        fix: "Give arn:partition:dynamodb:region:account:table/name, not one of an index, a stream or an export",
    },
    {
        id: "point-in-time-recovery",
        isMet: ({ pointInTimeRecovery }) => pointInTimeRecovery !== false,
        rule: "Point-in-time recovery is off, and the exports that feed the target are made from it",
        fix: "Set pointInTimeRecovery: { enabled: true } on the table",
    },
    {
        id: "encryption",
        isMet: ({ encryption }) => encryption !== "aws-managed",
        rule: "The table is encrypted with the AWS managed key aws/dynamodb, which zero-ETL cannot use",
        fix: "Leave serverSideEncryption out (a key that AWS owns), or give a customer managed key as its kmsKeyArn",
    },
    {
        id: "size",
        isMet: ({ sizeBytes = 0 }) => sizeBytes <= MAX_TABLE_BYTES,
        rule: "The table is larger than 100 TB, the most that a lakehouse takes from one table",
        fix: "Archive items, or split the table",
    },
];

export function dynamoDbSourceProblems(argument: string, table: DynamoDbTableState): Problem[] {
    return DYNAMODB_SOURCE_REQUIREMENTS.filter(({ isMet }) => !isMet(table)).map(({ rule, fix }) =>
        problem(argument, rule, fix),
    );
}

/** The key behind a table's `serverSideEncryption`, as it is declared. */
export function declaredEncryption(serverSideEncryption?: { enabled: boolean; kmsKeyArn?: string }): TableEncryption {
    if (!serverSideEncryption?.enabled) {
        return "aws-owned";
    }
    const { kmsKeyArn } = serverSideEncryption;
    return kmsKeyArn === undefined || kmsKeyArn.endsWith("alias/aws/dynamodb") ? "aws-managed" : "customer-managed";
}

/** A source and its target are in one Region. */
export function sameRegionProblems(
    argument: string,
    { sourceArn, targetArn }: { sourceArn: string; targetArn: string },
): Problem[] {
    const [source, target] = [parseArn(sourceArn, argument), parseArn(targetArn, "targetArn")];
    if (source.partition !== target.partition) {
        return [
            problem(
                argument,
                `The source is in partition ${source.partition}, the target in ${target.partition}`,
                "AWS has no integration between partitions: choose a target beside the source",
            ),
        ];
    }
    return regionProblems(argument, {
        service: source.service,
        sourceRegion: source.region,
        targetRegion: target.region,
    });
}

/** The same of Regions alone, which are known at a first preview, when ARNs are not. */
export function regionProblems(
    argument: string,
    { service, sourceRegion, targetRegion }: { service: string; sourceRegion: string; targetRegion: string },
): Problem[] {
    return sourceRegion === targetRegion
        ? []
        : [
              problem(
                  argument,
                  `The source is in ${sourceRegion}, the target in ${targetRegion}, and AWS integrates within one Region`,
                  service === "dynamodb"
                      ? `Replicate the table to ${targetRegion} (a DynamoDB global table), and integrate the replica`
                      : `Choose a target in ${sourceRegion}`,
              ),
          ];
}
