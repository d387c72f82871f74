import type { DescribeLogGroupsResponse, ListTagsForResourceResponse } from "@aws-sdk/client-cloudwatch-logs";
import type {
    DescribeAlarmsOutput,
    ListTagsForResourceOutput,
    MetricAlarm,
    MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { orGone, type Client } from "../client";
import { changed, retag, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import type { Properties } from "../values";

const LOGS = "logs";
const CLOUDWATCH = "cloudwatch";

async function setRetention(aws: Client, logGroupName: string, { retentionInDays }: Properties) {
    await (retentionInDays
        ? aws.call(LOGS, "PutRetentionPolicy", { logGroupName, retentionInDays })
        : aws.call(LOGS, "DeleteRetentionPolicy", { logGroupName }));
}

const logGroup: ResourceType = {
    label: "CloudWatch Logs Log Group",
    autoname: { property: "name", max: 512 },
    defaults: { retentionInDays: 0, skipDestroy: false },
    replaces: ["name", "namePrefix", "logGroupClass"],

    async create(aws, args) {
        await aws.call(LOGS, "CreateLogGroup", {
            logGroupName: args.name,
            kmsKeyId: args.kmsKeyId,
            logGroupClass: args.logGroupClass,
            deletionProtectionEnabled: args.deletionProtectionEnabled,
            tags: args.tags,
        });
        return args.name;
    },

    async settle(aws, id, args) {
        if (args.retentionInDays) {
            await setRetention(aws, id, args);
        }
    },

    async read(aws, id) {
        const input = { logGroupNamePrefix: id };
        const { logGroups } = await aws.call<DescribeLogGroupsResponse>(LOGS, "DescribeLogGroups", input);
        const found = logGroups?.find(({ logGroupName }) => logGroupName === id);
        if (!found) {
            return undefined;
        }
        // The ARN with which Logs' own permissions end in ":*" is not the one of the group.
        const arn = found.logGroupArn ?? found.arn?.replace(/:\*$/, "");
        const { tags } = await aws.call<ListTagsForResourceResponse>(LOGS, "ListTagsForResource", {
            resourceArn: arn,
        });
        return {
            arn,
            deletionProtectionEnabled: found.deletionProtectionEnabled ?? false,
            kmsKeyId: found.kmsKeyId,
            logGroupClass: found.logGroupClass ?? "STANDARD",
            name: found.logGroupName,
            namePrefix: "",
            retentionInDays: found.retentionInDays ?? 0,
            tagsAll: tags ?? {},
        };
    },

    async update(aws, id, args, before, { arn }) {
        if (changed(before, args, "retentionInDays")) {
            await setRetention(aws, id, args);
        }
        if (changed(before, args, "kmsKeyId")) {
            await (args.kmsKeyId
                ? aws.call(LOGS, "AssociateKmsKey", { logGroupName: id, kmsKeyId: args.kmsKeyId })
                : aws.call(LOGS, "DisassociateKmsKey", { logGroupName: id }));
        }
        if (changed(before, args, "deletionProtectionEnabled")) {
            await aws.call(LOGS, "PutLogGroupDeletionProtection", {
                logGroupIdentifier: id,
                deletionProtectionEnabled: args.deletionProtectionEnabled,
            });
        }
        await retag(before, args, {
            tag: (tags) => aws.call(LOGS, "TagResource", { resourceArn: arn, tags }),
            untag: (tagKeys) => aws.call(LOGS, "UntagResource", { resourceArn: arn, tagKeys }),
        });
    },

    async delete(aws, id, state) {
        if (!state.skipDestroy) {
            await orGone(aws.call(LOGS, "DeleteLogGroup", { logGroupName: id }));
        }
    },
};

const dimensionList = (dimensions?: Properties) =>
    dimensions && Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

const dimensionMap = (dimensions: { Name?: string; Value?: string }[] = []) =>
    dimensions.length > 0 ? Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])) : undefined;

const metricQuery = ({ metric, ...query }: Properties) => ({
    Id: query.id,
    AccountId: query.accountId,
    Expression: query.expression,
    Label: query.label,
    Period: query.period,
    ReturnData: query.returnData,
    MetricStat: metric && {
        Metric: {
            MetricName: metric.metricName,
            Namespace: metric.namespace,
            Dimensions: dimensionList(metric.dimensions),
        },
        Period: metric.period,
        Stat: metric.stat,
        Unit: metric.unit,
    },
});

