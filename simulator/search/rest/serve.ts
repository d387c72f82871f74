import type { Cluster } from "../cluster";
import { NoRoute } from "../error";
import type { Gate } from "../gate";
import { isJson } from "../json";
import type { SecurityUser } from "../security";
import { documentRoutes } from "./documents";
import { indexRoutes } from "./indices";
import { pipelineRoutes } from "./pipelines";
import { pluginRoutes } from "./plugins";
import type { SearchRequest, SearchResponse } from "./route";
import { templateRoutes } from "./templates";

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
            ? new NoRoute(
                  "method_not_allowed",
                  `Incorrect HTTP method for uri [${path}] and method [${method}], allowed: [${fitting.flatMap(({ route }) => route.methods).join(", ")}]`,
                  405,
              )
            : new NoRoute("no_handler_found", `no handler found for uri [${path}] and method [${method}]`);
    }
    const { route, values } = match;
    const names = Object.fromEntries(route.labels.map((label, i) => [label, values[i]]));
    const answer = route.answer({ cluster, gate, user, path: names, query, body });
    return isResponse(answer) ? answer : { status: 200, body: answer };
}

const isResponse = (answer: unknown): answer is SearchResponse =>
    isJson(answer) && typeof answer.status === "number" && "body" in answer && Object.keys(answer).length === 2;

/** Part of a path that names no index begins with `_`; all indices are one that does. */
const INDEX = "((?!_)[^/]+|_all)";

const compiled = [...indexRoutes, ...templateRoutes, ...pipelineRoutes, ...documentRoutes, ...pluginRoutes].map(
    (route) => ({
        ...route,
        labels: [...route.path.matchAll(/\{(\w+)\}/g)].map(([, label]) => label),
        pattern: new RegExp(`^${route.path.replace("{index}", INDEX).replace(/\{\w+\}/g, "([^/]+)")}/?$`),
    }),
);
