import type { PipelineEvent } from "../source";
import { valueAt } from "../pointer";
import { ExpressionError } from "./error";
import { FUNCTIONS } from "./functions";
import { add, equal, order, requireBoolean, requireNumber, requireText, typeOf, TYPES } from "./values";

/** @param now the world's time, in milliseconds */
export type Expression = (event: PipelineEvent, now: number) => unknown;

/** Reads a condition or an expression of Data Prepper; throws ExpressionError with the place of the fault. */
export function parseExpression(text: string): Expression {
    const parser = new Parser(text);
    const expression = parser.conditional();
    parser.end();
    return expression;
}

const POINTER = /\/[A-Za-z0-9_.@/]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const SPACE = /\s*/y;

/** Deeper than anybody writes, and shallow enough for the stack. */
const MAX_DEPTH = 200;

/** By recursive descent; operators of one level are taken from the left. */
class Parser {
    private at = 0;
    private depth = 0;

    constructor(private readonly text: string) {}

    /** `and` and `or` have the same rank. */
    conditional(): Expression {
        if (++this.depth > MAX_DEPTH) {
            throw this.fault("nested too deeply");
        }
        const whole = this.leftToRight(
            ["and", "or"],
            () => this.equality(),
            (operator, left, right) =>
                operator === "and"
                    ? (event, now) => requireBoolean(left(event, now)) && requireBoolean(right(event, now))
                    : (event, now) => requireBoolean(left(event, now)) || requireBoolean(right(event, now)),
        );
        this.depth--;
        return whole;
    }

    end(): void {
        this.space();
        if (this.at < this.text.length) {
            throw this.fault("unexpected text");
        }
    }

    private equality(): Expression {
        return this.leftToRight(
            ["==", "!="],
            () => this.match(),
            (operator, left, right) => (event, now) =>
                equal(left(event, now), right(event, now)) === (operator === "=="),
        );
    }

    private match(): Expression {
        const left = this.membership();
        const operator = this.take("=~", "!~");
        if (operator) {
            const pattern = this.pattern();
            return (event, now) => {
                const value = left(event, now);
                return (value != null && pattern.test(requireText(value))) === (operator === "=~");
            };
        }
        if (this.take("typeof")) {
            const type = this.word();
            if (!TYPES.includes(type)) {
                throw this.fault(`${type} is no type`);
            }
            return (event, now) => typeOf(left(event, now)) === type;
        }
        return left;
    }

    private membership(): Expression {
        const left = this.relation();
        const isNegated = this.take("not in") !== undefined;
        if (!isNegated && !this.take("in")) {
            return left;
        }
        const elements = this.braces();
        return (event, now) => {
            const value = left(event, now);
            return elements.some((element) => equal(value, element(event, now))) !== isNegated;
        };
    }

    private relation(): Expression {
        return this.leftToRight(
            ["<=", ">=", "<", ">"],
            () => this.sum(),
            (operator, left, right) => (event, now) =>
                order(operator, requireNumber(left(event, now)), requireNumber(right(event, now))),
        );
    }

    private sum(): Expression {
        return this.leftToRight(
            ["+", "-"],
            () => this.product(),
            (operator, left, right) => (event, now) =>
                operator === "+"
                    ? add(left(event, now), right(event, now))
                    : requireNumber(left(event, now)) - requireNumber(right(event, now)),
        );
    }

    private product(): Expression {
        return this.leftToRight(
            ["*", "/", "%"],
            () => this.unary(),
            (operator, left, right) => (event, now) => {
                const [a, b] = [requireNumber(left(event, now)), requireNumber(right(event, now))];
                return operator === "*" ? a * b : operator === "/" ? a / b : a % b;
            },
        );
    }

    private unary(): Expression {
        if (++this.depth > MAX_DEPTH) {
            throw this.fault("nested too deeply");
        }
        const operator = this.take("not", "-", "+");
        const operand = operator ? this.unary() : this.primary();
        this.depth--;
        switch (operator) {
            case "not":
                return (event, now) => !requireBoolean(operand(event, now));
            case "-":
                return (event, now) => -requireNumber(operand(event, now));
            case "+":
                return (event, now) => requireNumber(operand(event, now));
            default:
                return operand;
        }
    }

