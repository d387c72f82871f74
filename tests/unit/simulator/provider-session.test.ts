import * as assert from "node:assert";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Properties } from "../../../simulator/provider/values";
import { allServices } from "../../../simulator/services";
import { World } from "../../../simulator/world/world";
import { ProviderClient } from "./provider-client";

const MANAGEMENT = "123456789012";
const MEMBER = "210987654321";
const ORGANIZATION_ROLE = `arn:aws:iam::${MEMBER}:role/OrganizationAccountAccessRole`;

describe("the aws provider's identity", () => {
    const world = new World({ services: allServices, speed: 1000 });
    let home: string;

    before(async () => {
        home = await mkdtemp(path.join(tmpdir(), "zero-etl-home-"));
        await mkdir(path.join(home, ".aws"));
        await writeFile(
            path.join(home, ".aws/config"),
            `[profile member]\nregion = eu-north-1\nrole_arn = ${ORGANIZATION_ROLE}\nsource_profile = base\n` +
                "[profile base]\nregion = eu-west-2\n[profile empty]\nregion = eu-west-1\n" +
                `[profile ambient]\nrole_arn = ${ORGANIZATION_ROLE}\ncredential_source = Environment\n`,
        );
        await writeFile(
            path.join(home, ".aws/credentials"),
            `[base]\naws_access_key_id = ${MANAGEMENT}\naws_secret_access_key = x\n`,
        );
    });

    after(async () => {
        world.stop();
        await rm(home, { recursive: true });
    });

    async function who(inputs: Properties, environment: Record<string, string> = {}) {
        const provider = await ProviderClient.open(world, { HOME: home, ...environment });
        try {
            await provider.configure(inputs);
            const { region } = await provider.invoke("aws:index/getRegion:getRegion");
            const { arn } = await provider.invoke("aws:index/getCallerIdentity:getCallerIdentity");
            return `${region} ${arn}`;
        } finally {
            provider.close();
        }
    }

    const administrator = (account: string) => `arn:aws:iam::${account}:user/administrator`;
    const keys = (account: string) => ({ AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: "x" });
    const session = `arn:aws:sts::${MEMBER}:assumed-role/OrganizationAccountAccessRole/`;

    it("is that of the keys in the inputs, else of the profile there, else of the environment", async () => {
        const environment = { ...keys(MANAGEMENT), AWS_REGION: "eu-west-1" };
        assert.strictEqual(await who({}, environment), `eu-west-1 ${administrator(MANAGEMENT)}`);
        const given = { accessKey: MEMBER, secretKey: "x", region: "us-east-1" };
        assert.strictEqual(await who(given, environment), `us-east-1 ${administrator(MEMBER)}`);
        assert.ok((await who({ profile: "member" }, environment)).startsWith(`eu-west-1 ${session}`));
    });

    it("reads profiles, with the roles that they assume and their Regions", async () => {
        assert.strictEqual(await who({ profile: "base" }), `eu-west-2 ${administrator(MANAGEMENT)}`);
        assert.strictEqual(await who({}, { AWS_PROFILE: "base" }), `eu-west-2 ${administrator(MANAGEMENT)}`);
        assert.ok((await who({}, { AWS_PROFILE: "member" })).startsWith(`eu-north-1 ${session}`));
        const ambient = await who({ profile: "ambient", region: "eu-west-1" }, keys(MANAGEMENT));
        assert.ok(ambient.startsWith(`eu-west-1 ${session}`));
        await assert.rejects(who({ profile: "nobody", region: "eu-west-1" }), /shared config profile, nobody/);
        await assert.rejects(who({ profile: "empty" }), /No valid credential sources found/);
    });

    it("takes the files that the inputs name", async () => {
        const file = path.join(home, "elsewhere");
        await writeFile(file, `[default]\naws_access_key_id = ${MEMBER}\naws_secret_access_key = x\n`);
        const inputs = { sharedCredentialsFiles: [file], region: "eu-west-1" };
        assert.strictEqual(await who(inputs), `eu-west-1 ${administrator(MEMBER)}`);
    });

    it("assumes one role after the other", async () => {
        const inputs = { region: "eu-west-1", assumeRoles: [{ roleArn: ORGANIZATION_ROLE, sessionName: "deploy" }] };
        assert.strictEqual(await who(inputs, keys(MANAGEMENT)), `eu-west-1 ${session}deploy`);
        const twice = {
            ...inputs,
            assumeRoles: [...inputs.assumeRoles, { roleArn: `arn:aws:iam::${MEMBER}:role/none` }],
        };
        await assert.rejects(
            who(twice, keys(MANAGEMENT)),
            /IAM Role \(arn:aws:iam::\d+:role\/none\) cannot be assumed/,
        );
    });

    it("is refused with keys that nobody has, or that have expired", async () => {
        const unknown = { region: "eu-west-1", accessKey: "AKIA0123456789ABCDEF", secretKey: "x" };
        await assert.rejects(who(unknown), /unable to validate AWS credentials.*InvalidClientTokenId/s);
        await assert.rejects(who({ region: "eu-west-1" }), /No valid credential sources found/);
        const role = { kind: "role", accountId: MEMBER, arn: `${session}old`, userId: "AROA:old" } as const;
        const expired = world.identities.issue({ ...role, roleArn: ORGANIZATION_ROLE }, world.clock.now() - 1);
        const inputs = { region: "eu-west-1", accessKey: expired.accessKeyId, token: expired.sessionToken };
        await assert.rejects(who(inputs), /ExpiredToken/);
        const valid = world.identities.issue({ ...role, roleArn: ORGANIZATION_ROLE });
        const withoutToken = { region: "eu-west-1", accessKey: valid.accessKeyId };
        await assert.rejects(who(withoutToken), /InvalidClientTokenId/);
    });

    it("notices that a session expires while it is used", async () => {
        const role = { kind: "role", accountId: MEMBER, arn: `${session}short`, userId: "AROA:short" } as const;
        const short = world.identities.issue({ ...role, roleArn: ORGANIZATION_ROLE }, world.clock.now() + 60_000);
        const provider = await ProviderClient.open(world);
        const inputs = { region: "eu-west-1", accessKey: short.accessKeyId, token: short.sessionToken };
        await provider.configure(inputs);
        await world.clock.advance(61_000);
        await assert.rejects(provider.invoke("aws:index/getCallerIdentity:getCallerIdentity"), /ExpiredToken/);
        provider.close();
    });

    it("is kept to the accounts and Regions that it is meant for", async () => {
        const region = "eu-west-1";
        await assert.rejects(
            who({ region, allowedAccountIds: [MEMBER] }, keys(MANAGEMENT)),
            /AWS account ID not allowed: 123456789012/,
        );
        await assert.rejects(who({ region, forbiddenAccountIds: [MANAGEMENT] }, keys(MANAGEMENT)), /not allowed/);
        assert.ok(await who({ region, allowedAccountIds: [MANAGEMENT] }, keys(MANAGEMENT)));
        await assert.rejects(who({ region: "nowhere" }, keys(MANAGEMENT)), /invalid AWS Region: nowhere/);
        await assert.rejects(who({}, keys(MANAGEMENT)), /invalid AWS Region/);
    });
});
