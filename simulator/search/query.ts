import type { SearchIndex, StoredDocument } from "./documents";
import { notSimulated, SearchError } from "./error";
import { glob } from "./glob";
import { isJson, valuesAt, type Json } from "./json";
import { fieldAt, parserOf, type Mapping } from "./mapping";
import type { Field } from "./fields";

/** How well a document fits; undefined where it does not. */
type Query = (document: StoredDocument) => number | undefined;

const MAX_RESULTS = 10_000;

/** As `_search` answers: `hits` with the best first. */
export function search(indices: SearchIndex[], body: Json): Json {
    const { query, size = 10, from = 0, sort, _source: shown, track_total_hits: _, ...others } = body;
    const unknown = Object.keys(others)[0];
    if (unknown) {
        throw new SearchError("parsing_exception", `Unknown key for a VALUE in [${unknown}].`);
    }
    if (Number(from) + Number(size) > MAX_RESULTS) {
        throw new SearchError(
            "illegal_argument_exception",
            `Result window is too large, from + size must be less than or equal to: [${MAX_RESULTS}] but was [${Number(from) + Number(size)}].`,
        );
    }
    const keys = sortKeys(sort);
    const hits = indices.flatMap((index) =>
        matching(index, query).map(({ document, score }) => ({
            index,
            document,
            score,
            sort: keys.map((key) => key.valueOf(index.mapping, document, score)),
        })),
    );
    hits.sort((a, b) => {
        const at = keys.findIndex((_key, i) => compare(a.sort[i], b.sort[i]) !== 0);
        return at < 0 ? b.score - a.score : inOrder(a.sort[at], b.sort[at], keys[at].sign);
    });
    const page = hits.slice(Number(from), Number(from) + Number(size));
    const max = keys.length > 0 || hits.length === 0 ? null : hits[0].score;
    return {
        took: 1,
        timed_out: false,
        _shards: { total: indices.length, successful: indices.length, skipped: 0, failed: 0 },
        hits: {
            total: { value: hits.length, relation: "eq" },
            max_score: max,
            hits: page.map((hit) => ({
                _index: hit.index.name,
                _id: hit.document.id,
                _score: keys.length > 0 ? null : hit.score,
                ...(hit.document.routing !== undefined && { _routing: hit.document.routing }),
                ...(shown !== false && { _source: filtered(hit.document.source, shown) }),
                ...(keys.length > 0 && { sort: hit.sort }),
            })),
        },
    };
}

/** How many documents of the indices fit the query. */
export function count(indices: SearchIndex[], query: unknown): number {
    return indices.reduce((sum, index) => sum + matching(index, query).length, 0);
}

function matching(index: SearchIndex, query: unknown) {
    const fits = parseQuery(index.mapping, query ?? { match_all: {} });
    return [...index.documents.values()].flatMap((document) => {
        const score = fits(document);
        return score === undefined ? [] : [{ document, score }];
    });
}

function parseQuery(mapping: Mapping, given: unknown): Query {
    const [[name, body] = ["", undefined], ...more] = isJson(given) ? Object.entries(given) : [];
    if (more.length > 0) {
        throw new SearchError(
            "parsing_exception",
            `[${name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]`,
        );
    }
    const parse = Object.hasOwn(QUERIES, name) ? QUERIES[name] : undefined;
    if (!parse || !isJson(body)) {
        throw new SearchError("parsing_exception", `unknown query [${name}]`);
    }
    return parse(mapping, body);
}

