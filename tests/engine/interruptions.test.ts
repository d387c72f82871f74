import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { configured, NO_DRIFT, REGION, resourceOf, until, withLab, type Lab, type Place } from "./fixture";

/** Each stack has an account of its own, so that none is in another's way. */
describe("an update that does not go as it should", function () {
    this.timeout(120_000);

    let lab: Lab;

    withLab((opened) => (lab = opened));
    beforeEach(() => lab.world.requests.clear());
    afterEach(() => lab.world.faults.clear());

    /** How many integrations AWS was told to make, answered or not. */
    const made = () =>
        lab.calls("CreateIntegration").filter(({ error, fault }) => !error || fault === "lost-answer").length;

    /** One integration, active and in the state; nothing pending; nothing to do. */
    async function assertWhole(stack: Stack, place: Place): Promise<void> {
        const integrations = await lab.integrations(place);
        assert.deepEqual(
            integrations.map(({ Status }) => Status),
            ["ACTIVE"],
        );
        assert.equal((await resourceOf(stack, "GlueIntegration")).id, integrations[0]!.IntegrationArn);
        assert.deepEqual((await stack.export()).deployment.pending_operations ?? [], []);
        await stack.up(NO_DRIFT);
    }

    it("killed in its wait, it is taken up by the next one", async () => {
        const place = { account: "111111111111" };
        const stack = await lab.stack("bank", { name: "killed", ...place });
        lab.world.faults.add({ kind: "slow-state", service: "glue", factor: 5 });
        const killer = new AbortController();
        const killed = stack.up({ ...configured(), signal: killer.signal, expectFailure: true });
        await until(() => lab.calls("DescribeIntegrations").length > 5 && made() === 1);
        killer.abort();
        assert.equal((await killed).code, null);
        const { pending_operations = [] } = (await stack.export()).deployment;
        assert.ok(pending_operations.some(({ resource }) => resource.type.endsWith(":GlueIntegration")));

        await stack.cancel();
        await stack.up(configured());
        assert.equal(made(), 1);
        await stack.refresh(configured({}, "--clear-pending-creates"));
        await assertWhole(stack, place);
    });

    it("makes one integration where the answer to an accepted CreateIntegration is lost", async () => {
        const place = { account: "222222222222" };
        const stack = await lab.stack("bank", { name: "lost-answer", ...place });
        lab.world.faults.add({ kind: "lost-answer", service: "glue", operation: "CreateIntegration", times: 1 });
        await stack.up(configured());
        assert.equal(made(), 1);
        await assertWhole(stack, place);
    });

    it("finishes with 30 % of the calls throttled, and with bursts of 5xx", async () => {
        const place = { account: "333333333333" };
        const stack = await lab.stack("bank", { name: "throttled", ...place });
        lab.world.faults.add({ kind: "server-error", service: "glue", operation: "CreateIntegration", times: 2 });
        lab.world.faults.add({ kind: "server-error", service: "glue", operation: "DescribeIntegrations", times: 3 });
        lab.world.faults.add({ kind: "server-error", service: "dynamodb", times: 3 });
        lab.world.faults.add({ kind: "throttle", rate: 0.3 });
        await stack.up(configured());
        assert.ok(lab.world.requests.find().filter(({ fault }) => fault === "throttle").length > 0);
        assert.equal(made(), 1);
        lab.world.faults.clear();
        await assertWhole(stack, place);
    });

    it("ends in NEEDS_ATTENTION with the cause and the next step, keeps the integration, and goes on with it", async () => {
        const place = { account: "444444444444" };
        const stack = await lab.stack("bank", { name: "needs-attention", ...place });
        const roleArn = await weakRole(place);
        const { stdout } = await stack.up({
            ...configured({ lakehouse: { roleArn }, integration: { timeouts: { needsAttention: "1s" } } }),
            expectFailure: true,
        });
        assert.match(stdout, /is in NEEDS_ATTENTION\. AWS says .*s3:PutObject/);
        assert.match(stdout, /Put the cause right/);
        const [integration] = await lab.integrations(place);
        const kept = await resourceOf(stack, "GlueIntegration");
        assert.equal(kept.id, integration!.IntegrationArn);
        assert.equal(kept.outputs.status, "NEEDS_ATTENTION");

        await allow("s3:*", place);
        await stack.up(configured({ integration: {} }));
        assert.equal(made(), 1);
        await assertWhole(stack, place);
    });

    const ROLE = "lakehouse-writer";

    /** A role that may do everything but write to S3. */
    async function weakRole(place: Place): Promise<string> {
        const trust = {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" }],
        };
        const { Role } = await lab.call(
            "iam",
            "CreateRole",
            { RoleName: ROLE, AssumeRolePolicyDocument: JSON.stringify(trust) },
            { region: REGION, ...place },
        );
        await allow(["glue:*", "logs:*", "cloudwatch:*", "s3:ListBucket", "s3:GetObject"], place);
        return Role.Arn;
    }

    function allow(Action: string | string[], place: Place): Promise<unknown> {
        const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
        const PolicyName = `allow-${[Action].flat()[0]!.replace(/\W/g, "")}`;
        const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        return lab.call("iam", "PutRolePolicy", { RoleName: ROLE, PolicyName, PolicyDocument }, place);
    }
});
