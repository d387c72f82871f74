import { bulk, updateOf, writeAnswer } from "./bulk";
import type { Cluster, Gate } from "./cluster";
import type { SearchIndex } from "./documents";
import { illegalArgument, SearchError } from "./error";
import { parsePipeline } from "./ingest";
import { isJson, parseJson, type Json } from "./json";
import { checkLimits, mergeMapping, parseMapping } from "./mapping";
import { count, search } from "./query";
import { pluginRoutes } from "./rest-plugins";
import { nestedSettings, parseSettings } from "./settings";
import type { BulkAction } from "./store";
import { legacyBody, parseComposable, parseLegacy } from "./templates";
import type { SecurityUser } from "./security";

/** A request of OpenSearch's REST API. */
export interface SearchRequest {
    method: string;
    /** percent-encoded, without the query */
    path: string;
    query: Record<string, string>;
    body: string;
}

export interface SearchResponse {
    status: number;
    body: unknown;
}

/** A request that found its route. */
export interface Call {
    cluster: Cluster;
    gate: Gate;
    /** Where there is fine-grained access control. */
    user?: SecurityUser;
    /** the variable parts of the path */
    path: Record<string, string>;
    query: Record<string, string>;
    body: string;
}

export interface Route {
    methods: string[];
    /** `/{index}/_doc/{id}` */
    path: string;
    /** Not of collections. */
    domainOnly?: boolean;
    answer(call: Call): SearchResponse | Json | unknown[] | string;
}

/** Answers as OpenSearch does; throws its errors. */
export function serve(
    cluster: Cluster,
    gate: Gate,
    { method, path, query, body }: SearchRequest,
    user?: SecurityUser,
): SearchResponse {
    const fitting = compiled.flatMap((route) => {
        const found = route.pattern.exec(path);
        const isThere = found && !(cluster.options.serverless && route.domainOnly);
        return isThere ? [{ route, values: found.slice(1).map(decodeURIComponent) }] : [];
    });
    const match = fitting.find(({ route }) => route.methods.includes(method));
    if (!match) {
        throw fitting.length > 0
            ? new SearchError(
                  "method_not_allowed",
                  `Incorrect HTTP method for uri [${path}] and method [${method}], allowed: [${fitting.flatMap(({ route }) => route.methods).join(", ")}]`,
                  405,
              )
            : new SearchError("no_handler_found", `no handler found for uri [${path}] and method [${method}]`);
    }
    const { route, values } = match;
    const names = Object.fromEntries(route.labels.map((label, i) => [label, values[i]]));
    const answer = route.answer({ cluster, gate, user, path: names, query, body });
    return isResponse(answer) ? answer : { status: 200, body: answer };
}

const isResponse = (answer: unknown): answer is SearchResponse =>
    isJson(answer) && typeof answer.status === "number" && "body" in answer && Object.keys(answer).length === 2;

const OK = { acknowledged: true };

