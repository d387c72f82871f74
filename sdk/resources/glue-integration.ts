import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** How long to wait for an integration: seconds, minutes or hours, such as `"45s"`, `"30m"`, `"1h"`. */
export interface IntegrationTimeouts {
    /** @default "60m" */
    create?: Duration;
    /** @default "30m" */
    update?: Duration;
    /** @default "30m" */
    delete?: Duration;
    /**
     * How long NEEDS_ATTENTION may last before the wait ends as a failure; `"0s"` for not at all. AWS goes on by itself once the
     * cause is gone, and a role or a policy that is only seconds old can be such a cause.
     *
     * @default "5m"
     */
    needsAttention?: Duration;
}

/** An error that AWS reports of an integration. */
export interface IntegrationError {
    /** AWS's name for it. */
    code: string;
    /** AWS's explanation. */
    message: string;
}

/** Arguments of {@link GlueIntegration}. */
export interface GlueIntegrationArgs extends DynamicResourceArgs {
    /** 1–128 characters, unique in the account and Region. Changed in place. */
    integrationName: pulumi.Input<string>;
    /** A DynamoDB table, a Glue connection, a DMS endpoint or an ODB cluster, in the integration's account and Region. Another one replaces the integration. */
    sourceArn: pulumi.Input<string>;
    /** A Glue database or catalog, or a Redshift namespace, in the same Region. Another one replaces the integration. */
    targetArn: pulumi.Input<string>;
    /** At most 1000 characters. Changed in place. @default - none */
    description?: pulumi.Input<string>;
    /**
     * Which parts of the source to take, in Maxwell filter syntax, at most 2048 characters; not for a DynamoDB table. Changed in place,
     * after which AWS loads the target again; without any, the integration is replaced.
     *
     * @default - everything
     */
    dataFilter?: pulumi.Input<string>;
    /** A customer managed key for data on its way. Another one replaces the integration. @default - a key of AWS */
    kmsKeyId?: pulumi.Input<string>;
    /** Pairs that the key's policy can ask for; only with `kmsKeyId`. Replaces the integration. @default - none */
    additionalEncryptionContext?: pulumi.Input<Record<string, pulumi.Input<string>>>;
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
    /** At most 49, beside the one that says whose the integration is. Changed in place. @default - none */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** What an update waits for: the integration being active, or AWS having accepted it. @default "active" */
    waitFor?: pulumi.Input<"active" | "accepted">;
    /** Takes over an integration of this name, or of this source and target, that something else made. @default false */
    adoptExisting?: pulumi.Input<boolean>;
    /** @default - 60 minutes to create, 30 to update and to delete, 5 for NEEDS_ATTENTION */
    timeouts?: pulumi.Input<IntegrationTimeouts>;
}

/**
 * A zero-ETL integration of AWS Glue.
 *
 * A dynamic resource, because `@pulumi/aws` has none, and `aws-native` replaces it, with a full load, on a new name or refresh interval
 * that AWS changes in place, knows no errors and no namespace, and exists in some Regions only.
 *
 * Destroying it keeps the tables in the target and their files.
 */
export class GlueIntegration extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("GlueIntegration");

    /** What AWS knows it by; also the resource's id. */
    declare readonly integrationArn: pulumi.Output<string>;
    /** Unique in the account and Region. */
    declare readonly integrationName: pulumi.Output<string>;
    /** Where the data comes from. */
    declare readonly sourceArn: pulumi.Output<string>;
    /** Where the data goes. */
    declare readonly targetArn: pulumi.Output<string>;
    /** `ACTIVE`, `SYNCING`, `NEEDS_ATTENTION`, … as the last update or refresh saw it. */
    declare readonly status: pulumi.Output<string>;
    /** What AWS reported as wrong then. */
    declare readonly integrationErrors: pulumi.Output<IntegrationError[]>;
    /** ISO 8601. */
    declare readonly createdAt: pulumi.Output<string>;

    constructor(name: string, args: GlueIntegrationArgs, opts?: pulumi.CustomResourceOptions) {
        super("GlueIntegration", name, args, ["integrationArn", "status", "integrationErrors", "createdAt"], opts);
    }
}
