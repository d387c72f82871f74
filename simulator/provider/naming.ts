import { createHash, randomBytes } from "node:crypto";
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { ResourceType } from "./resource";
import { DEFAULTS, type Properties } from "./values";

/** The name of a resource that its program does not name: kept once it was made. */
export function autonamed(
    { autoname }: ResourceType,
    given: Properties,
    before: Properties,
    name: string,
    request: CheckRequest,
): Properties {
    if (
        !autoname ||
        autoname.late ||
        given[autoname.property] !== undefined ||
        given[prefixKey(autoname.property)] !== undefined
    ) {
        return {};
    }
    const { property, form = (text: string) => text } = autoname;
    if (before[DEFAULTS]?.includes(property)) {
        return { [property]: before[property] };
    }
    const wish = request.getAutonaming();
    const { PROPOSE, DISABLE } = CheckRequest.AutonamingOptions.Mode;
    if (wish?.getMode() === DISABLE) {
        throw new Error(`automatic naming is disabled: "${property}" must be given`);
    }
    const proposed = wish && (wish.getMode() === PROPOSE ? form(wish.getProposedName()) : wish.getProposedName());
    const suffix = autoname.exact ? "" : `-${randomDigits(request.getRandomseed_asU8())}`;
    const room = autoname.max - form("").length - suffix.length;
    return { [property]: proposed ?? form(name.slice(0, room) + suffix) };
}

/** Of the engine's seed, so that a name seen in a preview comes true. */
function randomDigits(seed: Uint8Array): string {
    const bytes = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(4);
    return bytes.toString("hex").slice(0, 7);
}

const prefixKey = (property: string) => `${property}Prefix`;

/** A name of which only the prefix is known is made up late, so that it is unknown at preview. */
export function withGeneratedName({ autoname }: ResourceType, args: Properties): Properties {
    const property = autoname?.property;
    const prefix = property && (args[prefixKey(property)] ?? autoname.late);
    return property && prefix && args[property] === undefined
        ? { ...args, [property]: `${prefix}${randomBytes(13).toString("hex")}` }
        : args;
}