const QUERIES: Record<string, (mapping: Mapping, body: Json) => Query> = {
    match_all: () => () => 1,

    ids(_mapping, { values }) {
        const ids = [values].flat().map(String);
        return ({ id }) => (ids.includes(id) ? 1 : undefined);
    },

    exists(_mapping, { field }) {
        return when((document) => valuesOf(document, String(field)).length > 0);
    },

    term(mapping, body) {
        const [[path, given]] = Object.entries(body);
        const value = isJson(given) ? optionsOf("term", given, ["value"]).value : given;
        return when((document) => termsAt(mapping, document, path).some(sameAs(mapping, path, value)));
    },

    terms(mapping, body) {
        const [[path, values]] = Object.entries(body);
        optionsOf("terms", body, [path]);
        const wanted = [values].flat().map((value) => sameAs(mapping, path, value));
        return when((document) => {
            const terms = termsAt(mapping, document, path);
            return wanted.some((same) => terms.some(same));
        });
    },

    match(mapping, body) {
        const [[path, given]] = Object.entries(body);
        const { query, operator = "or" } = isJson(given)
            ? optionsOf("match", given, ["query", "operator"])
            : { query: given };
        if (!isText(fieldAt(mapping, path))) {
            return QUERIES.term(mapping, { [path]: query });
        }
        const words = wordsOf(query);
        return (document) => {
            const terms = termsAt(mapping, document, path);
            const hits = words.filter((word) => terms.includes(word)).length;
            const isEnough = String(operator).toLowerCase() === "and" ? hits === words.length : hits > 0;
            return isEnough ? hits / Math.max(1, words.length) : undefined;
        };
    },

    prefix(mapping, body) {
        const [[path, given]] = Object.entries(body);
        const start = String(isJson(given) ? optionsOf("prefix", given, ["value"]).value : given);
        return when((document) => termsAt(mapping, document, path).some((term) => String(term).startsWith(start)));
    },

    wildcard(mapping, body) {
        const [[path, given]] = Object.entries(body);
        const { value, wildcard = value } = isJson(given)
            ? optionsOf("wildcard", given, ["value", "wildcard"])
            : { value: given };
        const pattern = glob(String(wildcard));
        return when((document) => termsAt(mapping, document, path).some((term) => pattern.test(String(term))));
    },

    range(mapping, body) {
        const [[path, limits]] = Object.entries(body) as [string, Json][];
        const field = fieldAt(mapping, path);
        const tests = Object.entries(limits).flatMap(([name, limit]) => {
            const test = LIMITS[name];
            if (!test) {
                throw notSimulated(`[${name}] of the query [range]`);
            }
            const bound = comparable(field, limit);
            return [(value: unknown) => test(compare(comparable(field, value), bound))];
        });
        return when((document) => valuesOf(document, path).some((value) => tests.every((test) => test(value))));
    },

    bool(mapping, body) {
        optionsOf("bool", body, ["must", "filter", "should", "must_not", "minimum_should_match"]);
        const clauses = (name: string) => [body[name] ?? []].flat().map((clause) => parseQuery(mapping, clause));
        const [must, filter, should, mustNot] = ["must", "filter", "should", "must_not"].map(clauses);
        const least = Number(
            body.minimum_should_match ?? (must.length + filter.length > 0 ? 0 : Math.min(1, should.length)),
        );
        if (!Number.isInteger(least)) {
            throw notSimulated(`[minimum_should_match] ${String(body.minimum_should_match)} of the query [bool]`);
        }
        return (document) => {
            const scores = must.map((query) => query(document));
            const hits = should.map((query) => query(document)).filter((score) => score !== undefined);
            const fits =
                scores.every((score) => score !== undefined) &&
                filter.every((query) => query(document) !== undefined) &&
                mustNot.every((query) => query(document) === undefined) &&
                hits.length >= least;
            return fits ? [...scores, ...hits].reduce<number>((sum, score) => sum + score!, 0) : undefined;
        };
    },
};

/** What a query says of a field or of its clauses; refuses what would be passed over. */
function optionsOf(query: string, given: Json, known: string[]): Json {
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown) {
        throw notSimulated(`[${unknown}] of the query [${query}]`);
    }
    return given;
}

const LIMITS: Record<string, (order: number) => boolean> = {
    gt: (order) => order > 0,
    gte: (order) => order >= 0,
    lt: (order) => order < 0,
    lte: (order) => order <= 0,
};

