import type { World } from "../world/world";
import type { Json } from "./json";
import { SearchEndpoints } from "./store";

/** What has arrived in an index, for people to look at. */
export interface ArrivedIndex {
    name: string;
    /** the ARN of the domain or the collection */
    location: string;
    documents: { id: string; version: number; document: Json }[];
}

/**
 * The indices of all domains and collections, in all accounts and Regions.
 *
 * @param name of an index; undefined for all
 */
export function arrivedDocuments(world: World, name?: string): ArrivedIndex[] {
    const endpoints = world.allStates(SearchEndpoints).flatMap(({ byHost }) => [...byHost.values()]);
    // A domain has two addresses.
    const places = new Map(endpoints.map(({ arn, cluster }) => [arn, cluster]));
    return [...places].flatMap(([location, { indices }]) =>
        [...indices.values()]
            .filter((index) => name === undefined || index.name === name)
            .map((index) => ({
                name: index.name,
                location,
                documents: [...index.documents.values()].map(({ id, version, source }) => ({
                    id,
                    version,
                    document: source,
                })),
            })),
    );
}
