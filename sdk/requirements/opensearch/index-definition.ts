import { isDeepStrictEqual } from "node:util";

import { problem, warning, type Problem } from "../errors";
import { at, isMapping, isOn, shown, type Mapping } from "./options";
import { meant } from "./suggestion";

/** How one field is indexed. Beside its type it has the options that OpenSearch has for the type. */
export interface FieldMapping {
    /** @default "object" */
    type?: FieldType;
    /** Of an object: its fields. */
    properties?: Record<string, FieldMapping>;
    /** The same value, indexed in other ways. */
    fields?: Record<string, FieldMapping>;
    [option: string]: unknown;
}

export interface IndexMappings {
    /** What becomes of fields that are not mapped. @default true */
    dynamic?: boolean | "strict" | "strict_allow_templates" | "false_allow_templates";
    properties?: Record<string, FieldMapping>;
    [option: string]: unknown;
}

/** An index that is made before a pipeline writes to it. */
export interface IndexDefinition {
    /** Lower-case; 255 bytes at most. */
    name: string;
    /** @default - OpenSearch guesses each field's type from its first value, and refuses what does not fit from then on */
    mapping?: IndexMappings;
    /** As OpenSearch has them, such as `{ index: { number_of_replicas: 1 } }`. */
    settings?: Record<string, unknown>;
}

export const FIELD_TYPES = [
    "alias",
    "binary",
    "boolean",
    "byte",
    "completion",
    "constant_keyword",
    "date",
    "date_nanos",
    "date_range",
    "double",
    "double_range",
    "flat_object",
    "float",
    "float_range",
    "geo_point",
    "geo_shape",
    "half_float",
    "integer",
    "integer_range",
    "ip",
    "ip_range",
    "join",
    "keyword",
    "knn_vector",
    "long",
    "long_range",
    "match_only_text",
    "nested",
    "object",
    "percolator",
    "rank_feature",
    "rank_features",
    "scaled_float",
    "search_as_you_type",
    "semantic",
    "short",
    "sparse_vector",
    "text",
    "token_count",
    "unsigned_long",
    "version",
    "wildcard",
    "xy_point",
    "xy_shape",
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** Fields of an index, unless `index.mapping.total_fields.limit` says otherwise. */
export const MAX_FIELDS = 1000;

/** Levels of objects, unless `index.mapping.depth.limit` says otherwise. */
const MAX_DEPTH = 20;

const MAX_DIMENSION = 16_000;

/** What OpenSearch would refuse in an index. */
export function indexProblems(argument: string, { name, mapping = {}, settings = {} }: IndexDefinition): Problem[] {
    const fields = fieldsOf(`${argument}.mapping`, mapping);
    const limit = Number(setting(settings, "mapping.total_fields.limit") ?? MAX_FIELDS);
    return [
        ...indexNameProblems(`${argument}.name`, name),
        ...(fields.length > limit
            ? [
                  problem(
                      `${argument}.mapping`,
                      `It has ${fields.length} fields, and an index takes ${limit}`,
                      "Map what is searched, and give the rest the type flat_object",
                  ),
              ]
            : []),
        ...fields.flatMap((field) => fieldProblems(field, settings)),
    ];
}

/** What OpenSearch takes as the name of an index. */
export function indexNameProblems(argument: string, name: string): Problem[] {
    const bytes = Buffer.byteLength(name);
    if (bytes === 0 || bytes > 255) {
        return [problem(argument, `"${name}" has ${bytes} bytes`, "OpenSearch takes 1 to 255")];
    }
    return /^[^-_+.\s"*\\<|,>/?#:A-Z][^\s"*\\<|,>/?#:A-Z]*$/.test(name)
        ? []
        : [
              problem(
                  argument,
                  `"${name}" is no name of an index`,
                  "Use lower-case letters, digits, hyphens and underscores, a letter or digit first",
              ),
          ];
}

interface Field {
    path: string;
    /** As queries have it: `customer.address.city`. */
    name: string;
    depth: number;
    mapping: unknown;
}

function fieldsOf(path: string, mapping: unknown, prefix = "", depth = 1): Field[] {
    // Deeper than any index, and no mapping that contains itself goes on for ever.
    if (!isMapping(mapping) || depth > MAX_DEPTH + 1) {
        return [];
    }
    return (["properties", "fields"] as const).flatMap((key) => {
        const inner = mapping[key];
        return isMapping(inner)
            ? Object.entries(inner).flatMap(([name, field]) => {
                  const here = { path: at(`${path}.${key}`, name), name: prefix + name, depth, mapping: field };
                  return [here, ...fieldsOf(here.path, field, `${here.name}.`, depth + 1)];
              })
            : [];
    });
}

function fieldProblems({ path, name, depth, mapping }: Field, settings: Record<string, unknown>): Problem[] {
    if (!isMapping(mapping)) {
        return [problem(path, `${shown(mapping)} is no mapping`, `Write { type: "keyword" }`)];
    }
    const { type, properties } = mapping;
    const isObject = type === undefined || type === "object" || type === "nested";
    return [
        ...(name.endsWith(".") || name.trim() === "" ? [problem(path, "The field has no name", "Name it")] : []),
        ...(depth > MAX_DEPTH
            ? [problem(path, `It is more than ${MAX_DEPTH} levels deep`, "Give an outer field the type flat_object")]
            : []),
        ...(type === undefined || (FIELD_TYPES as readonly unknown[]).includes(type)
            ? []
            : [
                  problem(
                      `${path}.type`,
                      `${shown(type)} is no type of OpenSearch`,
                      meant(String(type), FIELD_TYPES, "Use keyword, text, date, long, double, boolean or object"),
                  ),
              ]),
        ...(type === undefined && properties === undefined
            ? [problem(path, "It has neither a type nor fields of its own", `Write { type: "keyword" }, or properties`)]
            : []),
        ...(!isObject && properties !== undefined
            ? [
                  problem(
                      `${path}.properties`,
                      `A field of type ${shown(type)} has no fields of its own`,
                      "Leave its type out",
                  ),
              ]
            : []),
        ...(type === "knn_vector" ? vectorProblems(path, mapping, settings) : []),
        ...(type === "scaled_float" && mapping.scaling_factor === undefined
            ? [problem(`${path}.scaling_factor`, "It is not given", "Give it, such as 100 for amounts of money")]
            : []),
        ...(type === "alias" && mapping.path === undefined
            ? [problem(`${path}.path`, "It is not given", "Name the field that it stands for")]
            : []),
    ];
}

function vectorProblems(path: string, mapping: Mapping, settings: Record<string, unknown>): Problem[] {
    const { dimension, model_id } = mapping;
    const isWhole = Number.isInteger(dimension) && Number(dimension) >= 1 && Number(dimension) <= MAX_DIMENSION;
    return [
        ...(isWhole || (dimension === undefined && model_id !== undefined)
            ? []
            : [
                  problem(
                      `${path}.dimension`,
                      dimension === undefined ? "It is not given" : `It is ${shown(dimension)}`,
                      `Give the number of dimensions that the model answers with, 1 to ${MAX_DIMENSION}`,
                  ),
              ]),
        ...(isOn(setting(settings, "knn"))
            ? []
            : [
                  problem(
                      path,
                      "The index is not one for vectors, so that they are stored and never searched",
                      "Set settings: { index: { knn: true } }",
                  ),
              ]),
    ];
}

/** A setting by its name after `index.`, in any of the forms that OpenSearch takes. */
function setting(settings: Record<string, unknown>, name: string): unknown {
    const forms: [Mapping, string][] = [
        [settings, `index.${name}`],
        [settings, name],
        ...(isMapping(settings.index) ? ([[settings.index, name]] as [Mapping, string][]) : []),
    ];
    for (const [from, path] of forms) {
        const value =
            from[path] ?? path.split(".").reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), from);
        if (value !== undefined) {
            return value;
        }
    }
    return undefined;
}

