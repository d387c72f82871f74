import { refuse, renamed } from "../errors";
import { pipelineBodyProblems } from "./body-problems";
import { mapOf, snakeCase, type Mapping } from "./options";
import { PROCESSOR_OPTIONS, type Processor, type ProcessorOptions } from "./processors";
import { SECRET_OPTIONS, type PipelineSecret } from "./secrets";
import { OPENSEARCH_SINK_OPTIONS, type OpenSearchSinkOptions, type SinkAction } from "./sinks";
import { SOURCE_OPTIONS } from "./source-options";
import { type PipelineSource, type PipelineSourceKind } from "./sources";
import { BODY_VERSION, toYaml } from "./yaml";

/**
 * What is done with a document: always the same, what the `"source"` says (deletes are deletes, all else is indexed), or the
 * first whose condition holds, and another where none does.
 */
export type SinkActions =
    SinkAction | "source" | { cases: { when: string; type: SinkAction }[]; otherwise: SinkAction | "source" };

/**
 * A sink, whose ids, actions and versions follow from the source unless they are given. What the YAML knows and is not here is given as
 * {@link OpenSearchSinkOptions} has it.
 */
export type OpenSearchSink = Omit<
    OpenSearchSinkOptions,
    "action" | "actions" | "documentVersion" | "documentVersionType"
> & {
    /**
     * The id of a document. `"generated"`: OpenSearch makes one, for time-series collections, which take no others; then every
     * change becomes another document.
     * @default - the source's primary key
     */
    documentId?: string | "generated";
    /** @default "source", or index where ids are generated */
    action?: SinkActions;
    /**
     * Whether a change that comes late is dropped, since the document is newer.
     * @default - "external", or "internal" where OpenSearch takes no others: with update, upsert, a script, joins or generated ids
     */
    versions?: "external" | "external_gte" | "internal";
};

/** A pipeline's body, as a program has it. */
export interface PipelineDefinition {
    /** Of the sub-pipeline. CloudWatch's metrics begin with it. */
    name: string;
    source: PipelineSource;
    /** In this order. */
    processors?: Processor[];
    /** A condition by each route's name, such as `{ live: '/status == "LIVE"' }`. */
    routes?: Record<string, string>;
    sinks: OpenSearchSink[];
    /** By the ids that references have. */
    secrets?: Record<string, PipelineSecret>;
}

/** The id of an event's document: its primary key, of two parts joined by `|`. */
export const documentIdOf = expressionOf("primary_key");

/** What a source says is to be done with an event's document. */
export const actionOf = expressionOf("opensearch_action");

/** Where an event stands in the order of changes to its document. */
export const documentVersionOf = expressionOf("document_version");

/** A text that becomes a value of the event's metadata. */
export function expressionOf(metadata: string): string {
    return `\${getMetadata("${metadata}")}`;
}

/** The document that a definition stands for, as it is written in YAML. */
export function pipelineBody(definition: PipelineDefinition): Mapping {
    const { name, source, processors = [], routes = {}, sinks, secrets = {} } = definition;
    return {
        version: BODY_VERSION,
        ...(Object.keys(secrets).length === 0
            ? {}
            : { extension: { aws: { secrets: mapOf(SECRET_OPTIONS).write(secrets) } } }),
        [name]: {
            source: sourceBody(source),
            ...(processors.length === 0 ? {} : { processor: processors.map(processorBody) }),
            ...(Object.keys(routes).length === 0
                ? {}
                : { routes: Object.entries(routes).map(([route, when]) => ({ [route]: when })) }),
            sink: sinks.map((sink) => ({ opensearch: OPENSEARCH_SINK_OPTIONS.write(sinkOptions(sink, source)) })),
        },
    };
}

/**
 * The body as text.
 *
 * @param argumentOf What a path of the body is called where it comes from.
 * @throws {@link InvalidArgument} for what AWS would refuse.
 */
export function pipelineYaml(definition: PipelineDefinition, argumentOf = (path: string) => path): string {
    const yaml = toYaml(pipelineBody(definition));
    refuse(renamed(pipelineBodyProblems("body", yaml), argumentOf));
    return yaml;
}

/** Which kind of source it is, and its options. */
export function sourceOf(source: PipelineSource): { kind: PipelineSourceKind; options: Mapping } {
    const [[kind, options]] = Object.entries(source) as [[PipelineSourceKind, Mapping]];
    return { kind, options };
}

function sourceBody(source: PipelineSource): Mapping {
    const { kind, options } = sourceOf(source);
    return { [kind]: SOURCE_OPTIONS[kind].write(options) };
}

function processorBody(processor: Processor): Mapping {
    if ("raw" in processor) {
        return processor.raw;
    }
    const [[name, options]] = Object.entries(processor) as [[keyof ProcessorOptions, unknown]];
    return { [snakeCase(name)]: PROCESSOR_OPTIONS[name]?.write(options) ?? options };
}

function sinkOptions({ action = "source", ...sink }: OpenSearchSink, source: PipelineSource): OpenSearchSinkOptions {
    const { documentId = documentIdOf, versions = versionsOf(action, sink, source), ...options } = sink;
    const isGenerated = documentId === "generated";
    return {
        ...options,
        documentId: isGenerated ? undefined : documentId,
        ...(isGenerated && action === "source" ? {} : actionOptions(action)),
        ...(versions === "internal" ? {} : { documentVersion: documentVersionOf, documentVersionType: versions }),
    };
}

function actionOptions(action: SinkActions): Pick<OpenSearchSinkOptions, "action" | "actions"> {
    if (typeof action === "string") {
        return { action: actionText(action) };
    }
    // Where no condition holds, the last entry counts.
    return {
        actions: [...action.cases.map(({ when, type }) => ({ type, when })), { type: actionText(action.otherwise) }],
    };
}

function actionText(action: SinkAction | "source"): string {
    return action === "source" ? actionOf : action;
}

function versionsOf(
    action: SinkActions,
    { documentId, script }: Omit<OpenSearchSink, "action">,
    source: PipelineSource,
): NonNullable<OpenSearchSink["versions"]> {
    const types = typeof action === "string" ? [action] : [action.otherwise, ...action.cases.map(({ type }) => type)];
    const isUpdate = types.some((type) => type === "update" || type === "upsert");
    const isJoined = "rds" in source && source.rds.joins !== undefined;
    return documentId === "generated" || script !== undefined || isUpdate || isJoined ? "internal" : "external";
}
