import { DEFAULT_FORMAT, dateParser } from "./dates";
import { badMapping, illegalArgument } from "./error";
import { COMMON_PARAMETERS, FIELD_TYPES, show, type Field, type Fields } from "./fields";
import { isJson, type Json } from "./json";
import type { Settings } from "./settings";

/** The mapping of an index as its clients write and read it. */
export interface Mapping extends Json {
    properties: Fields;
    dynamic?: unknown;
    _meta?: unknown;
}

const ROOT_PARAMETERS = [
    "properties",
    "dynamic",
    "_meta",
    "_source",
    "_routing",
    "date_detection",
    "numeric_detection",
    "dynamic_date_formats",
    "dynamic_templates",
];
const OBJECT_PARAMETERS = ["type", "properties", "dynamic", "enabled"];
const NESTED_PARAMETERS = [...OBJECT_PARAMETERS, "include_in_parent", "include_in_root"];

/** What may be changed of a field that is there; anything else would need the documents to be indexed again. */
const CHANGEABLE = [
    "type",
    "properties",
    "fields",
    "dynamic",
    "boost",
    "coerce",
    "copy_to",
    "ignore_above",
    "ignore_malformed",
    "meta",
    "search_analyzer",
    "search_quote_analyzer",
    "fielddata",
];

const DYNAMIC = ["true", "false", "strict"];

export const emptyMapping = (): Mapping => ({ properties: {} });

/** A mapping as it was sent, checked: names with dots become objects. */
export function parseMapping(given: unknown): Mapping {
    if (!isJson(given)) {
        throw badMapping("Failed to parse mapping: it is not an object");
    }
    const unknown = Object.entries(given).filter(([key]) => !ROOT_PARAMETERS.includes(key));
    if (unknown.length > 0) {
        const each = unknown.map(([key, value]) => `[${key} : ${show(value)}]`).join(" ");
        throw badMapping(`Root mapping definition has unsupported parameters:  ${each}`);
    }
    checkDynamic(given.dynamic);
    return { ...given, properties: parseFields(given.properties ?? {}, "") };
}

/** `current` with what `update` says beside it, as one request or template after the other adds to a mapping. */
export function mergeMapping(current: Mapping, update: Mapping): Mapping {
    return { ...current, ...update, properties: mergeFields(current.properties, update.properties, "") };
}

/** What an index does not take: too many fields, too deep, or vectors that it was not made for. */
export function checkLimits({ properties }: Mapping, settings: Settings): void {
    const total = Number(settings["index.mapping.total_fields.limit"] ?? 1000);
    if (countFields(properties) > total) {
        throw illegalArgument(`Limit of total fields [${total}] has been exceeded`);
    }
    const depth = Number(settings["index.mapping.depth.limit"] ?? 20);
    if (depthOf(properties) > depth) {
        throw illegalArgument(`Limit of mapping depth [${depth}] has been exceeded`);
    }
    if (settings["index.knn"] !== "true" && hasVectors(properties)) {
        throw badMapping("Cannot set modelId or method parameters when index.knn setting is false");
    }
}

/** The field at a path, `address.city` or `name.keyword`. */
export function fieldAt({ properties }: Mapping, path: string): Field | undefined {
    return path
        .split(".")
        .reduce<Field | undefined>((field, name) => field?.properties?.[name] ?? field?.fields?.[name], {
            properties,
        } as Field);
}

function checkDynamic(dynamic: unknown): void {
    if (dynamic !== undefined && !DYNAMIC.includes(String(dynamic))) {
        throw badMapping(`Could not convert [dynamic] to boolean: [${show(dynamic)}]`);
    }
}

function parseFields(given: unknown, path: string): Fields {
    if (!isJson(given)) {
        throw badMapping(`Expected map for property [properties] on field [${path}] but got a class ${show(given)}`);
    }
    let fields: Fields = {};
    for (const [name, definition] of Object.entries(given)) {
        const [first, ...rest] = name.split(".");
        const nested = rest.reduceRight<unknown>((inner, part) => ({ properties: { [part]: inner } }), definition);
        const field = parseField(nested, first, path ? `${path}.${first}` : first);
        fields = mergeFields(fields, { [first]: field }, path);
    }
    return fields;
}

