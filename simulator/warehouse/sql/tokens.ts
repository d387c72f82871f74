import { SqlError } from "./error";

export interface Token {
    kind: "word" | "quoted" | "string" | "number" | "symbol" | "end";
    /** without quotes; words and names in the case in which they count */
    text: string;
    /** where it begins in the statement */
    at: number;
}

const TOKEN =
    /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|"(?<quoted>(?:[^"]|"")*)"|'(?<string>(?:[^'\\]|''|\\[\s\S])*)'|(?<number>\d+(?:\.\d+)?)|:(?<parameter>[A-Za-z]\w*)|(?<symbol>::|<>|!=|<=|>=|\|\||[-+*/%(),.;=<>[\]])/y;

/**
 * The tokens of a statement. Words without quotes are in lower case, as Redshift folds them; so are names in quotes,
 * unless identifiers are case-sensitive.
 *
 * @param parameters the values of `:name`, which stand for strings
 */
export function tokenize(sql: string, caseSensitive: boolean, parameters: Record<string, string> = {}): Token[] {
    const tokens: Token[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < sql.length) {
        const at = TOKEN.lastIndex;
        const groups = TOKEN.exec(sql)?.groups;
        if (!groups) {
            throw new SqlError(`ERROR: syntax error at or near "${sql.slice(at, at + 1)}" Position: ${at + 1};`);
        }
        const { word, quoted, string, number, parameter, symbol } = groups;
        if (word !== undefined) {
            tokens.push({ kind: "word", text: word.toLowerCase(), at });
        } else if (quoted !== undefined) {
            const name = quoted.replaceAll('""', '"');
            tokens.push({ kind: "quoted", text: caseSensitive ? name : name.toLowerCase(), at });
        } else if (string !== undefined) {
            tokens.push({ kind: "string", text: string.replace(/''|\\([\s\S])/g, (_, c?: string) => c ?? "'"), at });
        } else if (number !== undefined) {
            tokens.push({ kind: "number", text: number, at });
        } else if (parameter !== undefined) {
            if (parameters[parameter] === undefined) {
                throw new SqlError(`ERROR: Parameters list is missing the parameter ${parameter}`);
            }
            tokens.push({ kind: "string", text: parameters[parameter], at });
        } else if (symbol !== undefined) {
            tokens.push({ kind: "symbol", text: symbol, at });
        }
    }
    return [...tokens, { kind: "end", text: "end of input", at: sql.length }];
}
