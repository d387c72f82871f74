import { illegalArgument } from "./error";
import { isJson, type Json } from "./json";

/** Settings of an index, by their full names: `index.number_of_replicas`. All values are text. */
export type Settings = Record<string, string>;

/** Those that OpenSearch and the plugins of the service know; the last ones are groups. */
const KNOWN =
    /^index\.(number_of_shards|number_of_replicas|auto_expand_replicas|refresh_interval|hidden|codec(\..+)?|priority|knn(\..+)?|default_pipeline|final_pipeline|max_[a-z_]+|gc_deletes|number_of_routing_shards|(mapping|mapper|analysis|analyze|blocks|highlight|sort|similarity|routing|query|queries|search|translog|merge|lifecycle|plugins|soft_deletes|unassigned|write|store|append_only|composite_index|derived_source)\..+)$/;

/** What an index has of which nobody says anything. */
export const DEFAULTS: Settings = { "index.number_of_shards": "1", "index.number_of_replicas": "1" };

/** Settings of a new index. */
export const parseSettings = (given: unknown): Settings => changedSettings({}, parseChanges(given));

/** What is to be changed, nested or not, with `index.` or without it; null takes a setting back to its default. */
export function parseChanges(given: unknown): Record<string, string | null> {
    const changes = Object.fromEntries(
        flatten(given ?? {}, "").map(([key, value]) => [key.startsWith("index.") ? key : `index.${key}`, value]),
    );
    const unknown = Object.keys(changes).find((key) => !KNOWN.test(key));
    if (unknown) {
        throw illegalArgument(
            `unknown setting [${unknown}] please check that any required plugins are installed, or check the breaking changes documentation for removed settings`,
        );
    }
    requireNumber(changes, "index.number_of_shards", 1, 1024);
    requireNumber(changes, "index.number_of_replicas", 0, Infinity);
    return changes;
}

export function changedSettings(current: Settings, changes: Record<string, string | null>): Settings {
    const after = Object.entries({ ...current, ...changes }).map(([key, value]) => [key, value ?? DEFAULTS[key]]);
    return Object.fromEntries(after.filter(([, value]) => value !== undefined));
}

/** As responses show them: `{ index: { number_of_shards: "5" } }`. */
export function nestedSettings(settings: Settings): Json {
    const nested: Json = {};
    for (const [key, value] of Object.entries(settings)) {
        put(nested, key.split("."), value);
    }
    return nested;
}

function put(object: Json, [name, ...rest]: string[], value: string): void {
    const inner = (object[name] ??= {});
    if (rest.length === 0) {
        object[name] = value;
    } else if (isJson(inner)) {
        put(inner, rest, value);
    } else {
        // `knn` has a value of its own, and is the name of a group as well.
        object[[name, ...rest].join(".")] = value;
    }
}

function flatten(value: unknown, path: string): [string, string | null][] {
    if (isJson(value)) {
        return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path ? `${path}.${key}` : key));
    }
    return [[path, value === null ? null : Array.isArray(value) ? JSON.stringify(value) : String(value)]];
}

function requireNumber(settings: Record<string, string | null>, key: string, min: number, max: number): void {
    const value = settings[key] ?? undefined;
    if (value === undefined) {
        return;
    }
    if (!/^-?\d+$/.test(value)) {
        throw illegalArgument(`Failed to parse value [${value}] for setting [${key}]`);
    }
    if (Number(value) < min || Number(value) > max) {
        const [limit, side] = Number(value) < min ? [min, ">="] : [max, "<="];
        throw illegalArgument(`Failed to parse value [${value}] for setting [${key}] must be ${side} ${limit}`);
    }
}
