import { problem, warning, type Problem } from "../errors";
import {
    declaredSecretsOf,
    openSearchSinksOf,
    subPipelinesOf,
    textsIn,
    type Plugin,
    type SubPipeline,
} from "./document";
import { metadataNamesIn } from "./expression";
import { at, condition, inWords, isMapping, mapOf, notMapping, shown, snakeCase, type Mapping } from "./options";
import { OTHER_PROCESSORS, PROCESSOR_OPTIONS, STATEFUL_PROCESSORS } from "./processors";
import { secretIdsIn } from "./secret-reference";
import { SECRET_OPTIONS } from "./secrets";
import { DEFAULT_ROUTE, OPENSEARCH_SINK_OPTIONS, withoutRegion } from "./sinks";
import { JOIN_METADATA, SOURCE_METADATA, SOURCE_OPTIONS, sourceKindOf } from "./sources";
import { closest, meant } from "./suggestion";
import { MAX_BODY_LENGTH, parseBody } from "./yaml";

/**
 * What is wrong with a pipeline's body, ours or a user's own, YAML or JSON. Each problem's argument is the path of the fault, such as
 * `body.orders-pipeline.source.dynamodb.tables[0].table_arn`. It never throws, whatever the text is.
 */
export function pipelineBodyProblems(argument: string, body: string): Problem[] {
    const length =
        body.length > MAX_BODY_LENGTH
            ? [
                  problem(
                      argument,
                      `The body has ${body.length} characters, and OpenSearch Ingestion takes ${MAX_BODY_LENGTH}`,
                      "Put mappings into the index beforehand instead of template_content, or make several pipelines",
                  ),
              ]
            : [];
    let parsed: unknown;
    try {
        parsed = parseBody(body);
    } catch (error) {
        return [...length, problem(argument, `It is neither YAML nor JSON: ${reasonOf(error)}`, "Correct it there")];
    }
    return isMapping(parsed)
        ? [...length, ...documentProblems(argument, parsed)]
        : [...length, notMapping(argument, parsed)];
}

/** The first line of a parser's message says where and what; the others show the text, which may hold a secret. */
function reasonOf(error: unknown): string {
    return (error as Error).message.split("\n")[0]!;
}

function documentProblems(argument: string, body: Mapping): Problem[] {
    const pipelines = subPipelinesOf(argument, body);
    return [
        ...versionProblems(`${argument}.version`, body.version),
        ...secretProblems(argument, body),
        ...countProblems(argument, body, pipelines),
        ...pipelines.flatMap(subPipelineProblems),
        ...connectionProblems(pipelines),
        ...destinationProblems(argument, body),
        ...roleProblems(argument, body),
    ];
}

function versionProblems(argument: string, version: unknown): Problem[] {
    if (version == null) {
        return [problem(argument, "It is not given", `Write version: "2"`)];
    }
    return /^2(\.\d+)?$/.test(String(version))
        ? []
        : [problem(argument, `${shown(version)} is no version that OpenSearch Ingestion takes`, `Write version: "2"`)];
}

function secretProblems(argument: string, body: Mapping): Problem[] {
    const declared = declaredSecretsOf(argument, body);
    const ids = Object.keys(declared?.secrets ?? {});
    const { path, secrets } = declared ?? { path: `${argument}.extension.aws.secrets`, secrets: {} };
    return [
        ...mapOf(SECRET_OPTIONS).judge(path, secrets),
        ...Object.entries(secrets)
            .filter(([, secret]) => isMapping(secret) && secret.region == null)
            .map(([id]) => withoutRegion(`${at(path, id)}.region`)),
        ...textsIn(argument, body).flatMap((found) =>
            secretIdsIn(found.text)
                .filter((id) => !ids.includes(id))
                .map((id) =>
                    problem(
                        found.path,
                        `It refers to the secret "${id}", which is not declared`,
                        meant(id, ids, `Declare it as extension.aws.secrets.${id} with secret_id and region`),
                    ),
                ),
        ),
    ];
}

const MAX_SUB_PIPELINES = 10;
const MAX_CONSOLE_SINKS = 10;
const MAX_SINK_REFERENCES = 50;
const RESERVED_NAMES = ["data-prepper", "dataPrepper", "core"];

