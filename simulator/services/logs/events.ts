import type * as api from "@aws-sdk/client-cloudwatch-logs";
import { randomUUID } from "node:crypto";
import { days, hours } from "../../world/clock";
import type { Context } from "../../world/context";
import { operationsOn, pageOf } from "../operations";
import {
    alreadyExists,
    findGroup,
    findStream,
    groupArn,
    groupName,
    invalidParameter,
    retained,
    type GroupInput,
    type LogEvent,
    type LogStream,
} from "./state";

const STREAM_PAGE_SIZE = 50;
const EVENT_PAGE_SIZE = 10_000;

/** CloudWatch Logs takes events of the last two weeks, and up to two hours ahead. */
const MAX_AGE = days(14);
const MAX_AHEAD = hours(2);

function describe(stream: LogStream, arn: string): api.LogStream {
    const { name, created, events: stored } = stream;
    return {
        logStreamName: name,
        arn: `${arn}:log-stream:${name}`,
        creationTime: created,
        firstEventTimestamp: stored[0]?.timestamp,
        lastEventTimestamp: stored.at(-1)?.timestamp,
        lastIngestionTime: stored.at(-1)?.ingestionTime,
    };
}

function createStream(input: api.CreateLogStreamRequest, ctx: Context): void {
    const { streams } = findGroup(input, ctx);
    if (streams.has(input.logStreamName!)) {
        throw alreadyExists("The specified log stream already exists");
    }
    streams.set(input.logStreamName!, { name: input.logStreamName!, created: ctx.now, events: [] });
}

function describeStreams(input: api.DescribeLogStreamsRequest, ctx: Context): api.DescribeLogStreamsResponse {
    const group = findGroup(input, ctx);
    const { logStreamNamePrefix = "", orderBy = "LogStreamName", descending = false, limit, nextToken } = input;
    const streams = [...group.streams.values()].filter(({ name }) => name.startsWith(logStreamNamePrefix));
    const lastEvent = ({ events: stored }: LogStream) => stored.at(-1)?.timestamp ?? 0;
    streams.sort((a, b) => (orderBy === "LastEventTime" ? lastEvent(a) - lastEvent(b) : a.name < b.name ? -1 : 1));
    const { page, next } = pageOf(descending ? streams.reverse() : streams, limit ?? STREAM_PAGE_SIZE, nextToken);
    return { logStreams: page.map((stream) => describe(stream, group.arn)), nextToken: next };
}

function putEvents(input: api.PutLogEventsRequest, ctx: Context): api.PutLogEventsResponse {
    const stream = findStream(input, ctx);
    const given = input.logEvents!;
    if (given.some(({ timestamp }, index) => index > 0 && timestamp! < given[index - 1].timestamp!)) {
        throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
    }
    const tooOld = given.filter(({ timestamp }) => timestamp! < ctx.now - MAX_AGE).length;
    const tooNew = given.findIndex(({ timestamp }) => timestamp! > ctx.now + MAX_AHEAD);
    const accepted = given.slice(tooOld, tooNew < 0 ? undefined : tooNew);
    stream.events.push(
        ...accepted.map(({ timestamp, message }) => ({
            id: randomUUID(),
            timestamp: timestamp!,
            ingestionTime: ctx.now,
            message: message!,
        })),
    );
    stream.events.sort((a, b) => a.timestamp - b.timestamp);
    const rejected = tooOld > 0 || tooNew >= 0;
    return {
        nextSequenceToken: String(stream.events.length),
        rejectedLogEventsInfo: rejected
            ? {
                  ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
                  ...(tooNew >= 0 && { tooNewLogEventStartIndex: tooNew }),
              }
            : undefined,
    };
}

/** From `startTime`, to just before `endTime`. */
function within({ startTime = 0, endTime = Infinity }: { startTime?: number; endTime?: number }) {
    return ({ timestamp }: LogEvent) => timestamp >= startTime && timestamp < endTime;
}

/** The token says where the page begins: `f/20` goes on forwards, `b/20` back from there. */
function getEvents(input: api.GetLogEventsRequest, ctx: Context): api.GetLogEventsResponse {
    const { limit = EVENT_PAGE_SIZE, startFromHead = false, nextToken } = input;
    const found = retained(findGroup(input, ctx), findStream(input, ctx), ctx.now).filter(within(input));
    const [direction, position] = nextToken?.split("/") ?? (startFromHead ? ["f", "0"] : ["b", String(found.length)]);
    const start = direction === "f" ? Number(position) : Math.max(0, Number(position) - limit);
    const end = direction === "f" ? Math.min(found.length, start + limit) : Number(position);
    return {
        events: found
            .slice(start, end)
            .map(({ timestamp, ingestionTime, message }) => ({ timestamp, ingestionTime, message })),
        nextForwardToken: `f/${end}`,
        nextBackwardToken: `b/${start}`,
    };
}

/** Every term has to be there, or with a minus must not; a term with spaces stands in quotes. */
function matcher(pattern: string): (message: string) => boolean {
    if (/^\s*[{[%]/.test(pattern) || pattern.includes("?")) {
        throw invalidParameter(`The simulator filters by plain terms; it does not know the pattern ${pattern}`);
    }
    const terms = [...pattern.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)];
    return (message) => terms.every(([, minus, quoted, plain]) => message.includes(quoted ?? plain) === (minus === ""));
}

function filterEvents(input: api.FilterLogEventsRequest, ctx: Context): api.FilterLogEventsResponse {
    const group = findGroup(input, ctx);
    const { logStreamNames, logStreamNamePrefix = "", filterPattern = "", limit = EVENT_PAGE_SIZE, nextToken } = input;
    const matches = matcher(filterPattern);
    const inTime = within(input);
    const found = [...group.streams.values()]
        .filter(({ name }) => (logStreamNames?.includes(name) ?? true) && name.startsWith(logStreamNamePrefix))
        .flatMap((stream) =>
            retained(group, stream, ctx.now)
                .filter((event) => inTime(event) && matches(event.message))
                .map(({ id, ...event }) => ({ ...event, eventId: id, logStreamName: stream.name })),
        )
        .sort((a, b) => a.timestamp - b.timestamp);
    const { page, next } = pageOf(found, limit, nextToken);
    return { events: page, nextToken: next, searchedLogStreams: [] };
}

const asResource = (input: GroupInput & { logStreamName?: string }, ctx: Context) =>
    `${groupArn(ctx, groupName(input))}:log-stream:${input.logStreamName ?? ""}`;

export const events = operationsOn("logs", asResource, {
    CreateLogStream: createStream,
    DescribeLogStreams: describeStreams,
    DeleteLogStream(input: api.DeleteLogStreamRequest, ctx) {
        findGroup(input, ctx).streams.delete(findStream(input, ctx).name);
    },
    PutLogEvents: putEvents,
    GetLogEvents: getEvents,
    FilterLogEvents: filterEvents,
});
