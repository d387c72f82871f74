import {
    DEFAULT_ROUTE,
    type CollectionType,
    type DeadLetterBucket,
    type OpenSearchSink,
    type PipelineDefinition,
    type Processor,
} from "../../sdk/requirements";
import { makerOf, type RoutedIndexArgs } from "./indexes";

/** A domain or a collection, as a body names it. */
export interface SinkTarget {
    /** What it is. */
    kind: "domain" | "collection";
    /** With `https://`. */
    endpoint: string;
    /** Its name. */
    name: string;
    /** Where it is. */
    region: string;
    /** Of a collection. */
    type?: CollectionType;
    /** Of a collection that is reached through a VPC: the policy that the service makes and edits. */
    networkPolicyName?: string;
}

type Routing = Pick<PipelineDefinition, "processors" | "routes" | "sinks">;

/** What becomes of events: a sink for each index, and a route to each that has a condition. */
export function routingOf(
    indexes: RoutedIndexArgs[],
    target: SinkTarget,
    { processors = [], deadLetters }: { processors?: Processor[]; deadLetters?: DeadLetterBucket },
): Routing {
    const routes = indexes.map(({ when }, i) => ({ name: routeName(indexes, i), when }));
    const conditions = routes.flatMap(({ name, when }) => (when === undefined ? [] : [[name, when] as const]));
    return {
        processors: target.type === "TIMESERIES" ? [...processors, DROP_DELETES] : processors,
        routes: Object.fromEntries(conditions),
        sinks: indexes.map((index, i) => ({
            ...sink(index, target),
            ...(deadLetters && { dlq: { s3: deadLetters } }),
            ...(conditions.length > 0 && { routes: [index.when === undefined ? DEFAULT_ROUTE : routes[i]!.name] }),
        })),
    };
}

/** AWS keeps no ids of documents there, so that nothing can be deleted. */
const DROP_DELETES: Processor = { dropEvents: { dropWhen: 'getMetadata("opensearch_action") == "delete"' } };

/** After the index; by its number, too, where another would be called the same. */
function routeName(indexes: RoutedIndexArgs[], i: number): string {
    const readable = indexes.map(({ name }) => name.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, ""));
    const name = readable[i]!;
    return readable.indexOf(name) !== readable.lastIndexOf(name) ? `${name}-${i}` : name;
}

function sink(index: RoutedIndexArgs, target: SinkTarget): OpenSearchSink {
    const { name, mapping, settings, ...rest } = index;
    const { when: _when, createdBy: _by, semanticSearch: _search, adoptExisting: _adopt, ...writing } = rest;
    const isTemplated = makerOf(index) === "pipeline";
    const template = { ...(settings && { settings }), ...(mapping && { mappings: mapping }) };
    return {
        hosts: [target.endpoint],
        aws: { region: target.region, ...serverless(target) },
        index: name,
        // What is there already is left as it is.
        indexType: isTemplated ? "custom" : "management_disabled",
        ...(isTemplated && Object.keys(template).length > 0
            ? { templateType: "index-template", templateContent: JSON.stringify({ template }) }
            : {}),
        ...(target.type === "TIMESERIES" ? { documentId: "generated" } : {}),
        ...writing,
    };
}

function serverless({ kind, name, networkPolicyName }: SinkTarget): Partial<OpenSearchSink["aws"]> {
    if (kind === "domain") {
        return {};
    }
    return {
        serverless: true,
        ...(networkPolicyName && { serverlessOptions: { networkPolicyName, collectionName: name } }),
    };
}
