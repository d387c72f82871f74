import { SqlError } from "./error";
import {
    AGGREGATES,
    type Aggregate,
    type CreateDatabase,
    type CreateView,
    type Expression,
    type IntegrationOptions,
    type NamedRelation,
    type QualifiedName,
    type Select,
    type SelectItem,
    type Statement,
    type TableSelection,
} from "./syntax";
import { tokenize, type Token } from "./tokens";

export interface ParseOptions {
    /** enable_case_sensitive_identifier of the session */
    caseSensitive: boolean;
    /** the values of `:name` */
    parameters?: Record<string, string>;
}

/** One statement; whatever the warehouse does not understand is a syntax error that names the place. */
export function parse(sql: string, { caseSensitive, parameters }: ParseOptions): Statement {
    return new Parser(sql, tokenize(sql, caseSensitive, parameters)).statement();
}

/** Words that end an expression or a table, and so are no alias without AS. */
const RESERVED = [
    "from",
    "where",
    "order",
    "group",
    "limit",
    "and",
    "or",
    "as",
    "asc",
    "desc",
    "with",
    "union",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "on",
    "using",
    "having",
];
const COMPARISONS = ["=", "<>", "!=", "<", ">", "<=", ">=", "like"];
const INTEGRATION_OPTIONS = {
    acceptinvchars: "acceptInvalidChars",
    query_all_states: "queryAllStates",
    truncatecolumns: "truncateColumns",
    history_mode: "historyMode",
    auto_remediation: "autoRemediation",
} as const;

class Parser {
    private position = 0;

    constructor(
        private readonly sql: string,
        private readonly tokens: Token[],
    ) {}

    statement(): Statement {
        const statement = this.anyStatement();
        this.skip(";");
        if (this.next.kind !== "end") {
            throw this.unexpected();
        }
        return statement;
    }

    private anyStatement(): Statement {
        if (this.isWord("select") || this.isWord("with")) {
            return this.select();
        }
        if (this.skip("create")) {
            return this.create();
        }
        if (this.skip("alter")) {
            this.expect("database");
            return this.alterDatabase();
        }
        if (this.skip("drop")) {
            return this.drop();
        }
        if (this.skip("refresh")) {
            this.expect("materialized");
            this.expect("view");
            return { kind: "refresh-view", name: this.qualifiedName() };
        }
        if (this.skip("show")) {
            this.expect("view");
            return { kind: "show-view", name: this.qualifiedName() };
        }
        throw this.unexpected();
    }

    private create(): Statement {
        if (this.skip("database")) {
            return this.createDatabase();
        }
        if (this.skip("schema")) {
            const ifNotExists = this.skipAll("if", "not", "exists");
            return { kind: "create-schema", name: this.qualifiedName(), ifNotExists };
        }
        const orReplace = this.skipAll("or", "replace");
        const materialized = this.skip("materialized");
        this.expect("view");
        return this.createView(orReplace, materialized);
    }

    private createDatabase(): CreateDatabase {
        const name = this.name();
        if (!this.skip("from")) {
            return { kind: "create-database", name };
        }
        this.expect("integration");
        const integrationId = this.string();
        const sourceDatabase = this.skip("database") ? this.nameOrString() : undefined;
        this.skip("set");
        return { kind: "create-database", name, from: { integrationId, sourceDatabase, options: this.options() } };
    }

    private options(): IntegrationOptions {
        const options: IntegrationOptions = {};
        while (this.next.kind === "word" && !this.isWord("for")) {
            const member = INTEGRATION_OPTIONS[this.next.text as keyof typeof INTEGRATION_OPTIONS];
            if (member) {
                this.position++;
                this.skip("=");
                options[member] = this.boolean();
            } else {
                this.expect("refresh_interval");
                this.skip("=");
                options.refreshInterval = Number(this.take("number"));
            }
        }
        return options;
    }

    private alterDatabase(): Statement {
        const name = this.name();
        if (this.skipAll("rename", "to")) {
            return { kind: "rename-database", name, to: this.name() };
        }
        this.expect("integration");
        if (this.skip("set")) {
            const options = this.options();
            const historyOf = options.historyMode !== undefined && this.skip("for") ? this.tables() : {};
            return { kind: "set-integration", name, options, historyOf };
        }
        this.expect("refresh");
        if (this.isWord("table")) {
            return { kind: "refresh-tables", name, which: "named", selection: this.tables() };
        }
        const which = (["all", "inerror", "remediable"] as const).find((word) => this.skip(word));
        if (!which) {
            throw this.unexpected();
        }
        return { kind: "refresh-tables", name, which, selection: this.tables() };
    }

    /** `ALL TABLES [IN SCHEMA s, …]`, `TABLES [IN SCHEMA s, …]`, `TABLE s.t, …` */
    private tables(): TableSelection {
        if (this.skip("table")) {
            return { tables: this.list(() => this.qualifiedName()) };
        }
        this.skip("all");
        this.expect("tables");
        return this.skipAll("in", "schema") ? { schemas: this.list(() => this.name()) } : {};
    }

