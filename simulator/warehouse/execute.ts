import { createIntegrationDatabase, refreshTables, setIntegration } from "../integrations/integration-databases";
import { minutes } from "../world/clock";
import type { World } from "../world/world";
import { rowSetOf, runSelect, type ResultSet, type RowSet } from "./select";
import { SqlError } from "./sql/error";
import { parse } from "./sql/parser";
import {
    relationsOf,
    type CreateDatabase,
    type CreateView,
    type QualifiedName,
    type Select,
    type Statement,
} from "./sql/syntax";
import { systemView } from "./system-views";
import { newDatabase, type Database, type Relation, type View, type Warehouse } from "./warehouse";

/** Of user databases in a cluster. */
const MAX_DATABASES = 60;
const MAX_IDENTIFIER_BYTES = 127;
/** From a change of its tables until a view that follows them by itself has followed. */
const AUTO_REFRESH = minutes(1);
/** Redshift's own keep their names. */
const OWN_DATABASES = ["dev", "padb_harvest", "template0", "template1", "sys:internal"];
const OUTSIDE_TRANSACTIONS: Partial<Record<Statement["kind"], string>> = {
    "create-database": "CREATE DATABASE",
    "drop-database": "DROP DATABASE",
    "refresh-tables": "ALTER DATABASE INTEGRATION REFRESH",
    "set-integration": "ALTER DATABASE INTEGRATION SET",
};

/** A connection: where a statement runs. */
export interface Session {
    world: World;
    warehouse: Warehouse;
    /** the one connected to */
    database: string;
    user: string;
    /** the values of `:name` */
    parameters?: Record<string, string>;
    inTransaction?: boolean;
}

/** Carries one statement out; a {@link SqlError} is what Redshift would say. */
export function execute(session: Session, sql: string): ResultSet | undefined {
    connect(session);
    const { warehouse, parameters } = session;
    const statement = parse(sql, { caseSensitive: warehouse.compute.caseSensitive(), parameters });
    const command = OUTSIDE_TRANSACTIONS[statement.kind];
    if (session.inTransaction && command) {
        throw new SqlError(`ERROR: ${command} cannot run inside a transaction block`);
    }
    return new Executor(session, sql).run(statement);
}

/** The database that a session is connected to. */
export function connect({ warehouse, database }: Pick<Session, "warehouse" | "database">): Database {
    const found = warehouse.databases.get(database) ?? warehouse.databases.get(database.toLowerCase());
    if (!found) {
        throw new SqlError(`FATAL: database "${database}" does not exist`);
    }
    return found;
}

class Executor {
    private readonly connected: Database;

    constructor(
        private readonly session: Session,
        private readonly sql: string,
    ) {
        this.connected = connect(session);
    }

    run(statement: Statement): ResultSet | undefined {
        const { world, warehouse } = this.session;
        switch (statement.kind) {
            case "select":
                return this.select(statement);
            case "show-view":
                return this.showView(statement.name);
            case "create-database":
                return this.createDatabase(statement);
            case "rename-database":
                return this.renameDatabase(statement);
            case "drop-database":
                return this.dropDatabase(statement.name);
            case "refresh-tables":
                return refreshTables(world, warehouse, this.database(statement.name), statement);
            case "set-integration":
                return setIntegration(world, warehouse, this.database(statement.name), statement);
            case "create-schema":
                return this.createSchema(statement);
            case "drop-schema":
                return this.dropSchema(statement);
            case "create-view":
                return this.createView(statement);
            case "drop-view":
                return this.dropView(statement);
            case "refresh-view":
                return this.refreshView(statement.name);
        }
    }

    private select(select: Select): ResultSet {
        return runSelect(select, (name) => this.read(name));
    }

    private read(name: QualifiedName): RowSet {
        const { warehouse, world } = this.session;
        const view = name[0] === "pg_catalog" || name.length === 1 ? name.at(-1)! : undefined;
        const system = view && systemView(view, warehouse, world, this.connected.name);
        if (system) {
            return system;
        }
        const { database, schema, relation, table } = this.locate(name);
        if (!relation) {
            throw new SqlError(`ERROR: relation "${name.join(".")}" does not exist`);
        }
        const { integration } = database;
        const replica = integration?.tables.get(JSON.stringify([schema, table]));
        const isReadable = replica === undefined || ["Synced", "DroppedSource"].includes(replica.state);
        if (!isReadable && !integration?.settings.queryAllStates) {
            throw new SqlError(
                `ERROR: The table "${name.join(".")}" is in the state ${replica.state}. Query it with QUERY_ALL_STATES set, or wait until it is Synced.`,
            );
        }
        if (relation.kind === "view") {
            return this.within(database).renamed(relation);
        }
        if (
            relation.kind === "materialized" &&
            relation.autoRefresh &&
            world.clock.now() >= relation.refreshed + AUTO_REFRESH
        ) {
            this.within(database).follow(relation);
        }
        return { columns: relation.columns, rows: relation.rows };
    }