function countProblems(argument: string, body: Mapping, pipelines: SubPipeline[]): Problem[] {
    const names = pipelines.map(({ name }) => name);
    const others = Object.keys(body).filter(
        (key) => !["version", "extension", "pipeline_configurations", ...names].includes(key),
    );
    const sinks = pipelines.reduce((count, pipeline) => count + pipeline.sinks.length, 0);
    return [
        ...others.map((key) => notMapping(at(argument, key), body[key])),
        ...(isMapping(body.extension ?? {}) ? [] : [notMapping(`${argument}.extension`, body.extension)]),
        ...(body.extension != null && body.pipeline_configurations != null
            ? [
                  problem(
                      `${argument}.pipeline_configurations`,
                      "It is another name of extension, which is there",
                      "Join them",
                  ),
              ]
            : []),
        ...(names.length === 0
            ? [problem(argument, "It has no pipeline", "Write a name, and source and sink under it")]
            : []),
        ...(names.length > MAX_SUB_PIPELINES
            ? [
                  problem(
                      argument,
                      `It has ${names.length} pipelines`,
                      `OpenSearch Ingestion takes ${MAX_SUB_PIPELINES} in a body`,
                  ),
              ]
            : []),
        ...(sinks > MAX_SINK_REFERENCES
            ? [problem(argument, `It has ${sinks} sinks`, `OpenSearch Ingestion takes ${MAX_SINK_REFERENCES}`)]
            : []),
        ...names
            .filter((name) => RESERVED_NAMES.includes(name))
            .map((name) => problem(at(argument, name), "Data Prepper keeps this name for itself", "Choose another")),
    ];
}

const SUB_PIPELINE_KEYS = ["source", "processor", "routes", "route", "sink"];
const REFUSED_KEYS = ["buffer", "workers", "delay"];

function subPipelineProblems(pipeline: SubPipeline): Problem[] {
    const { path, options } = pipeline;
    return [
        ...Object.keys(options)
            .filter((key) => !SUB_PIPELINE_KEYS.includes(key))
            .map((key) =>
                REFUSED_KEYS.includes(key)
                    ? problem(
                          at(path, key),
                          "OpenSearch Ingestion sets it itself, and refuses it in a body",
                          "Leave it out",
                      )
                    : problem(
                          at(path, key),
                          "A pipeline has no such part",
                          meant(key, SUB_PIPELINE_KEYS, `Use ${inWords(SUB_PIPELINE_KEYS)}`),
                      ),
            ),
        ...sourceProblems(pipeline),
        ...listProblems(`${path}.processor`, options.processor),
        ...pipeline.processors.flatMap(processorProblems),
        ...acknowledgmentProblems(pipeline),
        ...routeProblems(pipeline),
        ...sinkListProblems(pipeline),
        ...pipeline.sinks.flatMap((sink) => sinkProblems(sink, pipeline)),
        ...metadataProblems(pipeline),
    ];
}

const OTHER_SOURCES = [
    "http",
    "kafka",
    "kinesis",
    "opensearch",
    "otel_logs_source",
    "otel_metrics_source",
    "otel_trace_source",
    "otlp",
    "pipeline",
    "s3",
];
const SOURCES = ["dynamodb", "documentdb", "mongodb", "rds", ...OTHER_SOURCES];

function sourceProblems({ path, source, options }: SubPipeline): Problem[] {
    if (source === undefined) {
        return [
            problem(`${path}.source`, "It is not given", "Name the plugin that reads: dynamodb, documentdb or rds"),
        ];
    }
    const count = isMapping(options.source) ? Object.keys(options.source).length : 1;
    return [
        ...(count === 1 ? [] : [problem(`${path}.source`, `It has ${count} plugins`, "A pipeline has one source")]),
        ...optionsMissing(source, isMapping(options.source) ? options.source[source.name] : undefined),
        ...(SOURCES.includes(source.name)
            ? databaseProblems(source)
            : [
                  problem(
                      source.path,
                      "OpenSearch Ingestion has no such source",
                      meant(source.name, SOURCES, `It has ${inWords(SOURCES)}`),
                  ),
              ]),
    ];
}

function databaseProblems(source: Plugin): Problem[] {
    const kind = sourceKindOf(source.name);
    return kind ? SOURCE_OPTIONS[kind].judge(source.path, source.options) : [];
}

/** A plugin whose options are no options. */
function optionsMissing({ path }: Plugin, options: unknown): Problem[] {
    return options == null || isMapping(options) ? [] : [notMapping(path, options)];
}

/** A list with one plugin in each item. */
function listProblems(path: string, value: unknown): Problem[] {
    if (value == null) {
        return [];
    }
    if (!Array.isArray(value)) {
        return [problem(path, "It is no list", "Write each plugin after a hyphen")];
    }
    return value.flatMap((item: unknown, index) => {
        const here = `${path}[${index}]`;
        if (typeof item === "string") {
            return [];
        }
        if (!isMapping(item)) {
            return [notMapping(here, item)];
        }
        const [first, ...more] = Object.entries(item);
        return first === undefined || more.length > 0
            ? [
                  problem(
                      here,
                      `It has ${Object.keys(item).length} plugins`,
                      "Write one after each hyphen, its options indented below it",
                  ),
              ]
            : optionsMissing({ path: at(here, first[0]), name: first[0], options: {} }, first[1]);
    });
}

