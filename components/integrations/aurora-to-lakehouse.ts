import type * as pulumi from "@pulumi/pulumi";

import type { AuroraMySqlArgs, AuroraPostgreSqlArgs } from "./aurora-to-redshift";
import type { IntegrationComponentArgs } from "./integration";
import { RelationalToLakehouse, type CatalogTargetArgs } from "./relational-to-lakehouse";

/** Arguments of {@link AuroraToLakehouse}. */
export type AuroraToLakehouseArgs = IntegrationComponentArgs &
    CatalogTargetArgs &
    (AuroraMySqlArgs | AuroraPostgreSqlArgs);

/**
 * An Aurora cluster in a lakehouse that AWS runs, a catalog in Redshift managed storage: all tables are loaded once, and every change follows.
 *
 * It sees that the parameters which AWS asks for are in effect, lets the catalog accept the cluster, and makes the integration. Destroying it keeps the data
 * in the catalog.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const catalog = new zeroetl.ManagedCatalog("shop");
 * const orders = new zeroetl.AuroraToLakehouse("orders", {
 *     engine: "aurora-postgresql",
 *     source: aws.rds.Cluster.get("orders", "orders"),
 *     catalog,
 *     dataFilter: "include: shop.public.*, exclude: shop.public./tmp_.*\/",
 * });
 * export const status = orders.status;
 * ```
 */
export class AuroraToLakehouse extends RelationalToLakehouse {
    constructor(name: string, args: AuroraToLakehouseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("AuroraToLakehouse", name, args, opts);
    }
}
