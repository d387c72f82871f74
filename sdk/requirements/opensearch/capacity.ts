import { problem, warning, type Problem } from "../errors";

/** How many compute units (OCU) a pipeline has: so many at least, and it grows up to so many. */
export interface PipelineUnits {
    minUnits: number;
    maxUnits: number;
}

/** What a pipeline has to keep up with. What is not known is left out. */
export interface PipelineLoad {
    /** Writes of the busiest second. */
    writesPerSecond?: number;
    /** The size of an item or a row, in bytes. @default 1024 */
    itemBytes?: number;
    /** Of a table of DynamoDB: 1 unit writes 1 KB a second. Instead of `writesPerSecond`. */
    writeCapacityUnits?: number;
    /** Open shards of a table's stream, as the metric `totalOpenShards` tells. */
    shards?: number;
}

/** Bytes a second that one unit carries: about 1 MB, or 1000 write capacity units of DynamoDB. */
export const BYTES_PER_UNIT = 1000 * 1024;

/** Shards of a stream that one unit reads. */
export const SHARDS_PER_UNIT = 150;

/** Two units are in two zones, which the SLA of 99.9 % asks for. */
export const SLA_UNITS = 2;

/** The most that a pipeline without stateful processors grows to; with them it is half. */
export const MAX_UNITS = 96;

/** What CloudFormation takes at most: a pipeline with a persistent buffer, which none of a database has, goes so far. */
export const MAX_BUFFERED_UNITS = 384;

/**
 * The units that a load needs: the largest of
 * - 2, which the SLA asks for;
 * - the bytes that are written in a second over 1 MB: `writesPerSecond × itemBytes ÷ 1,024,000`, or `writeCapacityUnits ÷ 1000`;
 * - `shards ÷ 150`,
 *
 * each rounded up. The most is twice as many, 96 at most: an initial load wants more than what follows.
 *
 * @example
 * ```ts
 * pipelineCapacity({ writesPerSecond: 5000, itemBytes: 2048, shards: 400 }); // 5000 × 2048 ÷ 1,024,000 = 10 units, 20 at most
 * ```
 */
export function pipelineCapacity(load: PipelineLoad): PipelineUnits {
    const minUnits = Math.max(SLA_UNITS, neededUnits(load));
    return { minUnits, maxUnits: Math.max(minUnits, Math.min(MAX_UNITS, 2 * minUnits)) };
}

/** A pipeline that is too small for what it has to keep up with: warnings with the numbers. */
export function capacityProblems(argument: string, units: PipelineUnits, load: PipelineLoad): Problem[] {
    return [
        ...unitsProblems(argument, units),
        ...loadProblems(argument, units, load),
        ...zoneProblems(argument, units),
    ];
}

/** Numbers that AWS refuses. */
export function unitsProblems(argument: string, { minUnits, maxUnits }: PipelineUnits): Problem[] {
    const wrong = Object.entries({ minUnits, maxUnits })
        .filter(([, units]) => !Number.isInteger(units) || units < 1 || units > MAX_BUFFERED_UNITS)
        .map(([name, units]) =>
            problem(memberOf(argument, name), `It is ${units}`, `Give a whole number of units from 1 to ${MAX_UNITS}`),
        );
    if (wrong.length > 0) {
        return wrong;
    }
    return [
        ...(minUnits > maxUnits
            ? [
                  problem(
                      memberOf(argument, "maxUnits"),
                      `It is ${maxUnits}, and minUnits is ${minUnits}`,
                      "Give as many or more",
                  ),
              ]
            : []),
        ...(maxUnits > MAX_UNITS
            ? [
                  warning(
                      memberOf(argument, "maxUnits"),
                      `It is ${maxUnits}, and a pipeline without a persistent buffer, which databases cannot have, grows to ${MAX_UNITS}`,
                      `Give ${MAX_UNITS} at most, half of that with stateful processors, or several pipelines`,
                  ),
              ]
            : []),
    ];
}

function loadProblems(argument: string, { minUnits, maxUnits }: PipelineUnits, load: PipelineLoad): Problem[] {
    const needed = neededUnits(load);
    if (needed > maxUnits) {
        return [
            warning(
                memberOf(argument, "maxUnits"),
                `It is ${maxUnits}, and ${arithmetic(load)}`,
                `Give ${needed} or more: a pipeline that is too small falls behind, and a stream keeps changes for 24 hours`,
            ),
        ];
    }
    const forShards = unitsForShards(load);
    return forShards > minUnits
        ? [
              warning(
                  memberOf(argument, "minUnits"),
                  `It is ${minUnits}, and ${arithmetic({ shards: load.shards })}`,
                  `Give ${forShards} or more: shards are read from the start, before a pipeline grows`,
              ),
          ]
        : [];
}

function zoneProblems(argument: string, { minUnits }: PipelineUnits): Problem[] {
    return minUnits === 1
        ? [
              warning(
                  memberOf(argument, "minUnits"),
                  "One unit is in one zone, and AWS's SLA of 99.9 % begins with two",
                  "Give 2 or more",
              ),
          ]
        : [];
}

function neededUnits(load: PipelineLoad): number {
    return Math.max(unitsForBytes(load), unitsForShards(load));
}

function unitsForBytes(load: PipelineLoad): number {
    return Math.ceil(bytesPerSecond(load) / BYTES_PER_UNIT);
}

function unitsForShards({ shards = 0 }: PipelineLoad): number {
    return Math.ceil(shards / SHARDS_PER_UNIT);
}

function bytesPerSecond({ writesPerSecond = 0, itemBytes = 1024, writeCapacityUnits = 0 }: PipelineLoad): number {
    return Math.max(writesPerSecond * itemBytes, writeCapacityUnits * 1024);
}

function arithmetic(load: PipelineLoad): string {
    const megabytes = Number((bytesPerSecond(load) / BYTES_PER_UNIT).toFixed(1));
    return unitsForBytes(load) >= unitsForShards(load)
        ? `${megabytes} MB a second at 1 MB a unit need ${unitsForBytes(load)}`
        : `${load.shards} shards at ${SHARDS_PER_UNIT} a unit need ${unitsForShards(load)}`;
}

function memberOf(argument: string, name: string): string {
    return argument === "" ? name : `${argument}.${name}`;
}
