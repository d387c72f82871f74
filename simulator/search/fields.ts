import { isIP } from "node:net";
import { DEFAULT_FORMAT, dateParser } from "./dates";
import { isJson, type Json } from "./json";

/** A field as mappings define it; one without a type is an object. */
export interface Field extends Json {
    type?: string;
    properties?: Fields;
    /** The same value, indexed in other ways: `name.keyword`. */
    fields?: Fields;
    dynamic?: unknown;
    enabled?: unknown;
}

export type Fields = Record<string, Field>;

/** What a type makes of values. */
interface FieldType {
    /** Parameters of its mapping, beside those of every field. */
    parameters?: readonly string[];
    /** Those that its mapping must have. */
    required?: readonly string[];
    /** Throws an Error that says why where the value is none of this type. */
    check(value: unknown, field: Field): void;
    /** A list of numbers is one value of it. */
    takesLists?: boolean;
}

/** Parameters that any field may have. */
export const COMMON_PARAMETERS = [
    "type",
    "fields",
    "copy_to",
    "meta",
    "index",
    "store",
    "doc_values",
    "boost",
    "similarity",
];

/** The longest term that Lucene keeps, in bytes. */
const LONGEST_TERM = 32_766;

const NUMBER_PARAMETERS = ["coerce", "ignore_malformed", "null_value", "skip_list"];
const TEXT_PARAMETERS = [
    "analyzer",
    "search_analyzer",
    "search_quote_analyzer",
    "eager_global_ordinals",
    "fielddata",
    "fielddata_frequency_filter",
    "index_options",
    "index_phrases",
    "index_prefixes",
    "norms",
    "position_increment_gap",
    "term_vector",
];
const KEYWORD_PARAMETERS = [
    "eager_global_ordinals",
    "ignore_above",
    "index_options",
    "normalizer",
    "norms",
    "null_value",
    "split_queries_on_whitespace",
];

const keyword: FieldType = {
    parameters: KEYWORD_PARAMETERS,
    check(value, { ignore_above: ignoreAbove = Infinity }) {
        const text = scalar(value);
        if (text.length <= Number(ignoreAbove) && Buffer.byteLength(text) > LONGEST_TERM) {
            throw new ImmenseTerm();
        }
    },
};

const text: FieldType = { parameters: TEXT_PARAMETERS, check: (value) => void scalar(value) };

export const FIELD_TYPES: Record<string, FieldType> = {
    text,
    match_only_text: text,
    keyword,
    wildcard: keyword,
    long: whole(-(2 ** 63), 2 ** 63),
    unsigned_long: whole(0, 2 ** 64),
    integer: whole(-(2 ** 31), 2 ** 31 - 1),
    short: whole(-32_768, 32_767),
    byte: whole(-128, 127),
    double: decimal(Number.MAX_VALUE),
    float: decimal(3.4028234663852886e38),
    half_float: decimal(65_504),
    scaled_float: {
        ...decimal(Number.MAX_VALUE),
        parameters: [...NUMBER_PARAMETERS, "scaling_factor"],
        required: ["scaling_factor"],
    },
    boolean: {
        parameters: ["null_value"],
        check(value) {
            if (![true, false, "true", "false", ""].includes(value as string)) {
                throw new Error(`Failed to parse value [${show(value)}] as only [true] or [false] are allowed.`);
            }
        },
    },
    date: { parameters: ["format", "locale", "ignore_malformed", "null_value"], check: checkDate },
    date_nanos: { parameters: ["format", "locale", "ignore_malformed", "null_value"], check: checkDate },
    ip: {
        parameters: ["ignore_malformed", "null_value"],
        check(value) {
            if (typeof value !== "string" || isIP(value) === 0) {
                throw new Error(`'${show(value)}' is not an IP string literal.`);
            }
        },
    },
    binary: {
        check(value) {
            if (typeof value !== "string" || !/^[A-Za-z0-9+/\s]*={0,2}$/.test(value)) {
                throw new Error("Illegal base64 character");
            }
        },
    },
    geo_point: {
        parameters: ["ignore_malformed", "ignore_z_value", "null_value"],
        takesLists: true,
        check: checkPoint,
    },
    flat_object: {
        parameters: ["depth_limit"],
        check(value) {
            if (!isJson(value)) {
                throw new Error("[flat_object] unexpected token, a JSON object is required");
            }
        },
    },
    knn_vector: {
        parameters: ["dimension", "method", "model_id", "data_type", "space_type", "mode", "compression_level"],
        required: ["dimension"],
        takesLists: true,
        check(value, { dimension }) {
            const numbers = Array.isArray(value) ? value : [value];
            if (!numbers.every((number) => typeof number === "number")) {
                throw new Error("Vector values must be numbers");
            }
            if (numbers.length !== dimension) {
                throw new Error(`Vector dimension mismatch. Expected: ${String(dimension)}, Given: ${numbers.length}`);
            }
        },
    },
};

