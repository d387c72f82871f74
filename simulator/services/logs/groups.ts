import type * as api from "@aws-sdk/client-cloudwatch-logs";
import type { Context } from "../../world/context";
import { operationsOn, pageOf } from "../operations";
import {
    alreadyExists,
    findGroup,
    groupArn,
    groupName,
    invalidParameter,
    LogsState,
    type GroupInput,
    type LogGroup,
} from "./state";

const PAGE_SIZE = 50;

const RETENTION_DAYS = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function describe(group: LogGroup): api.LogGroup {
    const { name, arn, created, retentionInDays, kmsKeyId, streams } = group;
    const messages = [...streams.values()].flatMap(({ events }) => events.map(({ message }) => message));
    return {
        logGroupName: name,
        // The one with the wildcard is what policies name.
        arn: `${arn}:*`,
        logGroupArn: arn,
        creationTime: created,
        retentionInDays,
        kmsKeyId,
        logGroupClass: "STANDARD",
        metricFilterCount: 0,
        storedBytes: messages.reduce((total, message) => total + Buffer.byteLength(message), 0),
    };
}

/** CloudWatch Logs has to be let in by the key's own policy, for this very group. */
function checkKey(ctx: Context, arn: string, kmsKeyId: string): void {
    const name = `logs.${ctx.region}.amazonaws.com`;
    const context = { "kms:EncryptionContext:aws:logs:arn": arn, "kms:CallerAccount": ctx.accountId };
    const logs = ctx.as({ kind: "service", name, accountId: ctx.accountId, sourceArn: arn });
    if (!logs.may({ action: "kms:GenerateDataKey", resource: kmsKeyId, context }).allowed) {
        throw invalidParameter(`The specified KMS key does not exist or is not allowed to be used with Arn '${arn}'`);
    }
}

function createGroup(input: api.CreateLogGroupRequest, ctx: Context): void {
    const { logGroupName: name = "", kmsKeyId, tags = {} } = input;
    const { groups: known } = ctx.state(LogsState);
    if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
        throw invalidParameter(
            `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
        );
    }
    if (known.has(name)) {
        throw alreadyExists("The specified log group already exists");
    }
    const arn = groupArn(ctx, name);
    if (kmsKeyId !== undefined) {
        checkKey(ctx, arn, kmsKeyId);
    }
    known.set(name, { name, arn, created: ctx.now, kmsKeyId, tags: new Map(Object.entries(tags)), streams: new Map() });
}

function describeGroups(input: api.DescribeLogGroupsRequest, ctx: Context): api.DescribeLogGroupsResponse {
    const { logGroupNamePrefix = "", logGroupNamePattern = "", limit = PAGE_SIZE, nextToken } = input;
    const matching = [...ctx.state(LogsState).groups.values()]
        .filter(({ name }) => name.startsWith(logGroupNamePrefix) && name.includes(logGroupNamePattern))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { page, next } = pageOf(matching, limit, nextToken);
    return { logGroups: page.map(describe), nextToken: next };
}

/** The form in which IAM asks about a group: as all of its streams. */
const asResource = (input: GroupInput, ctx: Context) => `${groupArn(ctx, groupName(input))}:log-stream:`;

function tag(input: api.TagResourceRequest & api.TagLogGroupRequest, ctx: Context): void {
    const { tags } = findGroup(input, ctx);
    Object.entries(input.tags!).forEach(([key, value]) => tags.set(key, value));
}

const listTags = (input: GroupInput, ctx: Context) => ({ tags: Object.fromEntries(findGroup(input, ctx).tags) });

export const groups = {
    DescribeLogGroups: { handle: describeGroups },
    ...operationsOn("logs", asResource, {
        CreateLogGroup: createGroup,
        DeleteLogGroup(input: api.DeleteLogGroupRequest, ctx) {
            ctx.state(LogsState).groups.delete(findGroup(input, ctx).name);
        },
        PutRetentionPolicy(input: api.PutRetentionPolicyRequest, ctx) {
            const group = findGroup(input, ctx);
            if (!RETENTION_DAYS.includes(input.retentionInDays!)) {
                throw invalidParameter(`Invalid retention value. Valid values are: [${RETENTION_DAYS.join(", ")}]`);
            }
            group.retentionInDays = input.retentionInDays;
        },
        DeleteRetentionPolicy(input: api.DeleteRetentionPolicyRequest, ctx) {
            findGroup(input, ctx).retentionInDays = undefined;
        },
        AssociateKmsKey(input: GroupInput & { kmsKeyId: string }, ctx) {
            const group = findGroup(input, ctx);
            checkKey(ctx, group.arn, input.kmsKeyId);
            group.kmsKeyId = input.kmsKeyId;
        },
        DisassociateKmsKey(input: GroupInput, ctx) {
            findGroup(input, ctx).kmsKeyId = undefined;
        },
        TagResource: tag,
        UntagResource(input: api.UntagResourceRequest, ctx) {
            const { tags } = findGroup(input, ctx);
            input.tagKeys!.forEach((key) => tags.delete(key));
        },
        ListTagsForResource: listTags,
        ListTagsLogGroup: listTags,
    }),
};
