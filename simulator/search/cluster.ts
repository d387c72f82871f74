import { randomBytes } from "node:crypto";
import { writeDocument, type BulkAction, type SearchIndex, type WriteResult } from "./documents";
import { illegalArgument, SearchError } from "./error";
import type { Gate } from "./gate";
import { glob } from "./glob";
import { runPipeline, type IngestPipeline, type Model } from "./ingest";
import type { Json } from "./json";
import { checkLimits } from "./mapping";
import type { Security } from "./security";
import { DEFAULTS } from "./settings";
import { combined, definitionFor, definitionOf, type IndexTemplate } from "./templates";

export interface ClusterOptions {
    /** The world's time. */
    now(): number;
    /** Of a collection: there are no templates and no plugins to manage. */
    serverless?: boolean;
    /** Of a time series: documents have no ids of the client's, and stay as they are. */
    appendOnly?: boolean;
}

/** What a domain or a collection holds. */
export class Cluster {
    readonly indices = new Map<string, SearchIndex>();
    readonly templates = new Map<string, IndexTemplate>();
    readonly legacyTemplates = new Map<string, IndexTemplate>();
    readonly pipelines = new Map<string, IngestPipeline>();
    readonly models = new Map<string, Model>();
    /** Of a domain with fine-grained access control. */
    security?: Security;

    constructor(readonly options: ClusterOptions) {}

    index(name: string): SearchIndex {
        const index = this.indices.get(name);
        if (!index) {
            throw indexNotFound(name);
        }
        return index;
    }

    /** Those that an expression names: `orders,invoices-*`, `_all` or nothing. */
    resolve(expression = "_all"): SearchIndex[] {
        return expression.split(",").flatMap((part) => {
            const pattern = part === "_all" ? "*" : part;
            return pattern.includes("*")
                ? [...this.indices.values()].filter(({ name }) => glob(pattern).test(name))
                : [this.index(pattern)];
        });
    }

    /** With what templates say of its name, and then what `body` says. */
    createIndex(name: string, body: Json = {}): SearchIndex {
        checkName(name);
        const old = this.indices.get(name);
        if (old) {
            throw new SearchError("resource_already_exists_exception", `index [${name}/${old.uuid}] already exists`);
        }
        const unknown = Object.keys(body).find((key) => !["settings", "mappings", "aliases"].includes(key));
        if (unknown) {
            throw new SearchError("parse_exception", `unknown key [${unknown}] for create index`);
        }
        const fromTemplates = definitionFor(name, this.templates.values(), this.legacyTemplates.values());
        const { settings, mapping } = combined(fromTemplates, definitionOf(body));
        checkLimits(mapping, settings);
        const index: SearchIndex = {
            name,
            uuid: randomBytes(16).toString("base64url"),
            createdAt: this.options.now(),
            settings: { ...DEFAULTS, ...settings },
            mapping,
            documents: new Map(),
            deleted: new Map(),
            sequence: 0,
        };
        this.indices.set(name, index);
        return index;
    }

    /** One document's way in: through its pipeline into its index, which is made if need be. */
    write(gate: Gate, action: BulkAction): WriteResult {
        gate.check(`indices:data/write/${ACTIONS[action.action]}`, action.index);
        if (this.options.appendOnly) {
            checkAppends(action);
        }
        return writeDocument(this.writable(gate, action), this.prepared(action), this.options.now());
    }

    /** A delete makes an index only to remember an external version in it. */
    private writable(gate: Gate, { action, index, versionType = "internal" }: BulkAction): SearchIndex {
        const found = this.indices.get(index);
        if (found) {
            return found;
        }
        if (action === "delete" && versionType === "internal") {
            throw indexNotFound(index);
        }
        gate.check("indices:admin/create", index);
        return this.createIndex(index);
    }

    private prepared(action: BulkAction): BulkAction {
        const settings = this.indices.get(action.index)!.settings;
        const isWhole = action.action === "index" || action.action === "create";
        const names = isWhole
            ? [action.pipeline ?? settings["index.default_pipeline"], settings["index.final_pipeline"]]
            : [];
        const document = names
            .filter((name) => name !== undefined && name !== "_none")
            .reduce((source, name) => runPipeline(this.pipeline(name!), source, this.models), action.document ?? {});
        return { ...action, document };
    }

    private pipeline(name: string): IngestPipeline {
        const pipeline = this.pipelines.get(name);
        if (!pipeline) {
            throw illegalArgument(`pipeline with id [${name}] does not exist`);
        }
        return pipeline;
    }
}

const ACTIONS = { index: "index", create: "index", update: "update", upsert: "update", delete: "delete" } as const;

function checkAppends({ action, id }: BulkAction): void {
    if (action !== "index" && action !== "create") {
        throw illegalArgument(`${ACTIONS[action]} is not supported: a time series only grows`);
    }
    if (id !== undefined) {
        throw illegalArgument("Document ID is not supported in create/index operation request");
    }
}

const indexNotFound = (name: string) => new SearchError("index_not_found_exception", `no such index [${name}]`, 404);

function checkName(name: string): void {
    const problem =
        name !== name.toLowerCase()
            ? "must be lowercase"
            : /[\\/*?"<>| ,#]/.test(name)
              ? 'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]'
              : name.includes(":")
                ? "must not contain ':'"
                : /^[_+-]/.test(name)
                  ? "must not start with '_', '-', or '+'"
                  : name === "." || name === ".."
                    ? "must not be '.' or '..'"
                    : Buffer.byteLength(name) > 255
                      ? "index name is too long, (> 255)"
                      : undefined;
    if (problem) {
        throw new SearchError("invalid_index_name_exception", `Invalid index name [${name}], ${problem}`);
    }
}
