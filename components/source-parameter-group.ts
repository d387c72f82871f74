import * as pulumi from "@pulumi/pulumi";
import { ClusterParameterGroup, type ClusterParameterGroupArgs } from "@pulumi/aws/rds/clusterParameterGroup";
import { ParameterGroup, type ParameterGroupArgs } from "@pulumi/aws/rds/parameterGroup";

import {
    parameterGroupFamily,
    parameterGroupKind,
    parameterProblems,
    refuse,
    requiredParameters,
    type GroupParameter,
    type SourceEngine,
    type TargetKind,
} from "../sdk/requirements";
import { transformed, type Transform } from "./transform";

interface CommonGroupArgs {
    /** The source's version as RDS writes it, such as `8.0.mysql_aurora.3.08.0` or `16.8`: it decides the group's family. */
    engineVersion: string;
    /** What the source is read for: a pipeline into OpenSearch asks for other parameters than an integration. @default "redshift", as for a lakehouse */
    target?: TargetKind;
    /** Parameters beside those that zero-ETL asks for; they take effect when the writer is rebooted. One that contradicts is refused. @default none */
    parameters?: Record<string, string>;
    /** Tags of the group. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A group for an Aurora cluster: its name goes to the cluster's `dbClusterParameterGroupName`. */
export interface AuroraParameterGroupArgs extends CommonGroupArgs {
    /** What the source is. */
    engine: "aurora-mysql" | "aurora-postgresql";
    /** Aurora always reads a cluster's group. */
    multiAzCluster?: never;
    /** Changes to the group. */
    transform?: { group?: Transform<ClusterParameterGroupArgs> };
}

/** A group for a Multi-AZ DB cluster of RDS: its name goes to the cluster's `dbClusterParameterGroupName`. */
export interface MultiAzParameterGroupArgs extends CommonGroupArgs {
    /** What the source is: AWS integrates such clusters of MySQL alone. */
    engine: "mysql";
    /** Three instances that are a cluster, and no Aurora. */
    multiAzCluster: true;
    /** Changes to the group. */
    transform?: { group?: Transform<ClusterParameterGroupArgs> };
}

/** A group for an instance of RDS: its name goes to the instance's `parameterGroupName`. */
export interface RdsParameterGroupArgs extends CommonGroupArgs {
    /** What the source is. Oracle needs no parameters. */
    engine: "mysql" | "postgres";
    /** @default false: an instance */
    multiAzCluster?: false;
    /** Changes to the group. */
    transform?: { group?: Transform<ParameterGroupArgs> };
}

/** Arguments of {@link SourceParameterGroup}. */
export type SourceParameterGroupArgs = AuroraParameterGroupArgs | MultiAzParameterGroupArgs | RdsParameterGroupArgs;

/**
 * A parameter group with all that zero-ETL asks of a source. Give its name to the cluster or the instance, and the group to the integration, which then
 * sees when a value changes.
 *
 * A group that a cluster is created with is in effect from the start. One that is attached later waits for a reboot of the writer: the
 * integration says so before it is made, and reboots when it is told to.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const engineVersion = "8.0.mysql_aurora.3.08.0";
 * const parameterGroup = new zeroetl.SourceParameterGroup("orders", { engine: "aurora-mysql", engineVersion });
 * export const cluster = new aws.rds.Cluster("orders", {
 *     engine: "aurora-mysql",
 *     engineVersion,
 *     dbClusterParameterGroupName: parameterGroup.name,
 *     masterUsername: "admin",
 *     manageMasterUserPassword: true,
 * });
 * ```
 */
export class SourceParameterGroup extends pulumi.ComponentResource {
    /** The group's name, for the cluster or the instance. */
    readonly name: pulumi.Output<string>;
    /** The parameters that the group sets. */
    readonly parameters: pulumi.Output<{ name: string; value: string }[] | undefined>;

    constructor(name: string, args: SourceParameterGroupArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:SourceParameterGroup", name, {}, opts);
        const group = groupOf(this, name, args);
        this.name = group.name;
        this.parameters = group.parameters;
        this.registerOutputs({ name: this.name });
    }
}

function groupOf(
    parent: SourceParameterGroup,
    name: string,
    args: SourceParameterGroupArgs,
): ClusterParameterGroup | ParameterGroup {
    const { engine, engineVersion, tags } = args;
    const settings = {
        family: parameterGroupFamily(engine, engineVersion)!,
        parameters: parametersOf(engine, args),
        tags,
    };
    const group = `${name}-group`;
    return isForCluster(args)
        ? new ClusterParameterGroup(...transformed(args.transform?.group, group, settings, { parent }))
        : new ParameterGroup(...transformed(args.transform?.group, group, settings, { parent }));
}

function isForCluster(args: SourceParameterGroupArgs): args is AuroraParameterGroupArgs | MultiAzParameterGroupArgs {
    return parameterGroupKind(args.engine, args) === "cluster";
}

/** The static ones of the user's are not known, and AWS takes `pending-reboot` for the others, too. */
function parametersOf(
    engine: SourceEngine,
    { parameters = {}, multiAzCluster, target }: SourceParameterGroupArgs,
): GroupParameter[] {
    const required = requiredParameters(engine, { multiAzCluster, target });
    const values = Object.fromEntries(required.map(({ name, value }) => [name, value]));
    refuse(parameterProblems("parameters", engine, { ...values, ...parameters }, { multiAzCluster, target }));
    const extra = Object.entries(parameters).map(([name, value]): GroupParameter => ({
        name,
        value,
        applyMethod: required.find((each) => each.name === name)?.applyMethod ?? "pending-reboot",
    }));
    return [...required.filter(({ name }) => !(name in parameters)), ...extra];
}
