import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";
import type { Reboot } from "./rds-parameters-in-effect";

/** Arguments of {@link RedshiftParametersInEffect}. */
export interface RedshiftParametersInEffectArgs extends DynamicResourceArgs {
    /** A serverless workgroup, whose parameters are set, without a reboot; either this or `clusterIdentifier`. Another one replaces the resource. */
    workgroupName?: pulumi.Input<string>;
    /** A provisioned cluster, whose parameters are those of its own group; either this or `workgroupName`. Another one replaces the resource. */
    clusterIdentifier?: pulumi.Input<string>;
    /**
     * Values that have to be in effect beside case-sensitive identifiers, which zero-ETL asks for.
     *
     * @default - none
     */
    parameters?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Whether the cluster may be rebooted, which takes it down for some minutes: once, and only if parameters wait for it. @default "never" */
    reboot?: pulumi.Input<Reboot>;
    /** How long to wait until the values are in effect. @default "30m" */
    timeout?: pulumi.Input<Duration>;
}

/**
 * That the parameters which zero-ETL asks of a warehouse are in effect, and not only declared.
 *
 * A dynamic resource, because `aws.redshift.ParameterGroup` ends with what is declared, no resource reboots a cluster, and
 * `aws.redshiftserverless.Workgroup` takes all parameters or none: this one sets what is needed, and keeps the others. Destroying it
 * changes nothing.
 */
export class RedshiftParametersInEffect extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("RedshiftParametersInEffect");

    /** Whether the warehouse has the values, as the last update or refresh saw it. */
    declare readonly inEffect: pulumi.Output<boolean>;
    /** The cluster, if it waits for a reboot. */
    declare readonly pending: pulumi.Output<string[]>;

    constructor(name: string, args: RedshiftParametersInEffectArgs, opts?: pulumi.CustomResourceOptions) {
        super("RedshiftParametersInEffect", name, args, ["inEffect", "pending"], opts);
    }
}