    private drop(): Statement {
        if (this.skip("database")) {
            return { kind: "drop-database", name: this.name() };
        }
        const isSchema = this.skip("schema");
        const materialized = !isSchema && this.skip("materialized");
        if (!isSchema) {
            this.expect("view");
        }
        const ifExists = this.skipAll("if", "exists");
        const name = this.qualifiedName();
        const cascade = this.skip("cascade") || (this.skip("restrict"), false);
        return isSchema
            ? { kind: "drop-schema", name, ifExists, cascade }
            : { kind: "drop-view", name, ifExists, materialized, cascade };
    }

    private createView(orReplace: boolean, materialized: boolean): CreateView {
        const name = this.qualifiedName();
        const columns = this.skip("(") ? this.list(() => this.name()) : undefined;
        if (columns) {
            this.expect(")");
        }
        const autoRefresh = materialized && this.materializedOptions();
        this.expect("as");
        const bracketed = this.skip("(");
        const query = this.select();
        if (bracketed) {
            this.expect(")");
        }
        const lateBinding = this.skipAll("with", "no", "schema", "binding");
        return { kind: "create-view", name, columns, orReplace, materialized, autoRefresh, lateBinding, query };
    }

    /** Answers with whether it is refreshed by itself. */
    private materializedOptions(): boolean {
        if (this.skip("backup")) {
            this.boolean();
        }
        return this.skipAll("auto", "refresh") && this.boolean();
    }

    private select(): Select {
        const common = this.skip("with") ? this.list(() => this.commonQuery()) : [];
        this.expect("select");
        const distinct = this.skip("distinct");
        const items = this.list(() => this.selectItem());
        const from = this.skip("from") ? this.relation() : undefined;
        const joins = from ? this.joins() : [];
        const where = this.skip("where") ? this.expression() : undefined;
        const groupBy = this.skipAll("group", "by") ? this.list(() => this.expression()) : [];
        const having = this.skip("having") ? this.expression() : undefined;
        const orderBy = this.skipAll("order", "by") ? this.list(() => this.ordering()) : [];
        const limit = this.skip("limit") ? Number(this.take("number")) : undefined;
        return { kind: "select", common, distinct, items, from, joins, where, groupBy, having, orderBy, limit };
    }

    private commonQuery(): Select["common"][number] {
        const name = this.name();
        this.expect("as");
        this.expect("(");
        const query = this.select();
        this.expect(")");
        return { name, query };
    }

    private relation(): NamedRelation {
        return { name: this.qualifiedName(), alias: this.alias() };
    }

    private joins(): Select["joins"] {
        const joins: Select["joins"] = [];
        for (let kind; (kind = this.joinKind());) {
            const relation = this.relation();
            this.expect("on");
            joins.push({ ...relation, kind, on: this.expression() });
        }
        return joins;
    }

    private joinKind(): "inner" | "left" | undefined {
        if (this.skip("left")) {
            this.skip("outer");
            this.expect("join");
            return "left";
        }
        return this.skipAll("inner", "join") || this.skip("join") ? "inner" : undefined;
    }

    private selectItem(): SelectItem {
        if (this.skip("*")) {
            return { star: true };
        }
        const [, dot, star] = this.tokens.slice(this.position, this.position + 3);
        if (dot?.text === "." && star?.kind === "symbol" && star.text === "*") {
            const of = this.name();
            this.position += 2;
            return { star: true, of };
        }
        const value = this.expression();
        return { value, label: this.alias() ?? labelOf(value) };
    }

    private alias(): string | undefined {
        if (this.skip("as")) {
            return this.name();
        }
        const { kind, text } = this.next;
        const isName = kind === "quoted" || (kind === "word" && !RESERVED.includes(text));
        return isName ? this.name() : undefined;
    }

    private ordering() {
        const by = this.expression();
        const descending = this.skip("desc");
        this.skip("asc");
        return { by, descending };
    }

    private expression(): Expression {
        return this.chain(["or"], () => this.chain(["and"], () => this.negation()));
    }

    private negation(): Expression {
        return this.skip("not") ? { kind: "not", value: this.negation() } : this.comparison();
    }

    private comparison(): Expression {
        const left = this.chain(["||"], () => this.primary());
        if (this.skip("is")) {
            const negated = this.skip("not");
            this.expect("null");
            return { kind: "null-check", value: left, negated };
        }
        const negated = this.skip("not");
        const test = this.test(left);
        if (negated && test === left) {
            throw this.unexpected();
        }
        return negated ? { kind: "not", value: test } : test;
    }

    private test(left: Expression): Expression {
        if (this.skip("in")) {
            this.expect("(");
            const options = this.list(() => this.primary());
            this.expect(")");
            return { kind: "in", value: left, options };
        }
        const operator = COMPARISONS.find((candidate) => this.skip(candidate));
        return operator ? { kind: "binary", operator, left, right: this.chain(["||"], () => this.primary()) } : left;
    }

    private chain(operators: string[], operand: () => Expression): Expression {
        let left = operand();
        for (let operator; (operator = operators.find((o) => this.skip(o)));) {
            left = { kind: "binary", operator, left, right: operand() };
        }
        return left;
    }

