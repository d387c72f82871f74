import { dnsSuffixOf } from "../arn";
import type { FieldMapping, IndexDefinition } from "./index-definition";
import type { Mapping } from "./options";

/** Search by meaning in a domain: a model makes a vector of each text when a document comes in. */
export interface SemanticSearch {
    /** The model's id in the domain, as ML Commons gives it when it is deployed. */
    modelId: string;
    /** Fields of text, and the fields that get their vectors. */
    fields: Record<string, string>;
    /** How many numbers the model answers with, such as 1024 for Titan Text Embeddings V2. */
    dimension: number;
    /** How near two vectors are. @default "cosinesimil" */
    spaceType?: "cosinesimil" | "innerproduct" | "l2";
    /** What searches vectors. @default "faiss" */
    engine?: "faiss" | "lucene";
}

/** The domain's own ingest pipeline (not OpenSearch Ingestion's) that makes vectors: what `PUT /_ingest/pipeline/<name>` takes. */
export function embeddingPipeline({ modelId, fields }: Pick<SemanticSearch, "modelId" | "fields">): Mapping {
    return {
        description: `Vectors of ${Object.keys(fields).join(", ")}`,
        processors: [{ text_embedding: { model_id: modelId, field_map: fields } }],
    };
}

/** The index with fields for the vectors, which uses the ingest pipeline for every document. */
export function withVectors(index: IndexDefinition, search: SemanticSearch, pipelineName: string): IndexDefinition {
    const { fields, dimension, spaceType = "cosinesimil", engine = "faiss" } = search;
    const vector: FieldMapping = {
        type: "knn_vector",
        dimension,
        method: { name: "hnsw", space_type: spaceType, engine },
    };
    const settings = index.settings ?? {};
    return {
        ...index,
        mapping: {
            ...index.mapping,
            properties: {
                ...index.mapping?.properties,
                ...Object.fromEntries(Object.values(fields).map((field) => [field, vector])),
            },
        },
        settings: {
            ...settings,
            index: { ...(settings.index as Mapping | undefined), knn: true, default_pipeline: pipelineName },
        },
    };
}

/** A field of a collection that OpenSearch Serverless searches by meaning, with a model of its own: no vectors, no ingest pipeline. */
export function enrichedText(language: "english" | "multi-lingual" = "english"): FieldMapping {
    return { type: "text", semantic_enrichment: { status: "ENABLED", language_options: language } };
}

/**
 * What has to be done in the domain itself before there is a model, in words: a connector to a model of Amazon Bedrock or SageMaker, as a role
 * that the domain may take.
 */
export function modelInstructions({
    endpoint,
    connectorRoleArn,
    region,
    bedrockModelId = "amazon.titan-embed-text-v2:0",
}: {
    /** Of the domain, with or without `https://`. */
    endpoint: string;
    /** The role that invokes the model. It trusts `opensearchservice.amazonaws.com`. */
    connectorRoleArn: string;
    region: string;
    bedrockModelId?: string;
}): string {
    const url = `https://${endpoint.replace(/^https:\/\//, "").replace(/\/$/, "")}/_plugins/_ml`;
    const connector = {
        name: bedrockModelId,
        description: "Text embeddings",
        version: 1,
        protocol: "aws_sigv4",
        credential: { roleArn: connectorRoleArn },
        parameters: { region, service_name: "bedrock", model: bedrockModelId },
        actions: [
            {
                action_type: "predict",
                method: "POST",
                url: `https://bedrock-runtime.${region}.${dnsSuffixOf(region)}/model/\${parameters.model}/invoke`,
                headers: { "content-type": "application/json" },
                request_body: '{ "inputText": "${parameters.inputText}" }',
                pre_process_function: "connector.pre_process.bedrock.embedding",
                post_process_function: "connector.post_process.bedrock.embedding",
            },
        ],
    };
    return [
        "1. Map the role that sends these requests to the domain's role ml_full_access, and let it pass the connector's role (iam:PassRole).",
        `2. POST ${url}/connectors/_create`,
        JSON.stringify(connector, undefined, 2),
        `3. POST ${url}/models/_register?deploy=true with the connector_id of the answer`,
        JSON.stringify({ name: bedrockModelId, function_name: "remote", connector_id: "<connector_id>" }),
        "4. Give the model_id of the answer as modelId.",
    ].join("\n");
}
