import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { sql } from "../../simulator/services/rds/sql";
import { configured, resourceOf, until, withLab, type Lab } from "./fixture";

/** One integration that fails, needs attention and falls behind: each time the state keeps it, and the next update goes on. */
describe("an integration in trouble", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;
    let outputs: { sourceArn: string; namespaceArn: string; groupName: string };

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("orders");
        await stack.up(configured({ integrated: false }));
        outputs = (await stack.outputs()) as typeof outputs;
        run("CREATE TABLE public.orders (id INT)");
    });
    beforeEach(() => lab.world.requests.clear());
    afterEach(() => lab.world.faults.clear());

    const run = (text: string) => sql(lab.world, outputs.sourceArn, "shop", text);
    const rds = (operation: string, input: object) => lab.call("rds", operation, input);
    const integration = async () => {
        const [only, ...others] = (await rds("DescribeIntegrations", {})).Integrations;
        assert.deepEqual(others, []);
        return only;
    };
    const kept = () => resourceOf(stack, "RdsIntegration");

    it("that fails while it is created stays in the state, and the message says why", async () => {
        const keyArn = await lab.integrationKey(outputs.sourceArn, outputs.namespaceArn);
        lab.world.faults.add({ kind: "slow-state", service: "rds", factor: 3 });
        const integration = { kmsKeyArn: keyArn, timeouts: { needsAttention: "1s" } };
        const up = stack.up({ ...configured({ integrated: true, integration }), expectFailure: true });
        await until(() => lab.calls("CreateIntegration").length === 1);
        await lab.call("kms", "DisableKey", { KeyId: keyArn });

        const { stdout } = await up;
        assert.match(
            stdout,
            /is FAILED, which is final\. AWS says .*The KMS key \S+ is not accessible: it is Disabled/,
        );
        assert.match(stdout, /Put the cause right; the next update replaces the integration/);
        assert.equal((await kept()).outputs.status, "FAILED");
        await lab.call("kms", "EnableKey", { KeyId: keyArn });
    });

    it("that has failed is replaced by the next update; one that needs attention stays in the state", async () => {
        const failed = (await kept()).id;
        const { stdout } = await stack.up({ ...configured(), expectFailure: true });
        assert.notEqual((await integration()).IntegrationArn, failed);
        assert.match(stdout, /is in NEEDS_ATTENTION\. AWS says .*orders.* primary key/);
        assert.match(stdout, /Put the cause right/);
        assert.equal((await kept()).id, (await integration()).IntegrationArn);
        assert.equal((await kept()).outputs.status, "NEEDS_ATTENTION");
    });

    it("that needs attention goes on with the next update, once the cause is gone", async () => {
        run("ALTER TABLE public.orders ADD PRIMARY KEY (id)");
        run("INSERT INTO public.orders (id) VALUES (1)");
        await stack.up(configured());
        assert.equal((await kept()).outputs.status, "ACTIVE");
        assert.deepEqual(lab.calls("CreateIntegration"), []);
        await lab.pass(async () => (await lab.query("SELECT id FROM shop.public.orders")).length === 1);
    });

    it("is seen on refresh to be syncing, when a parameter was changed; the update puts that right, and says what to do", async () => {
        const { IntegrationArn } = await integration();
        await setParameter("rds.logical_replication", "0");
        await reboot();
        await lab.pass(async () => (await integration()).Status === "syncing");

        await stack.refresh(configured());
        assert.equal((await kept()).outputs.status, "SYNCING");
        assert.match(JSON.stringify((await kept()).outputs.integrationErrors), /rds\.logical_replication is 0/);
        const { stdout } = await stack.up({ ...configured(), expectFailure: true });
        assert.match(stdout, /waits for a reboot/);

        await reboot();
        await lab.pass(async () => (await integration()).Status === "active");
        await stack.up(configured({}, "--refresh"));
        assert.equal((await kept()).id, IntegrationArn);
        assert.equal((await kept()).outputs.status, "ACTIVE");
    });

    function setParameter(ParameterName: string, ParameterValue: string): Promise<unknown> {
        return rds("ModifyDBClusterParameterGroup", {
            DBClusterParameterGroupName: outputs.groupName,
            Parameters: [{ ParameterName, ParameterValue, ApplyMethod: "pending-reboot" }],
        });
    }

    async function reboot(): Promise<void> {
        const { DBInstances } = await rds("DescribeDBInstances", {});
        await rds("RebootDBInstance", { DBInstanceIdentifier: DBInstances[0].DBInstanceIdentifier });
    }
});
