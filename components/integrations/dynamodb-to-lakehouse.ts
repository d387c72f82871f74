import * as pulumi from "@pulumi/pulumi";
import type { Table } from "@pulumi/aws/dynamodb/table";

import {
    declaredEncryption,
    deriveIntegrationName,
    DEFAULT_DYNAMODB_REFRESH,
    dynamoDbSourceProblems,
    exportMember,
    integrationNameProblems,
    InvalidArgument,
    parseArn,
    problem,
    refreshIntervalProblems,
    refuse,
    regionProblems,
    sameRegionProblems,
    type Problem,
    type RefreshInterval,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { DynamoDbTablePolicyMember } from "../../sdk/resources/dynamodb-table-policy-member";
import { GlueIntegration } from "../../sdk/resources/glue-integration";
import type { IntegrationTimeouts } from "../../sdk/resources/integration";
import { checked, derived } from "../checked";
import { Lakehouse, type LakehouseReference } from "../targets/lakehouse";
import type { TargetTableArgs } from "../targets/accepted-source";

/** A DynamoDB table that is declared elsewhere. */
export interface ExistingTable {
    /** `arn:aws:dynamodb:region:account:table/name` */
    arn: pulumi.Input<string>;
    /** @default the name in the ARN */
    name?: pulumi.Input<string>;
}

interface CommonArgs {
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
    /** The integration's name, 1–128 characters, unique in its account and Region. Changed in place. @default `project-stack-name`, shortened where needed */
    integrationName?: pulumi.Input<string>;
    /** At most 1,000 characters. Changed in place. @default none */
    description?: pulumi.Input<string>;
    /** A customer managed key for the data on its way. Another key replaces the integration. @default a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
    /** Pairs that the key's policy can ask for; only with `kmsKeyArn`. Replaces the integration. @default none */
    additionalEncryptionContext?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** The integration's tags, 49 at most beside the one that says whose it is. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Whether to take over an integration between this table and this lakehouse that exists already. @default false: it is refused */
    adoptExisting?: boolean;
    /** What `pulumi up` waits for: the integration being active, which takes about ten minutes, or AWS having accepted it. @default "active" */
    waitFor?: "active" | "accepted";
    /** How long to wait. @default 60 minutes to create, 30 to update and to delete */
    timeouts?: IntegrationTimeouts;
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
export class DynamoDbToLakehouse extends pulumi.ComponentResource {
    /** The integration's ARN. */
    readonly integrationArn: pulumi.Output<string>;
    /** The integration's name. */
    readonly integrationName: pulumi.Output<string>;
    /** The integration's status when it was last looked at: `ACTIVE`, `SYNCING`, `NEEDS_ATTENTION`, … */
    readonly status: pulumi.Output<string>;
    /** The database with the table. */
    readonly databaseName: pulumi.Output<string>;
    /** The integration itself. */
    readonly integration: GlueIntegration;

    constructor(name: string, args: DynamoDbToLakehouseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:DynamoDbToLakehouse", name, {}, opts);
        refuseContradictions(args);

        const account = accountOf(this);
        const target = targetOf(args.lakehouse);
        const sourceArn = sourceOf(args.table, account, target);

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
                integrationName: checked(args.integrationName ?? derivedName(name), (value) =>
                    integrationNameProblems("integrationName", "glue", value),
                ),
                sourceArn,
                targetArn: target.databaseArn,
                description: args.description,
                refreshInterval:
                    args.mode === "snapshot" ? undefined : (args.refreshInterval ?? DEFAULT_DYNAMODB_REFRESH),
                continuousSync: args.mode === "snapshot" ? false : undefined,
                kmsKeyId: args.kmsKeyArn,
                additionalEncryptionContext: args.additionalEncryptionContext,
                tags: args.tags,
                adoptExisting: args.adoptExisting,
                waitFor: args.waitFor,
                timeouts: args.timeouts,
                account,
            },
            { parent: this, dependsOn: [exportable, ...accepted] },
        );

        this.integrationArn = this.integration.integrationArn;
        this.integrationName = this.integration.integrationName;
        this.status = this.integration.status;
        this.databaseName = target.databaseName;
        this.registerOutputs({
            integrationArn: this.integrationArn,
            integrationName: this.integrationName,
            status: this.status,
            databaseName: this.databaseName,
        });
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

interface Target {
    databaseArn: pulumi.Output<string>;
    databaseName: pulumi.Output<string>;
    region: pulumi.Output<string>;
}

function targetOf(lakehouse: DynamoDbToLakehouseArgs["lakehouse"]): Target {
    if (lakehouse instanceof Lakehouse) {
        return lakehouse;
    }
    const reference = pulumi.output(lakehouse);
    return {
        databaseArn: reference.databaseArn,
        databaseName: reference.databaseName,
        region: derived(reference.databaseArn, (arn) => parseArn(arn, "lakehouse").region),
    };
}

/** The table's ARN, once it is known to be a table of the integration's account in the target's Region; at preview as far as that can be told. */
function sourceOf(
    table: Table | ExistingTable,
    account: pulumi.Output<{ accountId: string; region: string }>,
    target: Target,
): pulumi.Output<string> {
    if (isDeclared(table)) {
        warnOfMissingPrerequisites(table);
    }
    const arn = checked(table.arn, (value) => dynamoDbSourceProblems("table", { arn: value }));
    const region = checked(pulumi.all([account.region, target.region]), ([sourceRegion, targetRegion]) =>
        regionProblems("table", { service: "dynamodb", sourceRegion, targetRegion }),
    );
    const fitting = checked(
        pulumi.all([arn, target.databaseArn, account.accountId, region]),
        ([sourceArn, targetArn, accountId]) => [
            ...sameRegionProblems("table", { sourceArn, targetArn }),
            ...sameAccountProblems(sourceArn, accountId),
        ],
    );
    return derived(fitting, ([sourceArn]) => sourceArn);
}

function isDeclared(table: Table | ExistingTable): table is Table {
    return pulumi.CustomResource.isInstance(table);
}

/** AWS says nothing of these when it accepts the integration; without the policy pack, this is where a user hears of them first. */
function warnOfMissingPrerequisites(table: Table): void {
    pulumi.all([table.pointInTimeRecovery, table.serverSideEncryption]).apply(([recovery, encryption]) =>
        dynamoDbSourceProblems("table", {
            pointInTimeRecovery: recovery?.enabled,
            encryption: declaredEncryption(encryption),
        }).forEach(({ message }) => void pulumi.log.warn(message, table)),
    );
}

function sameAccountProblems(tableArn: string, accountId: string): Problem[] {
    const owner = parseArn(tableArn).accountId;
    return owner === accountId
        ? []
        : [
              problem(
                  "table",
                  `The table is in account ${owner}, the integration's provider leads to ${accountId}, and AWS makes an integration in its source's account`,
                  `Give the integration a provider of account ${owner}: { provider: new zeroetl.AwsAccount(…) }`,
              ),
          ];
}

function acceptedBy(args: DynamoDbToLakehouseArgs, name: string, sourceArn: pulumi.Output<string>): pulumi.Resource[] {
    if (!(args.lakehouse instanceof Lakehouse)) {
        return [];
    }
    const { unnest, partitionBy, tableName, allowResync, saveQueries } = args;
    return [args.lakehouse.accept(name, { sourceArn, unnest, partitionBy, tableName, allowResync, saveQueries })];
}

/** Not the component's own URN: a child that waits for it waits for itself. */
function ownerOf(name: string): string {
    return [pulumi.getProject(), pulumi.getStack(), name].join("/");
}

function derivedName(name: string): string {
    return deriveIntegrationName("glue", { project: pulumi.getProject(), stack: pulumi.getStack(), name });
}
