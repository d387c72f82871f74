import { isDeepStrictEqual } from "node:util";

import { nameIn } from "../arn";
import { firstOf, subPipelinesOf, type Plugin, type SubPipeline } from "./document";
import { isMapping, type Mapping } from "./options";
import { isServerlessSink } from "./sink-problems";
import { sourceKindOf } from "./sources";
import { readBody } from "./yaml";

/** What a pipeline's body does, in a few sentences. A text that is no body is told to be none. */
export function explainPipeline(body: string): string {
    const pipelines = subPipelinesOf("body", readBody(body));
    return pipelines.length === 0
        ? "This body has no pipeline in it, or is neither YAML nor JSON."
        : pipelines.map((pipeline) => sentences(pipeline).join(" ")).join("\n\n");
}

function sentences(pipeline: SubPipeline): string[] {
    return [
        `${pipeline.name} reads ${sourceInWords(pipeline.source)}.`,
        ...(pipeline.processors.length === 0
            ? []
            : [`On the way each event goes through ${list(pipeline.processors.map(({ name }) => name))}.`]),
        ...sinksInWords(pipeline),
    ];
}

/** What is done alike in every sink is said once. */
function sinksInWords(pipeline: SubPipeline): string[] {
    const told = pipeline.sinks.map((sink) => sinkInWords(sink, pipeline));
    const [[, ...first] = []] = told;
    return told.every(([, ...how]) => isDeepStrictEqual(how, first))
        ? [...told.map(([where]) => where!), ...first]
        : told.flat();
}

function sourceInWords(source: Plugin | undefined): string {
    if (source === undefined) {
        return "nothing";
    }
    const { options } = source;
    switch (sourceKindOf(source.name)) {
        case "dynamodb": {
            const table = firstOf(options.tables);
            return `the DynamoDB table ${nameOf(table.table_arn)}: ${loadInWords({
                load: table.export != null && `an export to the bucket ${bucketOf(table.export)}`,
                stream: table.stream != null && "its stream",
            })}`;
        }
        case "documentdb": {
            const collection = firstOf(options.collections);
            return `the DocumentDB collection ${word(collection.collection)}: ${loadInWords({
                load: collection.export !== false && "everything that is in it",
                stream: collection.stream !== false && "its change stream",
            })}, by way of the bucket ${word(options.s3_bucket)}`;
        }
        case "rds": {
            const tables = isMapping(options.tables) ? options.tables.include : undefined;
            const which =
                Array.isArray(tables) && tables.length > 0 ? `the tables ${list(tables.map(word))}` : "every table";
            return `${which} of the database ${word(options.database)} of ${word(options.db_identifier)} (${word(options.engine)}): ${loadInWords(
                {
                    load: options.export != null && "a snapshot that is exported",
                    stream: options.stream === true && "its log of changes",
                },
            )}, by way of the bucket ${word(options.s3_bucket)}`;
        }
        case undefined:
            return source.name === "pipeline" ? `what ${word(options.name)} hands over` : `from ${source.name}`;
    }
}

function loadInWords({ load, stream }: { load: string | false; stream: string | false }): string {
    if (load && stream) {
        return `first ${load}, then ${stream}`;
    }
    return load ? `${load}, once` : stream ? `${stream}, from now on` : "neither what is there nor what changes";
}

function sinkInWords({ name, options }: Plugin, { routes }: SubPipeline): string[] {
    const which = routesInWords(options, routes);
    if (name !== "opensearch") {
        const to = name === "pipeline" ? word(options.name) : name;
        return [`${which} ${which === "Documents" ? "go" : "goes"} to ${to}.`];
    }
    return [
        `${which} ${which === "Documents" ? "go" : "goes"} to the index ${word(options.index)} of ${targetInWords(options)}.`,
        ...identityInWords(options),
        isMapping(options.dlq) && isMapping(options.dlq.s3)
            ? `What OpenSearch refuses goes to the bucket ${word(options.dlq.s3.bucket)}.`
            : "What OpenSearch refuses is lost.",
    ];
}

function routesInWords({ routes: taken }: Mapping, routes: SubPipeline["routes"]): string {
    if (!Array.isArray(taken) || taken.length === 0) {
        return "Documents";
    }
    const conditions = taken.map((route) => {
        const condition = routes.find(({ name }) => name === route)?.condition;
        return condition === undefined ? word(route) : `${word(route)} (${word(condition)})`;
    });
    return `What takes the route ${conditions.join(" or ")}`;
}

function targetInWords(options: Mapping): string {
    const [host] = Array.isArray(options.hosts) ? options.hosts : [];
    const endpoint = word(host).replace(/^https:\/\//, "");
    return `the ${isServerlessSink(options) ? "collection" : "domain"} at ${endpoint}`;
}

function identityInWords(options: Mapping): string[] {
    const id =
        options.document_id == null
            ? "OpenSearch makes the ids, so that every change is another document"
            : `The id of a document is ${meaning(options.document_id)}`;
    return [
        `${id}; ${actionInWords(options)}.`,
        ...(options.document_version_type === "external" || options.document_version_type === "external_gte"
            ? ["A change that comes after a newer one is dropped."]
            : []),
    ];
}

function actionInWords({ action = "index", actions }: Mapping): string {
    if (Array.isArray(actions) && actions.length > 0) {
        const cases = actions.filter(isMapping);
        const others = cases.slice(0, -1).map(({ type, when }) => `${meaning(type)} where ${word(when)}`);
        return `what is done is ${[...others, `${meaning(cases.at(-1)?.type)} otherwise`].join(", ")}`;
    }
    return meaning(action) === "what the source says"
        ? "deletes are deletes, and everything else is indexed"
        : `every event is ${meaning(action) === "index" ? "indexed" : `an ${meaning(action)}`}`;
}

const MEANINGS: Record<string, string> = {
    primary_key: "the source's primary key",
    opensearch_action: "what the source says",
};

/** An expression as people would say it, where it is one of the usual ones. */
function meaning(value: unknown): string {
    const [, metadata = ""] = /^\$\{\s*getMetadata\(\s*"(\w+)"\s*\)\s*\}$/.exec(word(value)) ?? [];
    return MEANINGS[metadata] ?? word(value);
}

function bucketOf(value: unknown): string {
    return word(isMapping(value) ? value.s3_bucket : undefined);
}

function nameOf(arn: unknown): string {
    try {
        return nameIn(word(arn));
    } catch {
        return word(arn);
    }
}

function word(value: unknown): string {
    return typeof value === "string" || typeof value === "number" ? String(value) : "(not given)";
}

function list(words: string[]): string {
    return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
