import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { seconds } from "../world/clock";
import { mapDocument } from "./document-mapper";
import { illegalArgument, SearchError } from "./error";
import { expandDots, merge, type Json } from "./json";
import { checkLimits, type Mapping } from "./mapping";
import type { Settings } from "./settings";

/** An index: what its documents look like, and the documents. */
export interface SearchIndex {
    name: string;
    uuid: string;
    createdAt: number;
    settings: Settings;
    mapping: Mapping;
    documents: Map<string, StoredDocument>;
    /** Versions of documents that were deleted: for a while they count against what comes late. */
    deleted: Map<string, { version: number; at: number }>;
    /** the number of the next operation */
    sequence: number;
}

export interface StoredDocument {
    id: string;
    version: number;
    sequence: number;
    routing?: string;
    source: Json;
}

/** One line of a bulk request, with what external versioning and routing say. */
export interface BulkAction {
    action: "index" | "create" | "update" | "upsert" | "delete";
    index: string;
    id?: string;
    routing?: string;
    version?: number;
    versionType?: "internal" | "external" | "external_gte";
    document?: Record<string, unknown>;
    /** Ingest pipeline of the cluster. */
    pipeline?: string;
}

/** What became of a document. */
export interface WriteResult {
    status: 200 | 201 | 404;
    id: string;
    result: "created" | "updated" | "deleted" | "noop" | "not_found";
    version: number;
    sequence: number;
}

/** How long the version of what was deleted is remembered. */
const REMEMBERED = seconds(60);

const MAX_ID_BYTES = 512;

/** Carries out one action; throws what OpenSearch answers where it does not. */
export function writeDocument(index: SearchIndex, action: BulkAction, now: number): WriteResult {
    checkRequest(index, action);
    switch (action.action) {
        case "delete":
            return remove(index, action, now);
        case "update":
        case "upsert":
            return update(index, action, now);
        default:
            return put(index, action, action.document ?? {}, now);
    }
}

function checkRequest({ mapping, name }: SearchIndex, action: BulkAction): void {
    const { action: kind, id, version, versionType = "internal", routing } = action;
    const isExternal = versionType !== "internal";
    if (id === "") {
        throw illegalArgument("if _id is specified it must not be empty");
    }
    if (id !== undefined && Buffer.byteLength(id) > MAX_ID_BYTES) {
        throw invalid(`id [${id}] is too long, must be no longer than 512 bytes but was: ${Buffer.byteLength(id)}`);
    }
    if (isExternal && version === undefined) {
        throw invalid(`illegal version value [-3] for version type [${versionType.toUpperCase()}]`);
    }
    if (version !== undefined && id === undefined) {
        throw invalid("an id must be provided if version type or value are set");
    }
    if (isExternal && kind === "create") {
        throw invalid("create operations only support internal versioning. use index instead");
    }
    const isUpdate = kind === "update" || kind === "upsert";
    if (isUpdate && id === undefined) {
        throw invalid("id is missing");
    }
    if (version !== undefined && (isUpdate || !isExternal)) {
        throw invalid(
            "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` instead",
        );
    }
    if ((mapping._routing as Json | undefined)?.required === true && routing === undefined) {
        throw new SearchError("routing_missing_exception", `routing is required for [${name}]/[${id}]`);
    }
}

const invalid = (reason: string) =>
    new SearchError("action_request_validation_exception", `Validation Failed: 1: ${reason};`);

function put(index: SearchIndex, action: BulkAction, source: Json, now: number): WriteResult {
    const id = action.id ?? randomBytes(15).toString("base64url");
    const old = index.documents.get(id);
    const current = old?.version ?? rememberedVersion(index, id, now);
    if (old && action.action === "create") {
        throw conflict(id, `document already exists (current version [${old.version}])`);
    }
    const version = nextVersion(id, action, current);
    const mapping = mapDocument(index.mapping, source, id, index.settings);
    checkLimits(mapping, index.settings);
    index.mapping = mapping;
    index.deleted.delete(id);
    const sequence = index.sequence++;
    index.documents.set(id, { id, version, sequence, routing: action.routing, source });
    return { ...(old ? updated : created), id, version, sequence };
}

const created = { status: 201, result: "created" } as const;
const updated = { status: 200, result: "updated" } as const;

function update(index: SearchIndex, action: BulkAction, now: number): WriteResult {
    const id = action.id!;
    const old = index.documents.get(id);
    const part = action.document ?? {};
    if (!old) {
        if (action.action === "upsert") {
            return put(index, { ...action, action: "index" }, part, now);
        }
        throw new SearchError("document_missing_exception", `[${id}]: document missing`, 404);
    }
    const source = merge(structuredClone(old.source), hasDots(part) ? expandDots(part) : part);
    if (isDeepStrictEqual(source, old.source)) {
        return { status: 200, result: "noop", id, version: old.version, sequence: old.sequence };
    }
    return put(index, { ...action, action: "index", routing: action.routing ?? old.routing }, source, now);
}

const hasDots = (part: Json) => Object.keys(part).some((key) => key.includes("."));

function remove(index: SearchIndex, action: BulkAction, now: number): WriteResult {
    const id = action.id!;
    const old = index.documents.get(id);
    const version = nextVersion(id, action, old?.version ?? rememberedVersion(index, id, now));
    index.documents.delete(id);
    index.deleted.set(id, { version, at: now });
    const outcome = old
        ? ({ status: 200, result: "deleted" } as const)
        : ({ status: 404, result: "not_found" } as const);
    return { ...outcome, id, version, sequence: index.sequence++ };
}

function rememberedVersion(index: SearchIndex, id: string, now: number): number | undefined {
    const deleted = index.deleted.get(id);
    return deleted && now - deleted.at < REMEMBERED ? deleted.version : undefined;
}

/** With an external version, what is older than what is there is refused: so changes may arrive in any order, and twice. */
function nextVersion(id: string, action: BulkAction, current: number | undefined): number {
    const { version, versionType = "internal" } = action;
    if (versionType === "internal" || version === undefined) {
        return (current ?? 0) + 1;
    }
    if (current !== undefined && versionType === "external" && version <= current) {
        throw conflict(id, `current version [${current}] is higher or equal to the one provided [${version}]`);
    }
    if (current !== undefined && versionType === "external_gte" && version < current) {
        throw conflict(id, `current version [${current}] is higher than the one provided [${version}]`);
    }
    return version;
}

function conflict(id: string, why: string): SearchError {
    return new SearchError("version_conflict_engine_exception", `[${id}]: version conflict, ${why}`, 409);
}