    private primary(): Expression {
        let value = this.operand();
        while (this.skip("::")) {
            value = { kind: "cast", value, type: this.type() };
        }
        return value;
    }

    private operand(): Expression {
        const { kind, text } = this.next;
        if (kind === "string") {
            this.position++;
            return { kind: "literal", value: text };
        }
        const sign = this.skip("-") ? -1 : 1;
        if (this.next.kind === "number") {
            return { kind: "literal", value: sign * Number(this.take("number")) };
        }
        if (this.skip("(")) {
            const inner = this.expression();
            this.expect(")");
            return inner;
        }
        if (kind === "word" && ["true", "false", "null"].includes(text)) {
            this.position++;
            return { kind: "literal", value: text === "null" ? null : text === "true" };
        }
        const isCall = kind === "word" && this.tokens[this.position + 1]?.text === "(";
        return isCall ? this.call() : this.path();
    }

    private call(): Expression {
        const name = this.take("word");
        this.expect("(");
        const aggregate = AGGREGATES.find((each) => each === name);
        if (aggregate) {
            return this.aggregate(aggregate);
        }
        if (name === "cast") {
            const value = this.expression();
            this.expect("as");
            const type = this.type();
            this.expect(")");
            return { kind: "cast", value, type };
        }
        const args = this.skip(")") ? [] : this.list(() => this.expression());
        if (args.length > 0) {
            this.expect(")");
        }
        return { kind: "call", name, args };
    }

    private aggregate(name: Aggregate): Expression {
        const distinct = this.skip("distinct");
        const of = name === "count" && !distinct && this.skip("*") ? undefined : this.expression();
        this.expect(")");
        return { kind: "aggregate", name, distinct, of };
    }

    private path(): Expression {
        const steps: (string | number)[] = [this.name()];
        for (;;) {
            if (this.skip(".")) {
                steps.push(this.name());
            } else if (this.skip("[")) {
                steps.push(Number(this.take("number")));
                this.expect("]");
            } else {
                return { kind: "path", steps };
            }
        }
    }

    /** `varchar`, `varchar(100)`, `decimal(10, 2)`, `double precision` */
    private type(): string {
        let type = this.take("word");
        while (["precision", "varying", "time", "zone", "without"].some((word) => this.isWord(word))) {
            type += ` ${this.take("word")}`;
        }
        if (!this.skip("(")) {
            return type;
        }
        const sizes = this.list(() => (this.skip("max") ? "65535" : this.take("number")));
        this.expect(")");
        return `${type}(${sizes.join(",")})`;
    }

    private qualifiedName(): QualifiedName {
        const parts = [this.name()];
        while (this.skip(".")) {
            parts.push(this.name());
        }
        return parts;
    }

    private name(): string {
        const { kind, text } = this.next;
        if (kind !== "word" && kind !== "quoted") {
            throw this.unexpected();
        }
        this.position++;
        return text;
    }

    private nameOrString(): string {
        return this.next.kind === "string" ? this.string() : this.name();
    }

    private string(): string {
        return this.take("string");
    }

    private boolean(): boolean {
        const word = ["true", "yes", "false", "no"].find((candidate) => this.skip(candidate));
        if (!word) {
            throw this.unexpected();
        }
        return word === "true" || word === "yes";
    }

    private list<T>(element: () => T): T[] {
        const elements = [element()];
        while (this.skip(",")) {
            elements.push(element());
        }
        return elements;
    }

    private get next(): Token {
        return this.tokens[this.position];
    }

    private isWord(text: string): boolean {
        return this.next.kind === "word" && this.next.text === text;
    }

    /** Takes the next token if it is this word or symbol. */
    private skip(text: string): boolean {
        const found = (this.next.kind === "word" || this.next.kind === "symbol") && this.next.text === text;
        this.position += found ? 1 : 0;
        return found;
    }

    private skipAll(first: string, ...rest: string[]): boolean {
        const found = this.skip(first);
        if (found) {
            rest.forEach((word) => this.expect(word));
        }
        return found;
    }

    private expect(text: string): void {
        if (!this.skip(text)) {
            throw this.unexpected();
        }
    }

    private take(kind: Token["kind"]): string {
        if (this.next.kind !== kind) {
            throw this.unexpected();
        }
        return this.tokens[this.position++].text;
    }

    private unexpected(): SqlError {
        const { kind, text, at } = this.next;
        const found = kind === "end" ? text : this.sql.slice(at, this.tokens[this.position + 1].at).trim();
        return new SqlError(
            kind === "end"
                ? `ERROR: syntax error at ${found} Position: ${at + 1};`
                : `ERROR: syntax error at or near "${found}" Position: ${at + 1};`,
        );
    }
}

/** The label that Redshift gives a value without an alias. */
function labelOf(value: Expression): string {
    switch (value.kind) {
        case "path":
            return String(value.steps.findLast((step) => typeof step === "string"));
        case "cast":
            return labelOf(value.value);
        case "call":
        case "aggregate":
            return value.name;
        default:
            return "?column?";
    }
}
