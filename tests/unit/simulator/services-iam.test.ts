import type { CreateAccessKeyResponse } from "@aws-sdk/client-iam";
import type { AssumeRoleResponse } from "@aws-sdk/client-sts";
import * as assert from "node:assert/strict";
import { iam } from "../../../simulator/services/iam";
import { assumeRole, sts } from "../../../simulator/services/sts";
import type { Context } from "../../../simulator/world/context";
import { hours } from "../../../simulator/world/clock";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const MEMBER = "111122223333";

const allow = (...Action: string[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const trust = (Principal: object, Condition?: object) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition }],
    });

describe("simulator: IAM and STS", () => {
    let world: World;
    let admin: Context;

    beforeEach(() => {
        world = new World({ services: [iam, sts] });
        admin = world.administrator(ACCOUNT);
    });
    afterEach(() => world.stop());

    /** The context of whoever holds a key. */
    const holder = (accessKeyId: string) => {
        const caller = world.identities.callerOf(accessKeyId, "aws", world.clock.now());
        assert.ok(typeof caller !== "string", String(caller));
        return admin.as(caller);
    };
    const newUser = async (UserName: string, ...actions: string[]) => {
        await admin.call("iam", "CreateUser", { UserName });
        await admin.call("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument: allow(...actions) });
        const { AccessKey }: CreateAccessKeyResponse = await admin.call("iam", "CreateAccessKey", { UserName });
        return holder(AccessKey!.AccessKeyId!);
    };
    const newRole = (RoleName: string, AssumeRolePolicyDocument: string, more = {}) =>
        admin.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument, ...more });
    const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    const assume = async (ctx: Context, RoleArn: string, more = {}) => {
        const { Credentials }: AssumeRoleResponse = await ctx.call("sts", "AssumeRole", {
            RoleArn,
            RoleSessionName: "test",
            ...more,
        });
        return holder(Credentials!.AccessKeyId!);
    };

    it("every account has an administrator and the organization's role, trusted by the management account alone", async () => {
        assert.deepEqual(await admin.call("sts", "GetCallerIdentity"), {
            Account: ACCOUNT,
            Arn: `arn:aws:iam::${ACCOUNT}:user/administrator`,
            UserId: `AIDA${ACCOUNT}ADMIN`,
        });
        const organizationRole = `arn:aws:iam::${MEMBER}:role/OrganizationAccountAccessRole`;
        const inMember = await assume(admin, organizationRole);
        assert.equal((await inMember.call("sts", "GetCallerIdentity")).Account, MEMBER);
        await inMember.call("iam", "CreateUser", { UserName: "made-there" });
        await assert.rejects(admin.call("iam", "GetUser", { UserName: "made-there" }), {
            code: "NoSuchEntityException",
        });
        await assert.rejects(assume(world.administrator("444455556666"), organizationRole), { code: "AccessDenied" });
    });

    it("a role lives from CreateRole to DeleteRole, which wants it bare", async () => {
        const document = trust({ Service: "glue.amazonaws.com" });
        const { Role } = await newRole("loader", document, { Path: "/etl/", Tags: [{ Key: "team", Value: "a" }] });
        assert.equal(Role.Arn, `arn:aws:iam::${ACCOUNT}:role/etl/loader`);
        assert.equal(decodeURIComponent(Role.AssumeRolePolicyDocument), document);
        await assert.rejects(newRole("loader", document), {
            code: "EntityAlreadyExistsException",
            message: "Role with name loader already exists.",
        });

        await admin.call("iam", "PutRolePolicy", {
            RoleName: "loader",
            PolicyName: "p",
            PolicyDocument: allow("s3:*"),
        });
        const { Policy } = await admin.call("iam", "CreatePolicy", { PolicyName: "m", PolicyDocument: allow("s3:*") });
        await admin.call("iam", "AttachRolePolicy", { RoleName: "loader", PolicyArn: Policy.Arn });
        const entities = await admin.call("iam", "ListEntitiesForPolicy", { PolicyArn: Policy.Arn });
        assert.deepEqual(entities.PolicyRoles, [{ RoleName: "loader", RoleId: Role.RoleId }]);
        await assert.rejects(admin.call("iam", "DeletePolicy", { PolicyArn: Policy.Arn }), {
            code: "DeleteConflictException",
        });
        await assert.rejects(admin.call("iam", "DeleteRole", { RoleName: "loader" }), {
            code: "DeleteConflictException",
        });
        await admin.call("iam", "DetachRolePolicy", { RoleName: "loader", PolicyArn: Policy.Arn });
        await assert.rejects(admin.call("iam", "DeleteRole", { RoleName: "loader" }), {
            code: "DeleteConflictException",
        });
        await admin.call("iam", "DeleteRolePolicy", { RoleName: "loader", PolicyName: "p" });
        await admin.call("iam", "DeleteRole", { RoleName: "loader" });
        await assert.rejects(admin.call("iam", "GetRole", { RoleName: "loader" }), {
            code: "NoSuchEntityException",
            message: "The role with name loader cannot be found.",
            status: 404,
        });
    });

    it("documents that AWS would not store are refused", async () => {
        const refused = { code: "MalformedPolicyDocumentException" };
        await assert.rejects(newRole("a", allow("s3:*")), refused);
        await assert.rejects(newRole("a", trust({ AWS: roleArn("nobody") })), {
            ...refused,
            message: `Invalid principal in policy: "AWS":"${roleArn("nobody")}"`,
        });
        await newRole("b", trust({ AWS: MEMBER }));
        const put = (PolicyDocument: string) =>
            admin.call("iam", "PutRolePolicy", { RoleName: "b", PolicyName: "p", PolicyDocument });
        await assert.rejects(put("{}"), refused);
        await assert.rejects(
            put(
                allow(
                    ..."x"
                        .repeat(900)
                        .split("")
                        .map((x) => `s3:Get${x.repeat(10)}`),
                ),
            ),
            {
                code: "LimitExceededException",
                message: "Maximum policy size of 10240 bytes exceeded for role b",
            },
        );
    });

    it("a managed policy has five versions, and its default one counts", async () => {
        const user = await newUser("ann", "iam:ListRoles");
        const { Policy } = await admin.call("iam", "CreatePolicy", {
            PolicyName: "m",
            PolicyDocument: allow("iam:ListUsers"),
        });
        const PolicyArn = Policy.Arn;
        await admin.call("iam", "AttachUserPolicy", { UserName: "ann", PolicyArn });
        await user.call("iam", "ListUsers");
        for (let version = 2; version <= 5; version++) {
            await admin.call("iam", "CreatePolicyVersion", {
                PolicyArn,
                PolicyDocument: allow("iam:ListPolicies"),
                SetAsDefault: version === 5,
            });
        }
        await user.call("iam", "ListPolicies");
        await assert.rejects(user.call("iam", "ListUsers"), { code: "AccessDenied" });
        await assert.rejects(admin.call("iam", "CreatePolicyVersion", { PolicyArn, PolicyDocument: allow("s3:*") }), {
            code: "LimitExceededException",
        });
        await assert.rejects(admin.call("iam", "DeletePolicyVersion", { PolicyArn, VersionId: "v5" }), {
            code: "DeleteConflictException",
        });
        await admin.call("iam", "DeletePolicyVersion", { PolicyArn, VersionId: "v1" });
        const { Versions } = await admin.call("iam", "ListPolicyVersions", { PolicyArn });
        assert.deepEqual(
            Versions.map((v: { VersionId: string }) => v.VersionId),
            ["v5", "v4", "v3", "v2"],
        );
    });

    it("a limited user may do what its policies and its boundary both allow, and is told why not", async () => {
        const user = await newUser("ann", "iam:*");
        await user.call("iam", "ListRoles");
        const { Policy } = await admin.call("iam", "CreatePolicy", {
            PolicyName: "b",
            PolicyDocument: allow("iam:ListUsers"),
        });
        await admin.call("iam", "PutUserPermissionsBoundary", { UserName: "ann", PermissionsBoundary: Policy.Arn });
        await user.call("iam", "ListUsers");
        await assert.rejects(user.call("iam", "ListRoles"), {
            code: "AccessDenied",
            status: 403,
            message: `User: arn:aws:iam::${ACCOUNT}:user/ann is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::${ACCOUNT}:role/ because no permissions boundary allows the iam:ListRoles action`,
        });
        await admin.call("iam", "DeleteUserPermissionsBoundary", { UserName: "ann" });
        await user.call("iam", "ListRoles");
    });

    describe("AssumeRole", () => {
        it("asks the trust policy: of the account, and then the identity policy too; of the user, and then that is enough", async () => {
            const idle = await newUser("idle", "s3:GetObject");
            const trusted = await newUser("ann", "sts:AssumeRole");
            await newRole("by-account", trust({ AWS: ACCOUNT }));
            await newRole("by-user", trust({ AWS: idle.caller.kind === "user" ? idle.caller.arn : "" }));
            await newRole("by-service", trust({ Service: "glue.amazonaws.com" }));
            await assume(trusted, roleArn("by-account"));
            await assume(idle, roleArn("by-user"));
            for (const [who, role] of [
                [idle, "by-account"],
                [trusted, "by-user"],
                [admin, "by-service"],
                [admin, "missing"],
            ] as const) {
                await assert.rejects(assume(who, roleArn(role)), { code: "AccessDenied" }, role);
            }
        });

        it("a service becomes the role that trusts it, for the account that the trust names", async () => {
            const glue = (accountId: string) =>
                admin.as({
                    kind: "service",
                    name: "glue.amazonaws.com",
                    accountId,
                    sourceArn: "arn:aws:glue:eu-west-1:1:x",
                });
            await newRole(
                "target",
                trust({ Service: "glue.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": ACCOUNT } }),
            );
            await admin.call("iam", "PutRolePolicy", {
                RoleName: "target",
                PolicyName: "p",
                PolicyDocument: allow("iam:ListUsers"),
            });
            const session = admin.as(assumeRole(glue(ACCOUNT), roleArn("target"), "glue"));
            await session.call("iam", "ListUsers");
            await assert.rejects(session.call("iam", "ListRoles"), { code: "AccessDenied" });
            assert.throws(() => assumeRole(glue(MEMBER), roleArn("target"), "glue"), { code: "AccessDeniedException" });
        });

        it("wants the external id that the trust policy asks for", async () => {
            await newRole("partner", trust({ AWS: ACCOUNT }, { StringEquals: { "sts:ExternalId": "42" } }));
            await assert.rejects(assume(admin, roleArn("partner")), { code: "AccessDenied" });
            await assert.rejects(assume(admin, roleArn("partner"), { ExternalId: "43" }), { code: "AccessDenied" });
            await assume(admin, roleArn("partner"), { ExternalId: "42" });
        });

        it("session policies limit, and the session ends", async () => {
            await newRole("broad", trust({ AWS: ACCOUNT }));
            await admin.call("iam", "PutRolePolicy", {
                RoleName: "broad",
                PolicyName: "p",
                PolicyDocument: allow("iam:List*"),
            });
            const { Credentials }: AssumeRoleResponse = await admin.call("sts", "AssumeRole", {
                RoleArn: roleArn("broad"),
                RoleSessionName: "s",
                Policy: allow("iam:ListUsers", "iam:CreateUser"),
            });
            const session = holder(Credentials!.AccessKeyId!);
            await session.call("iam", "ListUsers");
            await assert.rejects(session.call("iam", "ListRoles"), {
                message: /no session policy allows the iam:ListRoles action$/,
            });
            await assert.rejects(session.call("iam", "CreateUser", { UserName: "x" }), {
                message: /no identity-based policy/,
            });
            await world.clock.advance(hours(1));
            assert.equal(world.identities.callerOf(Credentials!.AccessKeyId!, "aws", world.clock.now()), "expired");
        });

        it("lasts an hour of its holder's, however fast the world's time runs", async () => {
            world.clock.setSpeed(600);
            const { Credentials }: AssumeRoleResponse = await admin.call("sts", "AssumeRole", {
                RoleArn: `arn:aws:iam::${ACCOUNT}:role/OrganizationAccountAccessRole`,
                RoleSessionName: "s",
            });
            await world.clock.advance(hours(590));
            holder(Credentials!.AccessKeyId!);
            await world.clock.advance(hours(10));
            assert.equal(world.identities.callerOf(Credentials!.AccessKeyId!, "aws", world.clock.now()), "expired");
        });

        it("lasts no longer than the role allows, an hour from another session", async () => {
            await newRole("long", trust({ AWS: ACCOUNT }), { MaxSessionDuration: 7200 });
            await assume(admin, roleArn("long"), { DurationSeconds: 7200 });
            for (const DurationSeconds of [899, 7201]) {
                await assert.rejects(assume(admin, roleArn("long"), { DurationSeconds }), { code: "ValidationError" });
            }
            const first = await assume(admin, `arn:aws:iam::${ACCOUNT}:role/OrganizationAccountAccessRole`);
            await assert.rejects(assume(first, roleArn("long"), { DurationSeconds: 3601 }), {
                message: /role chaining/,
            });
            await assume(first, roleArn("long"));
        });
    });
});
