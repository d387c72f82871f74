import type { GetShardIteratorInput } from "@aws-sdk/client-dynamodb-streams";

import { minutes } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { invalid } from "../dynamodb/values";
import { firstKept, indexOf, type TableStream } from "./shard";

const LIFETIME = minutes(15);

interface Iterator {
    streamArn: string;
    /** index in the table's history of the next record */
    next: number;
}

/** Where an iterator begins, as an index in the table's history. */
export function iteratorFrom(
    ctx: Context,
    found: TableStream,
    { ShardIteratorType, SequenceNumber }: GetShardIteratorInput,
): number {
    const { table, stream } = found;
    switch (ShardIteratorType) {
        case "TRIM_HORIZON":
            return firstKept(ctx, found);
        case "LATEST":
            return stream.end ?? table.history.length;
        case "AT_SEQUENCE_NUMBER":
        case "AFTER_SEQUENCE_NUMBER": {
            const index = SequenceNumber === undefined ? undefined : indexOf(SequenceNumber);
            if (index === undefined || index < stream.first || index >= (stream.end ?? table.history.length)) {
                throw invalid(`Invalid SequenceNumber: ${SequenceNumber}`);
            }
            if (index < firstKept(ctx, found)) {
                throw new AwsError(
                    "TrimmedDataAccessException",
                    "The operation attempted to read past the oldest stream record in a shard.",
                );
            }
            return ShardIteratorType === "AT_SEQUENCE_NUMBER" ? index : index + 1;
        }
        default:
            throw invalid(`Invalid ShardIteratorType: ${ShardIteratorType}`);
    }
}

export function writeIterator(ctx: Context, streamArn: string, next: number): string {
    const content = JSON.stringify({ next, expires: ctx.now + LIFETIME });
    return `${streamArn}|1|${Buffer.from(content).toString("base64url")}`;
}

/** @param ctx @default nobody asks whether the iterator has expired */
export function readIterator(text: string, ctx?: Context): Iterator {
    const [streamArn, version, content] = text.split("|");
    if (!streamArn || version !== "1" || !content) {
        throw invalid("Invalid ShardIterator");
    }
    const { next, expires } = parse(content);
    if (ctx && expires <= ctx.now) {
        throw new AwsError("ExpiredIteratorException", "The provided shard iterator has expired");
    }
    return { streamArn, next };
}

function parse(content: string): { next: number; expires: number } {
    try {
        return JSON.parse(Buffer.from(content, "base64url").toString()) as { next: number; expires: number };
    } catch {
        throw invalid("Invalid ShardIterator");
    }
}
