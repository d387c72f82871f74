import { isMapping, type Mapping } from "./options";
import { sourceKindOf, type PipelineSourceKind } from "./sources";

/** A plugin in a body: its name, its options, and where it is. */
export interface Plugin {
    path: string;
    name: string;
    options: Mapping;
}

/** A sub-pipeline of a body that somebody wrote, as far as it can be read. */
export interface SubPipeline {
    path: string;
    name: string;
    options: Mapping;
    source?: Plugin;
    processors: Plugin[];
    routes: { path: string; name: string; condition: unknown }[];
    sinks: Plugin[];
}

/** Top-level keys that are no sub-pipelines. */
export const FRAME_KEYS = ["version", "extension", "pipeline_configurations"];

/** The sub-pipelines of a body. What is not as it should be is left out: to say so is for others. */
export function subPipelinesOf(argument: string, body: unknown): SubPipeline[] {
    return isMapping(body)
        ? Object.entries(body)
              .filter(([name, options]) => !FRAME_KEYS.includes(name) && isMapping(options))
              .map(([name, options]) => subPipeline(`${argument}.${name}`, name, options as Mapping))
        : [];
}

/** What reads a database in a body, where one does. */
export function databaseSourceOf(
    body: unknown,
    argument = "body",
): { subPipeline: string; kind: PipelineSourceKind; path: string; options: Mapping } | undefined {
    for (const { name, source } of subPipelinesOf(argument, body)) {
        const kind = source && sourceKindOf(source.name);
        if (source && kind) {
            return { subPipeline: name, kind, path: source.path, options: source.options };
        }
    }
    return undefined;
}

/** The sinks into OpenSearch of a body. */
export function openSearchSinksOf(argument: string, body: unknown): Plugin[] {
    return subPipelinesOf(argument, body).flatMap(({ sinks }) => sinks.filter(({ name }) => name === "opensearch"));
}

/** The secrets that a body declares, by id, and where. */
export function declaredSecretsOf(argument: string, body: unknown): { path: string; secrets: Mapping } | undefined {
    for (const key of ["extension", "pipeline_configurations"]) {
        const extension = isMapping(body) ? body[key] : undefined;
        const aws = isMapping(extension) ? extension.aws : undefined;
        if (isMapping(aws) && isMapping(aws.secrets)) {
            return { path: `${argument}.${key}.aws.secrets`, secrets: aws.secrets };
        }
    }
    return undefined;
}

/** Every text in a value, and where it is. */
export function textsIn(path: string, value: unknown): { path: string; text: string }[] {
    if (typeof value === "string") {
        return [{ path, text: value }];
    }
    if (Array.isArray(value)) {
        return value.flatMap((one, index) => textsIn(`${path}[${index}]`, one));
    }
    return isMapping(value) ? Object.entries(value).flatMap(([key, one]) => textsIn(`${path}.${key}`, one)) : [];
}

/** The roles that a body names for its plugins, each once. */
export function rolesIn(body: unknown): string[] {
    const named = textsIn("body", body).filter(({ path }) => path.endsWith(".sts_role_arn"));
    return [...new Set(named.map(({ text }) => text))];
}

/** The first item of a list, where it has options. */
export function firstOf(list: unknown): Mapping {
    const [first] = (Array.isArray(list) ? list : []) as unknown[];
    return isMapping(first) ? first : {};
}

function subPipeline(path: string, name: string, options: Mapping): SubPipeline {
    const routesKey = options.routes == null && options.route != null ? "route" : "routes";
    return {
        path,
        name,
        options,
        source: pluginsOf(`${path}.source`, options.source)[0],
        processors: listedPlugins(`${path}.processor`, options.processor),
        routes: listed(`${path}.${routesKey}`, options[routesKey]).flatMap(({ path, item }) =>
            Object.entries(isMapping(item) ? item : {}).map(([name, condition]) => ({
                path: `${path}.${name}`,
                name,
                condition,
            })),
        ),
        sinks: listedPlugins(`${path}.sink`, options.sink),
    };
}

/** Plugins that stand in a list, one an item. */
function listedPlugins(path: string, value: unknown): Plugin[] {
    return listed(path, value).flatMap(({ path, item }) => pluginsOf(path, item).slice(0, 1));
}

function listed(path: string, value: unknown): { path: string; item: unknown }[] {
    return Array.isArray(value)
        ? value.map((item: unknown, index) => ({ path: `${path}[${index}]`, item }))
        : isMapping(value)
          ? [{ path, item: value }]
          : [];
}

/** A plugin may stand as a name alone, or with options that are left out. */
function pluginsOf(path: string, value: unknown): Plugin[] {
    if (typeof value === "string") {
        return [{ path: `${path}.${value}`, name: value, options: {} }];
    }
    return isMapping(value)
        ? Object.entries(value).map(([name, options]) => ({
              path: `${path}.${name}`,
              name,
              options: isMapping(options) ? options : {},
          }))
        : [];
}
