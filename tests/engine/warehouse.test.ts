import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { sql } from "../../simulator/services/rds/sql";
import { minutes } from "../../simulator/world/clock";
import { configured, Lab, NO_CHANGES, until } from "./fixture";

describe("a shop's database in a warehouse", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    before(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine
        lab = await Lab.open();
        stack = await lab.stack("shop");
    });
    after(() => lab?.close());

    it("is made", async () => {
        await stack.up(configured());
    });

    it("has what the source has, also what changes", async () => {
        const { sourceArn } = (await stack.outputs()) as { sourceArn: string };
        sql(lab.world, sourceArn, "shop", "CREATE TABLE orders (id INT PRIMARY KEY, total DECIMAL(8, 2))");
        sql(lab.world, sourceArn, "shop", "INSERT INTO orders VALUES (1, 9.90), (2, 20)");
        await arrive(["1", "2"]);
        sql(lab.world, sourceArn, "shop", "DELETE FROM orders WHERE id = 1");
        await arrive(["2"]);
    });

    it("stays as it is when nothing changes", async () => {
        await stack.up(NO_CHANGES);
    });

    it("is destroyed", async () => {
        await stack.destroy(configured());
        assert.deepEqual((await stack.export()).deployment.resources, undefined);
    });

    async function arrive(ids: string[]): Promise<void> {
        await until(async () => {
            await lab.world.clock.advance(minutes(5));
            return `${await query(`SELECT id FROM shop.shop.orders ORDER BY id`)}` === `${ids}`;
        });
    }

    /** The first column; nothing while the statement fails. */
    async function query(Sql: string): Promise<unknown[]> {
        const { Id } = await lab.call("redshift-data", "ExecuteStatement", {
            WorkgroupName: "sales",
            Database: "dev",
            Sql,
        });
        await until(async () => {
            const { Status } = await lab.call("redshift-data", "DescribeStatement", { Id });
            return Status === "FINISHED" || Status === "FAILED";
        });
        const { Status } = await lab.call("redshift-data", "DescribeStatement", { Id });
        if (Status === "FAILED") {
            return [];
        }
        const { Records } = await lab.call("redshift-data", "GetStatementResult", { Id });
        return Records.map(([first]: Record<string, unknown>[]) => Object.values(first!)[0]);
    }
});
