import type { SearchIndex } from "../documents";
import { illegalArgument } from "../error";
import { parseJson, type Json } from "../json";
import { checkLimits, mergeMapping, parseMapping } from "../mapping";
import { nestedSettings, parseSettings } from "../settings";
import { OK, type Call, type Route } from "./route";

export const indexRoutes: Route[] = [
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