export function parseField(given: unknown, name: string, path: string): Field {
    if (!isJson(given)) {
        throw badMapping(`Expected map for property [fields] on field [${path}] but got ${show(given)}`);
    }
    const type = given.type ?? (given.properties === undefined && given.enabled === undefined ? undefined : "object");
    if (type === undefined) {
        throw badMapping(`No type specified for field [${name}]`);
    }
    if (type === "object" || type === "nested") {
        requireKnown(given, type === "object" ? OBJECT_PARAMETERS : NESTED_PARAMETERS, name, type);
        checkDynamic(given.dynamic);
        const properties = given.properties === undefined ? {} : parseFields(given.properties, path);
        const { type: _, ...others } = given;
        return { ...(type === "nested" && { type }), ...others, properties };
    }
    const known = FIELD_TYPES[String(type)];
    if (!known) {
        throw badMapping(`No handler for type [${show(type)}] declared on field [${name}]`);
    }
    requireKnown(given, [...COMMON_PARAMETERS, ...(known.parameters ?? [])], name, String(type));
    const missing = known.required?.find((parameter) => typeof given[parameter] !== "number");
    if (missing) {
        throw badMapping(`Field [${missing}] is required for field [${name}] of type [${String(type)}]`);
    }
    if (given.format !== undefined && !dateParser(String(given.format))) {
        throw badMapping(`Invalid format: [${show(given.format)}]: Unknown pattern on field [${name}]`);
    }
    return { ...given, ...(given.fields !== undefined && { fields: parseFields(given.fields, path) }) } as Field;
}

function requireKnown(given: Json, known: string[], name: string, type: string): void {
    const unknown = Object.keys(given).find((parameter) => !known.includes(parameter));
    if (unknown) {
        throw badMapping(`unknown parameter [${unknown}] on mapper [${name}] of type [${type}]`);
    }
}

function mergeFields(current: Fields, update: Fields, path: string): Fields {
    const merged = { ...current };
    for (const [name, field] of Object.entries(update)) {
        const old = current[name];
        merged[name] = old ? mergeField(old, field, path ? `${path}.${name}` : name) : field;
    }
    return merged;
}

/** Objects, one or several, have fields of their own. */
export const isObject = (field: Field) => field.type === undefined || field.type === "nested";

function mergeField(old: Field, update: Field, path: string): Field {
    if (isObject(old) !== isObject(update)) {
        const [a, b] = isObject(old) ? ["an object", "a non object"] : ["a non object", "an object"];
        throw illegalArgument(`can't merge ${b} mapping [${path}] with ${a} mapping`);
    }
    if (isObject(old)) {
        if (old.type !== update.type) {
            const [from, to] = old.type ? ["nested", "non-nested"] : ["non-nested", "nested"];
            throw illegalArgument(`cannot change object mapping from ${from} to ${to}`);
        }
        return { ...old, ...update, properties: mergeFields(old.properties ?? {}, update.properties ?? {}, path) };
    }
    if (old.type !== update.type) {
        throw illegalArgument(`mapper [${path}] cannot be changed from type [${old.type}] to [${update.type}]`);
    }
    const conflict = Object.keys({ ...old, ...update }).find(
        (key) => !CHANGEABLE.includes(key) && JSON.stringify(old[key]) !== JSON.stringify(update[key]),
    );
    if (conflict) {
        const [from, to] = [old[conflict], update[conflict]].map((value) =>
            value === undefined ? "default" : show(value),
        );
        throw illegalArgument(
            `Mapper for [${path}] conflicts with existing mapper:\n\tCannot update parameter [${conflict}] from [${from}] to [${to}]`,
        );
    }
    const fields = mergeFields(old.fields ?? {}, update.fields ?? {}, path);
    return { ...old, ...update, ...(Object.keys(fields).length > 0 && { fields }) };
}

/** Objects and the other ways of a field count as well. */
function countFields(fields: Fields): number {
    return Object.values(fields).reduce(
        (sum, { properties = {}, fields: others = {} }) => sum + 1 + countFields(properties) + countFields(others),
        0,
    );
}

function depthOf(fields: Fields): number {
    return 1 + Math.max(0, ...Object.values(fields).map(({ properties }) => (properties ? depthOf(properties) : 0)));
}

function hasVectors(fields: Fields): boolean {
    return Object.values(fields).some(
        ({ type, properties }) => type === "knn_vector" || (properties !== undefined && hasVectors(properties)),
    );
}

/** How a date field's values are read. */
export const parserOf = ({ format = DEFAULT_FORMAT }: Field) => dateParser(String(format))!;
