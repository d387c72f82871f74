import * as assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import * as path from "node:path";
import type { Stack } from "../../simulator/engine/stack";
import { minutes } from "../../simulator/world/clock";
import { ACCOUNT, configured, NO_DRIFT, OTHER_ACCOUNT, REGION, withLab, type Lab } from "./fixture";

const OTHER_ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/OrganizationAccountAccessRole`;
const SOURCE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Customers`;
const other = { account: OTHER_ACCOUNT };

describe("accounts", function () {
    this.timeout(120_000);

    let lab: Lab;

    withLab((opened) => (lab = opened), { each: true });

    async function assertRowsArrive(): Promise<void> {
        await lab.putItem("Customers", "1");
        await lab.pass(() => lab.rows("bank", "customers", other).length === 1);
    }

    async function assertEmpty(...stacks: Stack[]): Promise<void> {
        for (const stack of stacks) {
            assert.deepEqual((await stack.export()).deployment.resources ?? [], []);
        }
        assert.deepEqual(await lab.integrations(), []);
    }

    it("a table in one and the lakehouse in another, in one program", async () => {
        const stack = await lab.stack("two-accounts");
        await stack.up(configured({ analyticsRole: OTHER_ROLE }));
        await assertRowsArrive();
        assert.deepEqual(await lab.integrations(other), []);
        await stack.up(NO_DRIFT);
        await stack.destroy(configured());
        await assertEmpty(stack);
    });

    describe("a table in one and the lakehouse in another, in two stacks", () => {
        let source: Stack;
        let target: Stack;

        beforeEach(async () => {
            [source, target] = [await lab.stack("source"), await lab.stack("target", other)];
        });

        it("go up once the target has accepted the source, and down with the source first", async () => {
            await target.up(configured());
            const { stdout } = await source.up({ ...configured(), expectFailure: true });
            assert.match(stdout, /glue:CreateInboundIntegration/);
            assert.match(stdout, /let the target's stack run first, with lakehouse\.accept\(\)/);
            assert.deepEqual(await lab.integrations(), []);

            await target.up(configured({ accept: [SOURCE_ARN] }));
            await source.up(configured());
            await assertRowsArrive();

            await source.destroy(configured());
            await target.destroy(configured());
            await assertEmpty(source, target);
        });

        it("go down with the target first, too", async () => {
            await target.up(configured({ accept: [SOURCE_ARN] }));
            await source.up(configured());
            await target.destroy(configured());
            await lab.world.clock.advance(minutes(20));
            assert.equal((await lab.integrations())[0]!.Status, "NEEDS_ATTENTION");
            await source.destroy(configured());
            await assertEmpty(source, target);
        });
    });

    it("a provider of another account than the credentials at hand: nothing is written, and the message names both", async () => {
        const stack = await lab.stack("other-provider");
        const { stdout } = await stack.up({ ...configured({ role: OTHER_ROLE }), expectFailure: true });
        assert.match(stdout, new RegExp(`belongs to account ${OTHER_ACCOUNT}.*credentials .* of account ${ACCOUNT}`));
        assert.deepEqual(lab.calls(), []);
    });

    describe("a stack made with a profile of a laptop", () => {
        let laptop: Record<string, string>;
        let ci: Record<string, string>;

        beforeEach(async () => {
            const file = path.join(lab.folder, "aws-config");
            await writeFile(
                file,
                [
                    "[profile on-my-desk]",
                    `role_arn = ${OTHER_ROLE}`,
                    "source_profile = me",
                    "[profile me]",
                    `aws_access_key_id = ${ACCOUNT}`,
                    "aws_secret_access_key = known-to-me-alone",
                ].join("\n"),
            );
            const noKeys = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
            laptop = { AWS_CONFIG_FILE: file, ...noKeys };
            const { Credentials } = await lab.call("sts", "AssumeRole", { RoleArn: OTHER_ROLE, RoleSessionName: "ci" });
            ci = {
                AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
                AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
                AWS_SESSION_TOKEN: Credentials.SessionToken,
            };
        });

        it("is destroyed with a role in CI, and its state holds neither the profile nor a secret", async () => {
            const stack = await lab.stack("bank");
            await stack.up({ ...configured(), env: { ...laptop, AWS_PROFILE: "on-my-desk" } });
            assert.equal((await lab.integrations(other)).length, 1);
            const state = JSON.stringify(await stack.export());
            assert.doesNotMatch(state, /on-my-desk|known-to-me-alone|simulated/);

            await stack.destroy({ ...configured(), env: ci });
            assert.deepEqual(await lab.integrations(other), []);
            assert.deepEqual((await stack.export()).deployment.resources ?? [], []);
        });

        it("that AwsAccount names goes on in CI without it, and no call is made for that", async () => {
            const stack = await lab.stack("laptop");
            await stack.up({ ...configured(), env: { ...laptop, PROFILE_OF_LAPTOP: "on-my-desk" } });
            const { resources = [] } = (await stack.export()).deployment;
            const ours = resources.filter(({ type }) => type.includes("zeroetl:"));
            assert.ok(ours.length > 0);
            assert.doesNotMatch(JSON.stringify(ours), /on-my-desk/);

            lab.world.requests.clear();
            await stack.up({ ...configured(), env: ci });
            assert.deepEqual(lab.calls(), []);
            await stack.destroy({ ...configured(), env: ci });
        });
    });
});
