import { ENGINES, type EngineKind } from "./engine";
import type { Change, Feed, ReplicatedTable, Row } from "./feed";
import { parseFilter } from "./filter";
import { parseSql, SqlError, type Alteration, type Expression, type Statement, type TableName } from "./parser";
import {
    constrained,
    evaluate,
    filled,
    nameOf,
    replicated,
    requireColumn,
    rowKey,
    stored,
    type Table,
    type TableDefinition,
} from "./table";
import { canBecome } from "./types";

/** The relational databases of an account and Region. */
export class RelationalState {
    /** by the ARN of the cluster, or of an instance that has its own storage */
    readonly sources = new Map<string, RelationalSource>();
}

type Uncommitted = Change extends infer C ? (C extends Change ? Omit<C, "position" | "at"> : never) : never;

/** A cluster's or instance's data: databases with their tables, and a log of everything that was committed. */
export class RelationalSource {
    private readonly databases = new Map<string, Set<string>>();
    private readonly tables = new Map<string, Table>();
    private readonly log: Change[] = [];
    private position = 0;
    /** Of RDS for MySQL: how long binary logs stay, in hours. @default they go as soon as they can */
    binlogHours: number | null = null;
    /** Of PostgreSQL: the replication slots, by name, each of which holds back the log until somebody drops it. */
    readonly slots = new Set<string>();

    /** @param first the database that it is made with */
    constructor(
        readonly engine: EngineKind,
        first?: string,
    ) {
        for (const name of [...ENGINES[engine].databases, ...(first === undefined ? [] : [first])]) {
            this.addDatabase(name);
        }
    }

    /**
     * Carries statements out, each as a commit of its own; a SqlError says what was refused, after those before it.
     *
     * @param database the connection's. MySQL can do without
     * @param now ms since the epoch
     */
    execute(text: string, database: string | undefined, now: number): void {
        for (const statement of parseSql(text, this.engine)) {
            this.carryOut(statement, database, now);
        }
    }

    hasDatabase(name: string): boolean {
        return this.databases.has(name);
    }

    /** The source through a filter, which was checked when it was stored. */
    feed(dataFilter?: string): Feed {
        const passes = parseFilter(dataFilter, this.engine);
        const { engine } = this;
        return {
            engine,
            dataFilter,
            snapshot: () => ({
                position: this.position,
                tables: [...this.tables.values()]
                    .filter(({ definition }) => passes(nameOf(definition)))
                    .map(({ definition, rows }) => ({ ...replicated(definition, engine), rows: [...rows.values()] })),
            }),
            changesSince: (position) => ({
                position: this.position,
                changes: this.log.filter((change) => change.position > position && passes(nameOf(change))),
            }),
        };
    }

    private carryOut(statement: Statement, database: string | undefined, now: number): void {
        switch (statement.kind) {
            case "create database":
                if (!(statement.ifNotExists && this.databases.has(statement.name))) {
                    this.createDatabase(statement.name);
                }
                return;
            case "create schema":
                return this.createSchema(statement.name, statement.ifNotExists, database);
            case "create table":
                return this.createTable(statement, database, now);
            case "alter table":
                return this.alterTable(this.find(statement.table, database), statement.alterations, now);
            case "drop table":
                return this.dropTable(statement.table, statement.ifExists, database, now);
            case "insert":
                return this.insert(statement, this.find(statement.table, database), now);
            case "update":
                return this.update(statement, this.find(statement.table, database), now);
            case "binlog retention":
                this.binlogHours = statement.hours;
                return;
            case "drop slot":
                if (!this.slots.delete(statement.slot)) {
                    throw new SqlError(`replication slot "${statement.slot}" does not exist`);
                }
                return;
            case "delete":
                return this.delete(statement.where, this.find(statement.table, database), now);
        }
    }

    private createDatabase(name: string): void {
        if (this.databases.has(name)) {
            throw new SqlError(`Database "${name}" exists already`);
        }
        this.addDatabase(name);
    }

    private addDatabase(name: string): void {
        const { defaultSchema } = ENGINES[this.engine];
        this.databases.set(name, new Set(defaultSchema === undefined ? [] : [defaultSchema]));
    }

    private createSchema(name: string, ifNotExists: boolean, database: string | undefined): void {
        const schemas = this.schemasOf(database);
        if (schemas.has(name) && !ifNotExists) {
            throw new SqlError(`Schema "${name}" exists already`);
        }
        schemas.add(name);
    }

    private schemasOf(database: string | undefined): Set<string> {
        const schemas = this.databases.get(database ?? "");
        if (!schemas) {
            throw new SqlError(database === undefined ? "No database selected" : `Unknown database "${database}"`);
        }
        return schemas;
    }

