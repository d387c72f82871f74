import type { ResourceType } from "./resource";
import type { TokenTypings } from "./typings";
import { DEFAULTS, isZero, project, sameValue, type Properties } from "./values";

/** A type with all that is known of it. */
export interface Known {
    token: string;
    type: ResourceType;
    typings: TokenTypings;
}

/** What may tell a resource from others of its type. */
const NAMES = [
    "name",
    "bucket",
    "tableName",
    "role",
    "integrationName",
    "workgroupName",
    "namespaceName",
    "clusterIdentifier",
    "domainName",
];

export function nameOf({ autoname }: ResourceType, args: Properties): unknown {
    return [autoname?.property ?? "", ...NAMES].map((key) => args[key]).find((name) => name !== undefined);
}

/** An empty list asks for nothing. */
export function refused({ notSimulated = [] }: ResourceType, given: Properties): string[] {
    const valueAt = (path: string) => path.split(".").reduce((value, key) => value?.[key], given);
    return notSimulated.filter((path) => !isZero(valueAt(path)));
}

export function withoutDefaultsKey(inputs: Properties): Properties {
    return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== DEFAULTS));
}

/** A value that is not known yet differs from any. */
export function changedKeys({ type, typings }: Known, before: Properties, after: Properties): string[] {
    const keys = Object.keys({ ...before, ...after }).filter((key) => key in typings.inputs);
    const kept = withKept(typings, before, after);
    return keys.filter((key) => !sameValue(type, key, before[key], kept[key]));
}

/** What the program gives of what is compared with the state. */
export function asRead({ comparedAsRead = [] }: ResourceType, given: Properties, state: Properties): Properties {
    const keys = comparedAsRead.filter((key) => given[key] !== undefined);
    return Object.fromEntries(keys.map((key) => [key, state[key]]));
}

/** What AWS would have computed, had it not been given, stays as it is when it is no longer given. */
export function withKept({ outputs }: TokenTypings, before: Properties, after: Properties): Properties {
    const computed = Object.entries(before).filter(([key]) => outputs[key] && !outputs[key].optional);
    return { ...Object.fromEntries(computed), ...after };
}

/** Inputs that AWS chose, since the program did not: an update sends them along, or AWS would forget them. */
export function computedInputs({ typings }: Known, state: Properties): Properties {
    const { inputs, outputs } = typings;
    return Object.fromEntries(Object.entries(state).filter(([key]) => key in inputs && !outputs[key]?.optional));
}

/** What the state has beside the inputs. */
export function outputsOnly({ typings }: Known, state: Properties): Properties {
    return Object.fromEntries(Object.entries(state).filter(([key]) => !(key in typings.inputs)));
}

/** The inputs of a resource that was found: with what a program would have to say to get it. */
export function importedInputs({ type, typings }: Known, state: Properties): Properties {
    const unsaid = ["region", ...(type.notSimulated ?? [])];
    const said = Object.keys(typings.inputs).filter((key) => !unsaid.includes(key) && !isZero(state[key]));
    return Object.fromEntries([
        ...said.map((key) => [key, state[key]]),
        [
            DEFAULTS,
            Object.keys(type.defaults ?? {})
                .filter((key) => said.includes(key))
                .sort(),
        ],
    ]);
}

/** The inputs as AWS has them now, as far as the program gave any: a difference is drift. */
export function currentInputs({ type }: Known, given: Properties, state: Properties): Properties {
    const current = Object.entries(given).map(([key, value]) => {
        const now = key.startsWith("__") ? value : project(value, state[key]);
        return [key, sameValue(type, key, value, now) ? value : now];
    });
    return Object.fromEntries(current);
}
