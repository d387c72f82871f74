import {
    isAurora,
    rdsSourceProblems,
    sourceEngineOf,
    type Problem,
    type RdsSourceState,
    type SourceEngine,
    type TargetKind,
} from "../../sdk/requirements";
import { parametersOfGroup, type DeclaredParameter } from "./parameter-groups";
import { pipelinesOf, piped } from "./pipelines";
import { distinct } from "./problems";
import type { Resource } from "./resource";
import type { Scope, Stack } from "./stack";
import { RDS_CLUSTER, RDS_CLUSTER_PARAMETER_GROUP, RDS_INSTANCE, RDS_INTEGRATIONS, RDS_PARAMETER_GROUP } from "./types";
import { CannotTellYet, known } from "./unknown";

/**
 * Clusters and instances that are sources of integrations or of pipelines, those of the engines and those whose engine is not known
 * yet.
 */
export function relationalSources(stack: Stack, scope: Scope, engines?: readonly SourceEngine[]): Resource[] {
    const integrated = integratedSources(stack);
    return [RDS_CLUSTER, RDS_INSTANCE]
        .flatMap((type) => [
            ...new Set([...stack.inScope(scope, type, "source", integrated), ...piped(stack, scope, type)]),
        ])
        .filter((source) => {
            const name = known(() => engineNameOf(stack, source));
            const engine = sourceEngineOf(name ?? "");
            return engines === undefined || name === undefined || (engine !== undefined && engines.includes(engine));
        });
}

function integratedSources(stack: Stack): (Resource | undefined)[] {
    return stack.ofType(...RDS_INTEGRATIONS).map((integration) => stack.sourceOf(integration).resource);
}

/** Where a source's data goes, as far as the stack tells: it counts as one of an integration where nothing says that pipelines alone read it. */
export function targetsOf(stack: Stack, source: Resource): TargetKind[] {
    const isPiped = source.isTagged("pipeline-source") || pipelinesOf(stack, source).length > 0;
    const isIntegrated = integratedSources(stack).includes(source) || source.isTagged("source");
    return isPiped ? [...(isIntegrated ? (["redshift"] as const) : []), "opensearch"] : ["redshift"];
}

/** What AWS would refuse in what is told of a source, or advises against. */
export function sourceProblems(
    argument: string,
    { stack, source, ...state }: { stack: Stack; source: Resource } & Omit<RdsSourceState, "engine">,
): Problem[] {
    const engine = engineNameOf(stack, source);
    return distinct(
        targetsOf(stack, source).flatMap((target) => rdsSourceProblems(argument, { engine, ...state }, { target })),
    );
}

/** `undefined` for an engine that AWS does not integrate. @throws where it is not known yet */
export function engineOf(stack: Stack, source: Resource): SourceEngine | undefined {
    return sourceEngineOf(engineNameOf(stack, source));
}

function engineNameOf(stack: Stack, source: Resource): string {
    // A replica has the engine of its primary, and need not declare it.
    const engine = source.get<string>("engine") ?? primaryOf(stack, source)?.get<string>("engine");
    if (engine === undefined) {
        throw new CannotTellYet("it has the engine of what it is made from");
    }
    return engine;
}

/** The instance that a read replica replicates, named by its ARN where a subnet group is given or in another Region. */
export function primaryOf(stack: Stack, replica: Resource): Resource | undefined {
    return ["identifier", "arn"]
        .map((by) => stack.reference(replica, "replicateSourceDb", RDS_INSTANCE, by).resource)
        .find((primary) => primary !== undefined);
}

/** Three instances of RDS, and no Aurora. */
export function isMultiAzCluster(stack: Stack, source: Resource): boolean {
    const engine = engineOf(stack, source);
    return source.type === RDS_CLUSTER && engine !== undefined && !isAurora(engine);
}

/** The property that names the parameter group which counts for zero-ETL. */
export function groupPropertyOf(source: Resource): string {
    return source.type === RDS_CLUSTER ? "dbClusterParameterGroupName" : "parameterGroupName";
}

/** The parameters that a source's group sets. @throws where it is not known yet, or declared by another stack */
export function declaredParameters(stack: Stack, source: Resource): DeclaredParameter[] {
    const type = source.type === RDS_CLUSTER ? RDS_CLUSTER_PARAMETER_GROUP : RDS_PARAMETER_GROUP;
    return parametersOfGroup(stack, source, groupPropertyOf(source), type);
}
