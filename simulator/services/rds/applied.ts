import { seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import type { World } from "../../world/world";
import type { GroupKind } from "./parameters";
import { findParameterGroup, RdsState, type AppliedGroup, type Instance, type ParameterGroup } from "./state";

/** How long a dynamic parameter takes to come into effect. */
const APPLYING = seconds(20);

/** A group that an instance starts with: all of it is in effect. */
export function startedWith(group: ParameterGroup): AppliedGroup {
    return { name: group.name, values: declaredValues(group), status: "in-sync", awaitsBoot: false };
}

/** Another group, attached to a running instance: until the next start the old one's values stay. */
export function attach(applied: AppliedGroup, group: ParameterGroup): void {
    if (applied.name !== group.name) {
        Object.assign(applied, { name: group.name, status: "pending-reboot", awaitsBoot: true });
    }
}

/** A start of the instance brings everything into effect. */
export function boot(ctx: Context, instance: Instance): void {
    for (const kind of ["instance", "cluster"] as const) {
        const applied = appliedOf(instance, kind);
        if (applied) {
            Object.assign(applied, startedWith(findParameterGroup(ctx, kind, applied.name)));
        }
    }
}

/** Brings what a group now declares to the instances that have it: at once where that goes, else at their next start. */
export function applyDeclared(ctx: Context, group: ParameterGroup, immediate: ReadonlySet<string>): void {
    for (const instance of ctx.state(RdsState).instances.values()) {
        const applied = appliedOf(instance, group.kind);
        if (applied?.name === group.name && !applied.awaitsBoot) {
            apply(ctx.world, applied, group, immediate);
        }
    }
}

function apply(world: World, applied: AppliedGroup, group: ParameterGroup, immediate: ReadonlySet<string>): void {
    const settle = () => {
        if (applied.name !== group.name || applied.awaitsBoot) {
            return;
        }
        for (const name of immediate) {
            const declared = group.values.get(name)?.value;
            if (declared === undefined) {
                applied.values.delete(name);
            } else {
                applied.values.set(name, declared);
            }
        }
        applied.status = isInEffect(applied, group) ? "in-sync" : "pending-reboot";
    };
    if (immediate.size === 0) {
        settle();
        return;
    }
    applied.status = "applying";
    world.clock.schedule(world.duration("rds", APPLYING), settle);
}

function isInEffect(applied: AppliedGroup, group: ParameterGroup): boolean {
    const names = new Set([...applied.values.keys(), ...group.values.keys()]);
    return [...names].every((name) => valueInEffect(applied, group, name) === declaredValue(group, name));
}

const declaredValues = ({ values }: ParameterGroup) => new Map([...values].map(([name, { value }]) => [name, value]));

/** What a group says of a parameter, be it by the family's default. */
export function declaredValue({ kind, family, values }: ParameterGroup, name: string): string | undefined {
    return values.get(name)?.value ?? family.groups[kind]![name]?.value;
}

function valueInEffect(applied: AppliedGroup, { kind, family }: ParameterGroup, name: string): string | undefined {
    return applied.values.get(name) ?? family.groups[kind]![name]?.value;
}

/** The value of a parameter that an instance runs with; undefined where the engine's own holds. */
export function parameterInEffect(ctx: Context, instance: Instance, name: string): string | undefined {
    // What zero-ETL asks of a cluster belongs to the cluster's group.
    const kinds = instance.clusterParameters ? (["cluster", "instance"] as const) : (["instance"] as const);
    const kind = kinds.find((k) => {
        const { name: groupName } = appliedOf(instance, k)!;
        return Object.hasOwn(findParameterGroup(ctx, k, groupName).family.groups[k]!, name);
    });
    const applied = kind && appliedOf(instance, kind)!;
    return applied && valueInEffect(applied, findParameterGroup(ctx, kind, applied.name), name);
}

function appliedOf(instance: Instance, kind: GroupKind): AppliedGroup | undefined {
    return kind === "cluster" ? instance.clusterParameters : instance.parameters;
}

/** Whether an instance, or a cluster for its instances, has the group. */
export function isAttached(ctx: Context, { kind, name }: ParameterGroup): boolean {
    const { clusters, instances } = ctx.state(RdsState);
    return kind === "cluster"
        ? [...clusters.values()].some(({ db }) => db.DBClusterParameterGroup === name)
        : [...instances.values()].some(({ parameters }) => parameters.name === name);
}
