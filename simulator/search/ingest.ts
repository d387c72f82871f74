import { createHash } from "node:crypto";
import { illegalArgument, notSimulated, SearchError } from "./error";
import { isJson, valuesAt, type Json } from "./json";

/** A model that text embeddings come from. */
export interface Model {
    id: string;
    name: string;
    /** the length of its vectors */
    dimension: number;
}

export interface IngestPipeline {
    body: Json;
    processors: Processor[];
}

/** Changes a document, in place. */
interface Processor {
    type: string;
    ignoresFailure: boolean;
    run(document: Json, models: ReadonlyMap<string, Model>): void;
}

type Options = Json;

/** By their names in a pipeline; each checks its options first. */
const PROCESSORS: Record<string, (options: Options) => Processor["run"]> = {
    set(options) {
        const field = text(options, "field", "set");
        return (document) => {
            const value =
                options.copy_from === undefined ? options.value : valueAt(document, String(options.copy_from));
            if (options.override !== false || valueAt(document, field) === undefined) {
                setAt(document, field, typeof value === "string" ? filled(value, document) : structuredClone(value));
            }
        };
    },

    remove(options) {
        const fields = [options.field ?? text(options, "field", "remove")].flat() as string[];
        return (document) => {
            for (const field of fields) {
                requirePresent(document, field, options);
                removeAt(document, field);
            }
        };
    },

    rename(options) {
        const [field, target] = [text(options, "field", "rename"), text(options, "target_field", "rename")];
        return (document) => {
            if (!requirePresent(document, field, options)) {
                return;
            }
            if (valueAt(document, target) !== undefined) {
                throw illegalArgument(`field [${target}] already exists`);
            }
            const value = valueAt(document, field);
            removeAt(document, field);
            setAt(document, target, value);
        };
    },

    convert(options) {
        const [field, type] = [text(options, "field", "convert"), text(options, "type", "convert")];
        const convert = CONVERSIONS[type];
        if (!convert) {
            throw parseError(`[type] type [${type}] not supported, cannot convert field.`);
        }
        return (document) => {
            if (requirePresent(document, field, options)) {
                const value = valueAt(document, field);
                const converted = Array.isArray(value) ? value.map((item) => convert(item)) : convert(value);
                setAt(document, String(options.target_field ?? field), converted);
            }
        };
    },

    text_embedding(options) {
        const modelId = text(options, "model_id", "text_embedding");
        const fieldMap = options.field_map;
        if (!isJson(fieldMap) || Object.keys(fieldMap).length === 0) {
            throw parseError("[field_map] required property is missing");
        }
        return (document, models) => {
            const model = models.get(modelId);
            if (!model) {
                throw new SearchError("status_exception", "Failed to find model", 404);
            }
            for (const [from, to] of Object.entries(fieldMap)) {
                const value = valueAt(document, from);
                if (value !== undefined) {
                    setAt(document, String(to), embeddingsOf(value, from, model));
                }
            }
        };
    },
};

/** Options of each processor that are simulated, beside those of every one. */
const OPTIONS: Record<string, string[]> = {
    set: ["field", "value", "copy_from", "override"],
    remove: ["field", "ignore_missing"],
    rename: ["field", "target_field", "ignore_missing"],
    convert: ["field", "type", "target_field", "ignore_missing"],
    text_embedding: ["model_id", "field_map"],
};
const COMMON_OPTIONS = ["ignore_failure", "tag", "description"];

/** As `PUT /_ingest/pipeline/<name>` takes it. */
export function parsePipeline(body: Json): IngestPipeline {
    const unknown = Object.keys(body).find((key) => !["processors", "description", "version", "_meta"].includes(key));
    if (unknown) {
        throw notSimulated(`[${unknown}] of a pipeline`);
    }
    if (!Array.isArray(body.processors)) {
        throw parseError("[processors] required property is missing");
    }
    return { body, processors: (body.processors as Json[]).map(parseProcessor) };
}

/** What a pipeline makes of a document; the one that is given stays as it is. */
export function runPipeline(pipeline: IngestPipeline, document: Json, models: ReadonlyMap<string, Model>): Json {
    const changed = structuredClone(document);
    for (const { run, ignoresFailure } of pipeline.processors) {
        try {
            run(changed, models);
        } catch (error) {
            if (!ignoresFailure) {
                throw error;
            }
        }
    }
    return changed;
}