// What OpenSearch changes on a field that is there.
const CHANGEABLE = new Set([
    "boost",
    "coerce",
    "copy_to",
    "dynamic",
    "eager_global_ordinals",
    "fields",
    "ignore_above",
    "ignore_malformed",
    "meta",
    "properties",
    "search_analyzer",
    "search_quote_analyzer",
]);

// What an index keeps for as long as it lives.
const STATIC_SETTINGS = [
    "number_of_shards",
    "number_of_routing_shards",
    "routing_partition_size",
    "codec",
    "knn",
    "analysis",
];

/**
 * The changes that OpenSearch would refuse on an index that is there: it takes new fields, and never another type of one that it has. Such a
 * change needs an index by another name, and all documents again.
 */
export function mappingChangeProblems(argument: string, before: IndexDefinition, after: IndexDefinition): Problem[] {
    if (before.name !== after.name) {
        return [];
    }
    const fix = `Name the index ${nextName(after.name)}, and load everything again`;
    const old = new Map(fieldsOf(`${argument}.mapping`, before.mapping).map((field) => [field.path, field]));
    const now = new Map(fieldsOf(`${argument}.mapping`, after.mapping).map((field) => [field.path, field]));
    return [
        ...[...now.values()].flatMap(({ path, name, mapping }) => {
            const previous = old.get(path)?.mapping;
            if (!isMapping(previous) || !isMapping(mapping)) {
                return [];
            }
            return changedOptions(previous, mapping).map((option) =>
                problem(
                    at(path, option),
                    `The ${option} of ${name} would change from ${shown(valueOf(previous, option))} to ${shown(valueOf(mapping, option))}, which OpenSearch refuses on an index that is there`,
                    fix,
                ),
            );
        }),
        ...[...old.values()]
            .filter(({ path }) => !now.has(path))
            .map(({ path, name }) =>
                warning(
                    path,
                    `${name} is mapped in the index, and OpenSearch takes no field away`,
                    "It stays until there is another index",
                ),
            ),
        ...STATIC_SETTINGS.filter(
            (name) => !isDeepStrictEqual(setting(before.settings ?? {}, name), setting(after.settings ?? {}, name)),
        ).map((name) =>
            problem(`${argument}.settings`, `${name} is settled when an index is made, and would change`, fix),
        ),
    ];
}

function changedOptions(before: Mapping, after: Mapping): string[] {
    return [...new Set(["type", ...Object.keys(before), ...Object.keys(after)])].filter(
        (option) => !CHANGEABLE.has(option) && !isDeepStrictEqual(valueOf(before, option), valueOf(after, option)),
    );
}

/** OpenSearch gives a mapping back without what is the default. */
function valueOf(mapping: Mapping, option: string): unknown {
    return mapping[option] ?? (option === "type" ? "object" : undefined);
}

/** `products` → `products-v2` → `products-v3`. */
export function nextName(index: string): string {
    const [, base, version] = /^(.+?)-v(\d+)$/.exec(index) ?? [undefined, index, "1"];
    return `${base}-v${Number(version) + 1}`;
}