/** What is longer than Lucene takes: it is refused in another way than what is no value of its type. */
export class ImmenseTerm extends Error {}

/** As errors show a value. */
export function show(value: unknown): string {
    return isJson(value)
        ? `{${Object.entries(value)
              .map(([key, inner]) => `${key}=${show(inner)}`)
              .join(", ")}}`
        : String(value);
}

function scalar(value: unknown): string {
    if (typeof value === "object") {
        throw new Error("Can't get text on a START_OBJECT");
    }
    return String(value);
}

/** A number, or text that is one; `coerce` allows the text and cuts off decimals. */
function numberOf(value: unknown, coerce: unknown): number {
    const isText = typeof value === "string";
    if (isText && value.trim() === "" && coerce !== false) {
        return 0;
    }
    const number = isText ? Number(value) : value;
    if (typeof number !== "number" || Number.isNaN(number)) {
        throw new Error(`For input string: "${show(value)}"`);
    }
    if (coerce === false && isText) {
        throw new Error("Integer value passed as String");
    }
    return number;
}

function whole(min: number, max: number): FieldType {
    return {
        parameters: NUMBER_PARAMETERS,
        check(value, { type, coerce }) {
            const number = numberOf(value, coerce);
            if (coerce === false && !Number.isInteger(number)) {
                throw new Error(`${show(value)} cannot be converted to ${type} without data loss`);
            }
            if (number < min || number > max) {
                throw new Error(`Value [${show(value)}] is out of range for a ${type}`);
            }
        },
    };
}

function decimal(max: number): FieldType {
    return {
        parameters: NUMBER_PARAMETERS,
        check(value, { type, coerce }) {
            if (Math.abs(numberOf(value, coerce)) > max) {
                throw new Error(`[${type}] supports only finite values, but got [${show(value)}]`);
            }
        },
    };
}

function checkDate(value: unknown, { format = DEFAULT_FORMAT }: Field): void {
    const isScalar = typeof value === "string" || typeof value === "number";
    if (!isScalar || dateParser(String(format))?.(value) === undefined) {
        throw new Error(`failed to parse date field [${show(value)}] with format [${String(format)}]`);
    }
}

/** `{ lat, lon }`, `"lat,lon"`, `[lon, lat]`, `"POINT (lon lat)"`, a geohash, GeoJSON, or a list of them. */
function checkPoint(value: unknown): void {
    if (Array.isArray(value) && typeof value[0] !== "number") {
        return value.forEach(checkPoint);
    }
    const point = pointOf(value);
    if (point === undefined) {
        throw new Error(`failed to parse geo_point [${show(value)}]`);
    }
    const [lat, lon] = point;
    if (!(Math.abs(lat) <= 90)) {
        throw new Error(`illegal latitude value [${lat}]`);
    }
    if (!(Math.abs(lon) <= 180)) {
        throw new Error(`illegal longitude value [${lon}]`);
    }
}

function pointOf(value: unknown): [lat: number, lon: number] | undefined {
    if (Array.isArray(value)) {
        return value.length >= 2 ? [Number(value[1]), Number(value[0])] : undefined;
    }
    if (isJson(value)) {
        return Array.isArray(value.coordinates)
            ? pointOf(value.coordinates)
            : "lat" in value && "lon" in value
              ? [Number(value.lat), Number(value.lon)]
              : undefined;
    }
    const textual = String(value);
    const [, lon, lat] = /^POINT\s*\(\s*(\S+)\s+(\S+)\s*\)$/i.exec(textual) ?? [];
    if (lon !== undefined) {
        return [Number(lat), Number(lon)];
    }
    const parts = textual.split(",");
    return parts.length === 2
        ? [Number(parts[0]), Number(parts[1])]
        : /^[0-9b-hjkmnp-z]{1,12}$/.test(textual)
          ? [0, 0]
          : undefined;
}
