import type { Client } from "../client";
import { resourceTypes } from "../types";
import type { Properties } from "../values";

/** The state of a resource that exists, found by its id; what the function does not answer with is dropped later. */
export async function existing(aws: Client, token: string, id: string): Promise<Properties> {
    const type = resourceTypes[token];
    const found = await type.read(aws, id, {});
    if (!found) {
        throw new Error(`reading ${type.label} (${id}): couldn't find resource`);
    }
    return { ...found, id, region: aws.region, tags: found.tagsAll };
}
