import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "@pulumi/aws/rds/cluster";
import type { ClusterParameterGroup } from "@pulumi/aws/rds/clusterParameterGroup";
import { getClusterOutput } from "@pulumi/aws/rds/getCluster";
import { Instance } from "@pulumi/aws/rds/instance";
import type { ParameterGroup } from "@pulumi/aws/rds/parameterGroup";

import {
    isAurora,
    isRdsClusterArn,
    nameIn,
    parameterProblems,
    problem,
    rdsSourceProblems,
    sourceEngineOf,
    type DataFilter,
    type RdsSourceState,
    type SourceEngine,
    type TargetKind,
} from "../../sdk/requirements";
import { RdsParametersInEffect, type Reboot } from "../../sdk/resources/rds-parameters-in-effect";
import { checked, derived, warnOf } from "../checked";
import { warnOfReboot } from "../reboot";
import type { SourceParameterGroup } from "../source-parameter-group";
import type { Location } from "../targets/target";

/** A cluster or an instance of RDS that is declared elsewhere. */
export interface ExistingDatabase {
    /** `arn:aws:rds:region:account:cluster:name` for Aurora and Multi-AZ DB clusters, `:db:name` for an instance. */
    arn: pulumi.Input<string>;
}

/** A source with parameters that AWS reads before it replicates. */
export interface SourceParametersArgs<Group> {
    /**
     * The source's parameter group, where the program declares it: its values are judged at preview, and a value that changes is looked for in the source.
     *
     * @default none: the values in effect are judged before the integration is made
     */
    parameterGroup?: Group | SourceParameterGroup;
    /**
     * When the source may be rebooted for parameters that wait for it: not at all, at once, or if the update runs in a weekly window. Its writer is down
     * for a minute or so then; the program warns of it at preview.
     *
     * @default "never": the update ends with what to do
     */
    reboot?: Reboot;
}

/** A source that keeps its parameters as they are: AWS asks for none. */
export type NoSourceParametersArgs = { [argument in keyof SourceParametersArgs<never>]?: never };

/** What is known of a relational source, whatever its engine. */
export interface RelationalSourceArgs extends SourceParametersArgs<ClusterParameterGroup | ParameterGroup> {
    /** What the source is. */
    engine: SourceEngine;
    /** The source. */
    source: Cluster | Instance | ExistingDatabase;
    /** Which tables. @default every table, where MySQL is the source */
    dataFilter?: pulumi.Input<string> | DataFilter;
}

/** A source that an integration can be made of. */
export interface RelationalSource {
    /** Known to fit the engine and the target. */
    arn: pulumi.Output<string>;
    /** What comes before the integration. */
    ready: pulumi.Resource[];
}

/** How long a writer is away; larger ones take longer. */
const WRITER_DOWNTIME = "a minute or so";

/** What a source is read for. */
interface RelationalUse {
    account: Location;
    /** The ARN, once it is known that it can be read from there. */
    beside(arn: pulumi.Output<string>): pulumi.Output<string>;
    use: TargetKind;
    /** Others of the same source, which come first. */
    after?: pulumi.Resource[];
}

/** Judges the source as far as it is known, and sees to its parameters. */
export function relationalSource(
    component: pulumi.Resource,
    name: string,
    args: RelationalSourceArgs,
    { account, beside, use, after = [] }: RelationalUse,
): RelationalSource {
    const { engine, source } = args;
    if (isDeclared(source)) {
        warnOfMissingPrerequisites(source, use);
    }
    const own = sourceArn(engine, source, use);
    const arn = beside(own);
    if (engine === "oracle") {
        return { arn, ready: [] };
    }
    const { reboot } = args;
    warnOfReboot(component, reboot, {
        what: whatGoesDown(source),
        downtime: WRITER_DOWNTIME,
        candidates: () => clusterMembers(component, source),
    });
    // It does not wait for the target, which may take as long: what either lacks is said in one update.
    const parameters = new RdsParametersInEffect(
        `${name}-parameters`,
        {
            sourceArn: own,
            target: use === "opensearch" ? use : undefined,
            parameters: parametersOf(args, use),
            reboot,
            account,
        },
        { parent: component, dependsOn: after },
    );
    return { arn, ready: [parameters] };
}

function isDeclared(source: RelationalSourceArgs["source"]): source is Cluster | Instance {
    return pulumi.CustomResource.isInstance(source);
}

