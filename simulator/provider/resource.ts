import type { Client } from "./client";
import type { Comparison, Properties } from "./values";

/**
 * How a type of `@pulumi/aws` becomes calls of AWS. Everything that its typings say (required, computed, nested) is taken
 * from there; this is the rest.
 */
export interface ResourceType extends Comparison {
    /** The real provider's words for it in errors: `DynamoDB Table`. */
    label: string;
    /** How it is named when the program does not. @default it has no name of its own */
    autoname?: Autoname;
    /** What the provider fills in for inputs that are not given. */
    defaults?: Properties;
    /** Inputs that cannot be changed in place; `region` never can. @default all, where there is no `update` */
    replaces?: readonly string[];
    /** Inputs that differ as long as AWS shows more than was given. @default compared with those given last */
    comparedAsRead?: readonly string[];
    /** Inputs that are refused, by their paths: the simulator does nothing with them. */
    notSimulated?: readonly string[];
    /** Outputs that AWS computes anew when an input changes, by input: unknown at preview. */
    recomputes?: Record<string, readonly string[]>;
    /** What of the state `read` needs beside the id: `get` and imports have to give it. */
    foundWith?: readonly string[];
    /** Makes the thing, and answers with its id as soon as there is one, and with outputs that AWS tells this once. */
    create(aws: Client, args: Properties): Promise<string | { id: string; toldOnce: Properties }>;
    /** The rest of a create. Where it fails, the half-made resource stays in the state. */
    settle?(aws: Client, id: string, args: Properties): Promise<void>;
    /**
     * All outputs as AWS has them now; undefined if it is gone. Members without a value are undefined. `tags` are derived
     * from `tagsAll`, and what AWS does not keep (`forceDestroy`) is taken from the state.
     *
     * @param state what is known of it: empty when it is imported
     */
    read(aws: Client, id: string, state: Properties): Promise<Properties | undefined>;
    /** @param before the inputs as they were last applied */
    update?(aws: Client, id: string, args: Properties, before: Properties, state: Properties): Promise<void>;
    delete(aws: Client, id: string, state: Properties): Promise<void>;
}

export interface Autoname {
    /** `name` */
    property: string;
    /** The longest that AWS takes. */
    max: number;
    /** As the resource in the program, without random digits. */
    exact?: boolean;
    /** Made up by the provider while it creates, with this before it, and so unknown at preview. */
    late?: string;
    form?(name: string): string;
}

/** Of what the program does not describe. */
export const DESCRIPTION = "Managed by Pulumi";

export type ResourceTypes = Record<string, ResourceType>;

/** A function of `@pulumi/aws`, by its arguments. */
export type Invoke = (aws: Client, args: Properties) => Promise<Properties>;

export type Invokes = Record<string, Invoke>;

export type Tags = Record<string, string>;

/** Key and Value, as most services list tags. */
export interface Tag {
    Key?: string;
    Value?: string;
}

export const tagList = (tags: Tags = {}) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Without those that AWS sets itself. */
export function tagMap(tags: readonly Tag[] = []): Tags {
    const own = tags.filter(({ Key = "" }) => !Key.startsWith("aws:"));
    return Object.fromEntries(own.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Brings a resource's tags from `before` to `after` with the least of calls. */
export async function retag(
    before: Properties,
    after: Properties,
    calls: { tag(tags: Tags): Promise<unknown>; untag(keys: string[]): Promise<unknown> },
): Promise<void> {
    const [old, wanted]: Tags[] = [before.tags ?? {}, after.tags ?? {}];
    const removed = Object.keys(old).filter((key) => !(key in wanted));
    const changed = Object.entries(wanted).filter(([key, value]) => old[key] !== value);
    if (removed.length > 0) {
        await calls.untag(removed);
    }
    if (changed.length > 0) {
        await calls.tag(Object.fromEntries(changed));
    }
}

/** Whether any of these inputs differs from what it was. */
export function changed(before: Properties, after: Properties, ...keys: string[]): boolean {
    return keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

/** What has no order to AWS, in that of the program as far as it knows it. */
export function inOrderOf(known: Properties[] | undefined, found: Properties[], key = "name"): Properties[] {
    const order = (known ?? []).map((item) => item[key]);
    const place = (item: Properties) => (order.includes(item[key]) ? order.indexOf(item[key]) : order.length);
    return [...found].sort((a, b) => place(a) - place(b));
}
