import { createHash } from "node:crypto";
import type { Shard } from "@aws-sdk/client-dynamodb-streams";

import { hours } from "../../world/clock";
import type { Context } from "../../world/context";
import type { Stream, Table } from "../dynamodb/table";

/** What was written longer ago, nobody can read any more. */
const RETENTION = hours(24);

/** Sequence numbers have 21 digits or more. */
const FIRST_NUMBER = 100_000_000_000_000_000_000n;

export interface TableStream {
    table: Table;
    stream: Stream;
}

/** A closed stream stays for as long as its records. */
export function isReadable(ctx: Context, { closedAt }: Stream): boolean {
    return closedAt === undefined || closedAt > ctx.now - RETENTION;
}

/** A stream of the simulator has one shard, which is closed with it. */
export function shardOf({ stream }: TableStream): Shard {
    const opened = new Date(`${stream.label}Z`).getTime();
    const own = createHash("sha256").update(stream.arn).digest("hex").slice(0, 8);
    return {
        ShardId: `shardId-${String(opened).padStart(20, "0")}-${own}`,
        SequenceNumberRange: {
            StartingSequenceNumber: sequenceNumber(stream.first),
            ...(stream.end !== undefined && { EndingSequenceNumber: sequenceNumber(stream.end) }),
        },
    };
}

/** Index in the table's history of the first record that is still there. */
export function firstKept(ctx: Context, { table, stream }: TableStream): number {
    const oldest = ctx.now - RETENTION;
    const kept = table.history.findIndex(({ at }, index) => index >= stream.first && at >= oldest);
    return kept < 0 ? table.history.length : kept;
}

export const sequenceNumber = (index: number): string => String(FIRST_NUMBER + BigInt(index));

/** The index behind a sequence number; undefined if it is none. */
export function indexOf(number: string): number | undefined {
    return /^\d{21,40}$/.test(number) ? Number(BigInt(number) - FIRST_NUMBER) : undefined;
}
