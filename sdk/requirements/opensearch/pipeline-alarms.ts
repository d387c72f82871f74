import { pipelineMetrics, SOURCE_METRICS } from "./metrics";
import type { PipelineSourceKind } from "./sources";

/** An alarm on one metric of a pipeline. */
export interface PipelineAlarm {
    metricName: string;
    statistic: "Sum" | "Average" | "Maximum";
    comparisonOperator: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold";
    threshold: number;
    /** Of five minutes each, all of which have to be over the threshold. */
    periods: number;
    /** What it means, and what to do. */
    description: string;
}

/** What there is to watch. */
export const PIPELINE_ALARMS = [
    "document-errors",
    "dead-letter-failures",
    "export-failures",
    "change-errors",
    "source-errors",
    "latency",
    "buffer",
    "cpu",
    "units",
] as const;
export type PipelineAlarmId = (typeof PIPELINE_ALARMS)[number];

/** What alarms have to know of a pipeline. */
export interface PipelineAlarmArgs {
    subPipeline: string;
    source: PipelineSourceKind;
    maxUnits: number;
    /** How far the index may be behind for a quarter of an hour. @default 300 */
    maxLatencySeconds?: number;
}

export const ALARM_PERIOD_SECONDS = 300;

/** Far beyond the seconds that a pipeline takes, and long before a stream of 24 hours ends. */
const MAX_LATENCY_SECONDS = 300;

/** For a quarter of an hour: a pipeline that grows takes some minutes, and its load goes up and down. */
const LASTING = 3;

/** Where a buffer is full, the source waits. */
const MAX_BUFFER_PERCENT = 80;

/** A pipeline grows before it gets there, unless it is as large as it may be. */
const MAX_CPU_PERCENT = 85;

/** Services answer 5xx now and then, and are asked again. */
const MAX_SOURCE_ERRORS = 10;

/** The alarms of a pipeline. A source that has no metric for one of them has none. */
export function pipelineAlarms({
    subPipeline,
    source,
    maxUnits,
    maxLatencySeconds = MAX_LATENCY_SECONDS,
}: PipelineAlarmArgs): Partial<Record<PipelineAlarmId, PipelineAlarm>> {
    const metrics = pipelineMetrics(subPipeline, source);
    const [sourceErrors] = SOURCE_METRICS[source].filter((name) => /5xx|AuthErrors/.test(name));
    return {
        "document-errors": any(
            metrics.documentErrors,
            "OpenSearch refused documents. Look into the dead letters for the reason, which mostly is a field of another type than the mapping's.",
        ),
        "dead-letter-failures": any(
            metrics.deadLetterFailures,
            "Documents are lost: OpenSearch refused them, and they could not be written to the bucket of dead letters. Look at the bucket and the role.",
        ),
        "export-failures": any(
            metrics.exportFailures,
            "The initial load failed. Look at the pipeline's log, its staging bucket and its role.",
        ),
        "change-errors": any(
            metrics.changeErrors,
            "Changes of the source could not be read. Look at the pipeline's log.",
        ),
        ...(sourceErrors === undefined
            ? {}
            : {
                  "source-errors": {
                      ...any(
                          sourceErrors,
                          "The source refuses the pipeline again and again. Look at the pipeline's log.",
                      ),
                      threshold: source === "dynamodb" ? MAX_SOURCE_ERRORS : 0,
                  },
              }),
        latency: lasting(
            metrics.endToEndLatency,
            "Average",
            maxLatencySeconds * 1000,
            `The index is more than ${maxLatencySeconds} seconds behind. Give the pipeline more units, or look at the domain's own load.`,
        ),
        buffer: lasting(
            metrics.bufferUsage,
            "Maximum",
            MAX_BUFFER_PERCENT,
            "The pipeline takes in more than it writes. Look at the domain's own load.",
        ),
        cpu: lasting(metrics.cpuUsage, "Average", MAX_CPU_PERCENT, "The pipeline is at its limit. Give it more units."),
        units: {
            ...lasting(
                metrics.computeUnits,
                "Maximum",
                maxUnits,
                `The pipeline has all of its ${maxUnits} units, and cannot grow. Give it a larger maxUnits.`,
            ),
            comparisonOperator: "GreaterThanOrEqualToThreshold",
        },
    };
}

function any(metricName: string, description: string): PipelineAlarm {
    return {
        metricName,
        statistic: "Sum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        periods: 1,
        description,
    };
}

function lasting(
    metricName: string,
    statistic: PipelineAlarm["statistic"],
    threshold: number,
    description: string,
): PipelineAlarm {
    return {
        metricName,
        statistic,
        comparisonOperator: "GreaterThanThreshold",
        threshold,
        periods: LASTING,
        description,
    };
}