    /** A view's own query, run where the view is. */
    private renamed({ query, columns }: Pick<View, "query" | "columns">): RowSet {
        const { columns: read, rows } = this.select(query);
        // A view of everything in a table that did not exist has no names of its own.
        const named = read.map((column, index) => ({ ...column, name: columns[index]?.name ?? column.name }));
        return rowSetOf({ columns: named, rows });
    }

    /** As Redshift has done by now; rows whose table is gone, or can't be read, stay. */
    private follow(view: View): void {
        try {
            this.refresh(view);
        } catch (error) {
            if (!(error instanceof SqlError)) {
                throw error;
            }
        }
    }

    private within(database: Database): Executor {
        return new Executor({ ...this.session, database: database.name }, this.sql);
    }

    private showView(name: QualifiedName): ResultSet {
        const { definition } = this.view(name);
        return { columns: [{ name: "Show View DDL statement", type: "VARCHAR(65535)" }], rows: [[definition]] };
    }

    private createDatabase(statement: CreateDatabase): undefined {
        const { world, warehouse, user } = this.session;
        const { name, from } = statement;
        this.checkNewDatabase(name);
        if (warehouse.databases.size >= MAX_DATABASES) {
            throw new SqlError(`ERROR: The limit of ${MAX_DATABASES} databases is exceeded`);
        }
        if (from) {
            createIntegrationDatabase(world, warehouse, newDatabase(name, user), from);
        } else {
            warehouse.databases.set(name, newDatabase(name, user));
        }
    }

    /** Its integration writes on: it does not know the database by its name. */
    private renameDatabase({ name, to }: Statement & { kind: "rename-database" }): undefined {
        const { databases } = this.session.warehouse;
        const database = this.database(name);
        if (database === this.connected) {
            throw new SqlError("ERROR: current database may not be renamed");
        }
        if (OWN_DATABASES.includes(name)) {
            throw new SqlError(`ERROR: database "${name}" may not be renamed`);
        }
        this.checkNewDatabase(to);
        databases.delete(name);
        database.name = to;
        databases.set(to, database);
    }

    private checkNewDatabase(name: string): void {
        checkIdentifier(name);
        if (this.session.warehouse.databases.has(name)) {
            throw new SqlError(`ERROR: database "${name}" already exists`);
        }
    }

    private dropDatabase(name: string): undefined {
        const database = this.database(name);
        if (database === this.connected) {
            throw new SqlError("ERROR: cannot drop the currently open database");
        }
        database.integration?.cancel();
        this.session.warehouse.databases.delete(name);
    }

    private createSchema({ name, ifNotExists }: Statement & { kind: "create-schema" }): undefined {
        const { schemas } = this.writable(this.connected);
        const schema = name.at(-1)!;
        checkIdentifier(schema);
        if (!schemas.has(schema)) {
            schemas.set(schema, new Map());
        } else if (!ifNotExists) {
            throw new SqlError(`ERROR: schema "${schema}" already exists`);
        }
    }

    private dropSchema({ name, ifExists, cascade }: Statement & { kind: "drop-schema" }): undefined {
        const { schemas } = this.writable(this.connected);
        const schema = schemas.get(name.at(-1)!);
        if (!schema && !ifExists) {
            throw new SqlError(`ERROR: schema "${name.at(-1)}" does not exist`);
        }
        if (schema && schema.size > 0 && !cascade) {
            throw new SqlError(
                `ERROR: cannot drop schema ${name.at(-1)} because other objects depend on it Hint: Use DROP ... CASCADE to drop the dependent objects too.`,
            );
        }
        schemas.delete(name.at(-1)!);
    }

