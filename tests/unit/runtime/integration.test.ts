import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { glueIntegration } from "../../../sdk/runtime";
import type { GlueIntegrationInputs } from "../../../sdk/runtime/integration/glue";
import { OWNER_TAG } from "../../../sdk/runtime/owner";
import { UNKNOWN } from "../../../sdk/runtime/values";
import { ACCOUNT, Bank, OTHER_ACCOUNT, REGION, SOURCE_ARN } from "../simulator/glue-world";

import { BankOnline, common, rejection } from "./bank-online";
import { anotherProcess } from "./offline";

describe("GlueIntegration's handler, against the simulator", function () {
    this.timeout(60_000);

    const environment = { ...process.env };
    let bank: Bank;
    let online: BankOnline;

    beforeEach(async () => {
        bank = new Bank();
        online = await BankOnline.open(bank);
    });
    afterEach(() => {
        process.env = { ...environment };
        return online.close();
    });

    const checked = async (
        more: Partial<GlueIntegrationInputs> = {},
        handler = glueIntegration,
    ): Promise<GlueIntegrationInputs> => {
        const inputs: GlueIntegrationInputs = {
            ...common("GlueIntegration", "customers"),
            integrationName: "customers",
            sourceArn: SOURCE_ARN,
            targetArn: bank.targetArn,
            timeouts: { create: "20s", update: "20s", delete: "20s", needsAttention: "0s" },
            ...more,
        };
        const result = await handler.check({} as GlueIntegrationInputs, inputs);
        assert.deepEqual(result.failures, []);
        return result.inputs;
    };
    const integrations = async () => (await bank.source.call("glue", "DescribeIntegrations", {})).Integrations;

    it("creates, changes in place and deletes", async () => {
        await bank.setUp();
        const inputs = await checked({ tags: { team: "bank", old: "1" }, description: "first" });
        assert.equal(inputs.refreshInterval, "15 minutes");

        const { id, outs } = await glueIntegration.create(inputs);
        assert.equal(outs.status, "ACTIVE");
        assert.equal(outs.integrationArn, id);
        assert.equal(outs.__provider, "shim");
        assert.match(outs.createdAt, /^\d{4}-\d\d-\d\dT/);
        assert.deepEqual(await glueIntegration.diff(id, outs, inputs), {
            changes: false,
            replaces: [],
            deleteBeforeReplace: true,
        });

        const news = await checked({
            integrationName: "renamed",
            refreshInterval: "60 minutes",
            tags: { team: "data" },
        });
        assert.deepEqual((await glueIntegration.diff(id, outs, news)).replaces, []);
        const updated = await glueIntegration.update(id, outs, news);
        const [integration] = await integrations();
        assert.equal(integration.IntegrationName, "renamed");
        assert.equal(integration.Description, "");
        assert.equal(integration.IntegrationConfig.RefreshInterval, "60");
        assert.deepEqual(
            integration.Tags.map(({ key, value }: { key: string; value: string }) => [key, value]).sort(),
            [
                [OWNER_TAG, "bank/dev/GlueIntegration/customers"],
                ["team", "data"],
            ],
        );
        assert.equal(updated.outs.status, "ACTIVE");
        assert.equal(updated.outs.refreshInterval, "1 hour");

        await glueIntegration.delete(id, updated.outs);
        assert.deepEqual(await integrations(), []);
        await glueIntegration.delete(id, updated.outs);
    });

    it("makes one integration when the answer to an accepted create is lost", async () => {
        await bank.setUp();
        bank.world.faults.add({ kind: "lost-answer", service: "glue", operation: "CreateIntegration", times: 1 });
        const { outs } = await glueIntegration.create(await checked());
        assert.equal(outs.status, "ACTIVE");
        const attempts = bank.world.requests.find({}).filter(({ operation }) => operation === "CreateIntegration");
        assert.equal(attempts.length, 1, "AWS need not refuse a second integration of the same name");
        assert.equal((await integrations()).length, 1);
    });

    it("goes on with what a killed update made", async () => {
        await bank.setUp();
        const { id } = await glueIntegration.create(await checked({ waitFor: "accepted" }));
        // The state knows nothing of it; meanwhile the user has changed the interval.
        const again = await glueIntegration.create(await checked({ refreshInterval: "1 hour" }));
        assert.equal(again.id, id);
        assert.equal((await integrations())[0].IntegrationConfig.RefreshInterval, "60");
        assert.equal(online.accepted("CreateIntegration"), 1);
    });

    it("finishes while 30 % of the calls are throttled and 10 % fail on AWS's side", async () => {
        await bank.setUp();
        bank.world.faults.add({ kind: "throttle", service: "glue", rate: 0.3 });
        bank.world.faults.add({ kind: "server-error", service: "glue", rate: 0.1 });
        const { id, outs } = await glueIntegration.create(await checked());
        assert.equal(online.accepted("CreateIntegration"), 1);
        await glueIntegration.delete(id, outs);
        assert.deepEqual(await integrations(), []);
    });

    it("waits until another operation on the target is over", async () => {
        await bank.setUp();
        bank.world.faults.add({ kind: "busy-target" });
        await bank.source.call("dynamodb", "CreateTable", {
            TableName: "Orders",
            AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
            BillingMode: "PAY_PER_REQUEST",
        });
        await bank.create({ SourceArn: SOURCE_ARN.replace("Customers", "Orders"), IntegrationName: "orders" });
        const { outs } = await glueIntegration.create(await checked());
        assert.equal(outs.status, "ACTIVE");
    });

    it("asks again when it is denied what a policy of the same update allows, and says which right is missing", async () => {
        bank = new Bank(OTHER_ACCOUNT);
        await online.close();
        online = await BankOnline.open(bank);
        const [, authorize] = bank.catalogPolicy;
        const allowed = bank.catalogPolicy;
        bank.catalogPolicy = [authorize!];
        await bank.setUp();
        const denied = await rejection(glueIntegration.create(await checked()));
        assert.match(
            denied.message,
            /AccessDeniedException: .*glue:CreateInboundIntegration.*allow the caller glue:CreateInboundIntegration/,
        );

        const denials = () =>
            bank.world.requests.find({}).filter(({ operation, error }) => operation === "CreateIntegration" && error);
        assert.equal(denials().length, 4);
        const creation = glueIntegration.create(await checked());
        while (denials().length < 5) {
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
        bank.catalogPolicy = allowed;
        await bank.putCatalogPolicy();
        assert.equal((await creation).outs.status, "ACTIVE");
    });

    it("takes over another's only when told to", async () => {
        await bank.setUp();
        const arn = await bank.create({ Tags: [{ key: "made", value: "by hand" }] });
        const refusal = await rejection(glueIntegration.create(await checked({ description: "ours" })));
        assert.match(refusal.message, /GlueIntegration "customers": there is already an integration named "customers"/);
        assert.match(refusal.message, new RegExp(arn));
        assert.match(refusal.message, /adoptExisting: true/);

        const { id, outs } = await glueIntegration.create(await checked({ description: "ours", adoptExisting: true }));
        assert.equal(id, arn);
        const [adopted] = await integrations();
        assert.equal(adopted.Description, "ours");
        assert.deepEqual(adopted.Tags.map(({ key }: { key: string }) => key).sort(), ["made", OWNER_TAG]);
        assert.equal(outs.status, "ACTIVE");
    });

    it("finds another's of the same pair, whatever its name", async () => {
        await bank.setUp();
        await bank.create({ IntegrationName: "something else" });
        const refusal = await rejection(glueIntegration.create(await checked()));
        assert.match(refusal.message, /an integration of this source and target/);
        await glueIntegration.create(await checked({ adoptExisting: true }));
        assert.equal((await integrations())[0].IntegrationName, "customers");
    });

    it("refuses a name whose holder has another source, even with adoptExisting", async () => {
        await bank.setUp();
        const source = SOURCE_ARN.replace("Customers", "Orders");
        await bank.source.call("dynamodb", "CreateTable", {
            TableName: "Orders",
            AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
            BillingMode: "PAY_PER_REQUEST",
        });
        await bank.create({ SourceArn: source });
        const refusal = await rejection(glueIntegration.create(await checked({ adoptExisting: true })));
        assert.match(refusal.message, /has another sourceArn: .*Orders/);
    });

    it("refuses to adopt what AWS can't change into what is wanted", async () => {
        await bank.setUp();
        await bank.create({ IntegrationConfig: { ContinuousSync: false } });
        const refusal = await rejection(
            glueIntegration.create(await checked({ continuousSync: true, adoptExisting: true })),
        );
        assert.match(refusal.message, /has another continuousSync: false\. AWS can't change that/);
    });

    it("keeps an integration that needs attention in the state, says why, and goes on once it is healed", async () => {
        bank.pointInTimeRecovery = false;
        await bank.setUp();
        const inputs = await checked();
        const failed = await rejection(glueIntegration.create(inputs));
        assert.match(failed.message, /GlueIntegration "customers": arn:.* is in NEEDS_ATTENTION\. AWS says \w+: .*/);
        assert.match(failed.message, /point.in.time/i);
        assert.match(failed.message, /the next update goes on waiting/);
        const { status, __provider, integrationName } = failed.properties!;
        assert.deepEqual([status, __provider, integrationName], ["NEEDS_ATTENTION", "shim", "customers"]);

        const state = failed.properties as never;
        assert.equal((await glueIntegration.diff(failed.id!, state, inputs)).changes, true);
        assert.deepEqual((await glueIntegration.diff(failed.id!, state, inputs)).replaces, []);
        await bank.setRecovery(true);
        const patient = await checked({ timeouts: { update: "20s", needsAttention: "20s" } });
        const { outs } = await glueIntegration.update(failed.id!, state, patient);
        assert.equal(outs.status, "ACTIVE");
        assert.deepEqual(outs.integrationErrors, []);
        assert.equal(online.accepted("CreateIntegration"), 1);
    });

    it("says so where AWS gives no reason", async () => {
        bank.pointInTimeRecovery = false;
        await bank.setUp();
        const { id, properties } = await rejection(glueIntegration.create(await checked()));
        const operation = bank.world.services.get("glue")!.operations.DescribeIntegrations!;
        const { handle } = operation;
        operation.handle = async (input, ctx) => {
            const { Integrations } = (await handle(input, ctx)) as { Integrations: object[] };
            return { Integrations: Integrations.map((each) => ({ ...each, Errors: undefined })) };
        };
        const update = rejection(glueIntegration.update(id!, properties as never, await checked()));
        const { message } = await update.finally(() => (operation.handle = handle));
        assert.match(message, /is in NEEDS_ATTENTION\. AWS gives no reason\. Put the cause right/);
    });

    it("replaces an integration that is FAILED", async () => {
        bank.pointInTimeRecovery = false;
        await bank.setUp();
        const inputs = await checked();
        const { id, properties } = await rejection(glueIntegration.create(inputs));
        await bank.world.clock.advance(8 * 86_400_000);
        const failed = await rejection(glueIntegration.update(id!, properties as never, inputs));
        assert.match(failed.message, /is FAILED, which is final\. AWS says/);
        assert.deepEqual((await glueIntegration.diff(id!, failed.properties as never, inputs)).replaces, ["status"]);

        await bank.setRecovery(true);
        await glueIntegration.delete(id!, failed.properties as never);
        assert.equal((await glueIntegration.create(inputs)).outs.status, "ACTIVE");
    });

    it("keeps an integration in the state that is not active in time", async () => {
        await bank.setUp();
        bank.world.faults.add({ kind: "slow-state", factor: 1000 });
        const late = await rejection(
            glueIntegration.create(await checked({ timeouts: { create: "0.3s", needsAttention: "0s" } })),
        );
        assert.match(late.message, /is CREATING after 0\.3s/);
        assert.equal(late.properties!.status, "CREATING");
    });

    it("finds with a refresh: status, interval, tags, and that it is gone", async () => {
        await bank.setUp();
        const { id, outs } = await glueIntegration.create(await checked({ tags: { team: "bank" } }));
        assert.deepEqual((await glueIntegration.read(id, outs)).props, outs);

        await bank.source.call("glue", "ModifyIntegration", {
            IntegrationIdentifier: id,
            IntegrationConfig: { RefreshInterval: "30" },
            Description: "by hand",
        });
        await bank.source.call("glue", "TagResource", { ResourceArn: id, TagsToAdd: { stray: "1" } });
        const drifted = await glueIntegration.read(id, outs);
        assert.equal(drifted.props!.refreshInterval, "30 minutes");
        assert.equal(drifted.props!.description, "by hand");
        assert.equal(drifted.props!.status, "MODIFYING");
        assert.deepEqual(drifted.inputs!.tags, { team: "bank", stray: "1" });
        assert.equal(drifted.inputs!.refreshInterval, "30 minutes");
        const inputs = await checked({ tags: { team: "bank" } });
        const { changes, replaces } = await glueIntegration.diff(id, drifted.props!, inputs);
        assert.deepEqual([changes, replaces], [true, []]);
        const { outs: put } = await glueIntegration.update(id, drifted.props!, inputs);
        assert.deepEqual((await glueIntegration.read(id, put)).props, put);

        await bank.pass(10);
        await bank.source.call("glue", "DeleteIntegration", { IntegrationIdentifier: id });
        assert.deepEqual(await glueIntegration.read(id, put), { id: "" });
    });

    it("waits for all that are created at once with the calls of one", async () => {
        await bank.setUp();
        const names = Array.from({ length: 12 }, (_, i) => `Table${i}`);
        for (const TableName of names) {
            await bank.source.call("dynamodb", "CreateTable", {
                TableName,
                AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
                KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
                BillingMode: "PAY_PER_REQUEST",
            });
        }
        const began = Date.now();
        await Promise.all(
            names.map(async (name) =>
                rejection(
                    glueIntegration.create(
                        await checked({
                            ...common("GlueIntegration", name),
                            integrationName: name,
                            sourceArn: SOURCE_ARN.replace("Customers", name),
                        }),
                    ),
                ),
            ),
        );
        const looks = bank.world.requests
            .find({})
            .filter(
                ({ operation, input }) =>
                    operation === "DescribeIntegrations" &&
                    !(input as { IntegrationIdentifier?: string }).IntegrationIdentifier,
            ).length;
        assert.ok(looks <= (Date.now() - began) / 35 + 12, `${looks} lists in ${Date.now() - began} ms`);
    });

    it("touches nothing in another account than its own", async () => {
        await bank.setUp();
        const { id, outs } = await glueIntegration.create(await checked());
        const before = bank.world.requests.find({}).length;
        await online.signIn(OTHER_ACCOUNT);
        for (const attempt of [
            glueIntegration.create(await checked()),
            glueIntegration.read(id, outs),
            glueIntegration.update(id, outs, outs),
            glueIntegration.delete(id, outs),
        ]) {
            const { message } = await rejection(attempt);
            assert.match(
                message,
                new RegExp(
                    `belongs to account ${ACCOUNT}, and the credentials at hand are of account ${OTHER_ACCOUNT}`,
                ),
            );
            assert.match(message, /AwsAccount/);
        }
        const calls = bank.world.requests
            .find({})
            .slice(before)
            .map(({ operation }) => operation);
        assert.deepEqual([...new Set(calls)], ["GetCallerIdentity"]);
    });

    it("gets in by the roles of the stack's configuration, and as well by the role that its AwsAccount took", async () => {
        await bank.setUp();
        const roleArn = await deployerRole(bank);
        const role = { roleArn, externalId: "bank", sessionName: "ci" };
        await online.signIn(OTHER_ACCOUNT, { "aws:assumeRoles": JSON.stringify([role]) });
        const { id, outs } = await glueIntegration.create(await checked());
        assert.equal(outs.status, "ACTIVE");

        // Another way into the same account is no other resource. An explicit provider starts from the environment.
        const news = await checked({ account: { ...outs.account, roleArn, externalId: "bank" } });
        const diff = await glueIntegration.diff(id, outs, news);
        assert.deepEqual([diff.changes, diff.replaces], [true, []]);
        await online.signIn("333333333333");
        Object.assign(process.env, { AWS_ACCESS_KEY_ID: OTHER_ACCOUNT, AWS_SECRET_ACCESS_KEY: "simulated" });
        const writes = bank.world.requests.find({}).length;
        const updated = await glueIntegration.update(id, outs, news);
        assert.deepEqual(updated.outs.account, news.account);
        const calls = bank.world.requests
            .find({})
            .slice(writes)
            .filter(({ service }) => service === "glue");
        assert.deepEqual([...new Set(calls.map(({ operation }) => operation))], ["DescribeIntegrations"]);
    });

    it("is made with the profile of a laptop, and destroyed with other credentials of the account", async () => {
        await bank.setUp();
        const folder = mkdtempSync(path.join(tmpdir(), "zero-etl-"));
        process.env.AWS_SHARED_CREDENTIALS_FILE = path.join(folder, "credentials");
        writeFileSync(
            process.env.AWS_SHARED_CREDENTIALS_FILE,
            `[laptop]\naws_access_key_id = ${ACCOUNT}\naws_secret_access_key = simulated\n`,
        );
        const laptop = anotherProcess().runtime;
        await online.signIn(OTHER_ACCOUNT, {}, laptop);
        const account = { accountId: ACCOUNT, region: REGION, profile: "laptop" };
        const inputs = await checked({ account }, laptop.glueIntegration);
        const { id, outs } = await laptop.glueIntegration.create(inputs);
        assert.ok(!JSON.stringify(outs).includes("laptop"));

        const ci = anotherProcess().runtime;
        delete process.env.AWS_SHARED_CREDENTIALS_FILE;
        rmSync(folder, { recursive: true });
        await online.signIn(ACCOUNT, {}, ci);
        await ci.glueIntegration.delete(id, outs);
        assert.deepEqual(await integrations(), []);
    });

    describe("check and diff", () => {
        it("see no difference between two ways to write the same", async () => {
            const state = { ...(await checked({ refreshInterval: "1 hour" })), status: "ACTIVE" };
            const news = await checked({ refreshInterval: "60 minutes", description: "" });
            assert.equal((await glueIntegration.diff("id", state as never, news)).changes, false);
        });

        it("name what is wrong, and where", async () => {
            const { failures } = await glueIntegration.check({} as never, {
                ...(await checked()),
                refreshInterval: "5 minutes",
                sourceArn: SOURCE_ARN.replace(ACCOUNT, OTHER_ACCOUNT),
                timeouts: { create: "soon" as never },
            });
            assert.deepEqual(
                failures.map(({ property }) => property),
                ["refreshInterval", "timeouts.create", "sourceArn"],
            );
            assert.match(failures[2]!.reason, new RegExp(`${OTHER_ACCOUNT}.*${ACCOUNT}`));
        });

        it("leave unknown values alone: they change something, and replace nothing", async () => {
            const inputs = { ...(await checked()), sourceArn: UNKNOWN, kmsKeyId: UNKNOWN, refreshInterval: undefined };
            const { inputs: news, failures } = await glueIntegration.check({} as never, inputs);
            assert.deepEqual(failures, []);
            assert.equal(news.refreshInterval, UNKNOWN);
            const state = { ...(await checked()), status: "ACTIVE" } as never;
            const diff = await glueIntegration.diff("id", state, news);
            assert.deepEqual([diff.changes, diff.replaces], [true, []]);
        });

        it("replace for what AWS can't change", async () => {
            const state = { ...(await checked()), status: "ACTIVE" } as never;
            const diff = await glueIntegration.diff(
                "id",
                state,
                await checked({ kmsKeyId: "alias/x", continuousSync: true }),
            );
            assert.deepEqual(diff.replaces.sort(), ["continuousSync", "kmsKeyId"]);
            assert.equal(diff.deleteBeforeReplace, true);
        });
    });
});

/** A role that another account's people may take, and that may do everything. */
async function deployerRole(bank: Bank): Promise<string> {
    const statement = (more: object) =>
        JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });
    const { Role } = await bank.source.call("iam", "CreateRole", {
        RoleName: "deployer",
        AssumeRolePolicyDocument: statement({
            Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "sts:ExternalId": "bank" } },
        }),
    });
    await bank.source.call("iam", "PutRolePolicy", {
        RoleName: "deployer",
        PolicyName: "all",
        PolicyDocument: statement({ Action: "*", Resource: "*" }),
    });
    return Role.Arn;
}
