import * as pulumi from "@pulumi/pulumi";
import type { Table } from "@pulumi/aws/dynamodb/table";

import {
    DEFAULT_DYNAMODB_REFRESH,
    exportMember,
    InvalidArgument,
    parseArn,
    refreshIntervalProblems,
    refuse,
    type RefreshInterval,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { DynamoDbTablePolicyMember } from "../../sdk/resources/dynamodb-table-policy-member";
import { GlueIntegration } from "../../sdk/resources/glue-integration";
import { derived } from "../checked";
import { Lakehouse, type LakehouseReference } from "../targets/lakehouse";
import type { TargetTableArgs } from "../targets/accepted-source";
import type { Target } from "../targets/target";
import { tableSource, type ExistingTable } from "./dynamodb-source";
import { IntegrationComponent, integrationInputs, ownerOf, type IntegrationComponentArgs } from "./integration";

interface CommonArgs extends IntegrationComponentArgs {
    /**
     * The source: a table of the program, or the ARN of another. It needs point-in-time recovery, and must not be encrypted with the AWS managed key
     * `aws/dynamodb`. The integration is made in the table's account and Region.
     */
    table: Table | ExistingTable;
    /**
     * How often AWS looks for changes, in words: `"15 minutes"`, `"1 hour"`, `"6 days"`; whole minutes from 15 to 8,640. Changed in place. Each interval
     * exports the changes, which is billed; from a day on, an interval is exported in batches of 24 hours after it has passed.
     *
     * @default "15 minutes"
     */
    refreshInterval?: RefreshInterval;
    /**
     * `"snapshot"` loads the table once and then stops; destroy the integration afterwards, since it counts against the quota. AWS documents this for SaaS
     * sources, and for DynamoDB in a notice alone: try it before you rely on it. Fixed once the integration exists: another mode replaces it.
     *
     * @default "continuous"
     */
    mode?: "continuous" | "snapshot";
    /** What `pulumi up` waits for: the integration being active, which takes about ten minutes, or AWS having accepted it. @default "active" */
    waitFor?: "active" | "accepted";
}

/** An integration whose lakehouse is in the same program: it settles the table's layout, too. */
export interface DynamoDbToOwnLakehouseArgs extends CommonArgs, TargetTableArgs {
    /** The target. */
    lakehouse: Lakehouse;
}

/** An integration whose lakehouse is in another stack, where `accept` has settled the table's layout. */
export interface DynamoDbToReferencedLakehouseArgs extends CommonArgs, Partial<Record<keyof TargetTableArgs, never>> {
    /** The target: what the other stack exports of `lakehouse.reference()`. */
    lakehouse: pulumi.Input<LakehouseReference>;
}

/** Arguments of {@link DynamoDbToLakehouse}. */
export type DynamoDbToLakehouseArgs = DynamoDbToOwnLakehouseArgs | DynamoDbToReferencedLakehouseArgs;

/**
 * A DynamoDB table as an Iceberg table in a lakehouse, kept up to date by AWS: a full export first, then the changes of each interval.
 *
 * It prepares the table (a statement of its own in the table's policy), lets the lakehouse accept it, and makes the integration.
 * Destroying it keeps the table in the lakehouse, with its files.
 *
 * @example
 * ```ts
 * import { Table } from "@pulumi/aws/dynamodb";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const table = new Table("customers", {
 *     attributes: [{ name: "CustomerID", type: "S" }],
 *     hashKey: "CustomerID",
 *     billingMode: "PAY_PER_REQUEST",
 *     pointInTimeRecovery: { enabled: true },
 * });
 * const lakehouse = new zeroetl.Lakehouse("bank", { databaseName: "bank" });
 * const customers = new zeroetl.DynamoDbToLakehouse("customers", {
 *     table,
 *     lakehouse,
 *     unnest: "full",
 *     partitionBy: [{ field: "OpenedAt", by: "month", format: "iso" }],
 *     refreshInterval: "15 minutes",
 * });
 * export const arn = customers.integrationArn;
 * ```
 */
export class DynamoDbToLakehouse extends IntegrationComponent<GlueIntegration> {
    /** The database with the table. */
    readonly databaseName: pulumi.Output<string>;
    /** The integration itself. */
    readonly integration: GlueIntegration;

    constructor(name: string, args: DynamoDbToLakehouseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:DynamoDbToLakehouse", name, {}, opts);
        refuseContradictions(args);

        const account = accountOf(this);
        const target = targetOf(args.lakehouse);
        const sourceArn = tableSource(args.table, account, target);

        const exportable = new DynamoDbTablePolicyMember(
            `${name}-export`,
            {
                tableArn: sourceArn,
                member: derived(sourceArn, (tableArn) => exportMember({ tableArn, owner: ownerOf(name) })),
                account,
            },
            { parent: this },
        );
        const accepted = acceptedBy(args, name, sourceArn);
        this.integration = new GlueIntegration(
            `${name}-integration`,
            {
                ...integrationInputs("glue", name, args),
                sourceArn,
                targetArn: target.arn,
                refreshInterval:
                    args.mode === "snapshot" ? undefined : (args.refreshInterval ?? DEFAULT_DYNAMODB_REFRESH),
                continuousSync: args.mode === "snapshot" ? false : undefined,
                waitFor: args.waitFor,
                account,
            },
            { parent: this, dependsOn: [exportable, ...accepted] },
        );

        this.databaseName = target.databaseName;
        this.registerOutputs({ databaseName: this.databaseName });
    }
}

function refuseContradictions(args: DynamoDbToLakehouseArgs): void {
    if (args.mode === "snapshot" && args.refreshInterval !== undefined) {
        throw new InvalidArgument(
            "refreshInterval",
            'A one-time load (mode: "snapshot") is not refreshed',
            "Leave refreshInterval or mode out",
        );
    }
    if (args.refreshInterval !== undefined) {
        refuse(refreshIntervalProblems("refreshInterval", args.refreshInterval));
    }
    if (!(args.lakehouse instanceof Lakehouse)) {
        const settled = TARGET_TABLE_ARGS.find((argument) => args[argument] !== undefined);
        if (settled) {
            throw new InvalidArgument(
                settled,
                "It belongs to the lakehouse, which another stack declares",
                "Give it to lakehouse.accept() there",
            );
        }
    }
}

const TARGET_TABLE_ARGS: (keyof TargetTableArgs)[] = [
    "unnest",
    "partitionBy",
    "tableName",
    "allowResync",
    "saveQueries",
];

function targetOf(lakehouse: DynamoDbToLakehouseArgs["lakehouse"]): Target & { databaseName: pulumi.Output<string> } {
    if (lakehouse instanceof Lakehouse) {
        const { databaseArn: arn, databaseName, region } = lakehouse;
        return { arn, databaseName, region };
    }
    const { databaseArn: arn, databaseName } = pulumi.output(lakehouse);
    return { arn, databaseName, region: derived(arn, (known) => parseArn(known, "lakehouse").region) };
}

function acceptedBy(args: DynamoDbToLakehouseArgs, name: string, sourceArn: pulumi.Output<string>): pulumi.Resource[] {
    if (!(args.lakehouse instanceof Lakehouse)) {
        return [];
    }
    const { unnest, partitionBy, tableName, allowResync, saveQueries } = args;
    return [args.lakehouse.accept(name, { sourceArn, unnest, partitionBy, tableName, allowResync, saveQueries })];
}
