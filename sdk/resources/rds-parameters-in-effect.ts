import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";
import type { TargetKind } from "../requirements/rds-source";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** A weekly window in UTC. */
export interface RebootWindow {
    /** As RDS and Redshift write it, such as `"sun:03:00-sun:04:00"`. */
    window: string;
}

/**
 * When what waits for a reboot may have it: not at all, at once, or if the update runs in a window. Outside of it the update ends with
 * what to do, and reboots nothing.
 */
export type Reboot = "never" | "now" | RebootWindow;

/** Arguments of {@link RdsParametersInEffect}. */
export interface RdsParametersInEffectArgs extends DynamicResourceArgs {
    /** An Aurora cluster, a Multi-AZ DB cluster or an instance. Another one replaces the resource. */
    sourceArn: pulumi.Input<string>;
    /** What the source is read for, since a pipeline into OpenSearch asks for other parameters than an integration. @default "redshift" */
    target?: pulumi.Input<TargetKind>;
    /**
     * Values that have to be in effect beside those that zero-ETL asks of the engine. Give those of a parameter group that the same program
     * declares: when one is changed, the update looks whether it is in effect.
     *
     * @default - none
     */
    parameters?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Whether the writer may be rebooted, which takes it down for a minute or so: once, and only if parameters wait for it. @default "never" */
    reboot?: pulumi.Input<Reboot>;
    /** How long to wait until the values are in effect. @default "30m" */
    timeout?: pulumi.Input<Duration>;
}

/**
 * That the parameters which zero-ETL asks of a source are in effect, and not only declared: AWS judges those in effect, and an
 * integration of a source that waits for a reboot comes out broken half an hour later.
 *
 * A dynamic resource, because parameter groups end with what is declared, and no resource reboots a database. Destroying it
 * changes nothing.
 */
export class RdsParametersInEffect extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("RdsParametersInEffect");

    /** The source. */
    declare readonly sourceArn: pulumi.Output<string>;
    /** Whether the writer has the values, as the last update or refresh saw it. */
    declare readonly inEffect: pulumi.Output<boolean>;
    /** Instances that wait for a reboot, readers of Aurora too, whose values do not count. */
    declare readonly pending: pulumi.Output<string[]>;

    constructor(name: string, args: RdsParametersInEffectArgs, opts?: pulumi.CustomResourceOptions) {
        super("RdsParametersInEffect", name, args, ["inEffect", "pending"], opts);
    }
}