// Some of a processor's names are older ones.
const PROCESSORS = new Map(
    Object.entries(PROCESSOR_OPTIONS)
        .map(([name, option]) => [snakeCase(name), option] as const)
        .concat([["convert_entry_type", PROCESSOR_OPTIONS.convertType]]),
);

function processorProblems({ path, name, options }: Plugin): Problem[] {
    const option = PROCESSORS.get(name);
    if (option) {
        return option.judge(path, options);
    }
    return OTHER_PROCESSORS.includes(name)
        ? []
        : [
              warning(
                  path,
                  "It is no processor that is known of",
                  meant(name, [...PROCESSORS.keys(), ...OTHER_PROCESSORS], "See that OpenSearch Ingestion has it"),
              ),
          ];
}

function acknowledgmentProblems({ source, processors }: SubPipeline): Problem[] {
    const stateful = processors.find(({ name }) => STATEFUL_PROCESSORS.includes(name));
    return stateful && source?.options.acknowledgments === true
        ? [
              problem(
                  `${source.path}.acknowledgments`,
                  `${stateful.name} keeps events back, so that the source would wait for them in vain`,
                  "Turn acknowledgments off, or leave the processor out",
              ),
          ]
        : [];
}

function routeProblems({ path, options, routes }: SubPipeline): Problem[] {
    const key = options.route == null ? "routes" : "route";
    const list = options[key];
    return [
        ...(options.route != null && options.routes != null
            ? [problem(`${path}.routes`, "Routes are given as route and as routes", "Give them once")]
            : []),
        ...(list == null || Array.isArray(list)
            ? (list ?? []).flatMap((item: unknown, index: number) =>
                  isMapping(item) && Object.keys(item).length === 1
                      ? []
                      : [
                            problem(
                                `${path}.${key}[${index}]`,
                                `${shown(item)} is not a route's name and its condition`,
                                `Write one after each hyphen: live: '/status == "LIVE"'`,
                            ),
                        ],
              )
            : [problem(`${path}.${key}`, "It is no list", "Write each route after a hyphen")]),
        ...routes.flatMap((route) => [
            ...condition.judge(route.path, route.condition),
            ...(route.name === DEFAULT_ROUTE
                ? [problem(route.path, "It is the name for events that no route takes", "Choose another")]
                : []),
            ...(routes.find(({ name }) => name === route.name) === route
                ? []
                : [problem(route.path, "The route is there twice", "Choose another name")]),
        ]),
    ];
}

function sinkListProblems({ path, options, sinks }: SubPipeline): Problem[] {
    return [
        ...(options.sink == null || (Array.isArray(options.sink) && options.sink.length === 0)
            ? [problem(`${path}.sink`, "It is not given", "Say where documents go")]
            : listProblems(`${path}.sink`, options.sink)),
        ...(sinks.length > MAX_CONSOLE_SINKS
            ? [
                  warning(
                      `${path}.sink`,
                      `It has ${sinks.length} sinks, and AWS's console takes ${MAX_CONSOLE_SINKS}`,
                      "Use one sink with a dynamic index",
                  ),
              ]
            : []),
    ];
}

const SINKS = ["opensearch", "s3", "pipeline"];

function sinkProblems(sink: Plugin, pipeline: SubPipeline): Problem[] {
    const names = pipeline.routes.map(({ name }) => name);
    const routes = sink.options.routes;
    return [
        ...(SINKS.includes(sink.name)
            ? []
            : [
                  problem(
                      sink.path,
                      "OpenSearch Ingestion has no such sink",
                      meant(sink.name, SINKS, `It has ${inWords(SINKS)}`),
                  ),
              ]),
        ...(sink.name === "opensearch" ? OPENSEARCH_SINK_OPTIONS.judge(sink.path, sink.options) : []),
        ...(Array.isArray(routes) ? routes : []).flatMap((route: unknown, index) =>
            route === DEFAULT_ROUTE || names.includes(String(route))
                ? []
                : [
                      problem(
                          `${sink.path}.routes[${index}]`,
                          `${shown(route)} is no route of this pipeline`,
                          meant(String(route), [...names, DEFAULT_ROUTE], "Declare it under routes"),
                      ),
                  ],
        ),
        ...joinedVersionProblems(sink, pipeline),
    ];
}

/** Joins turn a sink into upserts by a script, which knows no external versions. */
function joinedVersionProblems(sink: Plugin, { source }: SubPipeline): Problem[] {
    const type = sink.options.document_version_type;
    return source?.name === "rds" && source.options.joins != null && (type === "external" || type === "external_gte")
        ? [
              problem(
                  `${sink.path}.document_version_type`,
                  "The source joins tables, and joined documents have no external versions",
                  "Leave document_version and its type out",
              ),
          ]
        : [];
}

