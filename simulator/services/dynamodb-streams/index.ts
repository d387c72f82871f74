import type {
    DescribeStreamInput,
    DescribeStreamOutput,
    GetRecordsInput,
    GetRecordsOutput,
    GetShardIteratorInput,
    GetShardIteratorOutput,
    ListStreamsInput,
    ListStreamsOutput,
} from "@aws-sdk/client-dynamodb-streams";

import { splitArn, type Context } from "../../world/context";
import { operation, type Service } from "../../world/service";
import { resourceNotFound, tableArn, Tables, type Table } from "../dynamodb/table";
import { invalid } from "../dynamodb/values";
import { iteratorFrom, readIterator, writeIterator } from "./iterator";
import { recordOf } from "./record";
import { firstKept, isReadable, shardOf, type TableStream } from "./shard";

const MAX_STREAMS_PER_PAGE = 100;
const MAX_RECORDS = 1000;

const operations = {
    ListStreams: operation<ListStreamsInput, ListStreamsOutput>({
        access: () => [{ action: "dynamodb:ListStreams", resource: "*" }],
        handle(input, ctx) {
            const all = streamsOf(ctx).filter(({ table }) =>
                input.TableName === undefined ? true : table.arn === tableArn(ctx, input.TableName),
            );
            const start =
                input.ExclusiveStartStreamArn === undefined
                    ? 0
                    : all.findIndex(({ stream }) => stream.arn === input.ExclusiveStartStreamArn) + 1;
            const page = all.slice(start, start + (input.Limit ?? MAX_STREAMS_PER_PAGE));
            return {
                Streams: page.map(({ table, stream }) => ({
                    StreamArn: stream.arn,
                    TableName: table.name,
                    StreamLabel: stream.label,
                })),
                ...(start + page.length < all.length && { LastEvaluatedStreamArn: page.at(-1)?.stream.arn }),
            };
        },
    }),

    DescribeStream: operation<DescribeStreamInput, DescribeStreamOutput>({
        access: ({ StreamArn }) => [{ action: "dynamodb:DescribeStream", resource: StreamArn! }],
        handle(input, ctx) {
            const found = findStream(ctx, input.StreamArn!);
            const { table, stream } = found;
            const shard = shardOf(found);
            return {
                StreamDescription: {
                    StreamArn: stream.arn,
                    StreamLabel: stream.label,
                    StreamStatus: stream.closedAt === undefined ? "ENABLED" : "DISABLED",
                    StreamViewType: stream.viewType,
                    CreationRequestDateTime: new Date(`${stream.label}Z`),
                    TableName: table.name,
                    KeySchema: table.description.KeySchema,
                    Shards: input.ExclusiveStartShardId === shard.ShardId ? [] : [shard],
                },
            };
        },
    }),

    GetShardIterator: operation<GetShardIteratorInput, GetShardIteratorOutput>({
        access: ({ StreamArn }) => [{ action: "dynamodb:GetShardIterator", resource: StreamArn! }],
        handle(input, ctx) {
            const found = findStream(ctx, input.StreamArn!);
            if (input.ShardId !== shardOf(found).ShardId) {
                throw resourceNotFound(`Requested resource not found: Shard: ${input.ShardId} not found`);
            }
            return { ShardIterator: writeIterator(ctx, input.StreamArn!, iteratorFrom(ctx, found, input)) };
        },
    }),

    GetRecords: operation<GetRecordsInput, GetRecordsOutput>({
        access: ({ ShardIterator }) => [
            { action: "dynamodb:GetRecords", resource: readIterator(ShardIterator!).streamArn },
        ],
        handle(input, ctx) {
            const { Limit = MAX_RECORDS } = input;
            if (Limit < 1 || Limit > MAX_RECORDS) {
                throw invalid(`Limit must be between 1 and ${MAX_RECORDS}: ${Limit}`);
            }
            const { streamArn, next } = readIterator(input.ShardIterator!, ctx);
            const found = findStream(ctx, streamArn);
            const { table, stream } = found;
            const start = Math.max(next, firstKept(ctx, found));
            const end = Math.min(start + Limit, stream.end ?? table.history.length);
            const isOver = stream.end !== undefined && end >= stream.end;
            return {
                Records: table.history
                    .slice(start, end)
                    .map((change, index) => recordOf(found, change, start + index, ctx.region)),
                ...(!isOver && { NextShardIterator: writeIterator(ctx, streamArn, end) }),
            };
        },
    }),
};

/** The streams of tables: what was written to them in the last 24 hours. */
export const dynamodbStreams: Service = {
    id: "dynamodb-streams",
    signingName: "dynamodb",
    model: () => require("@aws-sdk/client-dynamodb-streams"),
    operations,
};

function streamsOf(ctx: Context): TableStream[] {
    return [...ctx.state(Tables).byName.values()].flatMap((table: Table) =>
        table.streams.filter((stream) => isReadable(ctx, stream)).map((stream) => ({ table, stream })),
    );
}

function findStream(ctx: Context, arn: string): TableStream {
    const { accountId, region, resource } = splitArn(arn);
    const table = ctx.state(Tables, accountId, region).byName.get(resource.split("/")[1]!);
    const stream = table?.streams.find((s) => s.arn === arn && isReadable(ctx, s));
    if (!table || !stream || region !== ctx.region) {
        throw resourceNotFound(`Requested resource not found: Stream: ${arn} not found`);
    }
    return { table, stream };
}