    private primary(): Expression {
        this.space();
        if (this.take("(")) {
            const inner = this.conditional();
            this.require(")");
            return inner;
        }
        const pointer = this.read(POINTER)?.[0];
        if (pointer !== undefined) {
            return ({ data }) => valueAt(data, pointer);
        }
        const quoted = this.quoted();
        if (quoted !== undefined) {
            // Quotes around a pointer let it have any characters.
            return quoted.startsWith("/") ? ({ data }) => valueAt(data, quoted) : () => quoted;
        }
        const number = this.read(NUMBER)?.[0];
        return number !== undefined ? () => Number(number) : this.named();
    }

    private named(): Expression {
        const word = this.word();
        if (word in LITERALS) {
            const value = LITERALS[word];
            return () => value;
        }
        const define = Object.hasOwn(FUNCTIONS, word) ? FUNCTIONS[word] : undefined;
        if (!define) {
            throw this.fault(`${word} is no function`);
        }
        this.require("(");
        const given = this.list(")");
        const [least, most] = define.takes;
        if (given.length < least || given.length > most) {
            throw this.fault(`${word} takes ${least === most ? least : `${least} to ${most}`} arguments`);
        }
        return (event, now) =>
            define.call(
                given.map((argument) => argument(event, now)),
                event,
                now,
            );
    }

    /** The right side of `=~`: a regular expression that has to match the whole text. */
    private pattern(): RegExp {
        this.space();
        const text = this.quoted();
        if (text === undefined) {
            throw this.fault("a pattern in double quotes is expected");
        }
        try {
            return new RegExp(`^(?:${text})$`, "s");
        } catch {
            throw this.fault(`"${text}" is no regular expression`);
        }
    }

    private quoted(): string | undefined {
        const [, content] = this.read(QUOTED) ?? [];
        if (content === undefined) {
            return undefined;
        }
        if (/(^|[^\\])(\\\\)*\$/.test(content)) {
            throw this.fault("$ in a text needs a backslash before it");
        }
        return content.replace(/\\([$"\\])/g, "$1");
    }

    private braces(): Expression[] {
        this.require("{");
        return this.list("}");
    }

    /** What is separated by commas, up to `close`. */
    private list(close: string): Expression[] {
        if (this.take(close)) {
            return [];
        }
        const elements = [this.sum()];
        while (this.take(",")) {
            elements.push(this.sum());
        }
        this.require(close);
        return elements;
    }

    private leftToRight(
        operators: string[],
        operand: () => Expression,
        combine: (operator: string, left: Expression, right: Expression) => Expression,
    ): Expression {
        let left = operand();
        for (let found = this.take(...operators); found; found = this.take(...operators)) {
            left = combine(found, left, operand());
        }
        return left;
    }

    /** The first of the symbols that stands here, if one does; words end where a word ends. */
    private take(...symbols: string[]): string | undefined {
        this.space();
        return symbols.find((symbol) => this.read(symbolPattern(symbol)));
    }

    private require(symbol: string): void {
        if (!this.take(symbol)) {
            throw this.fault(`${symbol} is expected`);
        }
    }

    private word(): string {
        this.space();
        const word = this.read(WORD)?.[0];
        if (word === undefined) {
            throw this.fault("a value is expected");
        }
        return word;
    }

    private space(): void {
        this.read(SPACE);
    }

    private read(pattern: RegExp): RegExpExecArray | undefined {
        pattern.lastIndex = this.at;
        const found = pattern.exec(this.text);
        this.at += found?.[0].length ?? 0;
        return found ?? undefined;
    }

    private fault(what: string): ExpressionError {
        return new ExpressionError(`${what} at character ${this.at + 1} of ${this.text}`);
    }
}

function symbolPattern(symbol: string): RegExp {
    const text = symbol.replace(/[^\w\s]/g, "\\$&").replace(" ", "\\s+");
    return new RegExp(/\w$/.test(symbol) ? `${text}\\b` : text, "y");
}

const LITERALS: Record<string, unknown> = { true: true, false: false, null: null };
