import { bulk, updateOf, writeAnswer } from "../bulk";
import type { BulkAction } from "../documents";
import { notSimulated } from "../error";
import { parseJson } from "../json";
import { count, search } from "../query";
import { indicesOf, type Call, type Route, type SearchResponse } from "./route";

export const documentRoutes: Route[] = [
    { methods: ["PUT", "POST"], path: "/{index}/_doc/{id}", answer: (call) => written(call, indexAction(call)) },
    { methods: ["POST"], path: "/{index}/_doc", answer: (call) => written(call, indexAction(call)) },
    {
        methods: ["PUT", "POST"],
        path: "/{index}/_create/{id}",
        answer: (call) => written(call, { ...indexAction(call), action: "create" }),
    },
    {
        methods: ["POST"],
        path: "/{index}/_update/{id}",
        answer: (call) => written(call, { ...action(call), ...updateOf(parseJson(call.body)) }),
    },
    {
        methods: ["DELETE"],
        path: "/{index}/_doc/{id}",
        answer: (call) => written(call, { ...action(call), action: "delete" }),
    },
    {
        methods: ["GET", "HEAD"],
        path: "/{index}/_doc/{id}",
        answer({ cluster, gate, path: { index, id } }) {
            gate.check("indices:data/read/get", index);
            const document = cluster.index(index).documents.get(id);
            const about = { _index: index, _id: id };
            return document
                ? {
                      ...about,
                      _version: document.version,
                      _seq_no: document.sequence,
                      _primary_term: 1,
                      ...(document.routing !== undefined && { _routing: document.routing }),
                      found: true,
                      _source: document.source,
                  }
                : { status: 404, body: { ...about, found: false } };
        },
    },
    { methods: ["POST", "PUT"], path: "/_bulk", answer: bulkOf },
    { methods: ["POST", "PUT"], path: "/{index}/_bulk", answer: bulkOf },
    { methods: ["GET", "POST"], path: "/_search", answer: searched },
    { methods: ["GET", "POST"], path: "/{index}/_search", answer: searched },
    { methods: ["GET", "POST"], path: "/_count", answer: counted },
    { methods: ["GET", "POST"], path: "/{index}/_count", answer: counted },
];

/** Where an answer's form is asked for, or something that one machine has no part in. */
const HARMLESS = ["pretty", "human", "error_trace", "timeout", "refresh", "preference", "wait_for_active_shards"];

function requireKnown(query: Call["query"], known: string[]): void {
    const unknown = Object.keys(query).find((name) => ![...known, ...HARMLESS].includes(name));
    if (unknown) {
        throw notSimulated(`the parameter [${unknown}]`);
    }
}

function action({ path, query }: Call): BulkAction {
    requireKnown(query, ["routing", "version", "version_type", "pipeline", "op_type"]);
    return {
        action: "index",
        index: path.index,
        id: path.id,
        routing: query.routing,
        version: query.version === undefined ? undefined : Number(query.version),
        versionType: query.version_type as BulkAction["versionType"],
        pipeline: query.pipeline,
    };
}

const indexAction = (call: Call): BulkAction => ({
    ...action(call),
    action: call.query.op_type === "create" ? "create" : "index",
    document: parseJson(call.body),
});

function written({ cluster, gate }: Call, given: BulkAction): SearchResponse {
    const { status, ...body } = writeAnswer(cluster, gate, given);
    return { status: status as number, body };
}

function bulkOf({ cluster, gate, path, query, body }: Call) {
    requireKnown(query, ["pipeline", "routing"]);
    return bulk(cluster, gate, body, { index: path.index, pipeline: query.pipeline, routing: query.routing });
}

function searched(call: Call) {
    const { size, from, sort } = call.query;
    requireKnown(call.query, ["size", "from", "sort", "track_total_hits"]);
    return search(indicesOf(call, "indices:data/read/search"), {
        ...parseJson(call.body),
        ...(size !== undefined && { size }),
        ...(from !== undefined && { from }),
        ...(sort !== undefined && {
            sort: sort.split(",").map((each) => {
                const [field, order = "asc"] = each.split(":");
                return { [field]: order };
            }),
        }),
    });
}

function counted(call: Call) {
    requireKnown(call.query, []);
    const indices = indicesOf(call, "indices:data/read/search");
    return {
        count: count(indices, parseJson(call.body).query),
        _shards: { total: indices.length, successful: indices.length, skipped: 0, failed: 0 },
    };
}
