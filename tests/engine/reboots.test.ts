import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { configured, resourceOf, settings, withLab, type Lab } from "./fixture";

/** Databases that ran without zero-ETL: its parameter groups are attached, and wait for a reboot. */
describe("parameters that wait for a reboot", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("reboots");
        await stack.up(configured());
    });
    beforeEach(() => lab.world.requests.clear());

    /** What was rebooted, whoever asked for it. */
    const rebooted = () =>
        lab.world.requests
            .find()
            .filter(({ operation }) => /^Reboot/.test(operation))
            .map(({ input }) => Object.values(input as object)[0]);

    it("are warned of at preview where a reboot is allowed, with the names of what may go down", async () => {
        const { stdout } = await stack.preview({ args: settings({ integrated: true, reboot: "now" }) });
        assert.match(stdout, /warning: The writer of shop may be rebooted in this update.* down for a minute or so/);
        assert.match(stdout, /warning: The writer of shop is one of shop-writer, shop-reader\./);
        assert.match(stdout, /warning: sales may be rebooted in this update.* down for some minutes/);
        assert.deepEqual(rebooted(), []);
    });

    it("are said before the integration is made, with what to do, and nothing is rebooted unasked", async () => {
        const { stdout } = await stack.up({
            ...configured({ integrated: true, reboot: "never" }, "--continue-on-error"),
            expectFailure: true,
        });
        assert.doesNotMatch(stdout, /may be rebooted/);
        assert.match(stdout, /aurora_enhanced_binlog.* may not be in effect: shop-writer waits for a reboot/);
        assert.match(stdout, /aws rds reboot-db-instance --db-instance-identifier shop-writer/);
        assert.match(stdout, /enable_case_sensitive_identifier.* may not be in effect: sales waits for a reboot/);
        assert.match(stdout, /aws redshift reboot-cluster --cluster-identifier sales/);
        assert.deepEqual(rebooted(), []);
        assert.deepEqual(lab.calls("CreateIntegration"), []);
    });

    it("are brought into effect by one reboot each, even if AWS's answer to it is lost", async () => {
        lab.world.faults.add({ kind: "lost-answer", service: "rds", operation: "RebootDBInstance", times: 1 });
        await stack.up(configured({ reboot: "now" }));
        assert.deepEqual(rebooted().sort(), ["sales", "shop-writer"]);
        assert.equal((await resourceOf(stack, "RdsIntegration")).outputs.status, "ACTIVE");
    });

    it("have no second reboot", async () => {
        await stack.up(configured({}, "--refresh"));
        assert.deepEqual(rebooted(), []);
    });
});
