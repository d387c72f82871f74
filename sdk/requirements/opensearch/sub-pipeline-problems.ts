import { problem, warning, type Problem } from "../errors";
import { textsIn, type Plugin, type SubPipeline } from "./document";
import { metadataNamesIn } from "./expression";
import { at, condition, inWords, isMapping, notMapping, shown, snakeCase } from "./options";
import { OTHER_PROCESSORS, PROCESSOR_OPTIONS, STATEFUL_PROCESSORS } from "./processors";
import { DEFAULT_ROUTE, OPENSEARCH_SINK_OPTIONS } from "./sinks";
import { SOURCE_OPTIONS } from "./source-options";
import { JOIN_METADATA, SOURCE_METADATA, sourceKindOf } from "./sources";
import { closest, meant } from "./suggestion";

const SUB_PIPELINE_KEYS = ["source", "processor", "routes", "route", "sink"];
const REFUSED_KEYS = ["buffer", "workers", "delay"];

/** What is wrong inside of one pipeline of a body. */
export function subPipelineProblems(pipeline: SubPipeline): Problem[] {
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

const MAX_CONSOLE_SINKS = 10;

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
