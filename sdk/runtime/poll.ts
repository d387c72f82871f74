import { setTimeout as sleep } from "node:timers/promises";

/** Seconds between two looks at first; they grow to six times as many. `ZERO_ETL_POLL_SECONDS` says otherwise. */
const DEFAULT_POLL_SECONDS = 5;
const GROWTH = 1.3;
const LONGEST = 6;

/** Milliseconds. */
export function pollInterval(): number {
    return 1000 * Number(process.env.ZERO_ETL_POLL_SECONDS || DEFAULT_POLL_SECONDS);
}

/**
 * Looks again and again, at first often and then less so, until there is an answer; `undefined` when `seconds` are over.
 *
 * @param look is told in how many milliseconds the next look comes
 * @param first Milliseconds between two looks at first.
 */
export async function poll<T>(
    seconds: number,
    look: (interval: number) => Promise<T | undefined>,
    first = pollInterval(),
): Promise<T | undefined> {
    const end = performance.now() + 1000 * seconds;
    for (let interval = first; ; interval = Math.min(interval * GROWTH, LONGEST * first)) {
        const answer = await look(interval);
        const left = end - performance.now();
        if (answer !== undefined || left <= 0) {
            return answer;
        }
        await sleep(Math.min(left, jittered(interval)));
    }
}

/** Within a fifth of the interval, so that those who began together do not go on together. */
export function jittered(interval: number): number {
    return interval * (0.8 + 0.4 * Math.random());
}

/** A list may be as old as this share of the time until its reader looks again. */
const FRESH = 0.75;

/** A list that many look at: who asks while one is fetched, or soon after, gets that one. */
export class SharedList<T> {
    private startedAt = -Infinity;
    private current: Promise<T[]> = Promise.resolve([]);

    constructor(private readonly fetch: () => Promise<T[]>) {}

    /**
     * The list as it was at `moment` (of `performance.now()`) or later. It is the more recent the sooner its reader looks again: many
     * who wait long cost no more calls than one.
     */
    since(moment: number, interval: number): Promise<T[]> {
        if (this.startedAt < Math.max(moment, performance.now() - FRESH * interval)) {
            this.startedAt = performance.now();
            this.current = this.fetch().catch((error) => {
                this.startedAt = -Infinity;
                throw error;
            });
        }
        return this.current;
    }
}
