import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/rds/cluster";
import type { ClusterParameterGroup } from "@pulumi/aws/rds/clusterParameterGroup";

import type { ExistingDatabase, SourceParametersArgs } from "./relational-source";
import { RelationalToOpenSearch, type RelationalPipelineArgs } from "./relational-to-opensearch";

/** Arguments of {@link AuroraToOpenSearch}. */
export type AuroraToOpenSearchArgs = RelationalPipelineArgs &
    SourceParametersArgs<ClusterParameterGroup> & {
        /** What the source is: Aurora MySQL 3.05.2 or later, or Aurora PostgreSQL 16.4 or later. */
        engine: "aurora-mysql" | "aurora-postgresql";
        /** The source: an Aurora cluster of the program, or the ARN of another. The pipeline is made in its account and Region. */
        source: Cluster | ExistingDatabase;
    };

/**
 * An Aurora database as documents in OpenSearch, seconds behind: all rows are loaded once, and each change follows.
 *
 * It sees that the parameters which AWS asks for are in effect; makes a role with what this pipeline needs, buckets, a log group, and the role that RDS exports
 * with; lets the target accept the pipeline; makes the indexes with their mappings; and then the pipeline. Destroying it keeps indexes and dead letters; of
 * PostgreSQL, a replication slot may stay: see `slotCleanupCommands`.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const orders = new zeroetl.AuroraToOpenSearch("orders", {
 *     engine: "aurora-postgresql",
 *     source: aws.rds.Cluster.get("shop", "shop"),
 *     database: "shop",
 *     search: new zeroetl.SearchTarget("orders", { kind: "domain" }),
 *     indexes: [
 *         { table: "public.orders", name: "orders", mapping: { properties: { total: { type: "double" } } } },
 *         { table: "public.customers", name: "customers" },
 *     ],
 *     initialLoad: { kmsKeyArn: new aws.kms.Key("export").arn },
 *     vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"], attachmentCidr: "10.99.20.0/24" },
 * });
 * export const afterDestroy = orders.slotCleanupCommands;
 * ```
 */
export class AuroraToOpenSearch extends RelationalToOpenSearch {
    constructor(name: string, args: AuroraToOpenSearchArgs, opts?: pulumi.ComponentResourceOptions) {
        super("AuroraToOpenSearch", name, args, opts);
    }
}
