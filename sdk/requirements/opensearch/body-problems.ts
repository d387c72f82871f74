import { problem, type Problem } from "../errors";
import { connectionProblems, destinationProblems, roleProblems } from "./connection-problems";
import { declaredSecretsOf, subPipelinesOf, textsIn, type SubPipeline } from "./document";
import { at, isMapping, mapOf, notMapping, shown, type Mapping } from "./options";
import { secretIdsIn } from "./secret-reference";
import { SECRET_OPTIONS } from "./secrets";
import { withoutRegion } from "./sink-problems";
import { subPipelineProblems } from "./sub-pipeline-problems";
import { meant } from "./suggestion";
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
