import * as pulumi from "@pulumi/pulumi";

import { viewProblems, type ViewColumn, type ViewCondition, type WarehouseViewDefinition } from "../sdk/requirements";
import { accountOf, type AwsAccount } from "../sdk/resources/aws-account";
import { RedshiftView, type RedshiftViewArgs } from "../sdk/resources/redshift-view";
import { checked, derived } from "./checked";
import type { RedshiftWarehouse, RedshiftWarehouseReference } from "./targets/redshift-warehouse";
import { reachable, warehouseTarget } from "./targets/warehouse-target";

interface CommonViewArgs extends Pick<RedshiftViewArgs, "timeout"> {
    /** The warehouse, or what another stack exports of `warehouse.reference()`. */
    warehouse: RedshiftWarehouse | pulumi.Input<RedshiftWarehouseReference>;
    /** The way into the account of another stack's warehouse. @default the view's own account */
    warehouseAccount?: AwsAccount;
    /** At most 127 bytes. Another name replaces the view. @default the component's name */
    viewName?: pulumi.Input<string>;
    /** The database that the view is in: one of yours, not an integration's, which takes none. Another one replaces the view. @default the warehouse's own */
    database?: pulumi.Input<string>;
    /** Another one replaces the view. @default "public" */
    schema?: pulumi.Input<string>;
    /** Whether to keep the rows, and to bring them up to date by itself. @default false: the table is read whenever the view is */
    materialized?: boolean | { autoRefresh: boolean };
    /** Whether to take the place of a view that something else made. @default false: it is refused */
    adoptExisting?: boolean;
}

/** A table that an integration replicates. */
export interface ReplicatedTable {
    /** An integration's `databaseName`. */
    database: pulumi.Input<string>;
    /** For MySQL, the database at the source. @default "public", where the tables of DynamoDB are */
    schema?: pulumi.Input<string>;
    /** Its name at the source, capitals included. */
    table: pulumi.Input<string>;
}

/** A view of some columns and rows of a table. */
export interface ViewOfTableArgs extends CommonViewArgs {
    /** The table. */
    from: ReplicatedTable;
    /**
     * Columns as they are, `{ column: "InvoiceID" }`, or values inside a DynamoDB item, `{ attribute: ["lines", 0, "price"], tag: "N", name: "price" }`. One at
     * least; new ones drop the view and make it again, without its grants.
     */
    columns: ViewColumn[];
    /** Rows for which all of these hold, such as `[{ attribute: "Type", equals: "invoice" }]`. Changed in place, but for a materialized view. @default every row */
    where?: ViewCondition[];
    /** Either this or `from` and `columns`. */
    query?: never;
}

/** A view of a SELECT of yours. */
export interface ViewOfQueryArgs extends CommonViewArgs {
    /** A SELECT, sent as it is. Name tables with their database: `"orders"."shop"."orders"`. A new one drops the view and makes it again, without its grants. */
    query: pulumi.Input<string>;
    /** The query says it. */
    from?: never;
    /** The query says it. */
    columns?: never;
    /** The query says it. */
    where?: never;
}

/** Arguments of {@link WarehouseView}. */
export type WarehouseViewArgs = ViewOfTableArgs | ViewOfQueryArgs;

/**
 * A view over what integrations replicate, in a database of yours: columns out of a SUPER value, one kind of item of a table that holds several, or
 * a final table that follows a staging one (materialized). Made, changed and dropped with the stack.
 *
 * @example
 * ```ts
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const warehouse = new zeroetl.RedshiftWarehouse("analytics", { kind: "serverless" });
 * const documents = new zeroetl.DynamoDbToRedshift("documents", {
 *     table: { arn: "arn:aws:dynamodb:eu-west-1:111122223333:table/Documents" },
 *     warehouse,
 * });
 * const invoices = new zeroetl.WarehouseView("invoices", {
 *     warehouse,
 *     from: { database: documents.databaseName, table: "Documents" },
 *     columns: [{ column: "DocumentID" }, { attribute: "Total", tag: "N", type: "decimal(12,2)" }],
 *     where: [{ attribute: "Type", equals: "invoice" }],
 * });
 * export const view = invoices.viewName;
 * ```
 */
export class WarehouseView extends pulumi.ComponentResource {
    /** The database that the view is in. */
    readonly database: pulumi.Output<string>;
    /** The view's schema. */
    readonly schema: pulumi.Output<string>;
    /** The view's name. */
    readonly viewName: pulumi.Output<string>;
    /** The view itself. */
    readonly view: RedshiftView;

    constructor(name: string, args: WarehouseViewArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:WarehouseView", name, {}, opts);

        const target = warehouseTarget(args, accountOf(this));
        const connection = reachable(target, "or declare the view in the warehouse's stack");
        const definition = checked(definitionOf(name, args, connection), viewProblems);
        const { adoptExisting, timeout } = args;
        this.view = new RedshiftView(
            `${name}-view`,
            { warehouse: connection, view: definition, adoptExisting, timeout, account: target.account },
            { parent: this },
        );

        this.database = derived(definition, ({ database }) => database);
        this.schema = pulumi.output(args.schema ?? DEFAULT_SCHEMA);
        this.viewName = pulumi.output(args.viewName ?? name);
        this.registerOutputs({ database: this.database, schema: this.schema, viewName: this.viewName });
    }
}

const DEFAULT_SCHEMA = "public";

function definitionOf(
    name: string,
    { query, from, columns, where, materialized, ...place }: WarehouseViewArgs,
    connection: pulumi.Output<{ database?: string }>,
): pulumi.Output<WarehouseViewDefinition> {
    const view = {
        database: place.database ?? derived(connection, ({ database }) => database!),
        schema: place.schema ?? DEFAULT_SCHEMA,
        name: place.viewName ?? name,
        materialized,
    };
    return pulumi.output(query === undefined ? { ...view, from, columns, where } : { ...view, query });
}
