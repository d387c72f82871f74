import type { PolicyConfigSchema } from "@pulumi/policy";

import { overlaps } from "../sdk/requirements";
import type { Resource } from "./stack/resource";

/** A resource that a rule leaves alone for a while. */
export interface Exemption {
    /** A URN or a name; `*` stands for any text. */
    resource: string;
    /** Why it may be as it is. */
    reason: string;
    /** The last day on which it counts, in UTC: `2027-03-31`. */
    expires: string;
}

/** The engine refuses a configuration that does not fit, and says where. */
export const EXEMPTIONS_SCHEMA: PolicyConfigSchema["properties"][string] = {
    type: "array",
    description: "Resources that the rule leaves alone until a date, each with a reason",
    default: [],
    items: {
        type: "object",
        required: ["resource", "reason", "expires"],
        additionalProperties: false,
        properties: {
            resource: { type: "string", minLength: 1 },
            reason: { type: "string", pattern: "\\S" },
            expires: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
        },
    },
};

/** An exemption that still counts. */
export function liveExemption(exemptions: Exemption[], resource: Named, now: Date): Exemption | undefined {
    return matching(exemptions, resource).find((exemption) => isLive(exemption, now));
}

/** What is to be said of exemptions that count no more. */
export function expiredNotes(exemptions: Exemption[], resource: Named, now: Date): string[] {
    return matching(exemptions, resource)
        .filter((exemption) => !isLive(exemption, now))
        .map(({ expires, reason }) => `Its exemption ended on ${expires} (${reason}).`);
}

type Named = Pick<Resource, "urn" | "name">;

function matching(exemptions: Exemption[], { urn, name }: Named): Exemption[] {
    return exemptions.filter(({ resource }) => overlaps(resource, urn) || overlaps(resource, name));
}

function isLive({ expires }: Exemption, now: Date): boolean {
    return now.toISOString().slice(0, "2027-03-31".length) <= expires;
}
