import type * as pulumi from "@pulumi/pulumi";

import type { IntegrationComponentArgs } from "./integration";
import type { RdsMySqlArgs } from "./rds-to-redshift";
import { RelationalToLakehouse, type CatalogTargetArgs } from "./relational-to-lakehouse";

/** Arguments of {@link RdsToLakehouse}. */
export type RdsToLakehouseArgs = IntegrationComponentArgs & CatalogTargetArgs & RdsMySqlArgs;

/**
 * RDS for MySQL in a lakehouse that AWS runs, a catalog in Redshift managed storage: all tables are loaded once, and every change follows.
 *
 * PostgreSQL and Oracle have no such integration: AWS's tables of what RDS integrates list a warehouse alone for them ({@link RdsToRedshift}).
 *
 * It sees that the parameters which AWS asks for are in effect, lets the catalog accept the source, and makes the integration. Destroying it keeps the data
 * in the catalog.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const catalog = new zeroetl.ManagedCatalog("shop");
 * const shop = new zeroetl.RdsToLakehouse("shop", {
 *     engine: "mysql",
 *     source: aws.rds.Instance.get("shop", "shop"),
 *     catalog,
 *     dataFilter: [{ include: { database: "shop", table: "*" } }],
 * });
 * export const replicated = shop.tables;
 * ```
 */
export class RdsToLakehouse extends RelationalToLakehouse {
    constructor(name: string, args: RdsToLakehouseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("RdsToLakehouse", name, args, opts);
    }
}
