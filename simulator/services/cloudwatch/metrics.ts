import type * as api from "@aws-sdk/client-cloudwatch";
import { days } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";

/** What was measured at a moment: how often each value was seen. */
interface Sample {
    time: number;
    counts: [value: number, count: number][];
}

interface Metric {
    namespace: string;
    name: string;
    dimensions: [name: string, value: string][];
    unit: api.StandardUnit;
    samples: Sample[];
}

export class MetricsState {
    readonly metrics = new Map<string, Metric>();
}

const LIST_PAGE_SIZE = 500;
/** A metric is listed for two weeks after its last sample. */
const LISTED_FOR = days(14);

function dimensionPairs(dimensions: api.Dimension[] = []): Metric["dimensions"] {
    const pairs = dimensions.map(({ Name, Value }): [string, string] => [Name!, Value!]);
    return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

function metricId(metric: api.Metric): string {
    return JSON.stringify([metric.Namespace, metric.MetricName, dimensionPairs(metric.Dimensions)]);
}

function countsOf({ Value, Values, Counts, StatisticValues, MetricName }: api.MetricDatum): Sample["counts"] {
    if (StatisticValues) {
        const { SampleCount: count = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
        // The extremes, and between them what makes the sum come out.
        return count > 2
            ? [
                  [Minimum, 1],
                  [(Sum - Minimum - Maximum) / (count - 2), count - 2],
                  [Maximum, 1],
              ]
            : count === 2
              ? [
                    [Minimum, 1],
                    [Maximum, 1],
                ]
              : [[Sum, 1]];
    }
    const values = Values ?? (Value === undefined ? [] : [Value]);
    if (values.length === 0) {
        throw new AwsError(
            "MissingRequiredParameterException",
            `At least one of the parameters must be specified: Value, Values or StatisticValues of ${MetricName}`,
        );
    }
    return values.map((value, index) => [value, Counts?.[index] ?? 1]);
}

function putData({ Namespace, MetricData = [] }: api.PutMetricDataInput, ctx: Context): void {
    const { metrics: known } = ctx.state(MetricsState);
    for (const datum of MetricData) {
        const { MetricName, Dimensions, Unit = "None", Timestamp } = datum;
        const id = metricId({ Namespace, MetricName, Dimensions });
        const metric: Metric = known.get(id) ?? {
            namespace: Namespace!,
            name: MetricName!,
            dimensions: dimensionPairs(Dimensions),
            unit: Unit,
            samples: [],
        };
        metric.samples.push({ time: Timestamp?.getTime() ?? ctx.now, counts: countsOf(datum) });
        known.set(id, metric);
    }
}

function listMetrics(input: api.ListMetricsInput, ctx: Context): api.ListMetricsOutput {
    const { Namespace, MetricName, Dimensions = [], NextToken } = input;
    const found = [...ctx.state(MetricsState).metrics.values()].filter(
        (metric) =>
            (Namespace ?? metric.namespace) === metric.namespace &&
            (MetricName ?? metric.name) === metric.name &&
            Dimensions.every(({ Name, Value }) =>
                metric.dimensions.some(([name, value]) => name === Name && (Value ?? value) === value),
            ) &&
            metric.samples.some(({ time }) => time > ctx.now - LISTED_FOR),
    );
    const { page, next } = pageOf(found, LIST_PAGE_SIZE, NextToken);
    return {
        Metrics: page.map(({ namespace, name, dimensions }) => ({
            Namespace: namespace,
            MetricName: name,
            Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
        })),
        NextToken: next,
    };
}

/** A statistic over counted values: Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99. */
function statistic(name: string, counts: Sample["counts"]): number {
    const count = counts.reduce((total, [, n]) => total + n, 0);
    const sum = counts.reduce((total, [value, n]) => total + value * n, 0);
    const values = counts.map(([value]) => value);
    switch (name) {
        case "SampleCount":
            return count;
        case "Sum":
            return sum;
        case "Average":
            return sum / count;
        case "Minimum":
            return Math.min(...values);
        case "Maximum":
            return Math.max(...values);
    }
    const percent = /^p(\d{1,2}(\.\d+)?|100)$/.exec(name)?.[1];
    if (percent === undefined) {
        throw new AwsError(
            "InvalidParameterValueException",
            `The value ${name} for parameter Statistic is not supported.`,
        );
    }
    const sorted = [...counts].sort(([a], [b]) => a - b);
    let below = 0;
    return sorted.find(([, n]) => (below += n) >= (count * Number(percent)) / 100)![0];
}

/**
 * A metric's statistic for every period that has samples, oldest first.
 *
 * @param start in milliseconds; the first period begins there
 * @param period in milliseconds
 */
export function datapoints(ctx: Context, metric: api.Metric, stat: string, start: number, end: number, period: number) {
    const samples = ctx.state(MetricsState).metrics.get(metricId(metric))?.samples ?? [];
    const periods = new Map<number, Sample["counts"]>();
    for (const { time, counts } of samples.filter(({ time }) => time >= start && time < end)) {
        const begin = start + Math.floor((time - start) / period) * period;
        periods.set(begin, [...(periods.get(begin) ?? []), ...counts]);
    }
    return [...periods].sort(([a], [b]) => a - b).map(([time, counts]) => ({ time, value: statistic(stat, counts) }));
}

function getStatistics(input: api.GetMetricStatisticsInput, ctx: Context): api.GetMetricStatisticsOutput {
    const { Statistics = [], ExtendedStatistics = [] } = input;
    const [start, end, period] = [input.StartTime!.getTime(), input.EndTime!.getTime(), input.Period! * 1000];
    const { unit } = ctx.state(MetricsState).metrics.get(metricId(input)) ?? { unit: "None" as const };
    const series = (name: string) => datapoints(ctx, input, name, start, end, period);
    return {
        Label: input.MetricName,
        Datapoints: series("SampleCount").map(({ time }, index) => ({
            Timestamp: new Date(time),
            Unit: unit,
            ...Object.fromEntries(Statistics.map((name) => [name, series(name)[index].value])),
            ...(ExtendedStatistics.length > 0 && {
                ExtendedStatistics: Object.fromEntries(
                    ExtendedStatistics.map((name) => [name, series(name)[index].value]),
                ),
            }),
        })),
    };
}

function getData(input: api.GetMetricDataInput, ctx: Context): api.GetMetricDataOutput {
    const wanted = input.MetricDataQueries!.filter(({ ReturnData = true }) => ReturnData);
    return {
        MetricDataResults: wanted.map(({ Id, Label, MetricStat, Expression }) => {
            if (!MetricStat) {
                throw new AwsError("ValidationError", `The simulator evaluates no metric expressions: ${Expression}`);
            }
            const { Metric: metric, Period, Stat } = MetricStat;
            const [start, end] = [input.StartTime!.getTime(), input.EndTime!.getTime()];
            const points = datapoints(ctx, metric!, Stat!, start, end, Period! * 1000);
            const ordered = input.ScanBy === "TimestampAscending" ? points : points.reverse();
            return {
                Id,
                Label: Label ?? metric!.MetricName,
                Timestamps: ordered.map(({ time }) => new Date(time)),
                Values: ordered.map(({ value }) => value),
                StatusCode: "Complete" as const,
            };
        }),
        Messages: [],
    };
}

export const metrics = {
    PutMetricData: operation<api.PutMetricDataInput, void>({
        access: ({ Namespace }) => [
            { action: "cloudwatch:PutMetricData", resource: "*", context: { "cloudwatch:namespace": Namespace! } },
        ],
        handle: putData,
    }),
    ListMetrics: operation({ handle: listMetrics }),
    GetMetricStatistics: operation({ handle: getStatistics }),
    GetMetricData: operation({ handle: getData }),
};
