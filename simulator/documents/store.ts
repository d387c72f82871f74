import { randomBytes } from "node:crypto";

import { CommandError, matches, operatorsOf } from "./query";
import { isModification, updated } from "./update";
import { canonical, identity, type DocumentValue, type Fields, type StoredDocument } from "./values";

/** The document databases of an account and Region. */
export class DocumentState {
    /** by the cluster's ARN */
    readonly stores = new Map<string, DocumentStore>();
}

/** A document as an application gives it: dates and bytes may be JavaScript's own. */
export type GivenDocument = Record<string, unknown>;

/** A command of the database, as the drivers' `runCommand` takes it. */
export type DocumentCommand =
    | { insert: string; documents: GivenDocument[] }
    | { update: string; updates: { q: GivenDocument; u: GivenDocument; multi?: boolean; upsert?: boolean }[] }
    | { delete: string; deletes: { q: GivenDocument; limit: 0 | 1 }[] }
    | { find: string; filter?: GivenDocument }
    /** of the database `admin`; an empty collection means all of a database, an empty database everything */
    | { modifyChangeStreams: 1; database: string; collection: string; enable: boolean };

export interface DocumentCommandResult {
    ok: 1;
    /** documents that were inserted, found by an update, or deleted */
    n?: number;
    nModified?: number;
    cursor?: { firstBatch: StoredDocument[] };
}

/** What a change stream shows. */
export interface ChangeEvent {
    position: number;
    /** ms since the epoch */
    at: number;
    database: string;
    collection: string;
    operation: "insert" | "update" | "replace" | "delete";
    id: DocumentValue;
    /** as it is afterwards; none once it is deleted */
    document?: StoredDocument;
}

/** A cluster's data: databases with their collections, and the log from which change streams are read. */
export class DocumentStore {
    /** by database and collection, then by `_id` */
    private readonly collections = new Map<string, Map<string, StoredDocument>>();
    /** what modifyChangeStreams enabled, each with "" for everything within */
    private readonly enabled = new Map<string, [database: string, collection: string]>();
    private readonly log: ChangeEvent[] = [];
    private last = 0;

    /** Carries out a command; a CommandError says why it is refused. @param now ms since the epoch */
    run(database: string, command: DocumentCommand, now: number): DocumentCommandResult {
        checkMembers(command);
        if ("insert" in command) {
            return this.insert(database, command.insert, command.documents.map(canonical) as Fields[], now);
        }
        if ("update" in command) {
            return this.update(database, command, now);
        }
        if ("delete" in command) {
            return this.delete(database, command, now);
        }
        if ("find" in command) {
            const filter = canonical(command.filter ?? {}) as Fields;
            const found = this.documents(database, command.find).filter((document) => matches(document, filter));
            return { ok: 1, cursor: { firstBatch: found } };
        }
        return this.modifyChangeStreams(database, command);
    }

    /** The position after everything so far: from here the changes go on. */
    get position(): number {
        return this.last;
    }

    documents(database: string, collection: string): StoredDocument[] {
        return [...this.collection(database, collection).values()];
    }

    hasChangeStream(database: string, collection: string): boolean {
        return [...this.enabled.values()].some((scope) => isWithin([database, collection], scope));
    }

    /** What happened to a collection after a position, as far as it is kept. @param since ms since the epoch of the oldest kept */
    changesSince(position: number, database: string, collection: string, since: number): ChangeEvent[] {
        return this.log.filter(
            (event) =>
                event.position > position &&
                event.at >= since &&
                event.database === database &&
                event.collection === collection,
        );
    }

    private collection(database: string, collection: string): Map<string, StoredDocument> {
        const key = JSON.stringify([database, collection]);
        const documents = this.collections.get(key) ?? new Map<string, StoredDocument>();
        this.collections.set(key, documents);
        return documents;
    }

    private insert(database: string, collection: string, given: Fields[], now: number): DocumentCommandResult {
        const documents = this.collection(database, collection);
        for (const fields of given) {
            const document: StoredDocument = { _id: newId(now), ...fields };
            if (documents.has(identity(document._id))) {
                throw new CommandError(
                    `E11000 duplicate key error collection: ${database}.${collection} index: _id_ dup key: ${JSON.stringify(document._id)}`,
                );
            }
            documents.set(identity(document._id), document);
            this.record(now, { database, collection, operation: "insert", id: document._id, document });
        }
        return { ok: 1, n: given.length };
    }