/** Names that `getMetadata` is asked for and that nothing sets: their value is null. */
function metadataProblems({ source, processors, sinks, routes, path }: SubPipeline): Problem[] {
    const kind = source && sourceKindOf(source.name);
    if (!kind) {
        return [];
    }
    const added = processors.flatMap(({ options }) =>
        (Array.isArray(options.entries) ? options.entries : []).map((entry) => isMapping(entry) && entry.metadata_key),
    );
    const isKnown = (name: string) =>
        SOURCE_METADATA[kind].includes(name) || JOIN_METADATA.test(name) || added.includes(name);
    return [
        ...processors.flatMap((plugin) => textsIn(plugin.path, plugin.options)),
        ...routes.flatMap((route) => textsIn(route.path, route.condition)),
        ...sinks.flatMap((plugin) => textsIn(plugin.path, plugin.options)),
    ].flatMap((found) =>
        metadataNamesIn(found.text)
            .filter((name) => !isKnown(name))
            .map((name) =>
                (closest(name, SOURCE_METADATA[kind]) === undefined ? warning : problem)(
                    found.path,
                    `A source of ${kind} sets no metadata "${name}", and ${path.split(".").at(-1)} does not either`,
                    meant(name, SOURCE_METADATA[kind], `It sets ${inWords(SOURCE_METADATA[kind])}`),
                ),
            ),
    );
}

/** Pipelines that hand over to each other: both say so, and nothing comes back to where it was. */
function connectionProblems(pipelines: SubPipeline[]): Problem[] {
    const targetsOf = (pipeline: SubPipeline) =>
        pipeline.sinks.filter(({ name }) => name === "pipeline").map((sink) => ({ ...sink, to: sink.options.name }));
    const find = (name: unknown) => pipelines.find((pipeline) => pipeline.name === name);
    const originOf = ({ source }: SubPipeline) => (source?.name === "pipeline" ? source.options.name : undefined);

    const unpaired = pipelines.flatMap((pipeline) => {
        const origin = originOf(pipeline);
        const from = find(origin);
        return [
            ...targetsOf(pipeline).flatMap(({ path, to }) =>
                find(to) === undefined || originOf(find(to)!) !== pipeline.name
                    ? [
                          problem(
                              path,
                              `${shown(to)} has not ${pipeline.name} as its source`,
                              "Give both: the sink here, and the source there",
                          ),
                      ]
                    : [],
            ),
            ...(pipeline.source?.name === "pipeline" &&
            !(from && targetsOf(from).some(({ to }) => to === pipeline.name))
                ? [
                      problem(
                          pipeline.source.path,
                          `${shown(origin)} has not ${pipeline.name} among its sinks`,
                          "Give both: the source here, and the sink there",
                      ),
                  ]
                : []),
        ];
    });

    const isCyclic = (pipeline: SubPipeline) => {
        const reached = new Set<string>();
        const waiting = targetsOf(pipeline);
        for (let next = waiting.pop(); next; next = waiting.pop()) {
            const target = find(next.to);
            if (target && !reached.has(target.name)) {
                reached.add(target.name);
                waiting.push(...targetsOf(target));
            }
        }
        return reached.has(pipeline.name);
    };
    return [
        ...unpaired,
        ...pipelines
            .filter(isCyclic)
            .map(({ path }) => problem(`${path}.sink`, "What goes there comes back", "Break the circle")),
    ];
}

/** One domain or collection for a whole body. */
function destinationProblems(argument: string, body: Mapping): Problem[] {
    const sinks = openSearchSinksOf(argument, body).map(({ path, options }) => ({ path, hosts: hostsOf(options) }));
    const [first] = sinks;
    return sinks
        .filter(({ hosts }) => hosts !== first!.hosts)
        .map(({ path }) =>
            problem(
                `${path}.hosts`,
                "It is another domain or collection",
                "OpenSearch Ingestion writes to one: make another pipeline",
            ),
        );
}

function hostsOf({ hosts }: Mapping): string {
    return JSON.stringify((Array.isArray(hosts) ? hosts : []).map((host) => String(host).replace(/\/$/, "")).sort());
}

/** One role for every sink. */
function roleProblems(argument: string, body: Mapping): Problem[] {
    const roles = openSearchSinksOf(argument, body).map(({ path, options: { aws } }) => ({
        path,
        role: isMapping(aws) ? aws.sts_role_arn : undefined,
    }));
    const [first] = roles;
    return roles
        .filter(({ role }) => role !== first!.role)
        .map(({ path }) =>
            problem(`${path}.aws.sts_role_arn`, "It is another role than the first sink's", "Give every sink the same"),
        );
}
