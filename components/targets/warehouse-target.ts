import * as pulumi from "@pulumi/pulumi";

import { parseArn, problem } from "../../sdk/requirements";
import { accountFor, accountOf, type AwsAccount } from "../../sdk/resources/aws-account";
import type { WarehouseConnectionArgs } from "../../sdk/resources/warehouse-connection";
import { checked, derived } from "../checked";
import { RedshiftWarehouse, type RedshiftWarehouseReference } from "./redshift-warehouse";
import type { Location, Target } from "./target";

/** A warehouse of this program or of another stack, and how statements get in. */
export interface WarehouseTarget extends Target {
    /** How statements get in. */
    connection: pulumi.Output<pulumi.Unwrap<WarehouseConnectionArgs>>;
    /** The account that statements are sent to. */
    account: Location;
}

/** @param account The account of whoever uses the warehouse, which a warehouse of another stack is in where nothing else is said. */
export function warehouseTarget(
    {
        warehouse,
        warehouseAccount,
    }: { warehouse: RedshiftWarehouse | pulumi.Input<RedshiftWarehouseReference>; warehouseAccount?: AwsAccount },
    account: Location,
): WarehouseTarget {
    if (warehouse instanceof RedshiftWarehouse) {
        const { namespaceArn: arn, region, connection } = warehouse;
        return { arn, region, connection, account: accountOf(warehouse) };
    }
    const { namespaceArn: arn, connection } = pulumi.output(warehouse);
    return {
        arn,
        region: derived(arn, (known) => parseArn(known, "warehouse").region),
        connection,
        account: warehouseAccount ? accountFor({ provider: warehouseAccount }) : account,
    };
}

/** How statements get in, once it is known that they go to the warehouse's account. */
export function reachable(
    { arn, connection, account }: WarehouseTarget,
    otherwise: string,
): WarehouseTarget["connection"] {
    const fitting = checked(pulumi.all([connection, arn, account]), ([, namespaceArn, { accountId }]) => {
        const owner = parseArn(namespaceArn).accountId;
        return owner === accountId
            ? []
            : [
                  problem(
                      "warehouse",
                      `It is in account ${owner}, and statements would be sent to account ${accountId}`,
                      `Give warehouseAccount, a zeroetl.AwsAccount that leads there, ${otherwise}`,
                  ),
              ];
    });
    return derived(fitting, ([known]) => known);
}
