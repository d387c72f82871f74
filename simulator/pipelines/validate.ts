import { extensionName, extensionOf, isMap, parseBody, subPipelineEntries } from "./body";
import { connectionProblems } from "./connections";
import { conditionProblems } from "./expressions/problems";
import { documentdb } from "./plugins/documentdb";
import { dynamodb } from "./plugins/dynamodb";
import { opensearch } from "./plugins/opensearch";
import { rds } from "./plugins/rds";
import { extension } from "./plugins/secrets";
import { processors } from "./processors";
import { listOf, name, options, pluginProblems, schemaProblems } from "./schema";
import type { BodyProblem, Options, Plugin } from "./schema";
import { secretReferences } from "./secret-reference";

/** By the service's quota; the API's own limit is far above it. */
const MAX_BODY = 24_000;
const MAX_SUB_PIPELINES = 10;
const MAX_SINK_REFERENCES = 50;
const FORBIDDEN_NAMES = ["data-prepper", "dataPrepper", "core"];

/** Another sub-pipeline of the same body, as source or sink. */
const connector: Plugin = { schema: options({ name }, ["name"]) };

const sources: Record<string, Plugin> = { documentdb, dynamodb, mongodb: documentdb, pipeline: connector, rds };
const sinks: Record<string, Plugin> = { opensearch, pipeline: connector };

/** What is wrong with a body, as ValidatePipeline finds it; each problem names its place. */
export function bodyProblems(text: string): BodyProblem[] {
    if (text.length > MAX_BODY) {
        return [{ path: "body", message: `has ${text.length} characters; the quota is ${MAX_BODY}` }];
    }
    const parsed = parseBody(text);
    return "problem" in parsed ? [parsed.problem] : documentProblems(parsed.document);
}

function documentProblems(document: Options): BodyProblem[] {
    const definitions = subPipelineEntries(document);
    const problems = [
        ...versionProblems(document),
        ...(extensionOf(document) === undefined
            ? []
            : pluginProblems(extension, extensionOf(document), extensionName(document))),
        ...(definitions.length >= 1 && definitions.length <= MAX_SUB_PIPELINES
            ? []
            : [{ path: "body", message: `must have 1 to ${MAX_SUB_PIPELINES} sub-pipelines` }]),
        ...definitions.flatMap(([name, definition]) => subPipelineProblems(name, definition)),
    ];
    // How the parts fit is asked only once each can be read.
    return problems.length > 0
        ? problems
        : [...connectionProblems(document), ...destinationProblems(definitions), ...secretProblems(document)];
}

function versionProblems({ version }: Options): BodyProblem[] {
    return version === undefined || /^2(\.\d+)?$/.test(String(version))
        ? []
        : [{ path: "version", message: 'must be "2", the one major version that OpenSearch Ingestion accepts' }];
}

const FRAME = ["source", "processor", "routes", "route", "sink"];

function subPipelineProblems(name: string, definition: unknown): BodyProblem[] {
    if (name.trim() === "") {
        return [{ path: "body", message: "has a sub-pipeline without a name" }];
    }
    if (FORBIDDEN_NAMES.includes(name)) {
        return [{ path: name, message: "is not allowed as the name of a sub-pipeline" }];
    }
    if (!isMap(definition)) {
        return [{ path: name, message: "must be a map with source and sink" }];
    }
    return [
        ...Object.keys(definition)
            .filter((key) => !FRAME.includes(key))
            .map((key) => ({ path: `${name}.${key}`, message: "is not supported by OpenSearch Ingestion" })),
        ...useProblems(definition.source, `${name}.source`, "source", sources),
        ...listProblems(definition.processor ?? [], `${name}.processor`, (use, path) =>
            useProblems(use, path, "processor", processors),
        ),
        ...routeProblems(definition, name),
        ...(Array.isArray(definition.sink) && definition.sink.length === 0
            ? [{ path: `${name}.sink`, message: "needs one sink at least" }]
            : listProblems(definition.sink, `${name}.sink`, sinkProblems)),
    ];
}

function listProblems(
    list: unknown,
    path: string,
    each: (element: unknown, path: string) => BodyProblem[],
): BodyProblem[] {
    return Array.isArray(list)
        ? list.flatMap((element, index) => each(element, `${path}[${index}]`))
        : [{ path, message: list === undefined ? "is required" : "must be a list" }];
}

