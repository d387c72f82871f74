import type * as api from "@aws-sdk/client-cloudwatch";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { AccessCheck } from "../../world/access";
import { operation } from "../../world/service";
import { operationsOn, pageOf } from "../operations";
import { datapoints } from "./metrics";

interface Alarm {
    settings: api.PutMetricAlarmInput;
    arn: string;
    updated: Date;
    tags: Map<string, string>;
}

export class AlarmsState {
    readonly alarms = new Map<string, Alarm>();
}

const PAGE_SIZE = 50;

function alarmArn(ctx: Context, name: string): string {
    return ctx.arn("cloudwatch", `alarm:${name}`);
}

const BREACHES: Record<string, (value: number, threshold: number) => boolean> = {
    GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
    GreaterThanThreshold: (value, threshold) => value > threshold,
    LessThanThreshold: (value, threshold) => value < threshold,
    LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** What the metric of the alarm says now; expressions and anomaly bands are not evaluated, and lack data for ever. */
function stateOf({ settings }: Alarm, ctx: Context): { value: api.StateValue; reason: string } {
    const { EvaluationPeriods: periods = 1, DatapointsToAlarm = periods, TreatMissingData = "missing" } = settings;
    const { ComparisonOperator, Threshold, Statistic, ExtendedStatistic, Period = 60 } = settings;
    const breaches = BREACHES[ComparisonOperator!];
    if (!settings.MetricName || !breaches || Threshold === undefined) {
        return { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation" };
    }
    const period = Period * 1000;
    const stat = Statistic ?? ExtendedStatistic ?? "Average";
    const seen = datapoints(ctx, settings, stat, ctx.now + 1 - periods * period, ctx.now + 1, period);
    const missing = periods - seen.length;
    const breaching =
        seen.filter(({ value }) => breaches(value, Threshold)).length +
        (TreatMissingData === "breaching" ? missing : 0);
    if (seen.length === 0 && ["missing", "ignore"].includes(TreatMissingData)) {
        return { value: "INSUFFICIENT_DATA", reason: "Insufficient Data: no datapoints were received" };
    }
    const counted = `${breaching} of ${periods} datapoints breach the threshold (${Threshold})`;
    return { value: breaching >= DatapointsToAlarm ? "ALARM" : "OK", reason: `Threshold Crossed: ${counted}` };
}

function describe(alarm: Alarm, ctx: Context): api.MetricAlarm {
    const { value, reason } = stateOf(alarm, ctx);
    return {
        ActionsEnabled: true,
        OKActions: [],
        AlarmActions: [],
        InsufficientDataActions: [],
        Dimensions: [],
        ...alarm.settings,
        AlarmArn: alarm.arn,
        AlarmConfigurationUpdatedTimestamp: alarm.updated,
        StateValue: value,
        StateReason: reason,
        StateUpdatedTimestamp: new Date(ctx.now),
    };
}

function putAlarm(input: api.PutMetricAlarmInput, ctx: Context): void {
    if ((input.MetricName === undefined) === (input.Metrics === undefined)) {
        throw new AwsError("ValidationError", "Exactly one of MetricName and Metrics must be specified");
    }
    const { alarms: known } = ctx.state(AlarmsState);
    const name = input.AlarmName!;
    known.set(name, {
        // Tags have calls of their own.
        settings: { ...input, Tags: undefined },
        arn: alarmArn(ctx, name),
        updated: new Date(ctx.now),
        // Of an alarm that exists, PutMetricAlarm leaves the tags alone.
        tags: known.get(name)?.tags ?? new Map(input.Tags?.map(({ Key, Value }) => [Key!, Value!])),
    });
}

function describeAlarms(input: api.DescribeAlarmsInput, ctx: Context): api.DescribeAlarmsOutput {
    const { AlarmNames, AlarmNamePrefix = "", StateValue, MaxRecords = PAGE_SIZE, NextToken } = input;
    const found = [...ctx.state(AlarmsState).alarms]
        .filter(([name]) => (AlarmNames?.includes(name) ?? true) && name.startsWith(AlarmNamePrefix))
        .map(([, alarm]) => describe(alarm, ctx))
        .filter((alarm) => (StateValue ?? alarm.StateValue) === alarm.StateValue);
    const { page, next } = pageOf(found, MaxRecords, NextToken);
    return { MetricAlarms: page, CompositeAlarms: [], NextToken: next };
}

function findByArn({ ResourceARN }: { ResourceARN?: string }, ctx: Context): Alarm {
    const alarm = [...ctx.state(AlarmsState).alarms.values()].find(({ arn }) => arn === ResourceARN);
    if (!alarm) {
        throw new AwsError("ResourceNotFoundException", `Unknown resource ${ResourceARN}`, 404);
    }
    return alarm;
}

export const alarms = {
    ...operationsOn("cloudwatch", ({ AlarmName }, ctx) => alarmArn(ctx, AlarmName), { PutMetricAlarm: putAlarm }),
    DescribeAlarms: operation({ handle: describeAlarms }),
    DeleteAlarms: operation<api.DeleteAlarmsInput, void>({
        access: ({ AlarmNames = [] }, ctx): AccessCheck[] =>
            AlarmNames.map((name) => ({ action: "cloudwatch:DeleteAlarms", resource: alarmArn(ctx, name) })),
        handle({ AlarmNames = [] }, ctx) {
            const { alarms: known } = ctx.state(AlarmsState);
            AlarmNames.forEach((name) => known.delete(name));
        },
    }),
    ...operationsOn("cloudwatch", ({ ResourceARN }) => ResourceARN, {
        TagResource(input: api.TagResourceInput, ctx) {
            const { tags } = findByArn(input, ctx);
            input.Tags!.forEach(({ Key, Value }) => tags.set(Key!, Value!));
        },
        UntagResource(input: api.UntagResourceInput, ctx) {
            const { tags } = findByArn(input, ctx);
            input.TagKeys!.forEach((key) => tags.delete(key));
        },
        ListTagsForResource: (input: api.ListTagsForResourceInput, ctx) => ({
            Tags: [...findByArn(input, ctx).tags].map(([Key, Value]) => ({ Key, Value })),
        }),
    }),
};
