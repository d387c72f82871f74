/** Condition keys of a request, their names in lower case: AWS compares the names without regard to case. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/**
 * Whether `value` is what `pattern` describes.
 *
 * `*` stands for any characters, those of later ARN segments included, and `?` for one. With a context, policy
 * variables such as `${aws:PrincipalAccount}` are put in first; their values are taken literally, and a pattern with a
 * variable that the request does not carry describes nothing.
 */
export function matchesPattern(pattern: string, value: string, context?: RequestContext): boolean {
    return compile(pattern, context, WILDCARDS)?.test(value) ?? false;
}

/** As {@link matchesPattern}, with `*` and `?` as plain characters. */
export function equalsText(text: string, value: string, context?: RequestContext): boolean {
    return compile(text, context, {})?.test(value) ?? false;
}

/** As {@link matchesPattern}, without regard to case, as AWS compares the names of actions. */
export function matchesAction(pattern: string, action: string): boolean {
    return matchesPattern(pattern.toLowerCase(), action.toLowerCase());
}

const WILDCARDS: Record<string, string> = { "*": "[^]*", "?": "[^]" };

// A variable, or any one character. The name of a variable may be followed by a default: ${aws:PrincipalTag/team, 'none'}.
const TOKEN = /\$\{\s*(?<name>[^,}]+?)\s*(?:,\s*'(?<fallback>[^']*)'\s*)?\}|[^]/gu;

function compile(
    pattern: string,
    context: RequestContext | undefined,
    wildcards: Record<string, string>,
): RegExp | undefined {
    let source = "";
    for (const { 0: token, groups } of pattern.matchAll(TOKEN)) {
        const name = context && groups?.name;
        const literal = name ? variableValue(name, groups?.fallback, context) : token;
        if (literal === undefined) {
            return undefined;
        }
        source += (name ? undefined : wildcards[token]) ?? escapeRegExp(literal);
    }
    return new RegExp(`^${source}$`, "u");
}

function variableValue(name: string, fallback: string | undefined, context: RequestContext): string | undefined {
    // ${*}, ${?} and ${$} are how a policy writes these characters themselves.
    if (["*", "?", "$"].includes(name)) {
        return name;
    }
    // A key with several values cannot be put into a text.
    const values = context.get(name.toLowerCase());
    return values?.length === 1 ? values[0] : fallback;
}

function escapeRegExp(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
