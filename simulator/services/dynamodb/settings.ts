import type {
    ContinuousBackupsDescription,
    DescribeContinuousBackupsInput,
    DescribeContinuousBackupsOutput,
    DescribeContributorInsightsInput,
    DescribeContributorInsightsOutput,
    DescribeEndpointsRequest,
    DescribeEndpointsResponse,
    DescribeKinesisStreamingDestinationInput,
    DescribeKinesisStreamingDestinationOutput,
    DescribeLimitsInput,
    DescribeLimitsOutput,
    DescribeTimeToLiveInput,
    DescribeTimeToLiveOutput,
    ListTagsOfResourceInput,
    ListTagsOfResourceOutput,
    Tag,
    TagResourceInput,
    UntagResourceInput,
    UpdateContinuousBackupsInput,
    UpdateContinuousBackupsOutput,
    UpdateTimeToLiveInput,
    UpdateTimeToLiveOutput,
} from "@aws-sdk/client-dynamodb";
import { days, hours, minutes } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { findTable, lookUpTable, onTable, tagList, type Table } from "./table";
import { invalid } from "./values";

/** PITR reaches back that many days unless told otherwise, and never further. */
const MAX_RECOVERY_DAYS = 35;
/** The newest moment that a table can be restored to lies that far back. */
const RESTORE_LAG = minutes(5);
/** TimeToLive may be changed once in that time. */
const TIME_TO_LIVE_PAUSE = hours(1);
const MAX_TAGS = 50;

export const settings = {
    UpdateContinuousBackups: operation<UpdateContinuousBackupsInput, UpdateContinuousBackupsOutput>({
        access: onTable("UpdateContinuousBackups"),
        handle(input, ctx) {
            const table = backedUpTable(ctx, input.TableName!);
            const { PointInTimeRecoveryEnabled, RecoveryPeriodInDays } = input.PointInTimeRecoverySpecification!;
            if (table.description.TableStatus === "CREATING") {
                throw new AwsError(
                    "ContinuousBackupsUnavailableException",
                    "Backups are being enabled for the table: " + table.name + ". Please retry later",
                );
            }
            if (
                RecoveryPeriodInDays !== undefined &&
                (!PointInTimeRecoveryEnabled || RecoveryPeriodInDays < 1 || RecoveryPeriodInDays > MAX_RECOVERY_DAYS)
            ) {
                throw invalid(
                    `RecoveryPeriodInDays must be between 1 and ${MAX_RECOVERY_DAYS}, and needs PointInTimeRecoveryEnabled`,
                );
            }
            table.recovery = PointInTimeRecoveryEnabled
                ? {
                      since: table.recovery?.since ?? Math.floor(ctx.now),
                      days: RecoveryPeriodInDays ?? table.recovery?.days ?? MAX_RECOVERY_DAYS,
                  }
                : undefined;
            return { ContinuousBackupsDescription: continuousBackups(ctx, table) };
        },
    }),

    DescribeContinuousBackups: operation<DescribeContinuousBackupsInput, DescribeContinuousBackupsOutput>({
        access: onTable("DescribeContinuousBackups"),
        handle: (input, ctx) => ({
            ContinuousBackupsDescription: continuousBackups(ctx, backedUpTable(ctx, input.TableName!)),
        }),
    }),

    UpdateTimeToLive: operation<UpdateTimeToLiveInput, UpdateTimeToLiveOutput>({
        access: onTable("UpdateTimeToLive"),
        handle(input, ctx) {
            const table = findTable(ctx, input.TableName!);
            const { Enabled, AttributeName } = input.TimeToLiveSpecification!;
            const { timeToLive } = table;
            if (Boolean(timeToLive?.enabled) === Enabled) {
                throw invalid(`TimeToLive is already ${Enabled ? "enabled" : "disabled"}`);
            }
            if (timeToLive && ctx.now - timeToLive.changedAt < TIME_TO_LIVE_PAUSE) {
                throw invalid("Time to live has been modified multiple times within a fixed interval");
            }
            if (timeToLive?.enabled && timeToLive.attribute !== AttributeName) {
                throw invalid(
                    `TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive.attribute}`,
                );
            }
            table.timeToLive = { attribute: AttributeName!, enabled: Enabled!, changedAt: ctx.now };
            return { TimeToLiveSpecification: input.TimeToLiveSpecification };
        },
    }),

    DescribeTimeToLive: operation<DescribeTimeToLiveInput, DescribeTimeToLiveOutput>({
        access: onTable("DescribeTimeToLive"),
        handle(input, ctx) {
            const { timeToLive } = findTable(ctx, input.TableName!);
            return {
                TimeToLiveDescription: timeToLive?.enabled
                    ? { TimeToLiveStatus: "ENABLED", AttributeName: timeToLive.attribute }
                    : { TimeToLiveStatus: "DISABLED" },
            };
        },
    }),

    TagResource: operation<TagResourceInput, void>({
        access: onTable("TagResource"),
        handle: (input, ctx) => putTags(taggedTable(ctx, input.ResourceArn!), input.Tags!),
    }),

    UntagResource: operation<UntagResourceInput, void>({
        access: onTable("UntagResource"),
        handle(input, ctx) {
            const { tags } = taggedTable(ctx, input.ResourceArn!);
            input.TagKeys!.forEach((key) => tags.delete(key));
        },
    }),

    ListTagsOfResource: operation<ListTagsOfResourceInput, ListTagsOfResourceOutput>({
        access: onTable("ListTagsOfResource"),
        handle: (input, ctx) => ({ Tags: tagList(taggedTable(ctx, input.ResourceArn!).tags) }),
    }),

    DescribeKinesisStreamingDestination: operation<
        DescribeKinesisStreamingDestinationInput,
        DescribeKinesisStreamingDestinationOutput
    >({
        access: onTable("DescribeKinesisStreamingDestination"),
        handle: (input, ctx) => ({
            TableName: findTable(ctx, input.TableName!).name,
            KinesisDataStreamDestinations: [],
        }),
    }),

    DescribeContributorInsights: operation<DescribeContributorInsightsInput, DescribeContributorInsightsOutput>({
        access: onTable("DescribeContributorInsights"),
        handle: (input, ctx) => ({
            TableName: findTable(ctx, input.TableName!).name,
            ContributorInsightsStatus: "DISABLED",
        }),
    }),

    DescribeLimits: operation<DescribeLimitsInput, DescribeLimitsOutput>({
        handle: () => ({
            AccountMaxReadCapacityUnits: 80_000,
            AccountMaxWriteCapacityUnits: 80_000,
            TableMaxReadCapacityUnits: 40_000,
            TableMaxWriteCapacityUnits: 40_000,
        }),
    }),

    DescribeEndpoints: operation<DescribeEndpointsRequest, DescribeEndpointsResponse>({
        handle: (_input, ctx) => ({
            Endpoints: [{ Address: `dynamodb.${ctx.region}.amazonaws.com`, CachePeriodInMinutes: 1440 }],
        }),
    }),
};

