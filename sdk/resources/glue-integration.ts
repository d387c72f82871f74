import * as pulumi from "@pulumi/pulumi";

import { dynamicType } from "./dynamic-resource";
import { Integration, type IntegrationArgs } from "./integration";

/** Arguments of {@link GlueIntegration}. */
export interface GlueIntegrationArgs extends IntegrationArgs {
    /** 1–128 characters, unique in the account and Region. Changed in place. */
    integrationName: pulumi.Input<string>;
    /** A DynamoDB table, a Glue connection, a DMS endpoint or an ODB cluster, in the integration's account and Region. Another one replaces the integration. */
    sourceArn: pulumi.Input<string>;
    /** A Glue database or catalog, or a Redshift namespace, in the same Region. Another one replaces the integration. */
    targetArn: pulumi.Input<string>;
    /**
     * Which parts of the source to take, in Maxwell filter syntax, at most 2048 characters; not for a DynamoDB table. Changed in place,
     * after which AWS loads the target again; without any, the integration is replaced.
     *
     * @default - everything
     */
    dataFilter?: pulumi.Input<string>;
    /**
     * How often AWS looks for changes, in words: `"15 minutes"`, `"1 hour"`, `"6 days"`; whole minutes from 15 to 8,640. Changed in place,
     * except for a Redshift target.
     *
     * @default - 15 minutes for DynamoDB, 1 hour for a Glue connection
     */
    refreshInterval?: pulumi.Input<string>;
    /** Of a self-managed source: `SubnetIds`, `VpcSecurityGroupIds`. Replaces the integration. @default - none */
    sourceProperties?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** `false` loads the source once. AWS documents it for SaaS, and for DynamoDB in a notice alone. Replaces the integration. @default true */
    continuousSync?: pulumi.Input<boolean>;
    /** The namespace in a table bucket: lower-case letters, digits, underscores; only for S3 Tables. Replaces the integration. @default - `zetl_` and the integration's id */
    targetNamespace?: pulumi.Input<string>;
}

/**
 * A zero-ETL integration of AWS Glue.
 *
 * A dynamic resource, because `@pulumi/aws` has none, and `aws-native` replaces it, with a full load, on a new name or refresh interval
 * that AWS changes in place, knows no errors and no namespace, and exists in some Regions only.
 *
 * Destroying it keeps the tables in the target and their files.
 */
export class GlueIntegration extends Integration {
    /** @internal */
    static readonly __pulumiType = dynamicType("GlueIntegration");

    constructor(name: string, args: GlueIntegrationArgs, opts?: pulumi.CustomResourceOptions) {
        super("GlueIntegration", name, args, opts);
    }
}
