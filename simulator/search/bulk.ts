import type { Cluster } from "./cluster";
import type { BulkAction } from "./documents";
import { illegalArgument, SearchError } from "./error";
import type { Gate } from "./gate";
import { parseJson, type Json } from "./json";

/** What a bulk request's path and query say of all its lines. */
export interface BulkDefaults {
    index?: string;
    pipeline?: string;
    routing?: string;
}

const KINDS = ["index", "create", "update", "delete"] as const;
const METADATA = [
    "_index",
    "_id",
    "routing",
    "_routing",
    "version",
    "version_type",
    "pipeline",
    "require_alias",
    "retry_on_conflict",
];

/** `_bulk`: each action has an answer of its own; one that is refused leaves the others alone. */
export function bulk(cluster: Cluster, gate: Gate, body: string, defaults: BulkDefaults): Json {
    gate.check("indices:data/write/bulk");
    const actions = parseActions(body, defaults);
    const items = actions.map(({ kind, ...action }) => ({ [kind]: carryOut(cluster, gate, action) }));
    return {
        took: 1,
        errors: items.some((item) => Object.values(item).some(({ error }) => error !== undefined)),
        items,
    };
}

/** As lines: what to do, and what with. */
export function bulkBody(actions: BulkAction[]): string {
    const lines = actions.flatMap(({ action, index, id, routing, version, versionType, document, pipeline }) => {
        const metadata = { _index: index, _id: id, routing, version, version_type: versionType, pipeline };
        const kind = action === "upsert" ? "update" : action;
        const payload =
            kind === "delete"
                ? []
                : [
                      kind === "update"
                          ? { doc: document, ...(action === "upsert" && { doc_as_upsert: true }) }
                          : document,
                  ];
        return [{ [kind]: metadata }, ...payload];
    });
    return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

type Line = BulkAction & { kind: (typeof KINDS)[number] };

function parseActions(body: string, defaults: BulkDefaults): Line[] {
    if (body.trim() === "") {
        throw new SearchError("parse_exception", "request body is required");
    }
    if (!body.endsWith("\n")) {
        throw illegalArgument("The bulk request must be terminated by a newline [\\n]");
    }
    const lines = body.split("\n").slice(0, -1);
    const actions: Line[] = [];
    for (let at = 0; at < lines.length; at++) {
        if (lines[at].trim() === "") {
            continue;
        }
        const line = parseJson(lines[at]);
        const kind = KINDS.find((name) => name in line);
        if (!kind || Object.keys(line).length !== 1) {
            throw illegalArgument(
                `Malformed action/metadata line [${at + 1}], expected one of [create, delete, index, update] but found [${Object.keys(line).join(", ")}]`,
            );
        }
        const metadata = actionOf(kind, line[kind] as Json, at + 1, defaults);
        actions.push(kind === "delete" ? metadata : withPayload(metadata, parseJson(lines[++at] ?? "")));
    }
    return actions;
}

function actionOf(kind: Line["kind"], metadata: Json, line: number, defaults: BulkDefaults): Line {
    const unknown = Object.keys(metadata).find((key) => !METADATA.includes(key));
    if (unknown) {
        throw illegalArgument(`Action/metadata line [${line}] contains an unknown parameter [${unknown}]`);
    }
    const { _index: index = defaults.index, _id: id, version, version_type: versionType, pipeline } = metadata;
    if (index === undefined) {
        throw new SearchError("action_request_validation_exception", "Validation Failed: 1: index is missing;");
    }
    return {
        kind,
        action: kind,
        index: String(index),
        ...(id !== undefined && id !== null && { id: String(id) }),
        routing: (metadata.routing ?? metadata._routing ?? defaults.routing) as string | undefined,
        version: version as number | undefined,
        versionType: versionType as BulkAction["versionType"],
        pipeline: (pipeline ?? defaults.pipeline) as string | undefined,
    };
}

function withPayload(action: Line, payload: Json): Line {
    return action.kind === "update" ? { ...action, ...updateOf(payload) } : { ...action, document: payload };
}

/** Of the body of an update: a part of the document, which may be all of it where there was none. */
export function updateOf(body: Json): Pick<BulkAction, "action" | "document"> {
    const { doc, doc_as_upsert: isUpsert, ...others } = body;
    const unknown = Object.keys(others).find((key) => !["detect_noop", "_source"].includes(key));
    if (unknown || doc === undefined) {
        throw new SearchError(
            "action_request_validation_exception",
            `Validation Failed: 1: ${unknown ? `[${unknown}] is not simulated` : "script or doc is missing"};`,
        );
    }
    return { action: isUpsert === true ? "upsert" : "update", document: doc as Json };
}

/** How one action's result, or its error, is told. */
function carryOut(cluster: Cluster, gate: Gate, action: BulkAction): Json {
    const about = { _index: action.index, _id: action.id ?? "" };
    try {
        return writeAnswer(cluster, gate, action);
    } catch (error) {
        if (error instanceof SearchError) {
            const { code: type, message: reason, status, fields } = error;
            return { ...about, status, error: { type, reason, ...fields } };
        }
        throw error;
    }
}

/** What is answered to the writing of one document. */
export function writeAnswer(cluster: Cluster, gate: Gate, action: BulkAction): Json {
    const { id, status, result, version, sequence } = cluster.write(gate, action);
    return {
        _index: action.index,
        _id: id,
        _version: version,
        result,
        _shards: { total: 2, successful: 1, failed: 0 },
        _seq_no: sequence,
        _primary_term: 1,
        status,
    };
}
