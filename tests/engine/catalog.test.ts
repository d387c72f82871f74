import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { managedRows } from "../../simulator/services/glue/replication/managed-catalog";
import { applicationOf } from "./application";
import { configured, NO_CHANGES, withLab, type Lab } from "./fixture";

/** A database of Glue has two levels: PostgreSQL's database and schema become one name. */
const DATABASES = { "aurora-mysql": "shop", "aurora-postgresql": "shop_public", mysql: "shop" };
const KINDS = Object.keys(DATABASES) as (keyof typeof DATABASES)[];

interface Outputs {
    sourceArns: Record<keyof typeof DATABASES, string>;
    catalogArn: string;
}

describe("from Aurora and RDS to a managed catalog", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;
    let outputs: Outputs;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("catalog");
        await stack.up(configured());
        outputs = (await stack.outputs()) as unknown as Outputs;
    });

    for (const kind of KINDS) {
        it(`what is in ${kind} arrives, and what changes there`, async () => {
            const { put, remove } = applicationOf(lab, kind, outputs.sourceArns[kind]);
            await put(1);
            await put(2);
            await arrive([1, 2]);
            await remove(1);
            await arrive([2]);

            function arrive(ids: number[]): Promise<void> {
                return lab.pass(() => {
                    const rows = managedRows(lab.world, outputs.catalogArn, DATABASES[kind], "orders") ?? [];
                    return `${rows.map(({ id }) => id)}` === `${ids}`;
                });
            }
        });
    }

    it("stays as it is when nothing changes, and leaves nothing in the state when it is destroyed", async () => {
        await stack.up(NO_CHANGES);
        await stack.destroy(configured());
        assert.deepEqual((await stack.export()).deployment.resources, undefined);
    });
});
