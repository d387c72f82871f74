import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { sql } from "../../simulator/services/rds/sql";
import { minutes } from "../../simulator/world/clock";
import { configured, Lab, NO_CHANGES, until } from "./fixture";

interface Way {
    source: string;
    kind: "serverless" | "provisioned";
    /** The table, as the source's SQL and the warehouse's have it; a DynamoDB table has no SQL. */
    table: string;
    replica: string;
}

const ways: Way[] = [
    { source: "aurora-mysql", kind: "serverless", table: "orders", replica: "shop.shop.orders" },
    { source: "aurora-mysql", kind: "provisioned", table: "orders", replica: "shop.shop.orders" },
    { source: "aurora-postgresql", kind: "serverless", table: "public.orders", replica: "shop.public.orders" },
    { source: "mysql", kind: "serverless", table: "orders", replica: "shop.shop.orders" },
    { source: "postgres", kind: "provisioned", table: "public.orders", replica: "shop.public.orders" },
    { source: "oracle", kind: "serverless", table: "SALES.orders", replica: `shop."SALES"."ORDERS"` },
    { source: "dynamodb", kind: "serverless", table: "orders", replica: "shop.public.orders" },
];

for (const way of ways) {
    describe(`from ${way.source} to a ${way.kind} warehouse`, function () {
        this.timeout(120_000);

        let lab: Lab;
        let stack: Stack;

        before(async function () {
            this.timeout(900_000); // the first run on a machine may have to build the engine
            lab = await Lab.open();
            stack = await lab.stack("shop");
        });
        after(() => lab?.close());

        it("goes up; what is at the source arrives, and what changes there", async () => {
            await stack.up(configured({ source: way.source, warehouse: way.kind }));
            const { put, remove } = await application();
            await put(1);
            await put(2);
            await arrive("1,2");
            await remove(1);
            await arrive("2");
        });

        it("stays as it is when nothing changes, and leaves nothing when it is destroyed", async () => {
            await stack.up(NO_CHANGES);
            await stack.destroy(configured());
            assert.deepEqual((await stack.export()).deployment.resources, undefined);
        });

        /** What the source's application does. */
        async function application() {
            if (way.source === "dynamodb") {
                const key = (id: number) => ({ id: { N: `${id}` } });
                const call = (operation: string, input: object) =>
                    lab.call("dynamodb", operation, { TableName: way.table, ...input });
                return {
                    put: (id: number) => call("PutItem", { Item: key(id) }),
                    remove: (id: number) => call("DeleteItem", { Key: key(id) }),
                };
            }
            const { sourceArn } = (await stack.outputs()) as { sourceArn: string };
            const run = (text: string) => sql(lab.world, sourceArn, way.source === "oracle" ? "SHOP" : "shop", text);
            if (way.source === "oracle") {
                run("CREATE SCHEMA SALES");
            }
            run(`CREATE TABLE ${way.table} (id INT PRIMARY KEY)`);
            return {
                put: (id: number) => run(`INSERT INTO ${way.table} (id) VALUES (${id})`),
                remove: (id: number) => run(`DELETE FROM ${way.table} WHERE id = ${id}`),
            };
        }

        async function arrive(ids: string): Promise<void> {
            await until(async () => {
                await lab.world.clock.advance(minutes(5));
                return (await query(`SELECT * FROM ${way.replica}`)).map(Number).sort().join() === ids;
            });
        }

        /** The first column; nothing while the statement fails. */
        async function query(Sql: string): Promise<unknown[]> {
            const door = way.kind === "serverless" ? { WorkgroupName: "sales" } : { ClusterIdentifier: "sales" };
            const statement = { ...door, Database: "dev", Sql };
            const { Id } = await lab.call("redshift-data", "ExecuteStatement", statement);
            await lab.world.clock.advance(minutes(1));
            const { Status } = await lab.call("redshift-data", "DescribeStatement", { Id });
            if (Status === "FAILED") {
                return [];
            }
            const { Records } = await lab.call("redshift-data", "GetStatementResult", { Id });
            return Records.map(([first]: object[]) => Object.values(first!)[0]);
        }
    });
}
