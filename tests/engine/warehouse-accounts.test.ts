import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { minutes } from "../../simulator/world/clock";
import { applicationOf, arrive } from "./application";
import { ACCOUNT, configured, NO_DRIFT, OTHER_ACCOUNT, REGION, withLab, type Lab } from "./fixture";

const OTHER_ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/OrganizationAccountAccessRole`;
const SOURCE_ARN = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:shop`;
const other = { account: OTHER_ACCOUNT };

describe("a cluster in one account and the warehouse in another", function () {
    this.timeout(120_000);

    let lab: Lab;

    withLab((opened) => (lab = opened), { each: true });

    const integrations = async (account?: string) =>
        (await lab.call("rds", "DescribeIntegrations", {}, { account })).Integrations;

    async function assertRowsArrive(): Promise<void> {
        const shop = applicationOf(lab, "aurora-mysql", SOURCE_ARN);
        await shop.put(1);
        await arrive(lab, shop.replicaIn("shop"), [1], other);
    }

    async function assertEmpty(...stacks: Stack[]): Promise<void> {
        for (const stack of stacks) {
            assert.deepEqual((await stack.export()).deployment.resources ?? [], []);
        }
        assert.deepEqual(await integrations(), []);
    }

    it("in one program: rows arrive, nothing drifts, and nothing is left", async () => {
        const stack = await lab.stack("warehouse-two-accounts");
        await stack.up(configured({ analyticsRole: OTHER_ROLE }));
        await assertRowsArrive();
        assert.deepEqual(await integrations(OTHER_ACCOUNT), []);
        await stack.up(NO_DRIFT);
        await stack.destroy(configured());
        await assertEmpty(stack);
    });

    it("in two stacks: the warehouse accepts the cluster first, and makes the database last", async () => {
        const [source, target] = [await lab.stack("warehouse-source"), await lab.stack("warehouse", other)];
        await target.up(configured());
        const { stdout } = await source.up({ ...configured(), expectFailure: true });
        assert.match(stdout, /redshift:CreateInboundIntegration/);
        assert.match(stdout, /Let the warehouse's stack run first, with warehouse\.accept\(\) for this source/);
        assert.deepEqual(await integrations(), []);

        await target.up(configured({ accept: SOURCE_ARN }));
        await source.up(configured());
        const { integrationArn } = await source.outputs();
        await target.up(configured({ integrationArn }));
        await assertRowsArrive();

        await target.destroy(configured());
        await lab.world.clock.advance(minutes(20));
        assert.equal((await integrations())[0].Status, "failed");
        await source.destroy(configured());
        await assertEmpty(source, target);
    });
});
