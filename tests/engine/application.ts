import { sql } from "../../simulator/services/rds/sql";
import type { Lab } from "./fixture";

export type SourceKind = "aurora-mysql" | "aurora-postgresql" | "mysql" | "postgres" | "oracle" | "dynamodb";

interface Home {
    /** The database that the application connects to. */
    database: string;
    /** The table of orders, as the source's SQL has it. */
    table: string;
    /** The same in a database of the warehouse. */
    replica: string;
}

const MYSQL: Home = { database: "shop", table: "orders", replica: "shop.orders" };
const POSTGRESQL: Home = { database: "shop", table: "public.orders", replica: "public.orders" };
const HOMES: Record<Exclude<SourceKind, "dynamodb">, Home> = {
    "aurora-mysql": MYSQL,
    "aurora-postgresql": POSTGRESQL,
    mysql: MYSQL,
    postgres: POSTGRESQL,
    oracle: { database: "SHOP", table: "SALES.orders", replica: `"SALES"."ORDERS"` },
};

/** What writes orders, with an id each, into a source, whatever its kind. */
export interface Application {
    put(id: number): unknown;
    remove(id: number): unknown;
    /** The orders, as a database of the warehouse that follows the source names them. */
    replicaIn(database: string): string;
}

export function applicationOf(lab: Lab, kind: SourceKind, sourceArn: string): Application {
    if (kind === "dynamodb") {
        const [, , , region, account, resource] = sourceArn.split(":");
        const TableName = resource!.split("/")[1]!;
        const key = (id: number) => ({ id: { N: `${id}` } });
        const call = (operation: string, input: object) =>
            lab.call("dynamodb", operation, { TableName, ...input }, { account, region });
        return {
            put: (id) => call("PutItem", { Item: key(id) }),
            remove: (id) => call("DeleteItem", { Key: key(id) }),
            replicaIn: (name) => `"${name}".public."${TableName}"`,
        };
    }
    const { database, table, replica } = HOMES[kind];
    const run = (text: string) => sql(lab.world, sourceArn, database, text);
    if (kind === "oracle") {
        run("CREATE SCHEMA SALES");
    }
    run(`CREATE TABLE ${table} (id INT PRIMARY KEY)`);
    return {
        put: (id) => run(`INSERT INTO ${table} (id) VALUES (${id})`),
        remove: (id) => run(`DELETE FROM ${table} WHERE id = ${id}`),
        replicaIn: (name) => `"${name}".${replica}`,
    };
}

/** Lets time pass until the warehouse has these orders and no others. */
export function arrive(lab: Lab, replica: string, ids: number[], where?: Parameters<Lab["query"]>[1]): Promise<void> {
    return lab.pass(async () => {
        // There is no table before the first load.
        const rows = await lab.query(`SELECT * FROM ${replica}`, where).catch(() => []);
        const found = rows.map((row) => Number(Object.values(row)[0])).sort((one, other) => one - other);
        return `${found}` === `${ids}`;
    });
}
