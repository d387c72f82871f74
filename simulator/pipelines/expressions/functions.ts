import { randomUUID } from "node:crypto";
import { BlockList, isIP } from "node:net";

import { formatDate } from "../dates";
import type { PipelineEvent } from "../source";
import { requireNumber, requireText } from "./values";

interface FunctionDefinition {
    /** how many arguments: at least, at most */
    takes: readonly [number, number];
    call(given: unknown[], event: PipelineEvent, now: number): unknown;
}

const anyNumber = [1, Infinity] as const;

/** The functions of Data Prepper's expressions. */
export const FUNCTIONS: Record<string, FunctionDefinition> = {
    getMetadata: {
        takes: [1, 1],
        call: ([key], { metadata }) => {
            const name = requireText(key);
            return Object.hasOwn(metadata, name) ? metadata[name] : undefined;
        },
    },
    contains: { takes: [2, 2], call: ([text, part]) => isText(text) && text.includes(requireText(part)) },
    startsWith: { takes: [2, 2], call: ([text, start]) => isText(text) && text.startsWith(requireText(start)) },
    length: {
        takes: [1, 1],
        call: ([value]) =>
            value == null ? undefined : Array.isArray(value) ? value.length : requireText(value).length,
    },
    hasTags: {
        takes: anyNumber,
        call: (tags, { metadata }) => tags.every((tag) => (metadata.tags as unknown[] | undefined)?.includes(tag)),
    },
    cidrContains: {
        takes: [2, Infinity],
        call: ([address, ...blocks]) =>
            isText(address) && blocks.some((block) => isInside(address, requireText(block))),
    },
    join: {
        takes: [1, 2],
        call: (given) => {
            const [separator, list] = given.length === 1 ? [",", given[0]] : given;
            return Array.isArray(list) ? list.join(requireText(separator)) : list;
        },
    },
    now: { takes: [0, 0], call: (_given, _event, now) => Math.floor(now) },
    formatDateTime: {
        takes: [2, 3],
        call: ([time, pattern, zone]) =>
            formatDate(requireNumber(time), requireText(pattern), zone == null ? "UTC" : requireText(zone)),
    },
    generateUuid: { takes: [0, 0], call: () => randomUUID() },
    getEventType: { takes: [0, 0], call: (_given, { metadata }) => metadata.event_type ?? "DOCUMENT" },
    substringBefore: { takes: [2, 2], call: ([text, mark]) => cut(text, mark, "indexOf", "before") },
    substringBeforeLast: { takes: [2, 2], call: ([text, mark]) => cut(text, mark, "lastIndexOf", "before") },
    substringAfter: { takes: [2, 2], call: ([text, mark]) => cut(text, mark, "indexOf", "after") },
    substringAfterLast: { takes: [2, 2], call: ([text, mark]) => cut(text, mark, "lastIndexOf", "after") },
    toJsonString: {
        takes: [0, 1],
        call: (given, { data }) => JSON.stringify(given.length === 0 ? data : given[0]),
    },
};

const isText = (value: unknown): value is string => typeof value === "string";

function isInside(address: string, block: string): boolean {
    const [network, bits] = block.split("/");
    const [version, versionOfBlock] = [isIP(address), isIP(network)];
    if (
        version === 0 ||
        version !== versionOfBlock ||
        !(Number(bits) >= 0 && Number(bits) <= (version === 4 ? 32 : 128))
    ) {
        return false;
    }
    const family = version === 4 ? "ipv4" : "ipv6";
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family);
    return list.check(address, family);
}

/** The whole text where the mark is not in it. */
function cut(value: unknown, mark: unknown, find: "indexOf" | "lastIndexOf", side: "before" | "after"): unknown {
    if (value == null) {
        return undefined;
    }
    const [text, delimiter] = [requireText(value), requireText(mark)];
    const at = text[find](delimiter);
    return at < 0 ? text : side === "before" ? text.slice(0, at) : text.slice(at + delimiter.length);
}