function parseProcessor(given: Json): Processor {
    const [[type, options] = ["", {}]] = Object.entries(given) as [string, Json][];
    const make = PROCESSORS[type];
    if (!make) {
        throw parseError(`No processor type exists with name [${type}]`);
    }
    const unknown = Object.keys(options).find((key) => ![...OPTIONS[type], ...COMMON_OPTIONS].includes(key));
    if (unknown) {
        throw notSimulated(`[${unknown}] of the processor [${type}]`);
    }
    return { type, ignoresFailure: options.ignore_failure === true, run: make(options) };
}

const parseError = (reason: string) => new SearchError("parse_exception", reason);

function text(options: Options, name: string, processor: string): string {
    const value = options[name];
    if (typeof value !== "string") {
        throw parseError(`[${name}] required property is missing (processor [${processor}])`);
    }
    return value;
}

const number = (kind: string, fits: (n: number) => boolean) => (value: unknown) => {
    const converted = Number(value);
    if (String(value).trim() === "" || !fits(converted)) {
        throw illegalArgument(`unable to convert [${String(value)}] to ${kind}`);
    }
    return converted;
};

const CONVERSIONS: Record<string, (value: unknown) => unknown> = {
    integer: number("integer", Number.isInteger),
    long: number("long", Number.isInteger),
    float: number("float", Number.isFinite),
    double: number("double", Number.isFinite),
    string: String,
    boolean(value) {
        const name = String(value).toLowerCase();
        if (name !== "true" && name !== "false") {
            throw illegalArgument(`[${String(value)}] is not a boolean value, cannot convert to boolean`);
        }
        return name === "true";
    },
    auto(value) {
        const name = String(value).toLowerCase();
        if (name === "true" || name === "false") {
            return name === "true";
        }
        return name.trim() === "" || Number.isNaN(Number(name)) ? value : Number(name);
    },
};

/** Whether there is something to do; refuses unless the processor ignores what is missing. */
function requirePresent(document: Json, field: string, { ignore_missing: ignoresMissing }: Options): boolean {
    const isPresent = valueAt(document, field) !== undefined;
    if (!isPresent && ignoresMissing !== true) {
        throw illegalArgument(`field [${field}] not present as part of path [${field}]`);
    }
    return isPresent;
}

function valueAt(document: Json, path: string): unknown {
    return path.split(".").reduce<unknown>((value, name) => (isJson(value) ? value[name] : undefined), document);
}

function setAt(document: Json, path: string, value: unknown): void {
    parentOf(document, path)[path.split(".").at(-1)!] = value;
}

function removeAt(document: Json, path: string): void {
    delete parentOf(document, path)[path.split(".").at(-1)!];
}

function parentOf(document: Json, path: string): Json {
    return path
        .split(".")
        .slice(0, -1)
        .reduce((object, name) => (isJson(object[name]) ? object[name] : (object[name] = {})) as Json, document);
}

/** `{{field}}` stands for the field's value. */
function filled(template: string, document: Json): string {
    return template.replace(/\{\{\{?\s*([^}\s]+)\s*\}?\}\}/g, (_, path: string) =>
        valuesAt(document, path.replace(/^_source\./, "").split(".")).join(","),
    );
}

function embeddingsOf(value: unknown, field: string, model: Model): unknown {
    if (Array.isArray(value)) {
        return value.map((item) => ({ knn: embeddingsOf(item, field, model) }));
    }
    if (typeof value !== "string" || value.trim() === "") {
        throw illegalArgument(`field [${field}] is neither string nor nested type, cannot process it`);
    }
    return embedding(value, model.dimension);
}

/** A vector of length one that is the same for the same text: what it means, no model here knows. */
function embedding(source: string, dimension: number): number[] {
    const numbers = Array.from({ length: dimension }, (_, i) => {
        const hash = createHash("sha256").update(`${i} ${source}`).digest();
        return hash.readInt32BE() / 2 ** 31;
    });
    const length = Math.hypot(...numbers) || 1;
    return numbers.map((n) => Math.fround(n / length));
}
