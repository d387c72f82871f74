import { days } from "../../world/clock";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";

export interface LogEvent {
    id: string;
    timestamp: number;
    ingestionTime: number;
    message: string;
}

export interface LogStream {
    name: string;
    created: number;
    events: LogEvent[];
}

export interface LogGroup {
    name: string;
    arn: string;
    created: number;
    retentionInDays?: number;
    kmsKeyId?: string;
    tags: Map<string, string>;
    streams: Map<string, LogStream>;
}

export class LogsState {
    readonly groups = new Map<string, LogGroup>();
}

export function groupArn(ctx: Context, name: string): string {
    return ctx.arn("logs", `log-group:${name}`);
}

/** Calls name a group by `logGroupName`, or by `logGroupIdentifier`, which may be its ARN. */
export interface GroupInput {
    logGroupName?: string;
    logGroupIdentifier?: string;
    resourceArn?: string;
    resourceIdentifier?: string;
}

export function groupName(input: GroupInput): string {
    const named = input.logGroupName ?? input.logGroupIdentifier ?? input.resourceArn ?? input.resourceIdentifier ?? "";
    return named.startsWith("arn:") ? splitArn(named).resource.replace(/^log-group:|:\*$/g, "") : named;
}

export function findGroup(input: GroupInput, ctx: Context): LogGroup {
    return ctx.state(LogsState).groups.get(groupName(input)) ?? notFound("The specified log group does not exist.");
}

export function findStream(input: GroupInput & { logStreamName?: string }, ctx: Context): LogStream {
    const { streams } = findGroup(input, ctx);
    return streams.get(input.logStreamName!) ?? notFound("The specified log stream does not exist.");
}

/** The events that the group's retention has left, oldest first. */
export function retained(group: LogGroup, stream: LogStream, now: number): LogEvent[] {
    const { retentionInDays = Infinity } = group;
    return stream.events.filter(({ timestamp }) => timestamp > now - days(retentionInDays));
}

export function notFound(message: string): never {
    throw new AwsError("ResourceNotFoundException", message);
}

export function alreadyExists(message: string): AwsError {
    return new AwsError("ResourceAlreadyExistsException", message);
}

export function invalidParameter(message: string): AwsError {
    return new AwsError("InvalidParameterException", message);
}
