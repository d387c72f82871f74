import * as pulumi from "@pulumi/pulumi";

import { dynamicType } from "./dynamic-resource";
import { Integration, type IntegrationArgs } from "./integration";

/** Arguments of {@link RdsIntegration}. */
export interface RdsIntegrationArgs extends IntegrationArgs {
    /** 1–63 letters, digits and single hyphens, a letter first; unique in the account and Region. Changed in place. */
    integrationName: pulumi.Input<string>;
    /** An Aurora cluster, an RDS instance or a Multi-AZ DB cluster, in the integration's account and Region. Another one replaces the integration. */
    sourceArn: pulumi.Input<string>;
    /** A Redshift namespace, or a managed Glue catalog, in the same Region. Another one replaces the integration. */
    targetArn: pulumi.Input<string>;
    /**
     * Which tables to take, those that come later included, such as `include: shop.*, exclude: shop.tmp`; at most 99 patterns of 256
     * characters. PostgreSQL and Oracle need one, which names a database. Changed in place: AWS then takes away what no longer
     * matches, and loads what does so now.
     *
     * @default - everything, for MySQL
     */
    dataFilter?: pulumi.Input<string>;
    /** The ARN of a customer managed key for data on its way. Another one replaces the integration. @default - a key of AWS */
    kmsKeyId?: pulumi.Input<string>;
}

/**
 * A zero-ETL integration of Amazon RDS: Aurora or RDS into Redshift, or into a managed Glue catalog.
 *
 * A dynamic resource, because `aws.rds.Integration` tells neither status nor errors, has no description, taints an integration that
 * comes out syncing or needs attention, so that the next update loads everything again, and cannot take over what exists.
 *
 * AWS creates one integration of a source at a time: others of the same source wait for their turn. Destroying it keeps the data in
 * the target.
 */
export class RdsIntegration extends Integration {
    /** @internal */
    static readonly __pulumiType = dynamicType("RdsIntegration");

    constructor(name: string, args: RdsIntegrationArgs, opts?: pulumi.CustomResourceOptions) {
        super("RdsIntegration", name, args, opts);
    }
}