    private createView(statement: CreateView): undefined {
        const { query, materialized, autoRefresh, lateBinding, orReplace } = statement;
        const { relations, existing, table } = this.place(statement.name);
        checkIdentifier(table);
        if (existing && !(orReplace && existing.kind === "view" && !materialized)) {
            throw new SqlError(`ERROR: Relation "${table}" already exists`);
        }
        const read = relationsOf(query);
        if (lateBinding && read.some((name) => name.length < 2)) {
            throw new SqlError(
                "ERROR: All the relation names inside should be qualified when creating a late binding view",
            );
        }
        const crosses = read.some((name) => name.length === 3 && name[0] !== this.connected.name);
        if (crosses && !lateBinding && !materialized) {
            throw new SqlError("ERROR: Cross-database views must be created WITH NO SCHEMA BINDING");
        }
        const found = lateBinding && !read.every((name) => this.exists(name)) ? undefined : this.select(query);
        const columns = this.viewColumns(statement, found);
        const same = existing?.columns.every(({ name }, index) => columns[index]?.name === name);
        if (existing && !same) {
            throw new SqlError("ERROR: cannot change name or number of columns of a view by CREATE OR REPLACE VIEW");
        }
        const view: View = {
            kind: materialized ? "materialized" : "view",
            columns,
            query,
            definition: this.sql,
            lateBinding,
            rows: [],
            refreshed: 0,
            autoRefresh,
        };
        relations.set(table, view);
        if (materialized) {
            this.refresh(view);
        }
    }

    /** Of a view whose table isn't there yet, what the query itself says. */
    private viewColumns({ query, columns: names }: CreateView, found: ResultSet | undefined) {
        const columns =
            found?.columns ??
            query.items.flatMap((item) => (item.star ? [] : [{ name: item.label, type: "VARCHAR(65535)" }]));
        const repeated = columns.find(({ name }, index) => columns.findIndex((c) => c.name === name) < index);
        if (repeated) {
            throw new SqlError(`ERROR: column "${repeated.name}" specified more than once`);
        }
        return columns.map((column, index) => ({ ...column, name: names?.[index] ?? column.name }));
    }

    private exists(name: QualifiedName): boolean {
        try {
            return this.read(name) !== undefined;
        } catch (error) {
            if (error instanceof SqlError) {
                return false;
            }
            throw error;
        }
    }

    private dropView({ name, ifExists, materialized }: Statement & { kind: "drop-view" }): undefined {
        if (ifExists && !this.locate(name).relation) {
            return;
        }
        const { relations, table } = this.place(name);
        if (this.view(name).kind !== (materialized ? "materialized" : "view")) {
            throw new SqlError(`ERROR: "${table}" is ${materialized ? "not a materialized" : "a materialized"} view`);
        }
        relations.delete(table);
    }

    private refreshView(name: QualifiedName): undefined {
        const view = this.view(name);
        if (view.kind !== "materialized") {
            throw new SqlError(`ERROR: "${name.at(-1)}" is not a materialized view`);
        }
        this.refresh(view);
    }

    private refresh(view: View): void {
        view.rows = this.renamed(view).rows;
        view.refreshed = this.session.world.clock.now();
    }

    private view(name: QualifiedName): View {
        const { relation } = this.locate(name);
        if (!relation || relation.kind === "table") {
            throw new SqlError(`ERROR: view "${name.join(".")}" does not exist`);
        }
        return relation;
    }

    private database(name: string): Database {
        const database = this.session.warehouse.databases.get(name);
        if (!database) {
            throw new SqlError(`ERROR: database "${name}" does not exist`);
        }
        return database;
    }

    /** What a name of one to three parts stands for. */
    private locate(name: QualifiedName) {
        const [table, schema = "public", database] = name.toReversed();
        const within = database === undefined ? this.connected : this.database(database);
        const relation: Relation | undefined = within.schemas.get(schema)?.get(table);
        return { database: within, schema, table, relation };
    }

    /** Where something is to be made. */
    private place(name: QualifiedName) {
        const { database, schema, table, relation } = this.locate(name);
        if (name.length === 3 && database !== this.connected) {
            throw new SqlError("ERROR: Objects are created in the database that is connected to");
        }
        const relations = this.writable(database).schemas.get(schema);
        if (!relations) {
            throw new SqlError(`ERROR: schema "${schema}" does not exist`);
        }
        return { database, relations, existing: relation, table };
    }

    private writable(database: Database): Database {
        if (database.integration) {
            throw new SqlError(
                `ERROR: Database "${database.name}" is read-only: it is created from an integration. Create the object in another database.`,
            );
        }
        return database;
    }
}

function checkIdentifier(name: string): void {
    if (name === "" || Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) {
        throw new SqlError(`ERROR: identifier "${name}" must have 1 to ${MAX_IDENTIFIER_BYTES} bytes`);
    }
}
