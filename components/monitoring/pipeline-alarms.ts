import * as pulumi from "@pulumi/pulumi";
import { MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch/metricAlarm";

import {
    ALARM_PERIOD_SECONDS,
    OSIS_METRICS_DIMENSION,
    OSIS_METRICS_NAMESPACE,
    pipelineAlarms,
    type PipelineAlarmId,
} from "../../sdk/requirements";
import { derived } from "../checked";
import type { SearchPipeline } from "../pipeline/search-pipeline";
import { transformed, type Transform } from "../transform";

/** Arguments of {@link PipelineAlarms}. */
export interface PipelineAlarmsArgs {
    /** What is watched. */
    pipeline: SearchPipeline;
    /** Who hears of it, and that it is over: topics of SNS, mostly. @default nobody: the console shows the alarms */
    actions?: pulumi.Input<string>[];
    /** How far the index may be behind for a quarter of an hour, in seconds. @default 300 */
    maxLatencySeconds?: number;
    /** Alarms to leave out. @default none */
    except?: PipelineAlarmId[];
    /** Tags of the alarms. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes to the alarms, one by one, such as `{ cpu: { threshold: 95 } }`. */
    transform?: { [id in PipelineAlarmId]?: Transform<MetricAlarmArgs> };
}

/**
 * Alarms for a pipeline into OpenSearch: on documents that are refused or lost, on loads and changes that fail, and on a pipeline that falls behind or cannot
 * grow. Those on a pipeline's size ring when it lasts for a quarter of an hour; a metric that is not there rings no alarm.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const catalog = new zeroetl.DynamoDbToOpenSearch("catalog", {
 *     table: aws.dynamodb.Table.get("products", "products"),
 *     search: new zeroetl.SearchTarget("catalog", { kind: "domain" }),
 *     index: { name: "products" },
 * });
 * const topic = new aws.sns.Topic("on-call");
 * export const { alarms } = new zeroetl.PipelineAlarms("catalog", { pipeline: catalog, actions: [topic.arn] });
 * ```
 */
export class PipelineAlarms extends pulumi.ComponentResource {
    /** The alarms' names. */
    readonly alarms: pulumi.Output<string[]>;

    constructor(name: string, args: PipelineAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:PipelineAlarms", name, {}, opts);
        const { actions, except = [], tags, transform = {}, maxLatencySeconds } = args;
        const { subPipeline, kind: source, units, pipeline } = args.pipeline.watched;
        const describe = (name: string) =>
            pipelineAlarms({ subPipeline: name, source, maxUnits: units.maxUnits, maxLatencySeconds });
        const ids = (Object.keys(describe("")) as PipelineAlarmId[]).filter((id) => !except.includes(id));
        const alarms = ids.map((id) => {
            const alarm = derived(subPipeline, (name) => describe(name)[id]!);
            const { statistic, comparisonOperator, threshold, periods, description } = describe("")[id]!;
            return new MetricAlarm(
                ...transformed(
                    transform[id],
                    `${name}-${id}`,
                    {
                        namespace: OSIS_METRICS_NAMESPACE,
                        metricName: derived(alarm, ({ metricName }) => metricName),
                        dimensions: { [OSIS_METRICS_DIMENSION]: pipeline.pipelineName },
                        statistic,
                        comparisonOperator,
                        threshold,
                        period: ALARM_PERIOD_SECONDS,
                        evaluationPeriods: periods,
                        // A pipeline with nothing to do says nothing.
                        treatMissingData: "notBreaching",
                        alarmDescription: description,
                        alarmActions: actions,
                        okActions: actions,
                        tags,
                    },
                    { parent: this },
                ),
            );
        });
        this.alarms = pulumi.all(alarms.map((alarm) => alarm.name));
        this.registerOutputs({ alarms: this.alarms });
    }
}
