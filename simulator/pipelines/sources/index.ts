import type { MeteredReader, OpenSource, PipelineSource } from "../source";
import { openDocumentDb } from "./documentdb";
import { openDynamoDb } from "./dynamodb";
import { openRds } from "./rds";

const sources: Record<string, OpenSource | ((reader: MeteredReader) => PipelineSource)> = {
    documentdb: openDocumentDb,
    dynamodb: openDynamoDb,
    mongodb: openDocumentDb,
    rds: openRds,
};

/** @param plugin as the body names it */
export const openSource = (plugin: string, reader: MeteredReader): PipelineSource => sources[plugin](reader);