    /** The full name of a table, in a database and schema that exist. */
    private resolve(name: TableName, database: string | undefined) {
        const { defaultSchema } = ENGINES[this.engine];
        const within = name.database ?? database;
        if (defaultSchema !== undefined && name.database !== undefined && name.database !== database) {
            throw new SqlError(`A connection to "${database}" does not reach database "${name.database}"`);
        }
        const schemas = this.schemasOf(within);
        const schema = name.schema ?? defaultSchema;
        if (schema !== undefined && !schemas.has(schema)) {
            throw new SqlError(`Unknown schema "${schema}"`);
        }
        return { database: within!, ...(schema !== undefined && { schema }), table: name.table };
    }

    private find(name: TableName, database: string | undefined): Table {
        const full = nameOf(this.resolve(name, database));
        const table = this.tables.get(JSON.stringify(full));
        if (!table) {
            throw new SqlError(`Table "${full.join(".")}" does not exist`);
        }
        return table;
    }

    private createTable(
        { table: name, ifNotExists, columns, constraints, storageEngine }: Statement & { kind: "create table" },
        database: string | undefined,
        now: number,
    ): void {
        const full = this.resolve(name, database);
        const at = JSON.stringify(nameOf(full));
        if (this.tables.has(at)) {
            if (ifNotExists) {
                return;
            }
            throw new SqlError(`Table "${full.table}" exists already`);
        }
        const twice = columns.find(({ name }, index) => columns.findIndex((c) => c.name === name) < index);
        if (twice) {
            throw new SqlError(`Duplicate column "${twice.name}"`);
        }
        const bare = { ...full, columns, key: [], foreignKeyActions: [], storageEngine: storageEngine ?? "InnoDB" };
        const definition = constrained(bare, constraints);
        this.tables.set(at, { definition, rows: new Map(), nextNumber: 1 });
        this.commit(now, [this.schemaChange(definition)]);
    }

    private alterTable(table: Table, alterations: Alteration[], now: number): void {
        const { definition: before } = table;
        const definition = alterations.reduce((current, alteration) => altered(current, alteration), before);
        const rows = [...table.rows.values()].map((row) => this.reshaped(row, before, definition, now));
        const after: Table = { definition, rows: new Map(), nextNumber: table.nextNumber };
        rows.forEach((row) => this.put(after, row));
        Object.assign(table, after);
        this.commit(now, [this.schemaChange(definition, this.resyncReason(before, definition, alterations))]);
    }

    /** A row with the columns of an altered table. */
    private reshaped(row: Row, before: TableDefinition, after: TableDefinition, now: number): Row {
        return Object.fromEntries(
            after.columns.map((column) => {
                const old = before.columns.find(({ name }) => name === column.name);
                const initial = column.default ? evaluate(column.default, undefined, now) : null;
                const value = old ? row[column.name]! : initial;
                return [column.name, old?.type === column.type ? value : stored(column, value, this.engine)];
            }),
        );
    }

    /** Why the replica must be loaded anew; the reasons are those of the troubleshooting guide. */
    private resyncReason(
        before: TableDefinition,
        after: TableDefinition,
        alterations: Alteration[],
    ): string | undefined {
        const [old, new_] = [before, after].map((definition) => replicated(definition, this.engine));
        const retyped = new_!.columns.find(({ name, redshiftType }) => {
            const earlier = old!.columns.find((column) => column.name === name)?.redshiftType;
            return earlier !== undefined && redshiftType !== undefined && !canBecome(earlier, redshiftType);
        });
        const reasons: [boolean, string][] = [
            [
                alterations.some((a) => a.kind === "add" && a.position !== undefined),
                "A column was added FIRST or AFTER",
            ],
            [
                alterations.some((a) => a.kind === "add" && a.column.default?.kind === "now"),
                "A column was added with DEFAULT CURRENT_TIMESTAMP",
            ],
            [alterations.length > 1, "One ALTER TABLE had several operations"],
            [retyped !== undefined, `The data type of column ${retyped?.name} changed to ${retyped?.sourceType}`],
            [old!.trouble !== undefined && new_!.trouble === undefined, "The table can be replicated now"],
            [JSON.stringify(old!.key) !== JSON.stringify(new_!.key), "The primary key changed"],
        ];
        return reasons.find(([applies]) => applies)?.[1];
    }

    private dropTable(name: TableName, ifExists: boolean, database: string | undefined, now: number): void {
        const full = this.resolve(name, database);
        const existed = this.tables.delete(JSON.stringify(nameOf(full)));
        if (!existed && !ifExists) {
            throw new SqlError(`Table "${nameOf(full).join(".")}" does not exist`);
        }
        this.commit(now, existed ? [{ ...full, kind: "drop" }] : []);
    }

