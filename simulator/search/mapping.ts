import { DEFAULT_FORMAT, DETECTED_FORMATS, dateParser } from "./dates";
import { badMapping, illegalArgument, SearchError } from "./error";
import { COMMON_PARAMETERS, FIELD_TYPES, ImmenseTerm, show, type Field, type Fields } from "./fields";
import { expandDots, isJson, type Json } from "./json";
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

/**
 * The mapping that a document leaves behind: with the fields that were not there, unless the mapping forbids it.
 * Throws where a value does not fit its field.
 */
export function mapDocument(mapping: Mapping, source: Json, id: string, settings: Settings): Mapping {
    const extended = structuredClone(mapping);
    new DocumentMapper(extended, id, settings["index.mapping.ignore_malformed"] === "true").mapRoot(source);
    return extended;
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

function parseField(given: unknown, name: string, path: string): Field {
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

const isObject = (field: Field) => field.type === undefined || field.type === "nested";

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

/** One document on its way into a mapping, which it extends. */
class DocumentMapper {
    constructor(
        private readonly mapping: Mapping,
        private readonly id: string,
        private readonly ignoresMalformed: boolean,
    ) {}

    mapRoot(source: Json): void {
        this.mapObject(this.mapping as Field, expandDots(source), "", "true");
    }

    private mapObject(object: Field, source: Json, path: string, inherited: string): void {
        const dynamic = object.dynamic === undefined ? inherited : String(object.dynamic);
        object.properties ??= {};
        for (const [name, value] of Object.entries(source)) {
            const full = path ? `${path}.${name}` : name;
            const field = object.properties[name] ?? this.added(object.properties, name, value, full, path, dynamic);
            if (field) {
                this.mapValue(field, value, full, dynamic);
            }
        }
    }

    /** The field that dynamic mapping makes of a value; undefined where it makes none. */
    private added(fields: Fields, name: string, value: unknown, full: string, path: string, dynamic: string) {
        if (dynamic === "strict") {
            throw new SearchError(
                "strict_dynamic_mapping_exception",
                `mapping set to strict, dynamic introduction of [${name}] within [${path || "_doc"}] is not allowed`,
            );
        }
        const sample = firstValue(value);
        if (dynamic === "false" || sample === undefined) {
            return undefined;
        }
        return (fields[name] = this.guess(sample, name, full));
    }

    private guess(sample: unknown, name: string, full: string): Field {
        const { date_detection: dates, numeric_detection: numbers, dynamic_date_formats: formats } = this.mapping;
        const kind = jsonKind(sample);
        // Text that is a plain number is no year.
        const mayBeDate = kind === "string" && dates !== false && Number.isNaN(Number(sample));
        const isDate = mayBeDate && dateParser(listed(formats) ?? DETECTED_FORMATS)?.(sample as string);
        const matchType = typeof isDate === "number" ? "date" : kind;
        const template = this.template(matchType, name, full);
        if (template) {
            return parseField(replaceNames(template, name, matchType), name, full);
        }
        if (matchType === "date") {
            return { type: "date", ...(listed(formats) && { format: listed(formats) }) };
        }
        if (kind === "string" && numbers === true && (sample as string).trim() !== "" && !isNaN(Number(sample))) {
            return { type: Number.isInteger(Number(sample)) ? "long" : "float" };
        }
        switch (kind) {
            case "string":
                return { type: "text", fields: { keyword: { type: "keyword", ignore_above: 256 } } };
            case "double":
                return { type: "float" };
            case "object":
                return { properties: {} };
            default:
                return { type: kind };
        }
    }

    private template(kind: string, name: string, full: string): Json | undefined {
        const templates = (this.mapping.dynamic_templates ?? []) as Record<string, Json>[];
        const found = templates
            .flatMap((each) => Object.values(each))
            .find(
                (template) =>
                    [kind, "*", undefined].includes(template.match_mapping_type as string | undefined) &&
                    matches(template.match, name, true) &&
                    !matches(template.unmatch, name, false) &&
                    matches(template.path_match, full, true) &&
                    !matches(template.path_unmatch, full, false),
            );
        return found?.mapping as Json | undefined;
    }

    private mapValue(field: Field, value: unknown, path: string, dynamic: string): void {
        if (value === null || field.enabled === false) {
            return;
        }
        if (isObject(field)) {
            return this.mapInner(field, value, path, dynamic);
        }
        if (Array.isArray(value) && !FIELD_TYPES[field.type!].takesLists) {
            return value.forEach((item) => this.mapValue(field, item, path, dynamic));
        }
        this.checkValue(field, value, path);
        for (const [name, other] of Object.entries(field.fields ?? {})) {
            this.checkValue(other, value, `${path}.${name}`);
        }
    }

    private mapInner(field: Field, value: unknown, path: string, dynamic: string): void {
        if (Array.isArray(value)) {
            return value.forEach((item) => this.mapValue(field, item, path, dynamic));
        }
        if (!isJson(value)) {
            throw badMapping(
                `object mapping for [${path}] tried to parse field [${path.split(".").at(-1)}] as object, but found a concrete value`,
            );
        }
        this.mapObject(field, value, path, dynamic);
    }

    private checkValue(field: Field, value: unknown, path: string): void {
        try {
            FIELD_TYPES[field.type!].check(value, field);
        } catch (error) {
            if (error instanceof ImmenseTerm) {
                throw illegalArgument(
                    `Document contains at least one immense term in field="${path}" (whose UTF8 encoding is longer than the max length 32766), all of which were skipped.`,
                );
            }
            const ignored = field.ignore_malformed ?? this.ignoresMalformed;
            if (ignored === true && takesIgnoreMalformed(field) && !isJson(value)) {
                return;
            }
            throw new SearchError(
                "mapper_parsing_exception",
                `failed to parse field [${path}] of type [${field.type}] in document with id '${this.id}'. Preview of field's value: '${show(value)}'`,
                400,
                { type: "illegal_argument_exception", reason: (error as Error).message },
            );
        }
    }
}

const takesIgnoreMalformed = ({ type }: Field) => FIELD_TYPES[type!].parameters?.includes("ignore_malformed") ?? false;

/** What a list is about: its first value that is one. */
function firstValue(value: unknown): unknown {
    return Array.isArray(value)
        ? value.map(firstValue).find((item) => item !== undefined)
        : value === null
          ? undefined
          : value;
}

function jsonKind(value: unknown): "string" | "long" | "double" | "boolean" | "object" {
    switch (typeof value) {
        case "number":
            return Number.isInteger(value) ? "long" : "double";
        case "boolean":
            return "boolean";
        case "string":
            return "string";
        default:
            return "object";
    }
}

const listed = (formats: unknown): string | undefined => (Array.isArray(formats) ? formats.join("||") : undefined);

function matches(pattern: unknown, name: string, otherwise: boolean): boolean {
    return pattern === undefined ? otherwise : [pattern].flat().some((each) => glob(String(each)).test(name));
}

/** `*` stands for any characters. */
export function glob(pattern: string): RegExp {
    return new RegExp(`^${pattern.replace(/[\\^$.+?()[\]{}|/]/g, "\\$&").replaceAll("*", ".*")}$`);
}

function replaceNames(template: Json, name: string, type: string): Json {
    const text = JSON.stringify(template).replaceAll("{name}", name).replaceAll("{dynamic_type}", type);
    return JSON.parse(text) as Json;
}

/** How a date field's values are read. */
export const parserOf = ({ format = DEFAULT_FORMAT }: Field) => dateParser(String(format))!;
