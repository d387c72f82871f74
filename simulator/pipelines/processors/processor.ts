import type { Options, Plugin } from "../schema";
import type { PipelineEvent } from "../source";

/** A processor plugin: what it does to one event, in place; false drops the event. */
export interface Processor extends Plugin {
    open(options: Options): Step;
}

/** @param now the world's time, in milliseconds */
export type Step = (event: PipelineEvent, now: number) => void | false;

/** What a processor could not do is said by tags; the event goes on as it is. */
export function tag({ metadata }: PipelineEvent, tags: string[] = []): void {
    if (tags.length > 0) {
        metadata.tags = [...((metadata.tags as string[] | undefined) ?? []), ...tags];
    }
}

/** The maps that a list under `key` holds. */
export function mapsIn(list: unknown): Record<string, unknown>[] {
    return Array.isArray(list) ? list.filter((each) => typeof each === "object" && each !== null) : [];
}
