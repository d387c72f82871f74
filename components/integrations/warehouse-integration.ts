import * as pulumi from "@pulumi/pulumi";

import { InvalidArgument, type DatabaseSource } from "../../sdk/requirements";
import type { AwsAccount } from "../../sdk/resources/aws-account";
import type { Integration } from "../../sdk/resources/integration";
import type { RedshiftIntegrationDatabase } from "../../sdk/resources/redshift-integration-database";
import { RedshiftWarehouse, type RedshiftWarehouseReference } from "../targets/redshift-warehouse";
import {
    integrationDatabase,
    type SourceDatabaseArgs,
    type WarehouseDatabaseArgs,
    type WarehouseHistoryArgs,
} from "../targets/warehouse-database";
import { reachable, type WarehouseTarget } from "../targets/warehouse-target";
import { IntegrationComponent } from "./integration";

/** A warehouse of the same program. */
export interface OwnWarehouseArgs {
    /** The target. */
    warehouse: RedshiftWarehouse;
    /** Who creates the integration, where the warehouse is in another account: see `warehouse.accept`. @default everyone in the source's account whom its own policies allow it */
    creatorArns?: pulumi.Input<string>[];
    /** Only for a warehouse of another stack. */
    warehouseAccount?: never;
}

/** A warehouse of another stack, where `warehouse.accept` has let the source in. */
export interface ReferencedWarehouseArgs {
    /** The target: what the other stack exports of `warehouse.reference()`. */
    warehouse: pulumi.Input<RedshiftWarehouseReference>;
    /**
     * The way into the warehouse's account, where that is another one: the database is made there. Without a way, say `database: false`, export the
     * integration's ARN, and call `warehouse.database` in the warehouse's stack.
     *
     * @default the integration's own account
     */
    warehouseAccount?: AwsAccount;
    /** The other stack settles it: see `warehouse.accept`. */
    creatorArns?: never;
}

/** The warehouse that an integration writes to. */
export type WarehouseTargetArgs = OwnWarehouseArgs | ReferencedWarehouseArgs;

/** What the databases of an integration take, whatever the source. */
export type AnyDatabaseArgs = WarehouseDatabaseArgs & WarehouseHistoryArgs & Partial<SourceDatabaseArgs>;

/** An integration into a warehouse, with the databases that it fills. */
export abstract class WarehouseIntegration<I extends Integration> extends IntegrationComponent<I> {
    /** The databases that the integration fills: one, but for PostgreSQL; none with `false`. */
    abstract readonly databases: RedshiftIntegrationDatabase[];

    /** The name of the first database. */
    get databaseName(): pulumi.Output<string> {
        const [first] = this.databases;
        if (!first) {
            throw new InvalidArgument("database", "The integration makes none", "Take the name from whoever makes it");
        }
        return first.databaseName;
    }
}

/** The target's half, where it is of this program. */
export function acceptedByWarehouse(
    { warehouse, creatorArns }: WarehouseTargetArgs,
    name: string,
    sourceArn: pulumi.Output<string>,
): pulumi.Resource[] {
    return warehouse instanceof RedshiftWarehouse ? [warehouse.accept(name, { sourceArn, creatorArns })] : [];
}

/** Makes the databases once the integration is active; `false` leaves them to the warehouse's stack. */
export function integrationDatabases<I extends Integration>(
    component: WarehouseIntegration<I>,
    name: string,
    {
        source,
        databases,
        target,
    }: { source: DatabaseSource; databases: AnyDatabaseArgs[] | false; target: WarehouseTarget },
): RedshiftIntegrationDatabase[] {
    if (databases === false) {
        return [];
    }
    const connection = reachable(
        target,
        "or database: false, and make the database in the warehouse's stack with warehouse.database()",
    );
    // PostgreSQL may have several, each with its own name, whatever their order.
    const isOne = databases.length === 1 && !["aurora-postgresql", "postgres"].includes(source);
    return databases.map((args) =>
        integrationDatabase(
            isOne ? `${name}-database` : `${name}-database-${args.sourceDatabase}`,
            {
                integrationArn: component.integrationArn,
                source,
                connection,
                account: target.account,
                defaultName: isOne ? name : `${name}_${args.sourceDatabase}`,
            },
            args,
            { parent: component },
        ),
    );
}
