import { load, YAMLException } from "js-yaml";

import type { BodyProblem, Options } from "./schema";

/** A pipeline's body as Data Prepper reads it. Only of a body without problems does everything hold that is said here. */
export interface PipelineBody {
    secrets: Record<string, Options>;
    /** in the body's order */
    subPipelines: SubPipeline[];
}

export interface SubPipeline {
    name: string;
    source: PluginUse;
    processors: PluginUse[];
    /** conditions by the names of the routes */
    routes: Record<string, string>;
    sinks: PluginUse[];
}

/** A plugin where a body uses it. */
export interface PluginUse {
    name: string;
    options: Options;
    /** `orders-pipeline.sink[0].opensearch` */
    path: string;
}

/** An anchor may be taken up that often: texts that grow when they are read are refused. */
const MAX_ALIASES = 20;

/** YAML, of which JSON is a part. */
export function parseBody(text: string): { document: Options } | { problem: BodyProblem } {
    try {
        const document = load(text, { maxAliases: MAX_ALIASES });
        return isMap(document)
            ? { document }
            : { problem: { path: "body", message: "must be a map of sub-pipelines" } };
    } catch (error) {
        if (!(error instanceof YAMLException)) {
            throw error;
        }
        return { problem: { path: "body", message: `is no YAML: ${error.message}` } };
    }
}

/** The body of a pipeline that passed validation. */
export function readBody(text: string): PipelineBody {
    const parsed = parseBody(text);
    if ("problem" in parsed) {
        throw new Error(`${parsed.problem.path} ${parsed.problem.message}`);
    }
    const extension = extensionOf(parsed.document);
    return {
        secrets: extension?.aws?.secrets ?? {},
        subPipelines: subPipelineEntries(parsed.document).map(([name, definition]) => {
            const plugins = (list: object[], kind: string) =>
                list.map((use, index) => pluginUse(use, `${name}.${kind}[${index}]`));
            return {
                name,
                source: pluginUse(definition.source, `${name}.source`),
                processors: plugins(definition.processor ?? [], "processor"),
                routes: Object.assign({}, ...(definition.routes ?? definition.route ?? [])),
                sinks: plugins(definition.sink, "sink"),
            };
        }),
    };
}

const EXTENSION_NAMES = ["extension", "pipeline_configurations"];

export const extensionOf = (document: Options): Options | undefined => document[extensionName(document)];

/** Under which of its two names a body has the extension. */
export const extensionName = (document: Options): string =>
    EXTENSION_NAMES.find((name) => document[name] !== undefined) ?? EXTENSION_NAMES[0];

export const subPipelineEntries = (document: Options): [string, Options][] =>
    Object.entries(document).filter(([key]) => key !== "version" && !EXTENSION_NAMES.includes(key));

function pluginUse(use: object, path: string): PluginUse {
    const [[name, options]] = Object.entries(use);
    return { name, options: options ?? {}, path: `${path}.${name}` };
}

export function isMap(value: unknown): value is Options {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every role that a body names for its plugins. */
export function rolesIn(body: PipelineBody): string[] {
    return [...new Set(identitiesIn(body).flatMap(({ options }) => options.sts_role_arn ?? []))];
}

/** Where a body says as whom its plugins work, and those that read its secrets. */
export function identitiesIn({ subPipelines, secrets }: PipelineBody): { path: string; options: Options }[] {
    const uses = subPipelines.flatMap(({ source, sinks }) => [source, ...sinks]);
    return [
        ...uses.flatMap(({ path, options: { aws = {}, dlq = {} } }) => [
            { path: `${path}.aws`, options: aws },
            { path: `${path}.dlq.s3`, options: dlq.s3 ?? {} },
        ]),
        ...Object.entries(secrets).map(([id, options]) => ({ path: `aws.secrets.${id}`, options })),
    ];
}

/** The plugin by which data comes into the pipeline. */
export const entrance = ({ subPipelines }: PipelineBody): SubPipeline =>
    subPipelines.find(({ source }) => source.name !== "pipeline")!;

/** Those that write to OpenSearch. */
export const searchSinks = ({ subPipelines }: PipelineBody): PluginUse[] =>
    subPipelines.flatMap(({ sinks }) => sinks.filter(({ name }) => name === "opensearch"));