/** The ARN, once it is known that the source is what the arguments say. */
function sourceArn(
    engine: SourceEngine,
    source: RelationalSourceArgs["source"],
    target: TargetKind,
): pulumi.Output<string> {
    const declared = isDeclared(source) ? checked(source.engine, (found) => engineProblems(engine, found)) : null;
    const judged = checked(source.arn, (arn) =>
        rdsSourceProblems(
            "source",
            { engine: RDS_ENGINE[engine], arn, multiAzCluster: !isAurora(engine) && isRdsClusterArn(arn) },
            { target },
        ),
    );
    return derived(pulumi.all([judged, declared]), ([arn]) => arn);
}

function engineProblems(engine: SourceEngine, found: string) {
    return sourceEngineOf(found) === engine
        ? []
        : [
              problem(
                  "engine",
                  `The source is of ${found}, and engine says ${engine}`,
                  `Give engine: "${sourceEngineOf(found) ?? engine}", or another source`,
              ),
          ];
}

/** As RDS has it: Oracle's editions do not differ here. */
const RDS_ENGINE: Record<SourceEngine, string> = {
    "aurora-mysql": "aurora-mysql",
    "aurora-postgresql": "aurora-postgresql",
    mysql: "mysql",
    postgres: "postgres",
    oracle: "oracle-ee",
};

/** AWS refuses most of these only after a while; without the policy pack, this is where a user hears of them first. Each alone: at preview some are not known. */
function warnOfMissingPrerequisites(source: Cluster | Instance, target: TargetKind): void {
    const judge = <K extends keyof RdsSourceState>(property: K, value: pulumi.Output<RdsSourceState[K] | undefined>) =>
        pulumi.all([source.engine, value]).apply(([engine, known]) => {
            // An engine that AWS does not integrate is refused elsewhere.
            if (sourceEngineOf(engine) !== undefined) {
                warnOf(source, rdsSourceProblems("source", { engine, [property]: known }, { target }));
            }
        });
    judge("engineVersion", source.engineVersion);
    judge("backupRetentionPeriod", source.backupRetentionPeriod);
    judge("storageType", source.storageType);
    if (Cluster.isInstance(source)) {
        judge("backtrackWindow", source.backtrackWindow);
        judge("engineMode", source.engineMode);
        judge("clusterScalabilityType", source.clusterScalabilityType);
        judge(
            "multiAzCluster",
            source.engine.apply((engine) => !engine.startsWith("aurora")),
        );
    } else {
        judge("isReadReplica", (source as Instance).replicateSourceDb.apply(Boolean));
    }
}

/** The values of the group, once they are known to be what AWS asks for. */
function parametersOf(
    { engine, source, parameterGroup }: RelationalSourceArgs,
    target: TargetKind,
): pulumi.Output<Record<string, string>> | undefined {
    if (parameterGroup === undefined) {
        return undefined;
    }
    const declared = parameterGroup.parameters as pulumi.Output<{ name: string; value: string }[] | undefined>;
    const values = declared.apply((list = []) =>
        Object.fromEntries(list.map(({ name, value }) => [name, value])),
    ) as pulumi.Output<Record<string, string>>;
    const multiAzCluster = !isAurora(engine) && Cluster.isInstance(source);
    return checked(values, (found) => parameterProblems("parameterGroup", engine, found, { multiAzCluster, target }));
}

/** Asked of AWS: what a cluster's own output says was read before it had instances. */
function clusterMembers(component: pulumi.Resource, source: RelationalSourceArgs["source"]): pulumi.Output<string[]> {
    // Unlike its name, the id is not known before the cluster is there.
    const clusterIdentifier = Cluster.isInstance(source)
        ? source.id
        : derived(source.arn, (arn) => (isRdsClusterArn(arn) ? nameIn(arn) : ""));
    return derived(clusterIdentifier, (known) =>
        known === "" ? [] : getClusterOutput({ clusterIdentifier: known }, { parent: component }).clusterMembers,
    );
}

function whatGoesDown(source: RelationalSourceArgs["source"]): pulumi.Output<string> {
    if (Cluster.isInstance(source)) {
        return pulumi.interpolate`The writer of ${source.clusterIdentifier}`;
    }
    return Instance.isInstance(source)
        ? source.identifier
        : derived(source.arn, (arn) => (isRdsClusterArn(arn) ? `The writer of ${nameIn(arn)}` : nameIn(arn)));
}
