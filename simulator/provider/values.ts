import { isDeepStrictEqual } from "node:util";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Fields, Shape, Typings } from "./typings";

/** A resource's inputs or outputs, as they are in its stack's state. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each type has its own shape, checked against the typings
export type Properties = Record<string, any>;

/** How Pulumi writes a value that nobody knows before the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The member of an object that says it is something else: here an asset. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";

/** The inputs that this provider filled in, kept in the state so that a generated name stays. */
export const DEFAULTS = "__defaults";

export function fromStruct(struct: Struct | undefined): Properties {
    return struct?.toJavaScript() ?? {};
}

/** Members without a value are left out: a Struct knows no undefined. */
export function toStruct(properties: object): Struct {
    return Struct.fromJavaScript(compact(properties) as Record<string, JavaScriptValue>);
}

export function compact<T>(value: T): T {
    if (value instanceof Date) {
        return value.toISOString() as T;
    }
    if (Array.isArray(value)) {
        return value.map(compact) as T;
    }
    if (value !== null && typeof value === "object") {
        const members = Object.entries(value).filter(([, v]) => v !== undefined && v !== null);
        return Object.fromEntries(members.map(([k, v]) => [k, compact(v)])) as T;
    }
    return value;
}

export function isObject(value: unknown): value is Properties {
    return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The text or the file that a `pulumi.asset.Asset` stands for. */
export function assetOf(value: unknown): { text?: string; path?: string } | undefined {
    return isObject(value) && value[SIGNATURE] === ASSET ? value : undefined;
}

/**
 * A resource's state as a program sees it at preview: what was not given and AWS computes is unknown.
 *
 * @param before the state that is updated, which keeps what AWS has computed
 */
export function planned(typings: Typings, fields: Fields, given: Properties, before?: Properties): Properties {
    return Object.fromEntries(
        Object.entries(fields).flatMap(([key, field]) => {
            if (given[key] !== undefined) {
                return [[key, plannedValue(typings, field.shape, given[key], before?.[key])]];
            }
            return field.optional ? [] : [[key, before ? before[key] : UNKNOWN]];
        }),
    );
}

function plannedValue(typings: Typings, shape: Shape, given: unknown, before: unknown): unknown {
    if (typeof shape !== "object" || given === UNKNOWN) {
        return given;
    }
    if ("list" in shape && Array.isArray(given)) {
        const old = Array.isArray(before) ? before : [];
        return given.map((item, i) => plannedValue(typings, shape.list, item, old[i]));
    }
    return "object" in shape && isObject(given)
        ? planned(typings, typings.object(shape), given, isObject(before) ? before : undefined)
        : given;
}

/** How the values of some properties are compared. */
export interface Comparison {
    /** Lists without an order. */
    sets?: readonly string[];
    /** Policies, in which AWS gives lists back in an order of its own, and lists of one as their element. */
    documents?: readonly string[];
    /** Other JSON text. */
    json?: readonly string[];
}

/** To the real provider a value that says nothing is as good as none. */
export function isZero(value: unknown): boolean {
    return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

export function sameValue(comparison: Comparison, key: string, a: unknown, b: unknown): boolean {
    return (
        (isZero(a) && isZero(b)) || isDeepStrictEqual(comparable(comparison, key, a), comparable(comparison, key, b))
    );
}

function comparable({ sets, documents, json }: Comparison, key: string, value: unknown): unknown {
    if (sets?.includes(key) && Array.isArray(value)) {
        return value.map((item) => JSON.stringify(canonical(item))).sort();
    }
    if (typeof value !== "string") {
        return value;
    }
    return documents?.includes(key) ? canonical(parseJson(value)) : json?.includes(key) ? parseJson(value) : value;
}

function canonical(value: unknown): unknown {
    if (Array.isArray(value)) {
        const items = value.map((item) => JSON.stringify(canonical(item))).sort();
        return items.length === 1 ? canonical(value[0]) : items;
    }
    if (isObject(value)) {
        const keys = Object.keys(value).sort();
        return Object.fromEntries(keys.map((key) => [key, canonical(value[key])]));
    }
    return value;
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/** What of `current` the program has a say in: the members that its inputs name. */
export function project(given: unknown, current: unknown): unknown {
    if (isObject(given) && isObject(current)) {
        const known = Object.keys(given).filter((key) => current[key] !== undefined);
        return Object.fromEntries(known.map((key) => [key, project(given[key], current[key])]));
    }
    if (Array.isArray(given) && Array.isArray(current) && given.length === current.length) {
        return current.map((item, i) => project(given[i], item));
    }
    return current;
}
