import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { applicationOf, arrive, type SourceKind } from "./application";
import { configured, NO_CHANGES, withLab, type Lab } from "./fixture";

/** Beside those into a serverless warehouse that share one with others. */
const ways: [source: SourceKind, kind: "serverless" | "provisioned"][] = [
    ["aurora-mysql", "provisioned"],
    ["postgres", "provisioned"],
    ["oracle", "serverless"],
];

for (const [source, kind] of ways) {
    describe(`from ${source} to a ${kind} warehouse`, function () {
        this.timeout(120_000);

        let lab: Lab;
        let stack: Stack;

        withLab(async (opened) => {
            lab = opened;
            stack = await lab.stack("shop");
        });

        it("goes up; what is at the source arrives, and what changes there", async () => {
            await stack.up(configured({ source, warehouse: kind }));
            const { sourceArn } = (await stack.outputs()) as { sourceArn: string };
            const { put, remove, replicaIn } = applicationOf(lab, source, sourceArn);
            const replica = replicaIn("shop");
            const door = kind === "serverless" ? { WorkgroupName: "sales" } : { ClusterIdentifier: "sales" };
            await put(1);
            await put(2);
            await arrive(lab, replica, [1, 2], { door });
            await remove(1);
            await arrive(lab, replica, [2], { door });
        });

        it("stays as it is when nothing changes, and leaves nothing when it is destroyed", async () => {
            await stack.up(NO_CHANGES);
            await stack.destroy(configured());
            assert.deepEqual((await stack.export()).deployment.resources, undefined);
        });
    });
}
