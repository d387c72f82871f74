import type { OpenSource, PipelineSource, SourceReader } from "../source";
import { openDocumentDb } from "./documentdb";
import { openDynamoDb } from "./dynamodb";
import { openRds } from "./rds";

/** A reader that also counts what the source itself tells. */
export interface MeteredReader extends SourceReader {
    /** @param metric after the sub-pipeline's name: `dynamodb.exportJobSuccess` */
    count(metric: string, by?: number): void;
}

const sources: Record<string, OpenSource | ((reader: MeteredReader) => PipelineSource)> = {
    documentdb: openDocumentDb,
    dynamodb: openDynamoDb,
    mongodb: openDocumentDb,
    rds: openRds,
};

/** @param plugin as the body names it */
export const openSource = (plugin: string, reader: MeteredReader): PipelineSource => sources[plugin](reader);
