import { problem, type Problem } from "./errors";

/** An identifier as it is, whatever is in it: capitals, spaces, quotes. */
export function quoteIdentifier(identifier: string): string {
    return `"${identifier.replaceAll('"', '""')}"`;
}

/** A text. Redshift reads a backslash as an escape in some settings: doubled, it ends no literal in any. */
export function quoteLiteral(text: string): string {
    return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** A name of several levels, such as database, schema and table. */
export function qualifiedName(...levels: string[]): string {
    return levels.map(quoteIdentifier).join(".");
}

export const MAX_IDENTIFIER_BYTES = 127;

/** What Redshift takes as the name of a database, a schema, a table or a column. */
export function identifierProblems(argument: string, identifier: string): Problem[] {
    const bytes = Buffer.byteLength(identifier);
    if (bytes === 0 || bytes > MAX_IDENTIFIER_BYTES) {
        return [problem(argument, `"${identifier}" has ${bytes} bytes`, `Redshift takes 1 to ${MAX_IDENTIFIER_BYTES}`)];
    }
    return identifier.includes("\0")
        ? [problem(argument, "The name has a character of code zero", "Leave it out")]
        : [];
}