const indexRoutes: Route[] = [
    {
        methods: ["PUT"],
        path: "/{index}",
        answer({ cluster, gate, path, body }) {
            gate.check("indices:admin/create", path.index);
            cluster.createIndex(path.index, parseJson(body));
            return { ...OK, shards_acknowledged: true, index: path.index };
        },
    },
    {
        methods: ["HEAD"],
        path: "/{index}",
        answer({ cluster, gate, path }) {
            gate.check("indices:admin/get", path.index);
            return { status: cluster.indices.has(path.index) ? 200 : 404, body: "" };
        },
    },
    {
        methods: ["GET"],
        path: "/{index}",
        answer: (call) =>
            each(call, "indices:admin/get", (index) => ({
                aliases: {},
                mappings: index.mapping,
                settings: shownSettings(index),
            })),
    },
    {
        methods: ["DELETE"],
        path: "/{index}",
        answer({ cluster, gate, path }) {
            for (const { name } of cluster.resolve(path.index)) {
                gate.check("indices:admin/delete", name);
                cluster.indices.delete(name);
            }
            return OK;
        },
    },
    {
        methods: ["GET"],
        path: "/{index}/_mapping",
        answer: (call) => each(call, "indices:admin/mappings/get", ({ mapping }) => ({ mappings: mapping })),
    },
    {
        methods: ["PUT", "POST"],
        path: "/{index}/_mapping",
        answer({ cluster, gate, path, body }) {
            const update = parseMapping(parseJson(body));
            const merged = cluster.resolve(path.index).map((index) => {
                gate.check("indices:admin/mapping/put", index.name);
                const mapping = mergeMapping(index.mapping, update);
                checkLimits(mapping, index.settings);
                return { index, mapping };
            });
            merged.forEach(({ index, mapping }) => (index.mapping = mapping));
            return OK;
        },
    },
    {
        methods: ["GET"],
        path: "/{index}/_settings",
        answer: (call) => each(call, "indices:monitor/settings/get", (index) => ({ settings: shownSettings(index) })),
    },
    {
        methods: ["PUT"],
        path: "/{index}/_settings",
        answer({ cluster, gate, path, body }) {
            const given = parseJson(body);
            const settings = parseSettings(given.settings ?? given);
            const fixed = Object.keys(settings).filter((key) =>
                /^index\.(number_of_shards|knn|codec|sort\..*)$/.test(key),
            );
            for (const index of cluster.resolve(path.index)) {
                gate.check("indices:admin/settings/update", index.name);
                if (fixed.length > 0) {
                    throw illegalArgument(
                        `Can't update non dynamic settings [[${fixed.join(", ")}]] for open indices [[${index.name}/${index.uuid}]]`,
                    );
                }
                Object.assign(index.settings, settings);
            }
            return OK;
        },
    },
    {
        methods: ["GET", "POST"],
        path: "/{index}/_refresh",
        domainOnly: true,
        answer({ cluster, gate, path }) {
            const indices = cluster.resolve(path.index);
            indices.forEach(({ name }) => gate.check("indices:admin/refresh", name));
            return { _shards: { total: indices.length, successful: indices.length, failed: 0 } };
        },
    },
    { methods: ["GET"], path: "/_cat/indices", answer: listIndices },
    { methods: ["GET"], path: "/_cat/indices/{index}", answer: listIndices },
];

const templateRoutes: Route[] = [
    {
        methods: ["PUT", "POST"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name }, query, body }) {
            gate.check("indices:admin/index_template/put");
            if (query.create === "true" && cluster.templates.has(name)) {
                throw illegalArgument(`index template [${name}] already exists`);
            }
            cluster.templates.set(name, parseComposable(name, parseJson(body), cluster.templates.values()));
            return OK;
        },
    },
    {
        methods: ["GET"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/index_template/get");
            const template = cluster.templates.get(name);
            if (!template) {
                throw new SearchError(
                    "resource_not_found_exception",
                    `index template matching [${name}] not found`,
                    404,
                );
            }
            return { index_templates: [{ name, index_template: template.body }] };
        },
    },
    {
        methods: ["HEAD"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer: ({ cluster, gate, path: { name } }) => {
            gate.check("indices:admin/index_template/get");
            return { status: cluster.templates.has(name) ? 200 : 404, body: "" };
        },
    },
    {
        methods: ["DELETE"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/index_template/delete");
            if (!cluster.templates.delete(name)) {
                throw new SearchError("index_template_missing_exception", `index_template [${name}] missing`, 404);
            }
            return OK;
        },
    },
    {
        methods: ["PUT", "POST"],
        path: "/_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name }, body }) {
            gate.check("indices:admin/template/put");
            cluster.legacyTemplates.set(name, parseLegacy(name, parseJson(body)));
            return OK;
        },
    },
    {
        methods: ["GET", "HEAD"],
        path: "/_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/template/get");
            const template = cluster.legacyTemplates.get(name);
            return template ? { [name]: legacyBody(template) } : { status: 404, body: {} };
        },
    },
    {
        methods: ["DELETE"],
        path: "/_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/template/delete");
            if (!cluster.legacyTemplates.delete(name)) {
                throw new SearchError("index_template_missing_exception", `index_template [${name}] missing`, 404);
            }
            return OK;
        },
    },
];

