import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";

import { DynamicResource, type DynamicResourceArgs } from "./dynamic-resource";

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

/** What every integration takes, whichever service creates it. */
export interface IntegrationArgs extends DynamicResourceArgs {
    /** Unique in the account and Region. Changed in place. */
    integrationName: pulumi.Input<string>;
    /** Where the data comes from, in the integration's account and Region. Another one replaces the integration. */
    sourceArn: pulumi.Input<string>;
    /** Where the data goes, in the same Region. Another one replaces the integration. */
    targetArn: pulumi.Input<string>;
    /** At most 1000 characters. Changed in place. @default - none */
    description?: pulumi.Input<string>;
    /** A customer managed key for data on its way. Another one replaces the integration. @default - a key of AWS */
    kmsKeyId?: pulumi.Input<string>;
    /** Pairs that the key's policy can ask for; only with `kmsKeyId`. Replaces the integration. @default - none */
    additionalEncryptionContext?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** At most 49, beside the one that says whose the integration is. Changed in place. @default - none */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** What an update waits for: the integration being active, or AWS having accepted it. @default "active" */
    waitFor?: pulumi.Input<"active" | "accepted">;
    /** Takes over an integration of this name, or of this source and target, that something else made. @default false */
    adoptExisting?: pulumi.Input<boolean>;
    /** @default - 60 minutes to create, 30 to update and to delete, 5 for NEEDS_ATTENTION */
    timeouts?: pulumi.Input<IntegrationTimeouts>;
}

/** A zero-ETL integration, whichever service creates it. */
export abstract class Integration extends DynamicResource {
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

    protected constructor(type: string, name: string, args: IntegrationArgs, opts?: pulumi.CustomResourceOptions) {
        super(type, name, args, ["integrationArn", "status", "integrationErrors", "createdAt"], opts);
    }
}