    private insert({ columns, rows }: Statement & { kind: "insert" }, table: Table, now: number): void {
        const names = columns ?? table.definition.columns.map(({ name }) => name);
        names.forEach((name) => requireColumn(table.definition, name));
        const given = rows.map((values) => {
            if (values.length !== names.length) {
                throw new SqlError(`${names.length} columns and ${values.length} values`);
            }
            return new Map(names.map((name, index) => [name, evaluate(values[index]!, undefined, now)]));
        });
        // Built on a copy: a statement succeeds as a whole.
        const after: Table = { ...table, rows: new Map(table.rows) };
        const inserted = given.map((values) => filled(after, values, this.engine, now));
        inserted.forEach((row) => this.put(after, row));
        Object.assign(table, after);
        this.commit(
            now,
            inserted.map((row) => ({ ...fullName(table), kind: "insert", row })),
        );
    }

    private update({ set, where }: Statement & { kind: "update" }, table: Table, now: number): void {
        const { definition } = table;
        const columns = set.map(([name, value]) => ({ column: requireColumn(definition, name), value }));
        const hits = matching(table, where, now);
        const updates = hits.map(([at, before]) => {
            const values = columns.map(({ column, value }) => [
                column.name,
                stored(column, evaluate(value, before, now), this.engine),
            ]);
            return { at, before, row: { ...before, ...(Object.fromEntries(values) as Row) } };
        });
        const after: Table = { ...table, rows: new Map(table.rows) };
        updates.forEach(({ at }) => after.rows.delete(at));
        updates.forEach(({ row }) => this.put(after, row));
        Object.assign(table, after);
        this.commit(
            now,
            updates.map(({ before, row }) => ({ ...fullName(table), kind: "update", before, row })),
        );
    }

    private delete(where: Expression | undefined, table: Table, now: number): void {
        const hits = matching(table, where, now);
        hits.forEach(([at]) => table.rows.delete(at));
        this.commit(
            now,
            hits.map(([, before]) => ({ ...fullName(table), kind: "delete", before })),
        );
    }

    private put(table: Table, row: Row): void {
        const at = rowKey(table, row);
        if (table.rows.has(at)) {
            throw new SqlError(`Duplicate entry ${at} for the primary key of "${table.definition.table}"`);
        }
        table.rows.set(at, row);
    }

    private schemaChange(definition: TableDefinition, resync?: string): Uncommitted {
        const seen: ReplicatedTable = replicated(definition, this.engine);
        return { ...nameParts(definition), kind: "schema", definition: seen, ...(resync !== undefined && { resync }) };
    }

    private commit(at: number, changes: Uncommitted[]): void {
        if (changes.length > 0) {
            this.position++;
            this.log.push(...changes.map((change) => ({ ...change, position: this.position, at }) as Change));
        }
    }
}

function nameParts({ database, schema, table }: TableDefinition) {
    return { database, ...(schema !== undefined && { schema }), table };
}

const fullName = ({ definition }: Table) => nameParts(definition);

function matching(table: Table, where: Expression | undefined, now: number): [string, Row][] {
    return [...table.rows].filter(([, row]) => where === undefined || evaluate(where, row, now) === true);
}

function altered(definition: TableDefinition, alteration: Alteration): TableDefinition {
    const { columns, key } = definition;
    switch (alteration.kind) {
        case "add": {
            const { column, constraints, position } = alteration;
            if (columns.some(({ name }) => name === column.name)) {
                throw new SqlError(`Duplicate column "${column.name}"`);
            }
            const after = position?.after;
            const index = !position
                ? columns.length
                : after === undefined
                  ? 0
                  : columns.indexOf(requireColumn(definition, after)) + 1;
            return constrained({ ...definition, columns: columns.toSpliced(index, 0, column) }, constraints);
        }
        case "drop":
            requireColumn(definition, alteration.column);
            return {
                ...definition,
                columns: columns.filter(({ name }) => name !== alteration.column),
                key: key.filter((name) => name !== alteration.column),
            };
        case "modify": {
            const before = requireColumn(definition, alteration.column);
            const notNull = key.includes(before.name) || (alteration.notNull ?? before.notNull);
            const modified = { ...before, type: alteration.type, notNull };
            return { ...definition, columns: columns.map((column) => (column === before ? modified : column)) };
        }
        case "constraint":
            return constrained(definition, [alteration.constraint]);
        case "drop primary key":
            if (key.length === 0) {
                throw new SqlError(`Table "${definition.table}" has no primary key`);
            }
            return { ...definition, key: [] };
    }
}
