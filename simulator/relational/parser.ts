import { ENGINES, type EngineFacts, type EngineKind } from "./engine";
import { typeNames, type SourceType } from "./types";

/** What a database answers to a statement that it does not carry out. */
export class SqlError extends Error {}

/** A table as a statement names it. */
export interface TableName {
    database?: string;
    schema?: string;
    table: string;
}

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export type Expression =
    | { kind: "literal"; value: Value }
    | { kind: "column"; name: string }
    | { kind: "now" }
    | { kind: "array"; items: Expression[] }
    | { kind: "operation"; operator: Operator; operands: Expression[] };

export type Operator = (typeof COMPARISONS)[number] | "+" | "-" | "*" | "AND" | "OR" | "NOT" | "IN" | "IS NULL";

export interface ColumnDefinition {
    name: string;
    type: SourceType;
    notNull: boolean;
    autoIncrement: boolean;
    default?: Expression;
}

/** What a column or a table's constraint adds to the table as a whole. */
export interface TableConstraint {
    primaryKey?: string[];
    /** `ON DELETE CASCADE`, … */
    foreignKeyActions?: string[];
}

export type Alteration =
    | { kind: "add"; column: ColumnDefinition; constraints: TableConstraint[]; position?: { after?: string } }
    | { kind: "drop"; column: string }
    | { kind: "modify"; column: string; type: SourceType; notNull?: boolean }
    | { kind: "constraint"; constraint: TableConstraint }
    | { kind: "drop primary key" };

export type Statement =
    | { kind: "create database" | "create schema"; name: string; ifNotExists: boolean }
    | {
          kind: "create table";
          table: TableName;
          ifNotExists: boolean;
          columns: ColumnDefinition[];
          constraints: TableConstraint[];
          /** of MySQL. @default InnoDB */
          storageEngine?: string;
      }
    | { kind: "alter table"; table: TableName; alterations: Alteration[] }
    | { kind: "drop table"; table: TableName; ifExists: boolean }
    | { kind: "insert"; table: TableName; columns?: string[]; rows: Expression[][] }
    | { kind: "update"; table: TableName; set: [column: string, value: Expression][]; where?: Expression }
    | { kind: "delete"; table: TableName; where?: Expression }
    /** of MySQL on RDS; null where the log goes as soon as it can */
    | { kind: "binlog retention"; hours: number | null }
    /** of PostgreSQL */
    | { kind: "drop slot"; slot: string };

/** A week, the longest that RDS keeps binary logs. */
const MAX_BINLOG_HOURS = 168;

const COMPARISONS = ["=", "<>", "<", "<=", ">", ">="] as const;

/** The statements of a text, separated by semicolons; a SqlError names what is not understood. */
export function parseSql(text: string, engine: EngineKind): Statement[] {
    return new Parser(text, engine).statements();
}

interface Token {
    kind: "word" | "quoted" | "string" | "number" | "symbol" | "end";
    /** of a string or quoted name: what stands in it */
    text: string;
}