const pipelineRoutes: Route[] = [
    {
        methods: ["PUT"],
        path: "/_ingest/pipeline/{name}",
        answer({ cluster, gate, path: { name }, body }) {
            gate.check("cluster:admin/ingest/pipeline/put");
            cluster.pipelines.set(name, parsePipeline(parseJson(body)));
            return OK;
        },
    },
    {
        methods: ["GET"],
        path: "/_ingest/pipeline/{name}",
        answer({ cluster, gate, path: { name } }) {
            gate.check("cluster:admin/ingest/pipeline/get");
            const pipeline = cluster.pipelines.get(name);
            return pipeline ? { [name]: pipeline.body } : { status: 404, body: {} };
        },
    },
    {
        methods: ["DELETE"],
        path: "/_ingest/pipeline/{name}",
        answer({ cluster, gate, path: { name } }) {
            gate.check("cluster:admin/ingest/pipeline/delete");
            if (!cluster.pipelines.delete(name)) {
                throw new SearchError("resource_not_found_exception", `pipeline [${name}] is missing`, 404);
            }
            return OK;
        },
    },
];

const documentRoutes: Route[] = [
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

/** Part of a path that names no index begins with `_`; all indices are one that does. */
const INDEX = "((?!_)[^/]+|_all)";

const compiled = [...indexRoutes, ...templateRoutes, ...pipelineRoutes, ...documentRoutes, ...pluginRoutes].map(
    (route) => ({
        ...route,
        labels: [...route.path.matchAll(/\{(\w+)\}/g)].map(([, label]) => label),
        pattern: new RegExp(`^${route.path.replace("{index}", INDEX).replace(/\{\w+\}/g, "([^/]+)")}/?$`),
    }),
);

/** An answer about each index that a path names. */
function each({ cluster, gate, path }: Call, action: string, show: (index: SearchIndex) => Json): Json {
    gate.check(action, path.index);
    return Object.fromEntries(cluster.resolve(path.index).map((index) => [index.name, show(index)]));
}

const shownSettings = ({ settings, uuid, createdAt, name }: SearchIndex) =>
    nestedSettings({
        ...settings,
        "index.uuid": uuid,
        "index.creation_date": String(Math.floor(createdAt)),
        "index.provided_name": name,
    });

function listIndices({ cluster, gate, path, query }: Call) {
    gate.check("indices:monitor/settings/get", path.index ?? "*");
    const rows = cluster.resolve(path.index).map(({ name, uuid, settings, documents }) => ({
        health: "green",
        status: "open",
        index: name,
        uuid,
        pri: settings["index.number_of_shards"],
        rep: settings["index.number_of_replicas"],
        "docs.count": String(documents.size),
        "docs.deleted": "0",
        "store.size": "0b",
        "pri.store.size": "0b",
    }));
    return query.format === "json" ? rows : rows.map((row) => `${Object.values(row).join(" ")}\n`).join("");
}

function action({ path, query }: Call): BulkAction {
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
    return bulk(cluster, gate, body, { index: path.index, pipeline: query.pipeline, routing: query.routing });
}

function searched({ cluster, gate, path, query, body }: Call) {
    gate.check("indices:data/read/search", path.index ?? "*");
    const { size, from, sort } = query;
    return search(cluster.resolve(path.index), {
        ...parseJson(body),
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

function counted({ cluster, gate, path, body }: Call) {
    gate.check("indices:data/read/search", path.index ?? "*");
    const indices = cluster.resolve(path.index);
    return {
        count: count(indices, parseJson(body).query),
        _shards: { total: indices.length, successful: indices.length, skipped: 0, failed: 0 },
    };
}
