import { ACTIONS } from "./document";
import { isTemplate } from "./expressions/format";
import { CUSTOM, MANAGEMENT_DISABLED } from "./plugins/opensearch";
import type { BodyProblem, Options } from "./schema";

/** Of traces, logs and metrics: what they set up is not simulated. */
const BUILT_IN = /^((trace-analytics-(raw|raw-plain|plain-raw|service-map))|((log|metric)-analytics(-plain)?)|tsdb)$/;
const VERSION_TYPES = ["internal", "external", "external_gte"];

/** What validation lets through, and the sink does not start with. */
export function sinkDefects(options: Options, routes: string[], path: string): BodyProblem[] {
    const { index_type = CUSTOM, action, actions = [], document_version_type = "external", template_content } = options;
    const { script, query_lookup } = options;
    const types = [action, ...actions.map(({ type }: Options) => type)].filter((type) => type !== undefined);
    const undeclared = (options.routes ?? []).filter((route: string) => ![...routes, "_default"].includes(route));
    return [
        ...([CUSTOM, MANAGEMENT_DISABLED].includes(index_type)
            ? []
            : [
                  {
                      path: `${path}.index_type`,
                      message: `${index_type} ${BUILT_IN.test(index_type) ? "is not simulated" : "is no index type"}`,
                  },
              ]),
        ...types
            .filter((type) => !ACTIONS.includes(type) && !isTemplate(type))
            .map((type) => ({ path: `${path}.action`, message: `${type} is none of ${ACTIONS.join(", ")}` })),
        ...(VERSION_TYPES.includes(document_version_type)
            ? []
            : [{ path: `${path}.document_version_type`, message: `is none of ${VERSION_TYPES.join(", ")}` }]),
        ...undeclared.map((route: string) => ({ path: `${path}.routes`, message: `no route is called ${route}` })),
        ...(options.dlq?.s3 && !options.dlq.s3.bucket
            ? [{ path: `${path}.dlq.s3.bucket`, message: "is required" }]
            : []),
        ...(template_content === undefined || isJson(template_content)
            ? []
            : [{ path: `${path}.template_content`, message: "must be a JSON object" }]),
        ...Object.entries({ script, query_lookup, "aws.semantic_enrichment": options.aws?.semantic_enrichment })
            .filter(([, value]) => value !== undefined)
            .map(([option]) => ({ path: `${path}.${option}`, message: "is not simulated" })),
        ...serverlessDefects(options.aws?.serverless_options ?? {}, `${path}.aws.serverless_options`),
    ];
}

/** Of names and ids alike; a collection may be called longer than that. */
const MIN_LENGTH = 3;
const MAX_LENGTH = 32;

const serverlessDefects = (given: Options, path: string): BodyProblem[] =>
    Object.entries(given)
        .filter(([, value]) => value.length < MIN_LENGTH || value.length > MAX_LENGTH)
        .map(([option]) => ({
            path: `${path}.${option}`,
            message: `must have ${MIN_LENGTH} to ${MAX_LENGTH} characters`,
        }));

function isJson(text: string): boolean {
    try {
        const value = JSON.parse(text);
        return typeof value === "object" && value !== null && !Array.isArray(value);
    } catch {
        return false;
    }
}
