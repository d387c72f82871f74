import type { Context } from "../world/context";
import type { World } from "../world/world";

/** One item, document or row on its way, as Data Prepper's processors and sinks see it. */
export interface PipelineEvent {
    data: Record<string, unknown>;
    /** By the names that `getMetadata("…")` takes: `primary_key`, `opensearch_action`, `document_version`, … */
    metadata: Record<string, unknown>;
}

/** What keeps a source from being read, in AWS's words. */
export interface SourceProblem {
    code: string;
    message: string;
    /** The metric that counts it, after the sub-pipeline's name: `dynamodb.exportJobFailure`. */
    metric?: string;
}

/** A source's surroundings: the pipeline that reads it. */
export interface SourceReader {
    world: World;
    /** What the pipeline's role, assumed by OSIS, may do. */
    role: Context;
    pipelineName: string;
    /** The source's options as the body has them, secrets resolved. */
    options: Record<string, unknown>;
    /** The pipeline's own VPC settings; database sources need an attachment and a way through the cluster's security groups. */
    vpc?: { subnetIds: string[]; securityGroupIds: string[]; attachmentCidr?: string };
}

/** A reader that also counts what the source itself tells. */
export interface MeteredReader extends SourceReader {
    /** @param metric after the sub-pipeline's name: `dynamodb.exportJobSuccess` */
    count(metric: string, by?: number): void;
}

/** A source that a pipeline reads: it keeps its place between two reads. */
export interface PipelineSource {
    /** Looks whether it may be read at all: at start, and again when something may have changed. */
    problems(): Promise<SourceProblem[]>;
    /** What is there since the last read; the initial load first, where there is one. */
    read(): Promise<PipelineEvent[]>;
    /** When the pipeline is stopped or deleted. */
    close(): void;
}

/** By the name of the plugin in the body: `dynamodb`, `documentdb`, `rds`. */
export type OpenSource = (reader: SourceReader) => PipelineSource;
