import * as assert from "node:assert/strict";
import { iam } from "../../../simulator/services/iam";
import { kms } from "../../../simulator/services/kms";
import { days } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const OTHER = "111122223333";

const document = (...Statement: object[]) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: Statement.map((s) => ({ Effect: "Allow", Action: "kms:*", Resource: "*", ...s })),
    });
const ROOT = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };

describe("simulator: KMS", () => {
    let world: World;
    let admin: Context;

    beforeEach(() => {
        world = new World({ services: [iam, kms] });
        admin = world.administrator(ACCOUNT);
    });
    afterEach(() => world.stop());

    const createKey = async (Policy?: string): Promise<string> =>
        (await admin.call("kms", "CreateKey", { Policy })).KeyMetadata.Arn;
    /** A user of the main account, who may what `identity` says. */
    const newUser = async (UserName: string, identity?: string): Promise<Context> => {
        const { User } = await admin.call("iam", "CreateUser", { UserName });
        if (identity) {
            await admin.call("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument: identity });
        }
        return admin.as({ kind: "user", accountId: ACCOUNT, arn: User.Arn, userId: User.UserId });
    };
    const describeKey = (ctx: Context, KeyId: string) => ctx.call("kms", "DescribeKey", { KeyId });

    it("the key's policy lets the account decide, names a user, or lets nobody in", async () => {
        const idle = await newUser("idle");
        const able = await newUser("able", document({}));
        const byAccount = await createKey();
        await describeKey(able, byAccount);
        await assert.rejects(describeKey(idle, byAccount), { code: "AccessDeniedException" });

        const byUser = await createKey(
            document(
                { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/administrator` } },
                { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/idle` }, Action: "kms:DescribeKey" },
            ),
        );
        await describeKey(idle, byUser);
        await assert.rejects(describeKey(able, byUser), {
            message: /no resource-based policy allows the kms:DescribeKey action$/,
        });
    });

    it("another account needs both its own policy and the key's", async () => {
        const stranger = world.administrator(OTHER);
        const key = await createKey(document(ROOT, { Principal: { AWS: OTHER }, Action: "kms:Encrypt" }));
        await stranger.call("kms", "Encrypt", { KeyId: key, Plaintext: Buffer.from("x") });
        await assert.rejects(describeKey(stranger, key), { code: "AccessDeniedException" });
    });

    it("refuses a policy that locks its author out, or that names nobody", async () => {
        const key = await createKey();
        const lockout = document({ Principal: { AWS: OTHER } });
        await assert.rejects(admin.call("kms", "PutKeyPolicy", { KeyId: key, Policy: lockout }), {
            code: "MalformedPolicyDocumentException",
            message: "The new key policy will not allow you to update the key policy in the future.",
        });
        await assert.rejects(createKey(document(ROOT, { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/nobody` } })), {
            message: "Policy contains a statement with one or more invalid principals.",
        });
        await admin.call("kms", "PutKeyPolicy", { KeyId: key, Policy: lockout, BypassPolicyLockoutSafetyCheck: true });
        await assert.rejects(describeKey(admin, key), { code: "AccessDeniedException" });
    });

    it("a service makes a grant where the encryption context is the one of the policy", async () => {
        const key = await createKey(
            document(ROOT, {
                Principal: { Service: "glue.amazonaws.com" },
                Action: "kms:CreateGrant",
                Condition: {
                    StringEquals: { "kms:EncryptionContext:app": "orders" },
                    "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt", "GenerateDataKey"] },
                },
            }),
        );
        const glue = admin.as({
            kind: "service",
            name: "glue.amazonaws.com",
            accountId: ACCOUNT,
            sourceArn: "arn:aws:glue:::x",
        });
        const grant = (app: string, ...Operations: string[]) =>
            glue.call("kms", "CreateGrant", {
                KeyId: key,
                GranteePrincipal: "glue.amazonaws.com",
                Operations,
                Constraints: { EncryptionContextEquals: { app } },
            });
        await assert.rejects(grant("bills", "Decrypt"), { code: "AccessDeniedException" });
        await assert.rejects(grant("orders", "Decrypt", "Encrypt"), { code: "AccessDeniedException" });

        const dataKey = (app: string) =>
            glue.call("kms", "GenerateDataKey", { KeyId: key, KeySpec: "AES_256", EncryptionContext: { app } });
        await assert.rejects(dataKey("orders"), { code: "AccessDeniedException" });
        const { GrantId } = await grant("orders", "Decrypt", "GenerateDataKey");
        await dataKey("orders");
        await assert.rejects(dataKey("bills"), { code: "AccessDeniedException" });
        await admin.call("kms", "RevokeGrant", { KeyId: key, GrantId });
        await assert.rejects(dataKey("orders"), { code: "AccessDeniedException" });
        assert.deepEqual((await admin.call("kms", "ListGrants", { KeyId: key })).Grants, []);
    });

    it("decrypts what it encrypted, with the same context, while the key is enabled", async () => {
        const KeyId = await createKey();
        const EncryptionContext = { b: "2", a: "1" };
        const { CiphertextBlob } = await admin.call("kms", "Encrypt", {
            KeyId,
            Plaintext: Buffer.from("secret"),
            EncryptionContext,
        });
        const decrypt = (context: object) =>
            admin.call("kms", "Decrypt", { CiphertextBlob, EncryptionContext: context });
        assert.equal(Buffer.from((await decrypt({ a: "1", b: "2" })).Plaintext).toString(), "secret");
        await assert.rejects(decrypt({ a: "1" }), { code: "InvalidCiphertextException" });
        await admin.call("kms", "DisableKey", { KeyId });
        await assert.rejects(decrypt(EncryptionContext), {
            code: "DisabledException",
            message: `${KeyId} is disabled.`,
        });
        await admin.call("kms", "EnableKey", { KeyId });
        await decrypt(EncryptionContext);
    });

    it("aliases lead to keys; AWS's own come into being when asked for, and do not obey the account", async () => {
        const KeyId = await createKey();
        const AliasName = "alias/bank";
        await admin.call("kms", "CreateAlias", { AliasName, TargetKeyId: KeyId });
        assert.equal((await describeKey(admin, AliasName)).KeyMetadata.Arn, KeyId);
        assert.equal(
            (await describeKey(admin, `arn:aws:kms:eu-west-1:${ACCOUNT}:${AliasName}`)).KeyMetadata.Arn,
            KeyId,
        );
        await assert.rejects(admin.call("kms", "CreateAlias", { AliasName, TargetKeyId: KeyId }), {
            code: "AlreadyExistsException",
        });
        await admin.call("kms", "DeleteAlias", { AliasName });
        await assert.rejects(describeKey(admin, AliasName), {
            code: "NotFoundException",
            message: `Alias arn:aws:kms:eu-west-1:${ACCOUNT}:${AliasName} is not found.`,
        });

        const { KeyMetadata } = await describeKey(admin, "alias/aws/dynamodb");
        assert.equal(KeyMetadata.KeyManager, "AWS");
        await assert.rejects(admin.call("kms", "PutKeyPolicy", { KeyId: KeyMetadata.Arn, Policy: document(ROOT) }), {
            code: "AccessDeniedException",
        });
    });

    it("a key is gone when its window has passed, unless the deletion is cancelled", async () => {
        const KeyId = await createKey();
        const schedule = (PendingWindowInDays: number) =>
            admin.call("kms", "ScheduleKeyDeletion", { KeyId, PendingWindowInDays });
        await assert.rejects(schedule(6), { code: "ValidationException" });
        await schedule(7);
        await assert.rejects(admin.call("kms", "EnableKeyRotation", { KeyId }), { code: "KMSInvalidStateException" });
        await admin.call("kms", "CancelKeyDeletion", { KeyId });
        await world.clock.advance(days(8));
        assert.equal((await describeKey(admin, KeyId)).KeyMetadata.KeyState, "Disabled");
        await schedule(7);
        await world.clock.advance(days(8));
        await assert.rejects(describeKey(admin, KeyId), { code: "NotFoundException" });
    });

    it("keeps tags and rotation", async () => {
        const KeyId = await createKey();
        await admin.call("kms", "TagResource", {
            KeyId,
            Tags: [
                { TagKey: "a", TagValue: "1" },
                { TagKey: "b", TagValue: "2" },
            ],
        });
        await admin.call("kms", "UntagResource", { KeyId, TagKeys: ["a"] });
        assert.deepEqual((await admin.call("kms", "ListResourceTags", { KeyId })).Tags, [
            { TagKey: "b", TagValue: "2" },
        ]);
        await admin.call("kms", "EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
        assert.equal((await admin.call("kms", "GetKeyRotationStatus", { KeyId })).RotationPeriodInDays, 90);
        await admin.call("kms", "DisableKeyRotation", { KeyId });
        assert.equal((await admin.call("kms", "GetKeyRotationStatus", { KeyId })).KeyRotationEnabled, false);
    });
});
