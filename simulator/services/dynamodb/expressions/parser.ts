import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { canonical, invalid, type Item, type ValueType } from "../values";
import { RESERVED_WORDS } from "./reserved";

/** `a.b[0]`: names of attributes and map entries, and places in lists. */
export type Path = (string | number)[];

export type Operand =
    { kind: "path"; path: Path } | { kind: "value"; value: AttributeValue } | { kind: "size"; operand: Operand };

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type Condition =
    | { kind: "and" | "or"; left: Condition; right: Condition }
    | { kind: "not"; condition: Condition }
    | { kind: "compare"; comparator: Comparator; left: Operand; right: Operand }
    | { kind: "between"; operand: Operand; low: Operand; high: Operand }
    | { kind: "in"; operand: Operand; choices: Operand[] }
    | { kind: "exists"; path: Path; expected: boolean }
    | { kind: "type"; path: Path; type: ValueType }
    | { kind: "begins_with" | "contains"; operand: Operand; argument: Operand };

/** What SET assigns. */
export type SetValue =
    | Operand
    | { kind: "if_not_exists"; path: Path; otherwise: SetValue }
    | { kind: "list_append"; left: SetValue; right: SetValue }
    | { kind: "sum"; sign: 1 | -1; left: SetValue; right: SetValue };

export type UpdateAction =
    | { kind: "SET"; path: Path; value: SetValue }
    | { kind: "REMOVE"; path: Path }
    | { kind: "ADD" | "DELETE"; path: Path; value: AttributeValue };

export type ExpressionKind =
    "ConditionExpression" | "FilterExpression" | "KeyConditionExpression" | "ProjectionExpression" | "UpdateExpression";

const MAX_EXPRESSION_BYTES = 4096;
const MAX_OPERATORS = 300;
const MAX_IN_CHOICES = 100;

/** The placeholders of a request, shared by its expressions; each must be used by one of them. */
export class Placeholders {
    private readonly unusedNames: Set<string>;
    private readonly unusedValues: Set<string>;

