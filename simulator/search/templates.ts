import { illegalArgument, notSimulated, SearchError } from "./error";
import { glob } from "./glob";
import { isJson, type Json } from "./json";
import { emptyMapping, mergeMapping, parseMapping, type Mapping } from "./mapping";
import { nestedSettings, parseSettings, type Settings } from "./settings";

/** What a new index has before anybody says more. */
export interface IndexDefinition {
    settings: Settings;
    mapping: Mapping;
}

/** A template for the indices whose names fit its patterns. */
export interface IndexTemplate extends IndexDefinition {
    name: string;
    patterns: string[];
    /** Of composable ones the highest alone is used; legacy ones are used in the order of it. */
    priority: number;
    /** as it was sent, for reads */
    body: Json;
}

const COMPOSABLE = ["index_patterns", "template", "priority", "version", "_meta", "composed_of", "data_stream"];
const LEGACY = ["index_patterns", "settings", "mappings", "aliases", "order", "version"];

/** As `PUT /_index_template/<name>` takes it: settings and mappings are under `template`. */
export function parseComposable(name: string, body: Json, others: Iterable<IndexTemplate>): IndexTemplate {
    requireKnown(body, COMPOSABLE, "index_template");
    const inner = body.template ?? {};
    if (!isJson(inner)) {
        throw new SearchError("x_content_parse_exception", "[index_template] template doesn't support values");
    }
    requireKnown(inner, ["settings", "mappings", "aliases"], "template");
    if (body.data_stream !== undefined) {
        throw notSimulated("[data_stream] of an index template");
    }
    const components = (body.composed_of ?? []) as string[];
    if (components.length > 0) {
        throw new SearchError(
            "invalid_index_template_exception",
            `index_template [${name}] invalid, cause [index template [${name}] specifies component templates [${components.join(", ")}] that do not exist]`,
        );
    }
    const template = {
        name,
        patterns: patternsOf(name, body),
        priority: Number(body.priority ?? 0),
        body: { composed_of: [], ...body },
        ...definitionOf(inner),
    };
    const rival = [...others].find(
        (other) => other.name !== name && other.priority === template.priority && overlap(other, template),
    );
    if (rival) {
        throw illegalArgument(
            `index template [${name}] has index patterns [${template.patterns.join(", ")}] matching patterns from existing templates [${rival.name}] with patterns (${rival.name} => [${rival.patterns.join(", ")}]) that have the same priority [${template.priority}], multiple index templates may not match during index creation, please use a different priority`,
        );
    }
    return template;
}

/** As `PUT /_template/<name>` takes it. */
export function parseLegacy(name: string, body: Json): IndexTemplate {
    const unknown = Object.keys(body).find((key) => !LEGACY.includes(key));
    if (unknown) {
        throw new SearchError("parse_exception", `unknown key [${unknown}] in the template `);
    }
    return {
        name,
        patterns: patternsOf(name, body),
        priority: Number(body.order ?? 0),
        body,
        ...definitionOf(body),
    };
}

/** How a legacy one is read: settings as text, with nothing left out. */
export const legacyBody = ({ priority, patterns, settings, body }: IndexTemplate): Json => ({
    order: priority,
    ...(body.version !== undefined && { version: body.version }),
    index_patterns: patterns,
    settings: nestedSettings(settings),
    mappings: body.mappings ?? {},
    aliases: body.aliases ?? {},
});

/** What the templates make of a name: the best of the composable ones, or else all legacy ones together. */
export function definitionFor(
    name: string,
    composable: Iterable<IndexTemplate>,
    legacy: Iterable<IndexTemplate>,
): IndexDefinition {
    const fitting = (templates: Iterable<IndexTemplate>) =>
        [...templates]
            .filter(({ patterns }) => patterns.some((pattern) => glob(pattern).test(name)))
            .sort((a, b) => a.priority - b.priority);
    const best = fitting(composable).at(-1);
    return best ?? fitting(legacy).reduce<IndexDefinition>(combined, { settings: {}, mapping: emptyMapping() });
}

/** `update` on top of `base`. */
export const combined = (base: IndexDefinition, update: IndexDefinition): IndexDefinition => ({
    settings: { ...base.settings, ...update.settings },
    mapping: mergeMapping(base.mapping, update.mapping),
});

export function definitionOf({ settings, mappings = {}, aliases = {} }: Json): IndexDefinition {
    if (Object.keys(aliases as Json).length > 0) {
        throw notSimulated("[aliases] of an index");
    }
    return { settings: parseSettings(settings), mapping: parseMapping(mappings) };
}

function requireKnown(body: Json, known: string[], what: string): void {
    const unknown = Object.keys(body).find((key) => !known.includes(key));
    if (unknown) {
        throw new SearchError("x_content_parse_exception", `[1:1] [${what}] unknown field [${unknown}]`);
    }
}

function patternsOf(name: string, { index_patterns: patterns }: Json): string[] {
    const list = [patterns ?? []].flat() as string[];
    if (list.length === 0) {
        throw new SearchError(
            "action_request_validation_exception",
            `Validation Failed: 1: index patterns are missing;`,
        );
    }
    const bad = list.find((pattern) => pattern !== pattern.toLowerCase() || /[\s,#"\\<>|/:]|^_/.test(pattern));
    if (bad !== undefined) {
        throw new SearchError(
            "invalid_index_template_exception",
            `index_template [${name}] invalid, cause [Validation Failed: 1: index_pattern [${bad}] must be lowercase and without spaces, commas and other special characters;]`,
        );
    }
    return list;
}

const overlap = (a: IndexTemplate, b: IndexTemplate) =>
    a.patterns.some((one) => b.patterns.some((other) => intersects(one, other)));

/** Whether some name fits both patterns. */
function intersects(a: string, b: string): boolean {
    if (a === "" || b === "") {
        return /^\**$/.test(a + b);
    }
    if (a[0] === "*") {
        return intersects(a.slice(1), b) || intersects(a, b.slice(1));
    }
    return b[0] === "*" ? intersects(b, a) : a[0] === b[0] && intersects(a.slice(1), b.slice(1));
}