const when =
    (fits: (document: StoredDocument) => boolean): Query =>
    (document) =>
        fits(document) ? 1 : undefined;

const isText = (field: Field | undefined) => field?.type === "text" || field?.type === "match_only_text";

/** The values of a field, or of what it is another way of: `name.keyword`. */
function valuesOf({ source }: StoredDocument, path: string): unknown[] {
    const values = valuesAt(source, path.split("."));
    const parent = path.split(".").slice(0, -1);
    return values.length > 0 || parent.length === 0
        ? values
        : valuesAt(source, parent).filter((value) => !isJson(value));
}

/** What an index has of a field: words of texts, and other values as they are. Nothing, where it has no such field. */
function termsAt(mapping: Mapping, document: StoredDocument, path: string): unknown[] {
    if (path === "_id") {
        return [document.id];
    }
    const field = fieldAt(mapping, path);
    if (!field || field.index === false) {
        return [];
    }
    const values = valuesOf(document, path);
    return isText(field) ? values.flatMap(wordsOf) : values;
}

/** As the standard analyzer splits a text. */
const wordsOf = (value: unknown): string[] =>
    String(value)
        .toLowerCase()
        .match(/[\p{L}\p{N}_]+/gu) ?? [];

function sameAs(mapping: Mapping, path: string, wanted: unknown): (value: unknown) => boolean {
    const field = fieldAt(mapping, path);
    const bound = comparable(field, wanted);
    return (value) => compare(comparable(field, value), bound) === 0;
}

const NUMBERS = ["long", "unsigned_long", "integer", "short", "byte", "double", "float", "half_float", "scaled_float"];

function comparable(field: Field | undefined, value: unknown): number | string {
    if (field?.type === "date" || field?.type === "date_nanos") {
        return parserOf(field)(value as string) ?? Number.NaN;
    }
    return NUMBERS.includes(field?.type ?? "") || typeof value === "number" ? Number(value) : String(value);
}

/** What has no value comes last, whichever way the others are sorted. */
function inOrder(a: unknown, b: unknown, sign: number): number {
    return a === null ? 1 : b === null ? -1 : sign * compare(a, b);
}

function compare(a: unknown, b: unknown): number {
    return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}

function sortKeys(sort: unknown) {
    return [sort ?? []].flat().map((each: unknown) => {
        const [[path, given]] = isJson(each) ? Object.entries(each) : [[String(each), "asc"] as [string, unknown]];
        const order = isJson(given) ? (optionsOf("sort", given, ["order"]).order ?? "asc") : given;
        return {
            sign: order === "desc" || (path === "_score" && each === "_score") ? -1 : 1,
            valueOf(mapping: Mapping, document: StoredDocument, score: number): unknown {
                if (path === "_score") {
                    return score;
                }
                const field = path === "_id" ? { type: "keyword" } : fieldAt(mapping, path);
                if (!field) {
                    throw new SearchError(
                        "query_shard_exception",
                        `No mapping found for [${path}] in order to sort on`,
                    );
                }
                if (isText(field)) {
                    throw new SearchError(
                        "illegal_argument_exception",
                        `Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead: [${path}]`,
                    );
                }
                const [value] = path === "_id" ? [document.id] : valuesOf(document, path);
                return value === undefined ? null : comparable(field, value);
            },
        };
    });
}

/** What `_source` asks for: names with `*`. */
function filtered(source: Json, shown: unknown): Json {
    if (shown === undefined || shown === true) {
        return source;
    }
    const patterns = (
        isJson(shown) ? [optionsOf("_source", shown, ["includes"]).includes ?? "*"].flat() : [shown].flat()
    ).map((name) => glob(String(name)));
    return Object.fromEntries(Object.entries(source).filter(([key]) => patterns.some((pattern) => pattern.test(key))));
}
