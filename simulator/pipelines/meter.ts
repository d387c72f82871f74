import type { Context } from "../world/context";

const NAMESPACE = "AWS/OSIS";
/** What Data Prepper counts without the sub-pipeline's name before it. */
const BARE =
    /^(system|jvm)\.|^computeUnits$|^dynamodb\.(stream|export)(4xxErrors|5xxErrors|ApiInvocations)$|^rds\.stream(AuthErrors|AccessDeniedErrors|ReplicationNotEnabledErrors|ServerNotFoundErrors)$/;

/** What a pipeline measures, collected until it is sent to CloudWatch. */
export class Meter {
    private readonly counts = new Map<string, number>();
    private readonly values = new Map<string, number[]>();

    constructor(private readonly pipelineName: string) {}

    /** @param metric after the sub-pipeline's name: `opensearch.documentsSuccess` */
    count(subPipeline: string, metric: string, by = 1): void {
        if (by > 0) {
            const name = `${named(subPipeline, metric)}.count`;
            this.counts.set(name, (this.counts.get(name) ?? 0) + by);
        }
    }

    /** Something that goes up and down: `bufferUsage.value`. @param metric with its suffix */
    measure(subPipeline: string, metric: string, value: number): void {
        const name = named(subPipeline, metric);
        this.values.set(name, [...(this.values.get(name) ?? []), value]);
    }

    async send(owner: Context): Promise<void> {
        const Dimensions = [{ Name: "PipelineName", Value: this.pipelineName }];
        const MetricData = [
            ...[...this.counts].map(([MetricName, Value]) => ({ MetricName, Value, Unit: "Count", Dimensions })),
            ...[...this.values].map(([MetricName, Values]) => ({ MetricName, Values, Dimensions })),
        ];
        this.counts.clear();
        this.values.clear();
        if (MetricData.length > 0) {
            await owner.call("cloudwatch", "PutMetricData", { Namespace: NAMESPACE, MetricData });
        }
    }
}

const named = (subPipeline: string, metric: string) => (BARE.test(metric) ? metric : `${subPipeline}.${metric}`);