/** One plugin with its options: `{ dynamodb: { … } }`. */
function useProblems(use: unknown, path: string, kind: string, known: Record<string, Plugin>): BodyProblem[] {
    if (use === undefined || use === null) {
        return [{ path, message: "is required" }];
    }
    const entries = isMap(use) ? Object.entries(use) : [];
    if (entries.length !== 1) {
        return [{ path, message: "must be a map with exactly one plugin" }];
    }
    const [[name, given]] = entries;
    if (!Object.hasOwn(known, name)) {
        // Data Prepper has many more than read databases and write to OpenSearch.
        return [{ path: `${path}.${name}`, message: `no ${kind} of this name is simulated` }];
    }
    return pluginProblems(known[name], given, `${path}.${name}`);
}

function routeProblems({ routes, route }: Options, name: string): BodyProblem[] {
    const key = routes === undefined ? "route" : "routes";
    if (routes !== undefined && route !== undefined) {
        return [{ path: `${name}.route`, message: "is another name of routes: give one of them" }];
    }
    return listProblems(routes ?? route ?? [], `${name}.${key}`, (entry, path) => {
        const entries = isMap(entry) ? Object.entries(entry) : [];
        if (entries.length !== 1 || typeof entries[0][1] !== "string") {
            return [{ path, message: "must be one name with its condition" }];
        }
        return conditionProblems(entries[0][1], `${path}.${entries[0][0]}`);
    });
}

/** What a sink takes whatever its plugin. */
const COMMON = {
    routes: listOf(name),
    include_keys: listOf(name),
    exclude_keys: listOf(name),
    tags_target_key: name,
};
const common = { type: "object", properties: COMMON };

function sinkProblems(use: unknown, path: string): BodyProblem[] {
    const entries = isMap(use) ? Object.entries(use) : [];
    const [[plugin, given]] = entries.length === 1 ? entries : [["", undefined]];
    if (!isMap(given)) {
        return useProblems(use, path, "sink", sinks);
    }
    const own = Object.fromEntries(Object.entries(given).filter(([key]) => !Object.hasOwn(COMMON, key)));
    return [
        ...schemaProblems(common, given, `${path}.${plugin}`),
        ...(given.include_keys && given.exclude_keys
            ? [{ path: `${path}.${plugin}.exclude_keys`, message: "can't be combined with include_keys" }]
            : []),
        ...useProblems({ [plugin]: own }, path, "sink", sinks),
    ];
}

function destinationProblems(definitions: [string, Options][]): BodyProblem[] {
    const uses = definitions.flatMap(([name, { sink }]) =>
        sink.map((use: Options, index: number) => ({ ...use, path: `${name}.sink[${index}].opensearch` })),
    );
    const search = uses.filter(({ opensearch }) => opensearch);
    const hosts = ({ opensearch }: Options) => JSON.stringify(opensearch.hosts.map(trimmed).sort());
    const roles = search.filter(({ opensearch }) => opensearch.aws?.sts_role_arn);
    return [
        ...(uses.length > MAX_SINK_REFERENCES
            ? [{ path: "body", message: `has ${uses.length} sinks; ${MAX_SINK_REFERENCES} are allowed` }]
            : []),
        ...search
            .filter((use) => hosts(use) !== hosts(search[0]))
            .map(({ path }) => ({ path: `${path}.hosts`, message: "a pipeline has one OpenSearch destination" })),
        ...roles
            .filter(({ opensearch }) => opensearch.aws.sts_role_arn !== roles[0].opensearch.aws.sts_role_arn)
            .map(({ path }) => ({ path: `${path}.aws.sts_role_arn`, message: "must be the same in every sink" })),
    ];
}

const trimmed = (host: string) => host.replace(/\/$/, "");

function secretProblems(document: Options): BodyProblem[] {
    const declared = extensionOf(document)?.aws?.secrets ?? {};
    const where = extensionName(document);
    return subPipelineEntries(document)
        .flatMap(([name, definition]) => secretReferences(definition, name))
        .filter(({ reference }) => !Object.hasOwn(declared, reference.id))
        .map(({ path, reference }) => ({ path, message: `${where}.aws.secrets has no ${reference.id}` }));
}
