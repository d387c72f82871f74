import { dump, load } from "js-yaml";

import type { Mapping } from "./options";

/** The longest body that OpenSearch Ingestion takes, in characters. */
export const MAX_BODY_LENGTH = 24_000;

/** The major version of bodies that OpenSearch Ingestion takes. */
export const BODY_VERSION = "2";

/** YAML without folded lines, in the document's own order. */
export function toYaml(body: Mapping): string {
    return dump(body, { lineWidth: -1, noRefs: true });
}

/** What a text says, JSON being YAML too. @throws `YAMLException` for what is neither. */
export function parseBody(body: string): unknown {
    // An alias may stand for what it is in, and a few of them for more than fits in memory.
    return load(body, { maxAliases: 0 });
}

/** The same, `undefined` for what is neither: {@link pipelineBodyProblems} says so. */
export function readBody(body: string): unknown {
    try {
        return parseBody(body);
    } catch {
        return undefined;
    }
}
