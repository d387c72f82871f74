import * as pulumi from "@pulumi/pulumi";
import type { Table } from "@pulumi/aws/dynamodb/table";

import { redshiftExportMembers } from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { DynamoDbTablePolicyMember } from "../../sdk/resources/dynamodb-table-policy-member";
import type { RedshiftIntegrationDatabase } from "../../sdk/resources/redshift-integration-database";
import { RedshiftIntegration } from "../../sdk/resources/redshift-integration";
import { derived } from "../checked";
import type { WarehouseDatabaseArgsBySource } from "../targets/warehouse-database";
import { warehouseTarget } from "../targets/warehouse-target";
import { tableSource, type ExistingTable } from "./dynamodb-source";
import { integrationInputs, ownerOf, type IntegrationComponentArgs } from "./integration";
import { integrationsOf } from "./source";
import {
    acceptedByWarehouse,
    integrationDatabases,
    WarehouseIntegration,
    type WarehouseTargetArgs,
} from "./warehouse-integration";

/** Arguments of {@link DynamoDbToRedshift}. */
export type DynamoDbToRedshiftArgs = IntegrationComponentArgs &
    WarehouseTargetArgs & {
        /**
         * The source: a table of the program, or the ARN of another. It needs point-in-time recovery, and must not be encrypted with the AWS managed key
         * `aws/dynamodb`. The integration is made in the table's account and Region.
         */
        table: Table | ExistingTable;
        /**
         * The database in the warehouse, with the table in its schema `public`: the keys as columns, all attributes in the column `value`, of type SUPER.
         * `false` leaves it to the warehouse's stack.
         *
         * @default a database with the component's name, and Redshift's own settings
         */
        database?: WarehouseDatabaseArgsBySource["dynamodb"] | false;
    };

/**
 * A DynamoDB table in a Redshift warehouse, kept up to date by AWS: a full export first, then the changes of each interval, 15 minutes
 * at least.
 *
 * It prepares the table (two statements of its own in the table's policy), lets the warehouse accept it, makes the integration, and once that is active the
 * database. {@link WarehouseView} makes columns of what is in the items.
 *
 * @example
 * ```ts
 * import { Table } from "@pulumi/aws/dynamodb";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const table = new Table("invoices", {
 *     attributes: [{ name: "InvoiceID", type: "S" }],
 *     hashKey: "InvoiceID",
 *     billingMode: "PAY_PER_REQUEST",
 *     pointInTimeRecovery: { enabled: true },
 * });
 * const warehouse = new zeroetl.RedshiftWarehouse("analytics", { kind: "serverless" });
 * const invoices = new zeroetl.DynamoDbToRedshift("invoices", {
 *     table,
 *     warehouse,
 *     database: { refreshInterval: "30 minutes", historyMode: true },
 * });
 * export const database = invoices.databaseName;
 * ```
 */
export class DynamoDbToRedshift extends WarehouseIntegration<RedshiftIntegration> {
    /** The integration itself. */
    readonly integration: RedshiftIntegration;
    /** The database that the integration fills; none with `database: false`. */
    readonly databases: RedshiftIntegrationDatabase[];

    constructor(name: string, args: DynamoDbToRedshiftArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:DynamoDbToRedshift", name, {}, opts);

        const account = accountOf(this);
        const target = warehouseTarget(args, account);
        const sourceArn = tableSource(args.table, account, target);
        const earlier = integrationsOf(args.table);

        const members = derived(sourceArn, (tableArn) => redshiftExportMembers({ tableArn, owner: ownerOf(name) }));
        const exportable = ["export", "export-status"].map(
            (purpose, i) =>
                new DynamoDbTablePolicyMember(
                    `${name}-${purpose}`,
                    { tableArn: sourceArn, member: derived(members, (each) => each[i]!), account },
                    { parent: this },
                ),
        );
        const accepted = acceptedByWarehouse(args, name, sourceArn);
        this.integration = new RedshiftIntegration(
            `${name}-integration`,
            { ...integrationInputs("redshift", name, args), sourceArn, targetArn: target.arn, account },
            { parent: this, dependsOn: [...exportable, ...accepted, ...earlier.slice(-1)] },
        );
        earlier.push(this.integration);
        this.databases = integrationDatabases(this, name, {
            source: "dynamodb",
            databases: args.database === false ? false : [args.database ?? {}],
            target,
        });
        this.registerOutputs();
    }
}