const metricQueryState = ({ MetricStat: stat, ...query }: MetricDataQuery): Properties => ({
    id: query.Id,
    accountId: query.AccountId,
    expression: query.Expression,
    label: query.Label,
    period: query.Period,
    returnData: query.ReturnData,
    metric: stat && {
        metricName: stat.Metric?.MetricName,
        namespace: stat.Metric?.Namespace,
        dimensions: dimensionMap(stat.Metric?.Dimensions),
        period: stat.Period,
        stat: stat.Stat,
        unit: stat.Unit,
    },
});

const putAlarm = (aws: Client, args: Properties) =>
    aws.call(CLOUDWATCH, "PutMetricAlarm", {
        AlarmName: args.name,
        ActionsEnabled: args.actionsEnabled,
        AlarmActions: args.alarmActions,
        AlarmDescription: args.alarmDescription,
        ComparisonOperator: args.comparisonOperator,
        DatapointsToAlarm: args.datapointsToAlarm,
        Dimensions: dimensionList(args.dimensions),
        EvaluateLowSampleCountPercentile: args.evaluateLowSampleCountPercentiles,
        EvaluationPeriods: args.evaluationPeriods,
        ExtendedStatistic: args.extendedStatistic,
        InsufficientDataActions: args.insufficientDataActions,
        MetricName: args.metricName,
        Metrics: args.metricQueries?.map(metricQuery),
        Namespace: args.namespace,
        OKActions: args.okActions,
        Period: args.period,
        Statistic: args.statistic,
        Tags: args.tags && tagList(args.tags),
        Threshold: args.threshold,
        ThresholdMetricId: args.thresholdMetricId,
        TreatMissingData: args.treatMissingData,
        Unit: args.unit,
    });

/** What AWS does not keep of an alarm, or keeps empty. */
const nonEmpty = <T>(list: T[] = []) => (list.length > 0 ? list : undefined);

function alarmState(alarm: MetricAlarm): Properties {
    return {
        actionsEnabled: alarm.ActionsEnabled,
        alarmActions: nonEmpty(alarm.AlarmActions),
        alarmDescription: alarm.AlarmDescription,
        arn: alarm.AlarmArn,
        comparisonOperator: alarm.ComparisonOperator,
        datapointsToAlarm: alarm.DatapointsToAlarm,
        dimensions: dimensionMap(alarm.Dimensions),
        evaluateLowSampleCountPercentiles: alarm.EvaluateLowSampleCountPercentile ?? "",
        evaluationPeriods: alarm.EvaluationPeriods,
        extendedStatistic: alarm.ExtendedStatistic,
        insufficientDataActions: nonEmpty(alarm.InsufficientDataActions),
        metricName: alarm.MetricName,
        metricQueries: nonEmpty(alarm.Metrics?.map(metricQueryState)),
        name: alarm.AlarmName,
        namespace: alarm.Namespace,
        okActions: nonEmpty(alarm.OKActions),
        period: alarm.Period,
        statistic: alarm.Statistic,
        threshold: alarm.Threshold,
        thresholdMetricId: alarm.ThresholdMetricId,
        treatMissingData: alarm.TreatMissingData ?? "missing",
        unit: alarm.Unit,
    };
}

const metricAlarm: ResourceType = {
    label: "CloudWatch Metric Alarm",
    autoname: { property: "name", max: 255 },
    defaults: { actionsEnabled: true, treatMissingData: "missing" },
    replaces: ["name"],
    sets: ["alarmActions", "insufficientDataActions", "okActions", "metricQueries"],
    notSimulated: ["evaluationCriteria", "evaluationInterval", "warmUpConfiguration"],

    async create(aws, args) {
        await putAlarm(aws, args);
        return args.name;
    },

    async read(aws, id) {
        const input = { AlarmNames: [id] };
        const found = (await aws.call<DescribeAlarmsOutput>(CLOUDWATCH, "DescribeAlarms", input)).MetricAlarms?.[0];
        if (!found) {
            return undefined;
        }
        const { Tags } = await aws.call<ListTagsForResourceOutput>(CLOUDWATCH, "ListTagsForResource", {
            ResourceARN: found.AlarmArn,
        });
        return { ...alarmState(found), tagsAll: tagMap(Tags) };
    },

    async update(aws, _id, args, before, { arn: ResourceARN }) {
        await putAlarm(aws, args);
        await retag(before, args, {
            tag: (tags) => aws.call(CLOUDWATCH, "TagResource", { ResourceARN, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(CLOUDWATCH, "UntagResource", { ResourceARN, TagKeys }),
        });
    },

    async delete(aws, id) {
        await orGone(aws.call(CLOUDWATCH, "DeleteAlarms", { AlarmNames: [id] }));
    },
};

export const cloudwatch: ResourceTypes = {
    "aws:cloudwatch/logGroup:LogGroup": logGroup,
    "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
};
