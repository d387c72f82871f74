import type { PipelineSourceKind } from "./sources";

/** Where OpenSearch Ingestion's metrics are. */
export const OSIS_METRICS_NAMESPACE = "AWS/OSIS";

/** The dimension of each metric: the pipeline, not the sub-pipeline. */
export const OSIS_METRICS_DIMENSION = "PipelineName";

/** The metrics that alarms read, by what they tell. */
export interface PipelineMetrics {
    documents: string;
    documentErrors: string;
    versionConflicts: string;
    bulkRequestErrors: string;
    deadLetters: string;
    /** Data is lost. */
    deadLetterFailures: string;
    changeErrors: string;
    changes: string;
    exportFailures: string;
    exportSuccesses: string;
    /** Milliseconds from the source to the index. */
    endToEndLatency: string;
    /** Percent. */
    bufferUsage: string;
    /** Percent. */
    cpuUsage: string;
    /** What is billed. */
    computeUnits: string;
}

/**
 * The names of a pipeline's metrics. They begin with the sub-pipeline's name in the body. A source with a staging bucket (DocumentDB, RDS, Aurora) is split by
 * the service: what writes documents is then `<name>-s3`. That is inferred from Data Prepper's source, and AWS does not say it; an alarm that
 * treats missing data as good stays silent where it does not hold.
 */
export function pipelineMetrics(subPipeline: string, source: PipelineSourceKind): PipelineMetrics {
    const writer = source === "dynamodb" ? subPipeline : `${subPipeline}-s3`;
    const sink = (metric: string) => `${writer}.opensearch.${metric}`;
    const reader = (metric: string) => `${subPipeline}.${source}.${metric}.count`;
    return {
        documents: sink("documentsSuccess.count"),
        documentErrors: sink("documentErrors.count"),
        versionConflicts: sink("documentsVersionConflictErrors.count"),
        bulkRequestErrors: sink("bulkRequestErrors.count"),
        deadLetters: sink("s3.dlqS3RecordsSuccess.count"),
        deadLetterFailures: sink("s3.dlqS3RecordsFailed.count"),
        changes: reader("changeEventsProcessed"),
        changeErrors: reader("changeEventsProcessingErrors"),
        exportFailures: reader("exportJobFailure"),
        exportSuccesses: reader("exportJobSuccess"),
        endToEndLatency: sink("EndToEndLatency.avg"),
        bufferUsage: `${writer}.BlockingBuffer.bufferUsage.value`,
        cpuUsage: "system.cpu.usage.value",
        computeUnits: "computeUnits",
    };
}

/** Metrics of a source that no sub-pipeline's name precedes. */
export const SOURCE_METRICS: Record<PipelineSourceKind, readonly string[]> = {
    dynamodb: [
        "dynamodb.stream4xxErrors.count",
        "dynamodb.stream5xxErrors.count",
        "dynamodb.export4xxErrors.count",
        "dynamodb.export5xxErrors.count",
    ],
    documentdb: [],
    rds: [
        "rds.streamAuthErrors.count",
        "rds.streamAccessDeniedErrors.count",
        "rds.streamReplicationNotEnabledErrors.count",
        "rds.streamServerNotFoundErrors.count",
    ],
};