const TOKENS: [Token["kind"] | undefined, RegExp][] = [
    [undefined, /\s+|--[^\n]*|\/\*[^]*?\*\//y],
    ["word", /[\p{L}_][\p{L}\p{N}_$#]*/uy],
    ["number", /\d+(?:\.\d+)?|\.\d+/y],
    ["string", /'(?:[^']|'')*'/y],
    ["quoted", /`(?:[^`]|``)*`|"(?:[^"]|"")*"/y],
    ["symbol", /<>|!=|<=|>=|::|[-(),;.=<>+*[\]]/y],
];

function tokenize(text: string, { quote }: EngineFacts): Token[] {
    const tokens: Token[] = [];
    for (let at = 0; at < text.length;) {
        const hit = TOKENS.map(([kind, pattern]) => {
            pattern.lastIndex = at;
            return { kind, text: pattern.exec(text)?.[0] };
        }).find((token) => token.text !== undefined);
        if (!hit || (hit.kind === "quoted" && !hit.text!.startsWith(quote))) {
            throw new SqlError(`Syntax error at "${text.slice(at, at + 20)}"`);
        }
        at += hit.text!.length;
        if (hit.kind) {
            tokens.push({ kind: hit.kind, text: unquoted(hit.kind, hit.text!) });
        }
    }
    return [...tokens, { kind: "end", text: "the end" }];
}

/** Strings and quoted names double their own mark. */
function unquoted(kind: Token["kind"], text: string): string {
    const mark = text[0]!;
    return kind === "string" || kind === "quoted" ? text.slice(1, -1).replaceAll(mark + mark, mark) : text;
}

class Parser {
    private readonly tokens: Token[];
    private readonly facts: EngineFacts;
    private at = 0;

    constructor(
        text: string,
        private readonly engine: EngineKind,
    ) {
        this.facts = ENGINES[engine];
        this.tokens = tokenize(text, this.facts);
    }

    statements(): Statement[] {
        const all: Statement[] = [];
        do {
            if (!this.atEnd() && this.next.text !== ";") {
                all.push(this.statement());
            }
        } while (this.take(";"));
        if (!this.atEnd()) {
            throw this.unexpected();
        }
        return all;
    }

    private statement(): Statement {
        const first = this.next.text.toUpperCase();
        switch (first) {
            case "CREATE":
                return this.create();
            case "ALTER":
                this.expect("ALTER", "TABLE");
                return { kind: "alter table", table: this.tableName(), alterations: this.alterations() };
            case "DROP":
                this.expect("DROP", "TABLE");
                return { kind: "drop table", ifExists: this.take("IF", "EXISTS"), table: this.tableName() };
            case "INSERT":
                return this.insert();
            case "UPDATE":
                return this.update();
            case "DELETE":
                this.expect("DELETE", "FROM");
                return { kind: "delete", table: this.tableName(), where: this.where() };
            case "CALL":
                return this.configuration();
            default:
                if (this.engine === "postgresql" && this.take("SELECT", "PG_DROP_REPLICATION_SLOT")) {
                    return this.slotRemoval();
                }
                throw new SqlError(`${first} is not simulated`);
        }
    }

    /** `CALL mysql.rds_set_configuration('binlog retention hours', 24)` */
    private configuration(): Statement {
        this.expect("CALL");
        const { database, table: procedure } = this.tableName();
        if (this.engine !== "mysql" || database !== "mysql" || procedure !== "rds_set_configuration") {
            throw new SqlError(`CALL ${procedure} is not simulated`);
        }
        this.expect("(");
        const name = this.advance("string").text;
        this.expect(",");
        const hours = this.take("NULL") ? null : Number(this.advance("number").text);
        this.expect(")");
        if (name !== "binlog retention hours" || (hours !== null && (hours < 1 || hours > MAX_BINLOG_HOURS))) {
            throw new SqlError(`The configuration ${name} = ${hours} is not simulated`);
        }
        return { kind: "binlog retention", hours };
    }

    /** `SELECT pg_drop_replication_slot('name')` */
    private slotRemoval(): Statement {
        this.expect("(");
        const slot = this.advance("string").text;
        this.expect(")");
        return { kind: "drop slot", slot };
    }

    private create(): Statement {
        this.expect("CREATE");
        if (this.take("TABLE")) {
            return this.createTable();
        }
        const what = this.take("DATABASE") ? "database" : this.take("SCHEMA") ? "schema" : undefined;
        if (!what) {
            throw new SqlError(`CREATE ${this.next.text.toUpperCase()} is not simulated`);
        }
        // MySQL knows both words for the same thing.
        const kind = this.engine === "mysql" ? "create database" : (`create ${what}` as const);
        return { kind, ifNotExists: this.take("IF", "NOT", "EXISTS"), name: this.identifier() };
    }

    private createTable(): Statement {
        const ifNotExists = this.take("IF", "NOT", "EXISTS");
        const table = this.tableName();
        const columns: ColumnDefinition[] = [];
        const constraints: TableConstraint[] = [];
        this.list(() => {
            const constraint = this.tableConstraint();
            if (constraint) {
                constraints.push(constraint);
                return;
            }
            const { column, constraints: own } = this.columnDefinition();
            columns.push(column);
            constraints.push(...own);
        });
        const storageEngine = this.engine === "mysql" && this.take("ENGINE") ? this.storageEngine() : undefined;
        return { kind: "create table", table, ifNotExists, columns, constraints, storageEngine };
    }

    private storageEngine(): string {
        this.take("=");
        return this.identifier();
    }

    private tableConstraint(): TableConstraint | undefined {
        if (this.take("CONSTRAINT")) {
            this.identifier();
        }
        if (this.take("PRIMARY", "KEY")) {
            return { primaryKey: this.list(() => this.identifier()) };
        }
        if (this.take("FOREIGN", "KEY")) {
            this.list(() => this.identifier());
            this.expect("REFERENCES");
            return this.reference();
        }
        return undefined;
    }

    private reference(): TableConstraint {
        this.tableName();
        if (this.next.text === "(") {
            this.list(() => this.identifier());
        }
        const foreignKeyActions: string[] = [];
        while (this.take("ON")) {
            const event = this.oneOf("DELETE", "UPDATE");
            const action = ["CASCADE", "RESTRICT", "NO ACTION", "SET NULL", "SET DEFAULT"].find((words) =>
                this.take(...words.split(" ")),
            );
            if (!action) {
                throw this.unexpected();
            }
            foreignKeyActions.push(`ON ${event} ${action}`);
        }
        return { foreignKeyActions };
    }

    private columnDefinition(): { column: ColumnDefinition; constraints: TableConstraint[] } {
        const name = this.identifier();
        const type = this.type();
        const column: ColumnDefinition = { name, type, notNull: false, autoIncrement: type.name.endsWith("SERIAL") };
        const constraints: TableConstraint[] = [];
        for (;;) {
            if (this.take("NOT", "NULL")) {
                column.notNull = true;
            } else if (this.take("PRIMARY", "KEY")) {
                constraints.push({ primaryKey: [name] });
            } else if (this.take("REFERENCES")) {
                constraints.push(this.reference());
            } else if (this.take("DEFAULT")) {
                column.default = this.operand();
            } else if (this.engine === "mysql" && this.take("AUTO_INCREMENT")) {
                column.autoIncrement = true;
            } else if (!this.take("NULL")) {
                return { column, constraints };
            }
        }
    }

    private type(): SourceType {
        const known = typeNames(this.engine)
            .sort((a, b) => b.length - a.length)
            .map((name) => name.split(" "));
        if (!known.some(([word]) => word === this.next.text.toUpperCase())) {
            throw new SqlError(`Type "${this.next.text}" is not one of the engine's, or not simulated`);
        }
        const head = this.advance().text.toUpperCase();
        // TIMESTAMP(3) WITH TIME ZONE, but CHARACTER VARYING(20).
        const early = this.typeArguments();
        const words = known.find(([word, ...rest]) => word === head && this.take(...rest))!;
        const args = early.length > 0 ? early : this.typeArguments();
        const array = this.take("[");
        if (array) {
            this.expect("]");
        }
        return { name: words.join(" "), args, array };
    }

    private typeArguments(): number[] {
        return this.next.text === "(" ? this.list(() => Number(this.advance("number").text)) : [];
    }

    private alterations(): Alteration[] {
        const all = this.alteration();
        while (this.take(",")) {
            all.push(...this.alteration());
        }
        return all;
    }

    private alteration(): Alteration[] {
        if (this.take("ADD")) {
            // Oracle puts what it adds in parentheses.
            return this.engine === "oracle" && this.next.text === "(" ? this.list(() => this.added()) : [this.added()];
        }
        if (this.take("DROP", "PRIMARY", "KEY")) {
            return [{ kind: "drop primary key" }];
        }
        if (this.take("DROP")) {
            this.take("COLUMN");
            return [{ kind: "drop", column: this.identifier() }];
        }
        if (this.engine === "postgresql" && this.take("ALTER")) {
            this.take("COLUMN");
            const column = this.identifier();
            this.take("SET", "DATA");
            this.expect("TYPE");
            return [{ kind: "modify", column, type: this.type() }];
        }
        if (this.engine !== "postgresql" && this.take("MODIFY")) {
            return this.engine === "oracle" && this.next.text === "("
                ? this.list(() => this.modified())
                : [this.modified()];
        }
        throw new SqlError(`ALTER TABLE … ${this.next.text.toUpperCase()} is not simulated`);
    }

    private added(): Alteration {
        const constraint = this.tableConstraint();
        if (constraint) {
            return { kind: "constraint", constraint };
        }
        this.take("COLUMN");
        const added = { kind: "add" as const, ...this.columnDefinition() };
        if (this.engine === "mysql" && this.take("FIRST")) {
            return { ...added, position: {} };
        }
        return this.engine === "mysql" && this.take("AFTER")
            ? { ...added, position: { after: this.identifier() } }
            : added;
    }

    private modified(): Alteration {
        this.take("COLUMN");
        const { column } = this.columnDefinition();
        return { kind: "modify", column: column.name, type: column.type, notNull: column.notNull };
    }

    private insert(): Statement {
        this.expect("INSERT", "INTO");
        const table = this.tableName();
        const columns = this.next.text === "(" ? this.list(() => this.identifier()) : undefined;
        this.expect("VALUES");
        const rows: Expression[][] = [];
        do {
            rows.push(this.list(() => this.sum()));
        } while (this.take(","));
        return { kind: "insert", table, columns, rows };
    }

    private update(): Statement {
        this.expect("UPDATE");
        const table = this.tableName();
        this.expect("SET");
        const set: [string, Expression][] = [];
        do {
            const column = this.identifier();
            this.expect("=");
            set.push([column, this.sum()]);
        } while (this.take(","));
        return { kind: "update", table, set, where: this.where() };
    }

    private where(): Expression | undefined {
        return this.take("WHERE") ? this.disjunction() : undefined;
    }

    private disjunction(): Expression {
        return this.chain("OR", () => this.chain("AND", () => this.condition()));
    }

    private chain(operator: "AND" | "OR", part: () => Expression): Expression {
        const operands = [part()];
        while (this.take(operator)) {
            operands.push(part());
        }
        return operands.length === 1 ? operands[0]! : { kind: "operation", operator, operands };
    }

    private condition(): Expression {
        if (this.take("NOT")) {
            return not(this.condition());
        }
        if (this.take("(")) {
            const inner = this.disjunction();
            this.expect(")");
            return inner;
        }
        const left = this.sum();
        if (this.take("IS")) {
            const negated = this.take("NOT");
            this.expect("NULL");
            const isNull: Expression = { kind: "operation", operator: "IS NULL", operands: [left] };
            return negated ? not(isNull) : isNull;
        }
        const negated = this.take("NOT");
        if (this.take("IN")) {
            const operands = [left, ...this.list(() => this.sum())];
            const isIn: Expression = { kind: "operation", operator: "IN", operands };
            return negated ? not(isIn) : isIn;
        }
        const operator = COMPARISONS.find((symbol) => this.take(symbol)) ?? (this.take("!=") ? "<>" : undefined);
        if (!operator || negated) {
            throw this.unexpected();
        }
        return { kind: "operation", operator, operands: [left, this.sum()] };
    }

    private sum(): Expression {
        let left = this.operand();
        for (;;) {
            const operator = (["+", "-", "*"] as const).find((symbol) => this.take(symbol));
            if (!operator) {
                return left;
            }
            left = { kind: "operation", operator, operands: [left, this.operand()] };
        }
    }

    private operand(): Expression {
        const value = this.plainOperand();
        // PostgreSQL's casts say what the column's type says.
        if (this.engine === "postgresql" && this.take("::")) {
            this.type();
        }
        return value;
    }

    private plainOperand(): Expression {
        if (this.take("-")) {
            return { kind: "literal", value: exactNumber(`-${this.advance("number").text}`) };
        }
        if (this.next.kind === "string" || this.next.kind === "number") {
            const { kind, text } = this.advance();
            return { kind: "literal", value: kind === "string" ? text : exactNumber(text) };
        }
        const word = this.next.kind === "word" ? this.next.text.toUpperCase() : undefined;
        const constants: Record<string, Value> = { NULL: null, TRUE: true, FALSE: false };
        if (word !== undefined && Object.hasOwn(constants, word)) {
            this.advance();
            return { kind: "literal", value: constants[word]! };
        }
        if (this.take("CURRENT_TIMESTAMP") || this.take("SYSTIMESTAMP") || this.take("SYSDATE")) {
            return { kind: "now" };
        }
        if (this.take("NOW")) {
            this.expect("(", ")");
            return { kind: "now" };
        }
        if (this.engine === "postgresql" && this.take("ARRAY")) {
            return { kind: "array", items: this.list(() => this.sum(), "[", "]") };
        }
        return { kind: "column", name: this.identifier() };
    }

    private tableName(): TableName {
        const names = [this.identifier()];
        while (this.take(".")) {
            names.push(this.identifier());
        }
        const levels = this.facts.defaultSchema === undefined ? 2 : 3;
        if (names.length > levels) {
            throw new SqlError(`"${names.join(".")}" has more than ${levels} levels`);
        }
        const table = names.pop()!;
        return levels === 2 ? { database: names.pop(), table } : { schema: names.pop(), database: names.pop(), table };
    }

    private identifier(): string {
        const { kind, text } = this.advance();
        if (kind === "quoted") {
            return text;
        }
        if (kind !== "word") {
            this.at--;
            throw this.unexpected();
        }
        return this.facts.fold(text);
    }

    /** `(a, b)` */
    private list<T>(item: () => T, open = "(", close = ")"): T[] {
        this.expect(open);
        const items = [item()];
        while (this.take(",")) {
            items.push(item());
        }
        this.expect(close);
        return items;
    }

    private get next(): Token {
        return this.tokens[this.at]!;
    }

    private atEnd(): boolean {
        return this.next.kind === "end";
    }

    private advance(kind?: Token["kind"]): Token {
        if (this.next.kind === "end" || (kind && this.next.kind !== kind)) {
            throw this.unexpected();
        }
        return this.tokens[this.at++]!;
    }

    /** Goes past these words if they come next, all of them. */
    private take(...words: string[]): boolean {
        const found = words.every((word, index) => {
            const token = this.tokens[this.at + index];
            return (token?.kind === "word" || token?.kind === "symbol") && token.text.toUpperCase() === word;
        });
        this.at += found ? words.length : 0;
        return found;
    }

    private expect(...words: string[]): void {
        if (!this.take(...words)) {
            throw this.unexpected();
        }
    }

    private oneOf(...words: string[]): string {
        const word = words.find((w) => this.take(w));
        if (!word) {
            throw this.unexpected();
        }
        return word;
    }

    private unexpected(): SqlError {
        return new SqlError(`Syntax error at "${this.next.text}"`);
    }
}

const not = (operand: Expression): Expression => ({ kind: "operation", operator: "NOT", operands: [operand] });

/** A number, or its digits where JavaScript would lose some of them. */
function exactNumber(text: string): number | string {
    const digits = text.replace(/\D/g, "").replace(/^0+/, "");
    return digits.length <= 15 ? Number(text) : text;
}