    private update(
        database: string,
        { update: collection, updates }: Extract<DocumentCommand, { update: string }>,
        now: number,
    ): DocumentCommandResult {
        const documents = this.collection(database, collection);
        let [n, nModified] = [0, 0];
        for (const { q, u, multi = false, upsert = false } of updates) {
            const [query, change] = [canonical(q) as Fields, canonical(u) as Fields];
            if (multi && !isModification(change)) {
                throw new CommandError("multi update is not supported for replacement-style update");
            }
            const hits = [...documents.values()].filter((document) => matches(document, query));
            for (const before of multi ? hits : hits.slice(0, 1)) {
                const document = updated(before, change);
                n++;
                if (identity(document) !== identity(before)) {
                    nModified++;
                    documents.set(identity(document._id), document);
                    const operation = isModification(change) ? "update" : "replace";
                    this.record(now, { database, collection, operation, id: document._id, document });
                }
            }
            if (hits.length === 0 && upsert) {
                const document = updated({ _id: newId(now), ...plainFields(query) }, change);
                n += this.insert(database, collection, [document], now).n!;
            }
        }
        return { ok: 1, n, nModified };
    }

    private delete(
        database: string,
        { delete: collection, deletes }: Extract<DocumentCommand, { delete: string }>,
        now: number,
    ): DocumentCommandResult {
        const documents = this.collection(database, collection);
        let n = 0;
        for (const { q, limit } of deletes) {
            const hits = [...documents.values()].filter((document) => matches(document, canonical(q) as Fields));
            for (const { _id: id } of limit === 1 ? hits.slice(0, 1) : hits) {
                documents.delete(identity(id));
                this.record(now, { database, collection, operation: "delete", id });
                n++;
            }
        }
        return { ok: 1, n };
    }

    private modifyChangeStreams(
        connection: string,
        { database, collection, enable }: Extract<DocumentCommand, { modifyChangeStreams: 1 }>,
    ): DocumentCommandResult {
        if (connection !== "admin") {
            throw new CommandError("modifyChangeStreams may only be run against the admin database.");
        }
        if (database === "" && collection !== "") {
            throw new CommandError("modifyChangeStreams with a collection needs a database");
        }
        if (enable) {
            this.enabled.set(JSON.stringify([database, collection]), [database, collection]);
        } else {
            for (const [key, scope] of this.enabled) {
                if (isWithin(scope, [database, collection])) {
                    this.enabled.delete(key);
                }
            }
        }
        return { ok: 1 };
    }

    /** Nothing is kept of a collection whose change stream is not enabled. */
    private record(now: number, event: Omit<ChangeEvent, "position" | "at">): void {
        this.last++;
        if (this.hasChangeStream(event.database, event.collection)) {
            this.log.push({ ...event, position: this.last, at: Math.floor(now) });
        }
    }
}

/** The commands, each with all that it may say. */
const MEMBERS: Record<string, string[]> = {
    insert: ["documents"],
    update: ["updates"],
    delete: ["deletes"],
    find: ["filter"],
    modifyChangeStreams: ["database", "collection", "enable"],
};

/** What would be passed over in silence is refused: a limit, an order, a hint. */
function checkMembers(command: DocumentCommand): void {
    const [name, ...given] = Object.keys(command);
    const known = MEMBERS[name!];
    if (!known) {
        throw new CommandError(`no such command: '${name}', as far as it is simulated`);
    }
    requireKnown(given, known, name!);
    if ("updates" in command) {
        command.updates.forEach((each) => requireKnown(Object.keys(each), ["q", "u", "multi", "upsert"], "update"));
    }
    if ("deletes" in command) {
        command.deletes.forEach((each) => requireKnown(Object.keys(each), ["q", "limit"], "delete"));
    }
}

function requireKnown(given: string[], known: string[], command: string): void {
    const unknown = given.find((member) => !known.includes(member));
    if (unknown !== undefined) {
        throw new CommandError(`'${unknown}' of the command ${command} is not simulated; it takes ${known.join(", ")}`);
    }
}

type Scope = readonly [database: string, collection: string];

const isWithin = (inner: Scope, outer: Scope) => outer.every((name, level) => name === "" || name === inner[level]);

/** What a query says of a document by equality: an upsert begins with it. */
function plainFields(query: Fields): Fields {
    const isPlain = ([name, value]: [string, DocumentValue]) =>
        !name.startsWith("$") && operatorsOf(value).length === 0;
    return Object.fromEntries(Object.entries(query).filter(isPlain));
}

/** An ObjectId, which begins with the time. */
function newId(now: number): DocumentValue {
    const time = Math.floor(now / 1000)
        .toString(16)
        .padStart(8, "0");
    return { $oid: time + randomBytes(8).toString("hex") };
}