    constructor(
        private readonly names: Record<string, string> = {},
        private readonly values: Item = {},
    ) {
        this.unusedNames = new Set(Object.keys(names));
        this.unusedValues = new Set(Object.keys(values));
        for (const [member, pattern, keys] of [
            ["ExpressionAttributeNames", /^#\w+$/, this.unusedNames],
            ["ExpressionAttributeValues", /^:\w+$/, this.unusedValues],
        ] as const) {
            for (const key of keys) {
                if (!pattern.test(key)) {
                    throw invalid(`${member} contains invalid key: Syntax error; key: "${key}"`);
                }
            }
        }
    }

    name(placeholder: string): string | undefined {
        this.unusedNames.delete(placeholder);
        return this.names[placeholder];
    }

    value(placeholder: string): AttributeValue | undefined {
        this.unusedValues.delete(placeholder);
        return this.values[placeholder] && canonical(this.values[placeholder]);
    }

    requireAllUsed(): void {
        for (const [member, unused] of [
            ["ExpressionAttributeNames", this.unusedNames],
            ["ExpressionAttributeValues", this.unusedValues],
        ] as const) {
            if (unused.size > 0) {
                throw invalid(`Value provided in ${member} unused in expressions: keys: {${[...unused].join(", ")}}`);
            }
        }
    }
}

export function parseCondition(kind: ExpressionKind, text: string, placeholders: Placeholders): Condition {
    const parser = new Parser(kind, text, placeholders);
    const condition = parser.condition();
    parser.end();
    return condition;
}

export function parseProjection(text: string, placeholders: Placeholders): Path[] {
    const parser = new Parser("ProjectionExpression", text, placeholders);
    const paths = parser.list(() => parser.path());
    parser.end();
    parser.refuseOverlaps(paths);
    return paths;
}

export function parseUpdate(text: string, placeholders: Placeholders): UpdateAction[] {
    const parser = new Parser("UpdateExpression", text, placeholders);
    const actions = parser.updateActions();
    parser.refuseOverlaps(actions.map((action) => action.path));
    return actions;
}

interface Token {
    kind: "word" | "name" | "value" | "index" | "symbol" | "unknown" | "end";
    text: string;
    /** where it begins */
    at: number;
}

const TOKEN =
    /\s*(?:(?<word>[A-Za-z_]\w*)|(?<name>#\w+)|(?<value>:\w+)|(?<index>\d+)|(?<symbol><>|<=|>=|[=<>()[\],.+-])|(?<unknown>\S))/gy;

function tokens(text: string): Token[] {
    const found = [...text.matchAll(TOKEN)].map((match): Token => {
        const [kind, content] = Object.entries(match.groups!).find(([, group]) => group !== undefined)!;
        return { kind: kind as Token["kind"], text: content, at: match.index + match[0].length - content.length };
    });
    return [...found, { kind: "end", text: "<EOF>", at: text.length }];
}

/** Recursive descent; a method per rule of the grammar that AWS documents. */
class Parser {
    private readonly tokens: Token[];
    private position = 0;
    private operators = 0;

    constructor(
        private readonly kind: ExpressionKind,
        private readonly text: string,
        private readonly placeholders: Placeholders,
    ) {
        if (text.trim() === "") {
            throw this.error("The expression can not be empty;");
        }
        if (Buffer.byteLength(text) > MAX_EXPRESSION_BYTES) {
            throw this.error(
                `Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`,
            );
        }
        this.tokens = tokens(text);
    }

    condition(): Condition {
        return this.leftAssociative("OR", () => this.leftAssociative("AND", () => this.negation()));
    }

    list<T>(rule: () => T): T[] {
        const elements = [rule()];
        while (this.accept(",")) {
            elements.push(rule());
        }
        return elements;
    }

    path(): Path {
        const path: Path = [this.attributeName()];
        for (;;) {
            if (this.accept(".")) {
                path.push(this.attributeName());
            } else if (this.accept("[")) {
                path.push(Number(this.take("index")));
                this.expect("]");
            } else {
                return path;
            }
        }
    }

    updateActions(): UpdateAction[] {
        const actions: UpdateAction[] = [];
        const sections = new Set<string>();
        while (this.next.kind !== "end") {
            const section = this.take("word").toUpperCase();
            if (!["SET", "REMOVE", "ADD", "DELETE"].includes(section)) {
                this.position--;
                throw this.syntaxError();
            }
            if (sections.has(section)) {
                throw this.error(`The "${section}" section can only be used once in an update expression;`);
            }
            sections.add(section);
            actions.push(...this.list(() => this.updateAction(section as UpdateAction["kind"])));
        }
        return actions;
    }

    end(): void {
        if (this.next.kind !== "end") {
            throw this.syntaxError();
        }
    }

    refuseOverlaps(paths: Path[]): void {
        paths.forEach((one, at) => {
            for (const two of paths.slice(at + 1)) {
                const shared = one.slice(0, two.length).every((step, depth) => step === two[depth]);
                const clash = one.findIndex((step, depth) => depth < two.length && typeof step !== typeof two[depth]);
                const samePrefix = clash > 0 && one.slice(0, clash).every((step, depth) => step === two[depth]);
                if (shared || samePrefix) {
                    const problem = shared ? "overlap" : "conflict";
                    const paths = `path one: ${showPath(one)}, path two: ${showPath(two)}`;
                    throw this.error(
                        `Two document paths ${problem} with each other; must remove or rewrite one of these paths; ${paths}`,
                    );
                }
            }
        });
    }

    private leftAssociative(keyword: "AND" | "OR", rule: () => Condition): Condition {
        let left = rule();
        while (this.acceptOperator(keyword)) {
            left = { kind: keyword === "AND" ? "and" : "or", left, right: rule() };
        }
        return left;
    }

    private negation(): Condition {
        return this.acceptOperator("NOT") ? { kind: "not", condition: this.negation() } : this.predicate();
    }

    private predicate(): Condition {
        if (this.accept("(")) {
            const condition = this.condition();
            this.expect(")");
            return condition;
        }
        const name = this.functionName();
        if (name && name !== "size") {
            return this.conditionFunction(name);
        }
        const operand = this.operand();
        if (this.acceptOperator("BETWEEN")) {
            const low = this.operand();
            this.expect("AND");
            return { kind: "between", operand, low, high: this.operand() };
        }
        if (this.acceptOperator("IN")) {
            this.expect("(");
            const choices = this.list(() => this.operand());
            this.expect(")");
            if (choices.length > MAX_IN_CHOICES) {
                throw this.error(
                    `The IN operator is provided with too many operands; number of operands: ${choices.length}`,
                );
            }
            return { kind: "in", operand, choices };
        }
        const comparator = this.next.text as Comparator;
        if (!["=", "<>", "<", "<=", ">", ">="].includes(comparator)) {
            throw this.syntaxError();
        }
        this.acceptOperator(comparator);
        return { kind: "compare", comparator, left: operand, right: this.operand() };
    }

    private conditionFunction(name: string): Condition {
        this.countOperator();
        this.position++;
        const condition = ((): Condition => {
            switch (name) {
                case "attribute_exists":
                case "attribute_not_exists":
                    return {
                        kind: "exists",
                        path: this.argumentList(name, 1, this.path)[0],
                        expected: name === "attribute_exists",
                    };
                case "attribute_type": {
                    const [operand, type] = this.argumentList(name, 2, this.operand);
                    if (operand.kind !== "path" || type.kind !== "value") {
                        throw this.error(
                            `Operator or function requires a document path; operator or function: ${name}`,
                        );
                    }
                    return { kind: "type", path: operand.path, type: type.value.S as ValueType };
                }
                case "begins_with":
                case "contains": {
                    const [operand, argument] = this.argumentList(name, 2, this.operand);
                    return { kind: name, operand, argument };
                }
                default:
                    throw this.error(`Invalid function name; function: ${name}`);
            }
        })();
        return condition;
    }

    private operand(): Operand {
        if (this.next.kind === "value") {
            return { kind: "value", value: this.value() };
        }
        const name = this.functionName();
        if (name === undefined) {
            return { kind: "path", path: this.path() };
        }
        if (name !== "size") {
            throw this.error(`Invalid function name; function: ${name}`);
        }
        this.position++;
        return { kind: "size", operand: this.argumentList(name, 1, this.operand)[0] };
    }

    private updateAction(section: UpdateAction["kind"]): UpdateAction {
        const path = this.path();
        if (section === "REMOVE") {
            return { kind: section, path };
        }
        if (section === "SET") {
            this.expect("=");
            return { kind: section, path, value: this.sum() };
        }
        return { kind: section, path, value: this.value() };
    }

    private sum(): SetValue {
        const left = this.setValue();
        const sign = this.accept("+") ? 1 : this.accept("-") ? -1 : undefined;
        return sign ? { kind: "sum", sign, left, right: this.setValue() } : left;
    }

    private setValue(): SetValue {
        if (this.accept("(")) {
            const value = this.sum();
            this.expect(")");
            return value;
        }
        const name = this.functionName();
        if (name === undefined) {
            return this.operand();
        }
        this.position++;
        if (name === "list_append") {
            const [left, right] = this.argumentList(name, 2, this.setValue);
            return { kind: name, left, right };
        }
        if (name !== "if_not_exists") {
            throw this.error(`Invalid function name; function: ${name}`);
        }
        const [tested, otherwise] = this.argumentList(name, 2, this.setValue);
        if (tested.kind !== "path") {
            throw this.error(`Operator or function requires a document path; operator or function: ${name}`);
        }
        return { kind: name, path: tested.path, otherwise };
    }

    private argumentList<T>(name: string, count: number, rule: (this: Parser) => T): T[] {
        this.expect("(");
        const found = this.list(() => rule.call(this));
        this.expect(")");
        if (found.length !== count) {
            throw this.error(
                `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${found.length}`,
            );
        }
        return found;
    }

    private value(): AttributeValue {
        const placeholder = this.take("value");
        const value = this.placeholders.value(placeholder);
        if (!value) {
            throw this.error(
                `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
            );
        }
        return value;
    }

    private attributeName(): string {
        if (this.next.kind === "name") {
            const placeholder = this.take("name");
            const name = this.placeholders.name(placeholder);
            if (name === undefined) {
                throw this.error(
                    `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
                );
            }
            return name;
        }
        const name = this.take("word");
        if (RESERVED_WORDS.has(name.toUpperCase())) {
            throw this.error(`Attribute name is a reserved keyword; reserved keyword: ${name}`);
        }
        return name;
    }

    /** The word that comes, if it calls a function. */
    private functionName(): string | undefined {
        return this.next.kind === "word" && this.tokens[this.position + 1].text === "(" ? this.next.text : undefined;
    }

    private get next(): Token {
        return this.tokens[this.position];
    }

    private take(kind: Token["kind"]): string {
        if (this.next.kind !== kind) {
            throw this.syntaxError();
        }
        return this.tokens[this.position++].text;
    }

    private accept(text: string): boolean {
        const found = (this.next.kind === "word" ? this.next.text.toUpperCase() : this.next.text) === text;
        this.position += found ? 1 : 0;
        return found;
    }

    private acceptOperator(text: string): boolean {
        const found = this.accept(text);
        if (found) {
            this.countOperator();
        }
        return found;
    }

    private countOperator(): void {
        if (++this.operators > MAX_OPERATORS) {
            throw this.error(`The expression contains too many operators; operator count: ${this.operators}`);
        }
    }

    private expect(text: string): void {
        if (!this.accept(text)) {
            throw this.syntaxError();
        }
    }

    private syntaxError() {
        const before = this.tokens[Math.max(0, this.position - 1)];
        const after = this.tokens[Math.min(this.tokens.length - 1, this.position + 1)];
        const near = this.text.slice(before.at, after.at + (after.kind === "end" ? 0 : after.text.length));
        return this.error(`Syntax error; token: "${this.next.text}", near: "${near}"`);
    }

    private error(problem: string) {
        return invalid(`Invalid ${this.kind}: ${problem}`);
    }
}

function showPath(path: Path): string {
    return `[${path.map((step) => (typeof step === "number" ? `[${step}]` : step)).join(", ")}]`;
}
