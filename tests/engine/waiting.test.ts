import * as assert from "node:assert/strict";
import { configured, withLab, type Lab } from "./fixture";

describe("waiting", function () {
    this.timeout(120_000);

    let lab: Lab;

    withLab((opened) => (lab = opened));

    it("for ten integrations takes about as many looks as for one", async () => {
        lab.world.faults.add({ kind: "slow-state", service: "glue", factor: 6 });
        const [one, ten] = [await looks(1, "111111111111"), await looks(10, "222222222222")];
        // Each looks once for itself before it is created, and once after.
        assert.ok(ten <= one + 2 * 10, `${one} looks for one, ${ten} for ten`);
    });

    /** How often all integrations were listed until so many were active. */
    async function looks(integrations: number, account: string): Promise<number> {
        const env = { INTEGRATIONS: String(integrations) };
        const stack = await lab.stack("many", { name: `of-${integrations}`, account, env });
        await stack.up({ ...configured(), parallel: 30 });
        const active = (await lab.integrations({ account })).filter(({ Status }) => Status === "ACTIVE");
        assert.equal(active.length, integrations);
        return lab
            .calls("DescribeIntegrations")
            .filter((call) => call.accountId === account && !("IntegrationIdentifier" in (call.input as object)))
            .length;
    }
});
