import { DETECTED_FORMATS, dateParser } from "./dates";
import { badMapping, illegalArgument, SearchError } from "./error";
import { FIELD_TYPES, ImmenseTerm, show, type Field, type Fields } from "./fields";
import { glob } from "./glob";
import { expandDots, isJson, type Json } from "./json";
import { isObject, parseField, type Mapping } from "./mapping";
import type { Settings } from "./settings";

/**
 * The mapping that a document leaves behind: with the fields that were not there, unless the mapping forbids it.
 * Throws where a value does not fit its field.
 */
export function mapDocument(mapping: Mapping, source: Json, id: string, settings: Settings): Mapping {
    const extended = structuredClone(mapping);
    new DocumentMapper(extended, id, settings["index.mapping.ignore_malformed"] === "true").mapRoot(source);
    return extended;
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

function replaceNames(template: Json, name: string, type: string): Json {
    const text = JSON.stringify(template).replaceAll("{name}", name).replaceAll("{dynamic_type}", type);
    return JSON.parse(text) as Json;
}
