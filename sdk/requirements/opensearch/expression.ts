import { problem, type Problem } from "../errors";
import { meant } from "./suggestion";

/** The functions of Data Prepper's expressions. */
export const EXPRESSION_FUNCTIONS = [
    "getMetadata",
    "contains",
    "startsWith",
    "length",
    "hasTags",
    "cidrContains",
    "join",
    "now",
    "formatDateTime",
    "generateUuid",
    "getEventType",
    "substringBefore",
    "substringAfter",
    "substringBeforeLast",
    "substringAfterLast",
    "toJsonString",
] as const;

/** What is wrong with the syntax of a condition, such as `/status == "LIVE" and not hasTags("old")`. Nothing is evaluated. */
export function conditionProblems(argument: string, condition: string): Problem[] {
    return problemsOfParse(argument, condition, () => new Parser(condition).parse());
}

/** What is wrong with the expressions in a text, such as `${/customer/id}-${getMetadata("sort_key")}`. */
export function templateProblems(argument: string, template: string): Problem[] {
    return problemsOfParse(argument, template, () => {
        for (const inner of expressionsIn(template)) {
            // The name of an attribute may stand without its slash.
            if (!/^[A-Za-z0-9_.@-][A-Za-z0-9_.@/-]*$/.test(inner)) {
                new Parser(inner).parse();
            }
        }
    });
}

/** The names that `getMetadata` is asked for, in an expression or in a text with expressions. */
export function metadataNamesIn(text: string): string[] {
    return [...text.matchAll(/getMetadata\(\s*"([^"]*)"\s*\)/g)].map(([, name]) => name!);
}

/** What stands between `${` and `}`, secrets left aside. @throws SyntaxError for one without an end. */
function expressionsIn(template: string): string[] {
    const found: string[] = [];
    for (let from = template.indexOf("${"); from >= 0; from = template.indexOf("${", from)) {
        const [whole, secret, inner] =
            /^\$\{(?:(\{[^}]*\}\})|((?:"(?:[^"\\]|\\.)*"|[^"}])*)\})/.exec(template.slice(from)) ?? [];
        if (whole === undefined) {
            throw new SyntaxError("a ${ without its }");
        }
        if (secret === undefined) {
            found.push(inner!.trim());
        }
        from += whole.length;
    }
    return found;
}

function problemsOfParse(argument: string, text: string, parse: () => void): Problem[] {
    try {
        parse();
        return [];
    } catch (error) {
        if (!(error instanceof SyntaxError)) {
            throw error;
        }
        const excerpt = text.length > 80 ? `${text.slice(0, 80)}…` : text;
        return [
            problem(
                argument,
                `"${excerpt}" has ${error.message}`,
                `Write attributes as /a/b, texts in double quotes, and join with and, or, not: /status == "LIVE"`,
            ),
        ];
    }
}

// How deep parentheses and negations may go. Nobody writes more, and the stack ends somewhere.
const MAX_DEPTH = 100;

const OPERATORS = /==|!=|=~|!~|<=|>=|<|>/y;
const ARITHMETIC = /[+*%/-]/y;
const POINTER = /\/[A-Za-z0-9_.@]+(?:\/[A-Za-z0-9_.@]+)*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;

/** By descent, one method a level: or, and, not, comparison, sum, operand. */
class Parser {
    private position = 0;
    private depth = 0;

    constructor(private readonly text: string) {}

    parse(): void {
        this.disjunction();
        this.skipSpace();
        if (this.position < this.text.length) {
            throw this.unexpected();
        }
    }

    private disjunction(): void {
        do {
            this.conjunction();
        } while (this.takeWord("or"));
    }

    private conjunction(): void {
        do {
            this.negation();
        } while (this.takeWord("and"));
    }

    private negation(): void {
        while (this.takeWord("not"));
        this.comparison();
    }

    private comparison(): void {
        this.sum();
        while (this.take(OPERATORS) !== undefined) {
            this.sum();
        }
        if (this.takeWord("typeof")) {
            this.need(WORD, "the name of a type after typeof");
        } else if (this.takeWord("in") || (this.takeWord("not") && this.needWord("in"))) {
            this.list("{", "}", () => this.operand());
        }
    }

    private sum(): void {
        do {
            this.operand();
        } while (this.take(ARITHMETIC) !== undefined);
    }

    private operand(): void {
        if (this.take(/\(/y) !== undefined) {
            this.nested(() => this.disjunction());
            this.need(/\)/y, "a )");
            return;
        }
        const quoted = this.take(STRING);
        if (quoted !== undefined) {
            if (/(?<!\\)(?:\\\\)*\$/.test(quoted)) {
                throw new SyntaxError(`a $ in ${quoted}, which has to be written \\$`);
            }
            return;
        }
        if (this.take(NUMBER) !== undefined || this.take(POINTER) !== undefined) {
            return;
        }
        if (this.take(/-/y) !== undefined) {
            this.nested(() => this.operand());
            return;
        }
        const word = this.take(WORD);
        if (word === undefined) {
            throw this.unexpected();
        }
        if (!["true", "false", "null"].includes(word)) {
            this.call(word);
        }
    }

    private call(name: string): void {
        if (!this.isNext("(")) {
            throw new SyntaxError(`"${name}", which is neither an attribute (/${name}) nor a text ("${name}")`);
        }
        if (!(EXPRESSION_FUNCTIONS as readonly string[]).includes(name)) {
            throw new SyntaxError(
                `the function ${name}, which there is not. ${meant(name, EXPRESSION_FUNCTIONS, `There are ${EXPRESSION_FUNCTIONS.join(", ")}`)}`,
            );
        }
        this.list("(", ")", () => this.nested(() => this.disjunction()));
    }

    private list(open: string, close: string, item: () => void): void {
        this.needText(open);
        if (this.takeText(close)) {
            return;
        }
        do {
            item();
        } while (this.takeText(","));
        this.needText(close);
    }

    private nested(parse: () => void): void {
        if (++this.depth > MAX_DEPTH) {
            throw new SyntaxError(`more than ${MAX_DEPTH} levels of parentheses`);
        }
        parse();
        this.depth--;
    }

    private take(pattern: RegExp): string | undefined {
        this.skipSpace();
        pattern.lastIndex = this.position;
        const [found] = pattern.exec(this.text) ?? [];
        this.position += found?.length ?? 0;
        return found;
    }

    private takeWord(word: string): boolean {
        return this.take(new RegExp(`${word}(?![A-Za-z0-9_])`, "y")) !== undefined;
    }

    private needWord(word: string): boolean {
        return this.need(new RegExp(`${word}(?![A-Za-z0-9_])`, "y"), word);
    }

    private takeText(text: string): boolean {
        const isThere = this.isNext(text);
        this.position += isThere ? text.length : 0;
        return isThere;
    }

    private needText(text: string): void {
        if (!this.takeText(text)) {
            throw this.unexpected(`where ${text} is expected`);
        }
    }

    private isNext(text: string): boolean {
        this.skipSpace();
        return this.text.startsWith(text, this.position);
    }

    private need(pattern: RegExp, what: string): true {
        if (this.take(pattern) === undefined) {
            throw this.unexpected(`where ${what} is expected`);
        }
        return true;
    }

    private skipSpace(): void {
        while (/\s/.test(this.text[this.position] ?? "")) {
            this.position++;
        }
    }

    private unexpected(where = ""): SyntaxError {
        const rest = this.text.slice(this.position, this.position + 20);
        return new SyntaxError([rest === "" ? "its end" : JSON.stringify(rest), where].filter(Boolean).join(" "));
    }
}
