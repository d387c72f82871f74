import type { SearchIndex } from "../documents";
import { illegalArgument } from "../error";
import { parseJson, type Json } from "../json";
import { checkLimits, mergeMapping, parseMapping } from "../mapping";
import { changedSettings, nestedSettings, parseChanges } from "../settings";
import { indicesOf, OK, type Call, type Route } from "./route";

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
        answer(call) {
            indicesOf(call, "indices:admin/delete").forEach(({ name }) => call.cluster.indices.delete(name));
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
        answer(call) {
            const update = parseMapping(parseJson(call.body));
            const merged = indicesOf(call, "indices:admin/mapping/put").map((index) => {
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
        answer(call) {
            const given = parseJson(call.body);
            const changes = parseChanges(given.settings ?? given);
            const fixed = Object.keys(changes).filter((key) =>
                /^index\.(number_of_shards|knn|codec|sort\..*)$/.test(key),
            );
            for (const index of indicesOf(call, "indices:admin/settings/update")) {
                if (fixed.length > 0) {
                    throw illegalArgument(
                        `Can't update non dynamic settings [[${fixed.join(", ")}]] for open indices [[${index.name}/${index.uuid}]]`,
                    );
                }
                index.settings = changedSettings(index.settings, changes);
            }
            return OK;
        },
    },
    {
        methods: ["GET", "POST"],
        path: "/{index}/_refresh",
        domainOnly: true,
        answer(call) {
            const total = indicesOf(call, "indices:admin/refresh").length;
            return { _shards: { total, successful: total, failed: 0 } };
        },
    },
    { methods: ["GET"], path: "/_cat/indices", answer: listIndices },
    { methods: ["GET"], path: "/_cat/indices/{index}", answer: listIndices },
];

/** An answer about each index that a path names. */
function each(call: Call, action: string, show: (index: SearchIndex) => Json): Json {
    return Object.fromEntries(indicesOf(call, action).map((index) => [index.name, show(index)]));
}

const shownSettings = ({ settings, uuid, createdAt, name }: SearchIndex) =>
    nestedSettings({
        ...settings,
        "index.uuid": uuid,
        "index.creation_date": String(Math.floor(createdAt)),
        "index.provided_name": name,
    });

function listIndices(call: Call) {
    const rows = indicesOf(call, "indices:monitor/settings/get").map(({ name, uuid, settings, documents }) => ({
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
    return call.query.format === "json" ? rows : rows.map((row) => `${Object.values(row).join(" ")}\n`).join("");
}
