import type * as pulumi from "@pulumi/pulumi";
import type { Instance } from "@pulumi/aws/rds/instance";
import type { ParameterGroup } from "@pulumi/aws/rds/parameterGroup";

import type { ExistingDatabase, SourceParametersArgs } from "./relational-source";
import { RelationalToOpenSearch, type RelationalPipelineArgs } from "./relational-to-opensearch";

/** Arguments of {@link RdsToOpenSearch}. */
export type RdsToOpenSearchArgs = RelationalPipelineArgs &
    SourceParametersArgs<ParameterGroup> & {
        /** What the source is: RDS for MySQL 8.0 or later, with automated backups, or RDS for PostgreSQL. */
        engine: "mysql" | "postgres";
        /** The source: an instance of the program, or the ARN of another; no Multi-AZ cluster. The pipeline is made in its account and Region. */
        source: Instance | ExistingDatabase;
    };

/**
 * A database of RDS as documents in OpenSearch, seconds behind: all rows are loaded once, and each change follows.
 *
 * It does what {@link AuroraToOpenSearch} does. RDS for MySQL has to be told to keep its binary log: see `binlogCommand`.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const tickets = new zeroetl.RdsToOpenSearch("tickets", {
 *     engine: "mysql",
 *     source: aws.rds.Instance.get("helpdesk", "helpdesk"),
 *     database: "helpdesk",
 *     tables: { include: ["tickets"] },
 *     search: new zeroetl.SearchTarget("tickets", { kind: "collection" }),
 *     index: { name: "tickets" },
 *     initialLoad: false,
 *     vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"], attachmentCidr: "10.99.21.0/24" },
 * });
 * export const sendOnce = tickets.binlogCommand;
 * ```
 */
export class RdsToOpenSearch extends RelationalToOpenSearch {
    constructor(name: string, args: RdsToOpenSearchArgs, opts?: pulumi.ComponentResourceOptions) {
        super("RdsToOpenSearch", name, args, opts);
    }
}
