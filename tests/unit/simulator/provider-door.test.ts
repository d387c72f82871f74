import * as assert from "node:assert";
import { isDeepStrictEqual } from "node:util";
import { DEFAULTS, UNKNOWN, type Properties } from "../../../simulator/provider/values";
import { allServices } from "../../../simulator/services";
import { World } from "../../../simulator/world/world";
import { CallError, ProviderClient } from "./provider-client";

const TABLE = "aws:dynamodb/table:Table";
const BUCKET = "aws:s3/bucket:Bucket";
const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/policy:Policy";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const GRANTS = "aws:lakeformation/permissions:Permissions";

const key = { attributes: [{ name: "id", type: "S" }], hashKey: "id", billingMode: "PAY_PER_REQUEST" };

describe("the aws provider's door", () => {
    const world = new World({ services: allServices, speed: 10_000 });
    let provider: ProviderClient;

    before(async () => (provider = await ProviderClient.configured(world)));

    after(() => {
        provider.close();
        world.stop();
    });

    describe("check", () => {
        const failuresOf = async (token: string, args: Properties) => (await provider.check(token, args)).failures;

        it("refuses inputs that the type does not have, also nested ones", async () => {
            assert.deepStrictEqual(await failuresOf(TABLE, { ...key, pitr: true }), [
                "pitr: Invalid or unknown key. Examine values at 'thing.pitr'.",
            ]);
            assert.deepStrictEqual(
                await failuresOf(TABLE, { ...key, attributes: [{ name: "id", type: "S", size: 1 }] }),
                ["attributes[0].size: Invalid or unknown key. Examine values at 'thing.attributes[0].size'."],
            );
        });

        it("refuses when something required is missing, also nested", async () => {
            const missing = (argument: string) =>
                `Missing required argument. The argument "${argument}" is required, but no definition was found.`;
            assert.deepStrictEqual(await failuresOf(ROLE, {}), [
                `assumeRolePolicy: ${missing("assume_role_policy")}. Examine values at 'thing.assumeRolePolicy'.`,
            ]);
            assert.deepStrictEqual(await failuresOf(TABLE, { ...key, attributes: [{ name: "id" }] }), [
                `attributes[0].type: ${missing("type")}. Examine values at 'thing.attributes[0].type'.`,
            ]);
        });

        it("refuses values of a wrong type", async () => {
            const wrong = { ...key, hashKey: 1, tags: { a: true }, streamEnabled: "yes", attributes: {}, ttl: [] };
            assert.deepStrictEqual(await failuresOf(TABLE, wrong), [
                "attributes: expected array type, got {} of type object. Examine values at 'thing.attributes'.",
                "hashKey: expected string type, got 1 of type number. Examine values at 'thing.hashKey'.",
                `streamEnabled: expected boolean type, got "yes" of type string. Examine values at 'thing.streamEnabled'.`,
                "tags.a: expected string type, got true of type boolean. Examine values at 'thing.tags.a'.",
                "ttl: expected object type, got [] of type array. Examine values at 'thing.ttl'.",
            ]);
        });

        it("leaves alone what is not known yet", async () => {
            const args = { ...key, hashKey: UNKNOWN, attributes: [{ name: UNKNOWN, type: "S" }], tags: { a: UNKNOWN } };
            const { inputs, failures } = await provider.check(TABLE, args);
            assert.deepStrictEqual(failures, []);
            assert.deepStrictEqual({ ...inputs, ...args }, inputs);
        });

        it("refuses what is not simulated, by its name", async () => {
            const gateway = provider.check("aws:ec2/natGateway:NatGateway", { subnetId: "subnet-1" });
            await assert.rejects(gateway, /aws:ec2\/natGateway:NatGateway is not simulated yet/);
            assert.match((await failuresOf(BUCKET, { acl: "private" }))[0], /Bucket\.acl is not simulated yet/);
            await assert.rejects(provider.check("aws:ec2/nothing:Nothing", {}), /not a type of @pulumi\/aws 7/);
        });

        it("names what has no name, and keeps the name", async () => {
            const first = (await provider.check(BUCKET, {})).inputs;
            assert.match(first.bucket, /^thing-[0-9a-f]{7}$/);
            assert.deepStrictEqual(first[DEFAULTS], ["bucket", "forceDestroy"]);
            const second = (await provider.check(BUCKET, { tags: { a: "1" } }, first)).inputs;
            assert.strictEqual(second.bucket, first.bucket);
            // A name that the program no longer gives is not kept: it was the program's.
            const { inputs } = await provider.check(BUCKET, {}, { bucket: "given", [DEFAULTS]: [] });
            assert.notStrictEqual(inputs.bucket, "given");
            assert.strictEqual((await provider.check(OBJECT, { bucket: "b" })).inputs.key, "thing");
        });

        it("takes a policy as an object", async () => {
            const policy = { Version: "2012-10-17", Statement: [] };
            const { inputs } = await provider.check(POLICY, { policy });
            assert.deepStrictEqual(JSON.parse(inputs.policy), policy);
        });

        it("adds the provider's own tags to what can be tagged", async () => {
            const tagging = await ProviderClient.configured(world, { defaultTags: { tags: { team: "a", env: "b" } } });
            assert.deepStrictEqual((await tagging.check(TABLE, { ...key, tags: { env: "c" } })).inputs.tags, {
                team: "a",
                env: "c",
            });
            assert.strictEqual(
                (await tagging.check(GRANTS, { principal: "p", permissions: [] })).inputs.tags,
                undefined,
            );
            tagging.close();
        });
    });

    describe("preview", () => {
        it("echoes the inputs and knows nothing of what AWS computes", async () => {
            const args = { ...key, name: "accounts", pointInTimeRecovery: { enabled: true }, tags: { a: "1" } };
            const { inputs } = await provider.check(TABLE, args);
            const { id, state } = await provider.create(TABLE, inputs, true);
            assert.strictEqual(id, "");
            const known = Object.fromEntries(Object.entries(state).filter(([, value]) => value !== UNKNOWN));
            assert.deepStrictEqual(known, {
                ...args,
                // The period is AWS's to choose.
                pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: UNKNOWN },
                region: "eu-west-1",
                tagsAll: { a: "1" },
            });
            assert.strictEqual(state.arn, UNKNOWN);
            assert.strictEqual("restoreSourceName" in state, false, "what is neither given nor computed is not there");
            await assert.rejects(world.administrator().call("dynamodb", "DescribeTable", { TableName: "accounts" }));
        });

        it("of an update keeps what AWS has computed, but for what changes with it", async () => {
            const { id, inputs, state } = await provider.make(TABLE, key);
            const next = { ...inputs, streamEnabled: true, streamViewType: "NEW_IMAGE" };
            const plan = await provider.update(TABLE, id, state, inputs, next, true);
            assert.strictEqual(plan.arn, state.arn);
            assert.strictEqual(plan.streamArn, UNKNOWN);
            assert.strictEqual(plan.streamEnabled, true);
            await provider.delete(TABLE, id, state);
        });
    });

    describe("diff", () => {
        const state = { name: "accounts", region: "eu-west-1" };
        const before = { ...key, name: "accounts", [DEFAULTS]: ["name"] };
        const diff = (after: Properties, old = before) => provider.diff(TABLE, state, old, { ...old, ...after });

        it("tells changes in place from replacements", async () => {
            assert.deepStrictEqual(await diff({ tags: { a: "1" } }), {
                changed: ["tags"],
                replaces: [],
                deleteBeforeReplace: false,
            });
            assert.deepStrictEqual(await diff({ hashKey: "other" }), {
                changed: ["hashKey"],
                replaces: ["hashKey"],
                deleteBeforeReplace: false,
            });
        });

        it("deletes before it replaces where the program chose the name", async () => {
            const named = { ...before, [DEFAULTS]: [] };
            assert.strictEqual((await diff({ hashKey: "other" }, named)).deleteBeforeReplace, true);
            assert.strictEqual((await diff({ name: "other" }, named)).deleteBeforeReplace, false);
        });

        it("moves a resource with its Region, and what is unknown with it", async () => {
            assert.deepStrictEqual((await diff({ region: "eu-central-1" })).replaces, ["region"]);
            assert.deepStrictEqual((await diff({ region: "eu-west-1" })).changed, []);
            assert.deepStrictEqual((await diff({ hashKey: UNKNOWN })).replaces, ["hashKey"]);
        });

        it("sees no difference in order, in how a policy is written, or in saying nothing", async () => {
            const [a, b] = [
                { name: "a", type: "S" },
                { name: "b", type: "S" },
            ];
            const two = { ...before, attributes: [a, b] };
            assert.deepStrictEqual(
                (await diff({ attributes: [b, a], tags: {}, streamEnabled: false }, two)).changed,
                [],
            );
            const policies = (actions: unknown) => ({
                policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] }),
            });
            const policyDiff = async (from: unknown, to: unknown) =>
                (await provider.diff(POLICY, {}, policies(from), policies(to))).changed;
            assert.deepStrictEqual(await policyDiff(["a:b", "c:d"], ["c:d", "a:b"]), []);
            assert.deepStrictEqual(await policyDiff(["a:b"], "a:b"), []);
            assert.deepStrictEqual(await policyDiff(["a:b"], "a:c"), ["policy"]);
        });

        it("keeps what AWS computes when the program no longer gives it", async () => {
            const { pointInTimeRecovery, ...without } = { ...before, pointInTimeRecovery: { enabled: true } };
            const given = { ...without, pointInTimeRecovery };
            assert.deepStrictEqual((await provider.diff(TABLE, state, given, without)).changed, []);
            assert.deepStrictEqual((await provider.diff(TABLE, state, { ...given, tags: { a: "1" } }, given)).changed, [
                "tags",
            ]);
        });
    });

    describe("create and read", () => {
        it("words a refusal as the real provider", async () => {
            const { inputs, id, state } = await provider.make(TABLE, { ...key, name: "taken" });
            await assert.rejects(provider.create(TABLE, inputs), (error: CallError) => {
                assert.match(
                    error.message,
                    new RegExp(
                        "^1 error occurred:\\n\\t\\* creating DynamoDB Table \\(taken\\): operation error DynamoDB: " +
                            "CreateTable, https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, " +
                            "ResourceInUseException: Table already exists: taken\\n\\n$",
                    ),
                );
                assert.strictEqual(error.halfMade, undefined);
                return true;
            });
            await provider.delete(TABLE, id, state);
        });

        it("hands over what was made when the rest fails", async () => {
            const args = { ...key, name: "half", pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 90 } };
            await assert.rejects(provider.make(TABLE, args), (error: CallError) => {
                assert.match(error.message, /creating DynamoDB Table \(half\): .*UpdateContinuousBackups/);
                assert.strictEqual(error.halfMade?.id, "half");
                assert.match(error.halfMade.state.arn, /:table\/half$/);
                return true;
            });
            await provider.delete(TABLE, "half", {});
        });

        it("waits in the world's time until a table is there", async () => {
            const started = world.clock.now();
            const { id, state } = await provider.make(TABLE, key);
            assert.ok(world.clock.now() - started > 5_000);
            await provider.delete(TABLE, id, state);
        });

        it("stops waiting when the engine is interrupted", async () => {
            const slow = new World({ services: allServices, speed: 0.001 });
            const interrupted = await ProviderClient.configured(slow);
            const made = interrupted.make(TABLE, { ...key, name: "slow" });
            const refused = assert.rejects(made, (error: CallError) => {
                assert.match(error.message, /creating DynamoDB Table \(slow\): context canceled/);
                assert.strictEqual(error.halfMade?.state.arn, "arn:aws:dynamodb:eu-west-1:123456789012:table/slow");
                return true;
            });
            while (slow.requests.find({ operation: "DescribeTable" }).length === 0) {
                await new Promise(setImmediate);
            }
            await interrupted.cancel();
            await refused;
            interrupted.close();
            slow.stop();
        });

        it("changes an index's capacity without making the index anew", async () => {
            const index = { name: "byId", hashKey: "id", projectionType: "ALL", readCapacity: 1, writeCapacity: 1 };
            const args = { ...key, billingMode: "PROVISIONED", readCapacity: 1, writeCapacity: 1 };
            const before = { ...args, name: "indexed", globalSecondaryIndexes: [index] };
            const { id, inputs, state } = await provider.make(TABLE, before);
            const after = { ...inputs, globalSecondaryIndexes: [{ ...index, readCapacity: 5 }] };
            const next = await provider.update(TABLE, id, state, inputs, after);
            assert.strictEqual(next.globalSecondaryIndexes[0].readCapacity, 5);
            const calls = world.requests.find({ operation: "UpdateTable" }).map(({ input }) => input as Properties);
            const updates = calls
                .filter(({ TableName }) => TableName === id)
                .flatMap((c) => c.GlobalSecondaryIndexUpdates);
            assert.deepStrictEqual(updates.flatMap(Object.keys), ["Update"]);
            await provider.delete(TABLE, id, next);
        });

        it("is bound by the caller's permissions", async () => {
            const role = await provider.make(ROLE, {
                name: "reader",
                assumeRolePolicy: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" }],
                }),
            });
            const reader = await ProviderClient.configured(world, { assumeRoles: [{ roleArn: role.state.arn }] });
            await assert.rejects(reader.make(TABLE, key), /AccessDeniedException: .*reader.*dynamodb:CreateTable/);
            reader.close();
        });

        it("works in the resource's own Region", async () => {
            const { id, state } = await provider.make(TABLE, { ...key, name: "far", region: "us-east-1" });
            assert.strictEqual(state.region, "us-east-1");
            assert.match(state.arn, /^arn:aws:dynamodb:us-east-1:/);
            assert.strictEqual((await provider.read(TABLE, id)).id, "", "it is not in the provider's Region");
            assert.strictEqual((await provider.read(TABLE, id, { region: "us-east-1" })).state.arn, state.arn);
            await provider.delete(TABLE, id, state);
        });

        it("is seen through AWS's own calls, and sees what they change", async () => {
            const { id, inputs, state } = await provider.make(TABLE, {
                ...key,
                pointInTimeRecovery: { enabled: true },
            });
            const aws = world.administrator();
            await aws.call("dynamodb", "UpdateContinuousBackups", {
                TableName: id,
                PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
            });
            const { inputs: drifted } = await provider.read(TABLE, id, state, inputs);
            assert.deepStrictEqual(drifted, { ...inputs, pointInTimeRecovery: { enabled: false } });
            await aws.call("dynamodb", "DeleteTable", { TableName: id });
            await world.clock.advance(60_000);
            assert.strictEqual((await provider.read(TABLE, id, state, inputs)).id, "");
        });

        it("finds the inputs of what is imported", async () => {
            const args = { ...key, name: "found", tags: { a: "1" } };
            const { id, state } = await provider.make(TABLE, args);
            const { state: read, inputs } = await provider.read(TABLE, id);
            assert.ok(isDeepStrictEqual(read, state));
            assert.deepStrictEqual({ ...inputs, ...args }, inputs);
            assert.deepStrictEqual((await provider.check(TABLE, inputs)).failures, []);
            await provider.delete(TABLE, id, state);
        });

        it("says what it needs to find what its id alone does not tell", async () => {
            await assert.rejects(provider.read(OBJECT, "greeting"), /S3 Object \(greeting\): .* without bucket/);
            await provider.make(BUCKET, { bucket: "greetings", forceDestroy: true });
            await provider.make(OBJECT, { bucket: "greetings", key: "greeting", content: "hello" });
            const { state } = await provider.read(OBJECT, "greeting", { bucket: "greetings" });
            assert.strictEqual(state.arn, "arn:aws:s3:::greetings/greeting");
            await provider.delete(BUCKET, "greetings", { forceDestroy: true });
            assert.strictEqual((await provider.read(BUCKET, "greetings")).id, "", "with all that was in it");
        });

        it("logs each call with its door", () => {
            const records = world.requests.find({ door: "provider", service: "dynamodb", operation: "CreateTable" });
            assert.ok(records.length > 0 && records.every((record) => record.accountId === "123456789012"));
        });
    });
});
