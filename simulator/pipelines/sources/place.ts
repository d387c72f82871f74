import { minutes } from "../../world/clock";
import type { SourceReader } from "../source";

/** The initial load must lose against changes that it may have missed: its versions lie that far back. */
const EXPORT_OVERLAP = minutes(5);

/** How far pipelines have read their sources: kept while they are stopped, and while their bodies change. */
export class SourcePlaces {
    /** by the pipeline's name, then by what is read */
    private readonly places = new Map<string, Map<string, object>>();

    /** Where a pipeline is in one source; begun by `begin` when there is no such place yet. */
    of<Place extends object>(pipelineName: string, source: string, begin: () => Place): Place {
        const all = this.places.get(pipelineName) ?? new Map<string, object>();
        this.places.set(pipelineName, all);
        const place = all.get(source) ?? begin();
        all.set(source, place);
        return place as Place;
    }

    /** When the pipeline is deleted: another one of its name starts from the beginning. */
    forget(pipelineName: string): void {
        this.places.delete(pipelineName);
    }
}

/** The place of a pipeline in one source of its account and Region. @param source what tells it from others */
export function placeOf<Place extends object>(
    { role, pipelineName }: SourceReader,
    source: unknown[],
    begin: () => Place,
): Place {
    return role.state(SourcePlaces).of(pipelineName, JSON.stringify(source), begin);
}

/** The version of what an initial load read. @param at ms since the epoch */
export const exportVersion = (at: number): number => at - EXPORT_OVERLAP;

/** The version of a change: its time, or the next number where several changes share one. @param at ms since the epoch */
export function nextVersion(place: { version: number }, at: number): number {
    place.version = Math.max(at, place.version + 1);
    return place.version;
}
