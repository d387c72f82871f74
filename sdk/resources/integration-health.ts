import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";
import type { IntegrationError } from "./integration";

/** Arguments of {@link IntegrationHealth}. */
export interface IntegrationHealthArgs extends DynamicResourceArgs {
    /** Integrations of RDS, Redshift and Glue, whoever made them, all of one account and Region. Changed without a call that writes. */
    integrationArns: pulumi.Input<pulumi.Input<string>[]>;
    /** Whether an update waits until none is being created or changed; `"none"` tells how they are now. @default "healthy" */
    waitFor?: pulumi.Input<"healthy" | "none">;
    /** What becomes of the update when one needs attention, has failed or is gone: it fails, or `warnings` says so. @default "fail" */
    whenUnhealthy?: pulumi.Input<"fail" | "warn">;
    /** How long to wait. @default "60m" */
    timeout?: pulumi.Input<Duration>;
}

/** A setting that somebody changed outside of the stack. */
export interface IntegrationDrift {
    /** `integrationName`, `description`, `dataFilter` or `refreshInterval`. */
    setting: string;
    /** As the last update saw it; "" for none. */
    was: string;
    /** As the last refresh saw it; "" for none. */
    is: string;
}

/** An integration as the last update or refresh saw it. */
export interface ObservedIntegration {
    /** Its ARN. */
    integrationArn: string;
    /** Where the data comes from. */
    sourceArn: string;
    /** Where the data goes. */
    targetArn: string;
    /** `ACTIVE`, `SYNCING`, `NEEDS_ATTENTION`, …; `GONE` when AWS knows none of the ARN. */
    status: string;
    /** What AWS reported as wrong. */
    errors: IntegrationError[];
    /** What somebody may change, as the last update saw it. */
    settings: { integrationName: string; description?: string; dataFilter?: string; refreshInterval?: string };
    /** What somebody has changed since the last update. */
    drift: IntegrationDrift[];
}

/**
 * How integrations are: statuses, errors, and what was changed by hand. It makes and deletes nothing.
 *
 * A dynamic resource, because no provider has a status of integrations. One waits for a whole list, in one of the engine's slots, with
 * one call for each service: make the integrations with `waitFor: "accepted"`, and let this one wait for all of them.
 */
export class IntegrationHealth extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("IntegrationHealth");

    /** Each integration, in the order of the ARNs. */
    declare readonly integrations: pulumi.Output<ObservedIntegration[]>;
    /** Whether all are active or syncing. */
    declare readonly healthy: pulumi.Output<boolean>;
    /** A sentence or two for each that is not, with AWS's errors, and what to do where that is known. */
    declare readonly warnings: pulumi.Output<string[]>;

    constructor(name: string, args: IntegrationHealthArgs, opts?: pulumi.CustomResourceOptions) {
        super("IntegrationHealth", name, args, ["integrations", "healthy", "warnings"], opts);
    }
}