/** The oldest moment that a table can be restored to or exported at; undefined where recovery is off. */
export function earliestRecovery(ctx: Context, { recovery }: Table): number | undefined {
    return recovery && Math.max(recovery.since, ctx.now - days(recovery.days));
}

export function putTags(table: Table, tags: Tag[]): void {
    const keys = new Set([...table.tags.keys(), ...tags.map((tag) => tag.Key!)]);
    if (keys.size > MAX_TAGS) {
        throw invalid(`Too many tags: no more than ${MAX_TAGS} tags can be attached to a resource`);
    }
    if (tags.some((tag) => tag.Key!.toLowerCase().startsWith("aws:"))) {
        throw invalid("Tag keys starting with aws: are reserved for system use");
    }
    tags.forEach((tag) => table.tags.set(tag.Key!, tag.Value!));
}

function taggedTable(ctx: Context, arn: string): Table {
    return findTable(ctx, arn, `Requested resource not found: ResourcArn: ${arn} not found`);
}

function backedUpTable(ctx: Context, nameOrArn: string): Table {
    const table = lookUpTable(ctx, nameOrArn);
    if (!table) {
        throw new AwsError("TableNotFoundException", `Table not found: ${nameOrArn}`);
    }
    return table;
}

function continuousBackups(ctx: Context, table: Table): ContinuousBackupsDescription {
    const earliest = earliestRecovery(ctx, table);
    return {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription:
            earliest === undefined
                ? { PointInTimeRecoveryStatus: "DISABLED" }
                : {
                      PointInTimeRecoveryStatus: "ENABLED",
                      RecoveryPeriodInDays: table.recovery!.days,
                      EarliestRestorableDateTime: new Date(earliest),
                      LatestRestorableDateTime: new Date(Math.max(earliest, ctx.now - RESTORE_LAG)),
                  },
    };
}
