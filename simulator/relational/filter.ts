import { ENGINES, type EngineKind } from "./engine";

const MAX_LENGTH = 25_600;
const MAX_PATTERNS = 99;
const MAX_PATTERN_LENGTH = 256;
const CHARACTERS = /^[a-zA-Z0-9_ "\\\-$,*.:?+/]*$/;
/** A clause ends at a comma that another clause follows; a pattern's own commas stand in regular expressions. */
const CLAUSE_END = /,(?=\s*(?:include|exclude)\s*:)/;

/** Why RDS does not take a filter. */
export class FilterError extends Error {}

interface Clause {
    include: boolean;
    /** one for each level of a table's name */
    parts: Part[];
}

interface Part {
    text: string;
    matches(name: string): boolean;
}

/** Whether a table is replicated; its name goes from the database down: `["shop", "orders"]`. */
export type DataFilter = (name: readonly string[]) => boolean;

/** The filter in `text`; a FilterError says why AWS refuses it. Without text everything is replicated. */
export function parseFilter(text: string | undefined, engine: EngineKind): DataFilter {
    if (text === undefined) {
        return () => true;
    }
    if (text.length < 1 || text.length > MAX_LENGTH) {
        throw new FilterError(`A data filter has 1 to ${MAX_LENGTH} characters.`);
    }
    if (!CHARACTERS.test(text)) {
        throw new FilterError(`Your data filter must match the pattern ${CHARACTERS.source}`);
    }
    const clauses = text.split(CLAUSE_END).map((clause) => parseClause(clause.trim(), engine));
    if (clauses.length > MAX_PATTERNS) {
        throw new FilterError(`A data filter has at most ${MAX_PATTERNS} patterns.`);
    }
    if (engine === "postgresql" && !clauses.some(({ include, parts }) => include && parts[0]!.text !== "*")) {
        throw new FilterError("Your data filter must contain at least one include statement");
    }
    // The last clause that speaks of a table decides; what none includes is left out.
    return (name) =>
        clauses.findLast(({ parts }) => parts.every((part, level) => part.matches(name[level]!)))?.include ?? false;
}

function parseClause(text: string, engine: EngineKind): Clause {
    const [, verb, pattern] = /^(include|exclude)\s*:\s*(.+)$/.exec(text) ?? [];
    if (!pattern) {
        throw new FilterError(`"${text}" must be "include: PATTERN" or "exclude: PATTERN".`);
    }
    if (pattern.length > MAX_PATTERN_LENGTH) {
        throw new FilterError(`The pattern "${pattern}" is longer than ${MAX_PATTERN_LENGTH} characters.`);
    }
    const parts = splitPattern(pattern).map((part) => parsePart(part, pattern));
    const levels = ENGINES[engine].defaultSchema === undefined ? 2 : 3;
    if (parts.length !== levels) {
        const form = levels === 2 ? "database.table" : "database.schema.table";
        throw new FilterError(`The pattern "${pattern}" must have the form ${form}.`);
    }
    const isRegex = parts.map(({ text }) => text.startsWith("/"));
    if (isRegex.some(Boolean) && engine === "oracle") {
        throw new FilterError(
            `The pattern "${pattern}" has a regular expression, which Oracle sources do not support.`,
        );
    }
    if (isRegex[0] && engine === "postgresql") {
        throw new FilterError(`The pattern "${pattern}" has a regular expression for the database.`);
    }
    return { include: verb === "include", parts };
}

/** Splits at the dots that stand outside of regular expressions. */
function splitPattern(pattern: string): string[] {
    return pattern.match(/\/(?:\\.|[^/\\])*\/|[^./]+|\/|\.(?=\.|$)/g) ?? [];
}

function parsePart(text: string, pattern: string): Part {
    if (text === "*") {
        return { text, matches: () => true };
    }
    if (/^\/.+\/$/.test(text)) {
        const regex = toRegex(text.slice(1, -1), pattern);
        return { text, matches: (name) => regex.test(name) };
    }
    const name = /^"[^"]+"$/.test(text) ? text.slice(1, -1) : text;
    if (!/^[a-zA-Z0-9_$\- ]+$/.test(name)) {
        throw new FilterError(`"${text}" in the pattern "${pattern}" is no name, no * and no /regular expression/.`);
    }
    return { text, matches: (other) => other === name };
}

function toRegex(source: string, pattern: string): RegExp {
    try {
        return new RegExp(`^(?:${source})$`);
    } catch {
        throw new FilterError(`The pattern "${pattern}" has a regular expression that can't be parsed.`);
    }
}
