import type { DescribeAlarmsOutput, GetMetricStatisticsOutput, ListMetricsOutput } from "@aws-sdk/client-cloudwatch";
import * as assert from "node:assert/strict";
import { cloudwatch } from "../../../simulator/services/cloudwatch";
import { iam } from "../../../simulator/services/iam";
import { days, minutes } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const Namespace = "AWS/Glue/ZeroETL";
const Dimensions = [
    { Name: "tableName", Value: "CustomerAccounts" },
    { Name: "integrationArn", Value: "arn:aws:glue:eu-west-1:1:integration:a" },
];

describe("simulator: CloudWatch", () => {
    let world: World;
    let admin: Context;

    beforeEach(() => {
        world = new World({ services: [cloudwatch, iam] });
        admin = world.administrator(ACCOUNT);
    });
    afterEach(() => world.stop());

    const put = (MetricName: string, data: object) =>
        admin.call("cloudwatch", "PutMetricData", { Namespace, MetricData: [{ MetricName, Dimensions, ...data }] });

    it("statistics are reckoned by period, whatever form the samples came in", async () => {
        const start = admin.now;
        await put("InsertCount", { Value: 10 });
        await put("InsertCount", { Values: [1, 4], Counts: [3, 1] });
        await world.clock.advance(minutes(1));
        await put("InsertCount", { StatisticValues: { SampleCount: 4, Sum: 20, Minimum: 1, Maximum: 9 } });
        const { Datapoints = [] }: GetMetricStatisticsOutput = await admin.call("cloudwatch", "GetMetricStatistics", {
            Namespace,
            MetricName: "InsertCount",
            Dimensions: [...Dimensions].reverse(),
            StartTime: new Date(start),
            EndTime: new Date(start + minutes(2)),
            Period: 60,
            Statistics: ["Sum", "SampleCount", "Average", "Minimum", "Maximum"],
            ExtendedStatistics: ["p50"],
        });
        assert.deepEqual(
            Datapoints.map(({ Sum, SampleCount, Average, Minimum, Maximum }) => [
                Sum,
                SampleCount,
                Average,
                Minimum,
                Maximum,
            ]),
            [
                [17, 5, 3.4, 1, 10],
                [20, 4, 5, 1, 9],
            ],
        );
        assert.deepEqual(Datapoints[0].ExtendedStatistics, { p50: 1 });
    });

    it("lists metrics by name and dimension until two weeks after their last sample", async () => {
        await put("InsertCount", { Value: 1 });
        await put("DeleteCount", { Value: 1 });
        const names = async (filter: object) => {
            const { Metrics = [] }: ListMetricsOutput = await admin.call("cloudwatch", "ListMetrics", filter);
            return Metrics.map(({ MetricName }) => MetricName);
        };
        assert.deepEqual(await names({ Namespace }), ["InsertCount", "DeleteCount"]);
        assert.deepEqual(await names({ MetricName: "DeleteCount" }), ["DeleteCount"]);
        assert.deepEqual(await names({ Dimensions: [{ Name: "tableName", Value: "Other" }] }), []);
        await world.clock.advance(days(14));
        assert.deepEqual(await names({ Namespace }), []);
    });

    it("an alarm follows its metric, and treats missing data as told", async () => {
        const alarm = (AlarmName: string, TreatMissingData: string) =>
            admin.call("cloudwatch", "PutMetricAlarm", {
                AlarmName,
                Namespace,
                MetricName: "IngestionFailed",
                Dimensions,
                Statistic: "Sum",
                Period: 60,
                EvaluationPeriods: 1,
                Threshold: 0,
                ComparisonOperator: "GreaterThanThreshold",
                TreatMissingData,
                Tags: [{ Key: "team", Value: "a" }],
            });
        await alarm("quiet", "notBreaching");
        await alarm("waiting", "missing");
        const states = async () => {
            const { MetricAlarms = [] }: DescribeAlarmsOutput = await admin.call("cloudwatch", "DescribeAlarms");
            return MetricAlarms.map(({ StateValue }) => StateValue);
        };
        assert.deepEqual(await states(), ["OK", "INSUFFICIENT_DATA"]);
        await put("IngestionFailed", { Value: 1 });
        assert.deepEqual(await states(), ["ALARM", "ALARM"]);
        await world.clock.advance(minutes(2));
        assert.deepEqual(await states(), ["OK", "INSUFFICIENT_DATA"]);

        const ResourceARN = `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:quiet`;
        const tags = await admin.call("cloudwatch", "ListTagsForResource", { ResourceARN });
        assert.deepEqual(tags, { Tags: [{ Key: "team", Value: "a" }] });
        await admin.call("cloudwatch", "DeleteAlarms", { AlarmNames: ["quiet", "waiting"] });
        assert.deepEqual(await states(), []);
        await assert.rejects(admin.call("cloudwatch", "ListTagsForResource", { ResourceARN }), {
            code: "ResourceNotFoundException",
        });
    });

    it("lets write into the namespace that the policy names, and no other", async () => {
        const { User } = await admin.call("iam", "CreateUser", { UserName: "writer" });
        const PolicyDocument = JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Action: "cloudwatch:PutMetricData",
                    Resource: "*",
                    Condition: { StringEquals: { "cloudwatch:namespace": Namespace } },
                },
            ],
        });
        await admin.call("iam", "PutUserPolicy", { UserName: "writer", PolicyName: "p", PolicyDocument });
        const writer = admin.as({ kind: "user", accountId: ACCOUNT, arn: User.Arn, userId: User.UserId });
        const write = (into: string) =>
            writer.call("cloudwatch", "PutMetricData", {
                Namespace: into,
                MetricData: [{ MetricName: "x", Value: 1 }],
            });
        await write(Namespace);
        await assert.rejects(write("AWS/Glue"), { code: "AccessDeniedException" });
    });
});
