import type { IntegrationError } from "@aws-sdk/client-redshift";

import { exportedItems, type ExportedItems } from "../services/dynamodb";
import { hours, minutes } from "../world/clock";
import { splitArn, type Context } from "../world/context";
import { AwsError } from "../world/error";
import type { World } from "../world/world";
import { asOwner, problem, refusals } from "./callers";

/** DynamoDB exports no longer and no shorter a window of changes. */
const MAX_WINDOW = hours(24);
const MIN_WINDOW = minutes(15);

const EXPORT_ACTIONS = ["DescribeTable", "ExportTableToPointInTime"];
/** Stands for any export of a table. */
const AN_EXPORT = "export/01700000000000-00000000";

/** The name in `arn:…:table/NAME`. */
export const sourceTableName = (arn: string): string => splitArn(arn).resource.replace(/^table\//, "");

/** A read of a table on its way. */
export interface SourceRead {
    exportArn: string;
    full: boolean;
    /** the moment of the source that is reached with it */
    to: number;
    /** whether another window of changes waits already */
    more: boolean;
}

/**
 * Has DynamoDB export a table for a service: everything, or the changes of at most a day.
 *
 * @param S3Bucket in which the service keeps exports on their way
 * @param readTo the moment up to which it was read before. @default everything is read
 */
export async function startRead(
    service: Context,
    TableArn: string,
    S3Bucket: string,
    readTo?: number,
): Promise<SourceRead> {
    const now = Math.floor(service.now);
    const base = { TableArn, S3Bucket };
    // Recovery that was off and is on again knows nothing of the changes before: DynamoDB refuses to export them.
    if (readTo === undefined || readTo < (await recoverableSince(service.world, TableArn))) {
        const { ExportDescription } = await service.call("dynamodb", "ExportTableToPointInTime", {
            ...base,
            ExportTime: new Date(now),
        });
        return { exportArn: ExportDescription.ExportArn, full: true, to: now, more: false };
    }
    const to = Math.min(now, readTo + MAX_WINDOW);
    const { ExportDescription } = await service.call("dynamodb", "ExportTableToPointInTime", {
        ...base,
        ExportType: "INCREMENTAL_EXPORT",
        IncrementalExportSpecification: { ExportFromTime: new Date(readTo), ExportToTime: new Date(to) },
    });
    return { exportArn: ExportDescription.ExportArn, full: false, to, more: now - to >= MIN_WINDOW };
}

async function recoverableSince(world: World, tableArn: string): Promise<number> {
    const { ContinuousBackupsDescription } = await asOwner(world, tableArn).call(
        "dynamodb",
        "DescribeContinuousBackups",
        { TableName: sourceTableName(tableArn) },
    );
    return (
        ContinuousBackupsDescription.PointInTimeRecoveryDescription.EarliestRestorableDateTime?.getTime() ?? Infinity
    );
}

/** What a read has brought; undefined as long as the export runs. */
export async function finishRead(service: Context, { exportArn }: SourceRead): Promise<ExportedItems | undefined> {
    const { ExportDescription } = await service.call("dynamodb", "DescribeExport", { ExportArn: exportArn });
    if (ExportDescription.ExportStatus === "FAILED") {
        throw new AwsError(ExportDescription.FailureCode, ExportDescription.FailureMessage);
    }
    return ExportDescription.ExportStatus === "IN_PROGRESS" ? undefined : exportedItems(service.world, exportArn);
}

/** Why a service can't read a table. */
export interface TableProblem {
    kind: "missing" | "recovery" | "encryption" | "permissions";
    error: IntegrationError;
}

/** Everything in a table's settings and policy that keeps a service from reading it. */
export async function tableProblems(service: Context, tableArn: string): Promise<TableProblem[]> {
    const TableName = sourceTableName(tableArn);
    const owner = asOwner(service.world, tableArn);
    try {
        const { Table } = await owner.call("dynamodb", "DescribeTable", { TableName });
        const { ContinuousBackupsDescription } = await owner.call("dynamodb", "DescribeContinuousBackups", {
            TableName,
        });
        const recovery = ContinuousBackupsDescription.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
        const keyArn = Table.SSEDescription?.KMSMasterKeyArn;
        const refused = refusals(service, [
            ...EXPORT_ACTIONS.map((action) => ({ action: `dynamodb:${action}`, resource: tableArn })),
            { action: "dynamodb:DescribeExport", resource: `${tableArn}/${AN_EXPORT}` },
        ]);
        return [
            ...(recovery === "ENABLED"
                ? []
                : [
                      tableProblem(
                          "recovery",
                          "PointInTimeRecoveryUnavailableException",
                          `Point in time recovery is not enabled for table ${tableArn}`,
                      ),
                  ]),
            ...(keyArn && (await isAwsManaged(owner, keyArn))
                ? [
                      tableProblem(
                          "encryption",
                          "InvalidInputException",
                          `Table ${tableArn} is encrypted with the AWS managed key ${keyArn}; use an AWS owned or a customer managed key`,
                      ),
                  ]
                : []),
            ...refused.map((error): TableProblem => ({ kind: "permissions", error })),
        ];
    } catch (error) {
        if (error instanceof AwsError && error.code === "ResourceNotFoundException") {
            return [tableProblem("missing", error.code, `Source table not found: ${tableArn}`)];
        }
        throw error;
    }
}

function tableProblem(kind: TableProblem["kind"], code: string, message: string): TableProblem {
    return { kind, error: problem(code, message) };
}

async function isAwsManaged(owner: Context, keyArn: string): Promise<boolean> {
    const { KeyMetadata } = await owner.call("kms", "DescribeKey", { KeyId: keyArn });
    return KeyMetadata.KeyManager === "AWS";
}
