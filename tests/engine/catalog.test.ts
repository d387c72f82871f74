import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { managedRows } from "../../simulator/services/glue/replication/managed-catalog";
import { sql } from "../../simulator/services/rds/sql";
import { minutes } from "../../simulator/world/clock";
import { configured, Lab, NO_CHANGES, until } from "./fixture";

describe("from mysql to a managed catalog", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    before(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine
        lab = await Lab.open();
        stack = await lab.stack("catalog");
    });
    after(() => lab?.close());

    it("goes up; what is at the source arrives, and what changes there", async () => {
        await stack.up(configured());
        const { sourceArn, catalogArn } = (await stack.outputs()) as { sourceArn: string; catalogArn: string };
        const run = (text: string) => sql(lab.world, sourceArn, "shop", text);
        const arrive = (ids: number[]) =>
            until(async () => {
                await lab.world.clock.advance(minutes(5));
                const rows = managedRows(lab.world, catalogArn, "shop", "orders") ?? [];
                return `${rows.map(({ id }) => id)}` === `${ids}`;
            });
        run("CREATE TABLE orders (id INT PRIMARY KEY)");
        run("INSERT INTO orders (id) VALUES (1), (2)");
        await arrive([1, 2]);
        run("DELETE FROM orders WHERE id = 1");
        await arrive([2]);
    });

    it("stays as it is when nothing changes, and leaves nothing in the state when it is destroyed", async () => {
        await stack.up(NO_CHANGES);
        await stack.destroy(configured());
        assert.deepEqual((await stack.export()).deployment.resources, undefined);
    });
});
