import { isDeepStrictEqual } from "node:util";

import { problem, type Problem } from "./errors";

/** What an index is to look like, in OpenSearch's own form. */
export interface IndexMapping {
    /** By name: `{ type: "keyword" }`, or an object with `properties` of its own. */
    properties?: Record<string, FieldMapping>;
    [setting: string]: unknown;
}

export interface FieldMapping {
    /** An object where it is left out. */
    type?: string;
    properties?: Record<string, FieldMapping>;
    /** The same value indexed in other ways, by name. */
    fields?: Record<string, FieldMapping>;
    [setting: string]: unknown;
}

/** What OpenSearch changes of a field that is there; everything else stays as the index was made. */
const CHANGEABLE = [
    "boost",
    "coerce",
    "copy_to",
    "dynamic",
    "eager_global_ordinals",
    "fielddata",
    "ignore_above",
    "ignore_malformed",
    "meta",
    "search_analyzer",
    "search_quote_analyzer",
];

/** What OpenSearch fixes when it makes an index. */
const FIXED_SETTINGS =
    /^(number_of_shards|number_of_routing_shards|routing_partition_size|codec|knn|sort\..+|analysis\..+|similarity\..+|mapping\.source\..+|shard\.check_on_startup)$/;

const ANOTHER_INDEX = "Use a new index name: the pipeline has to export the source again to fill it";

/** What cannot be changed from one mapping of an index to the next; fields that are added can, and those left out stay in the index. */
export function mappingChangeProblems(
    argument: string,
    before: IndexMapping = {},
    after: IndexMapping = {},
): Problem[] {
    return propertiesProblems(`${argument}.properties`, before.properties, after.properties);
}

/** What cannot be changed from one index's settings to the next. Both as {@link flatSettings} has them. */
export function settingChangeProblems(
    argument: string,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
): Problem[] {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((key) => FIXED_SETTINGS.test(key) && !isSameSetting(before[key], after[key]))
        .map((key) =>
            problem(
                `${argument}.${key}`,
                `It is ${inWords(before[key])} in the index, and OpenSearch fixes it when the index is made`,
                ANOTHER_INDEX,
            ),
        );
}

/** Settings by their whole name, without `index.` before it, however they are nested. */
export function flatSettings(settings: object = {}, prefix = ""): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(settings).flatMap(([key, value]) => {
            const name = `${prefix}${key}`;
            return typeof value === "object" && value !== null && !Array.isArray(value)
                ? Object.entries(flatSettings(value as object, `${name}.`))
                : [[name.replace(/^index\./, ""), value as unknown]];
        }),
    );
}

/** OpenSearch keeps numbers and truth values as text. */
export function isSameSetting(left: unknown, right: unknown): boolean {
    return isDeepStrictEqual(asText(left), asText(right));
}

function asText(value: unknown): unknown {
    return Array.isArray(value) ? value.map(asText) : value === undefined || value === null ? undefined : String(value);
}

function propertiesProblems(
    argument: string,
    before: Record<string, FieldMapping> = {},
    after: Record<string, FieldMapping> = {},
): Problem[] {
    return Object.entries(after).flatMap(([name, field]) => {
        const old = before[name];
        return old === undefined ? [] : fieldProblems(`${argument}.${name}`, old, field);
    });
}

function fieldProblems(argument: string, before: FieldMapping, after: FieldMapping): Problem[] {
    const [was, is] = [before.type ?? "object", after.type ?? "object"];
    if (was !== is) {
        return [
            problem(argument, `It is ${was} in the index, and OpenSearch changes no field to ${is}`, ANOTHER_INDEX),
        ];
    }
    const fixed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (key) =>
            !["type", "properties", "fields", ...CHANGEABLE].includes(key) && !isSameSetting(before[key], after[key]),
    );
    return [
        ...fixed.map((key) =>
            problem(
                `${argument}.${key}`,
                `It is ${inWords(before[key])} in the index, and OpenSearch changes it for no field`,
                ANOTHER_INDEX,
            ),
        ),
        ...propertiesProblems(`${argument}.properties`, before.properties, after.properties),
        ...propertiesProblems(`${argument}.fields`, before.fields, after.fields),
    ];
}

function inWords(value: unknown): string {
    return value === undefined ? "not set" : JSON.stringify(value);
}
