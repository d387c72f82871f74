import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider";

import {
    AwsAccount,
    accountOf,
    DynamoDbTablePolicyMember,
    GlueCatalogPolicyMember,
    GlueIntegration,
    GlueIntegrationResourceProperty,
    GlueIntegrationTableProperties,
    IntegrationHealth,
    LakeFormationAdministrator,
    OpenSearchDomainPolicyMember,
    OpenSearchIndex,
    OsisPipeline,
    RdsIntegration,
    RdsParametersInEffect,
    RedshiftIntegration,
    RedshiftIntegrationDatabase,
    RedshiftNamespacePolicyMember,
    RedshiftParametersInEffect,
    RedshiftView,
} from "../../../sdk/resources";
import { packageRoot } from "../../../simulator/engine/install";

const ARGS = { integrationName: "customers", sourceArn: "arn:source", targetArn: "arn:target" };
const ROLE = "arn:aws:iam::210987654321:role/deployer";

interface Registered {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
    provider?: string;
}

describe("Dynamic resources", () => {
    let registered: Registered[];
    /** The provider that each invoke went through. */
    let asked: (string | undefined)[];

    beforeEach(async () => {
        registered = [];
        asked = [];
        await pulumi.runtime.setMocks(
            {
                newResource: ({ type, name, inputs, provider }) => {
                    registered.push({ type, name, inputs, provider });
                    return { id: `${name}-id`, state: inputs };
                },
                call: ({ token, provider }) => {
                    asked.push(provider?.split("::").at(-2));
                    const accountId = provider?.includes("210987654321") ? "210987654321" : "123456789012";
                    return token.includes("getCallerIdentity") ? { accountId } : { region: "eu-west-1" };
                },
            },
            "bank",
            "dev",
        );
    });

    const settled = (resource: pulumi.Resource) =>
        new Promise<Registered>((resolve) =>
            resource.urn.apply(() => resolve(registered.find(({ name }) => name === "it")!)),
        );

    // The text is in every state: another one would show in each of them.
    const SHIMS: [
        new (name: string, args: never, opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource,
        string,
    ][] = [
        [GlueIntegration, "glueIntegration"],
        [GlueIntegrationResourceProperty, "glueIntegrationResourceProperty"],
        [GlueIntegrationTableProperties, "glueIntegrationTableProperties"],
        [GlueCatalogPolicyMember, "glueCatalogPolicyMember"],
        [DynamoDbTablePolicyMember, "dynamoDbTablePolicyMember"],
        [LakeFormationAdministrator, "lakeFormationAdministrator"],
        [IntegrationHealth, "integrationHealth"],
        [OpenSearchDomainPolicyMember, "openSearchDomainPolicyMember"],
        [OpenSearchIndex, "openSearchIndex"],
        [OsisPipeline, "osisPipeline"],
        [RdsIntegration, "rdsIntegration"],
        [RdsParametersInEffect, "rdsParametersInEffect"],
        [RedshiftIntegration, "redshiftIntegration"],
        [RedshiftIntegrationDatabase, "redshiftIntegrationDatabase"],
        [RedshiftNamespacePolicyMember, "redshiftNamespacePolicyMember"],
        [RedshiftParametersInEffect, "redshiftParametersInEffect"],
        [RedshiftView, "redshiftView"],
    ];
    for (const [Resource, handler] of SHIMS) {
        it(`${Resource.name} leaves a constant line in the state`, async () => {
            const { type, inputs } = await settled(new Resource("it", {} as never));
            assert.equal(type, `pulumi-nodejs:dynamic/zeroetl:${Resource.name}`);
            assert.equal((Resource as unknown as { __pulumiType: string }).__pulumiType, type);
            assert.equal(
                inputs.__provider,
                `exports.handler = () => require("pulumi-aws-zero-etl/runtime").${handler};\n`,
            );
            assert.equal(inputs.owner, `bank/dev/${Resource.name}/it`);
        });
    }

    it("load their handlers from the program's folder, as Pulumi's dynamic provider does", () => {
        const program = mkdtempSync(path.join(tmpdir(), "zero-etl-"));
        try {
            symlinkSync(path.join(packageRoot, "node_modules"), path.join(program, "node_modules"));
            const texts = SHIMS.map(
                ([, name]) => `exports.handler = () => require("pulumi-aws-zero-etl/runtime").${name};\n`,
            );
            const load = `
                const fromString = require("require-from-string");
                for (const text of ${JSON.stringify(texts)}) {
                    const handler = fromString(text).handler();
                    console.log(Object.keys(handler).sort().join());
                }
                console.log(Object.keys(require.cache).filter((file) => /node_modules.(@aws-sdk.client-|@pulumi)/.test(file)).length);`;
            const { stdout, stderr } = spawnSync(process.execPath, ["-e", load], { cwd: program, encoding: "utf8" });
            const methods = "check,configure,create,delete,diff,read,update";
            // No client and nothing of Pulumi is loaded before it is used.
            assert.deepEqual(stdout.trim().split("\n"), [...SHIMS.map(() => methods), "0"], stderr);
        } finally {
            rmSync(program, { recursive: true });
        }
    });

    it("are in the account of the stack's default provider unless told otherwise", async () => {
        const { inputs } = await settled(new GlueIntegration("it", ARGS));
        assert.deepEqual(inputs.account, { accountId: "123456789012", region: "eu-west-1" });
    });

    it("take an AwsAccount for whose account and way in, and not as their provider", async () => {
        const provider = new AwsAccount("account-210987654321", {
            region: "eu-west-1",
            assumeRole: { roleArn: ROLE, externalId: "bank" },
        });
        const resource = await settled(new GlueIntegration("it", ARGS, { provider }));
        assert.deepEqual(resource.inputs.account, {
            accountId: "210987654321",
            region: "eu-west-1",
            roleArn: ROLE,
            externalId: "bank",
        });
        assert.ok(!resource.provider?.includes("aws"), resource.provider);
        const { inputs } = registered.find(({ type }) => type === "pulumi:providers:aws")!;
        assert.deepEqual(JSON.parse(inputs.assumeRoles as string), [{ roleArn: ROLE, externalId: "bank" }]);
        assert.deepEqual([...new Set(asked)], ["account-210987654321"]);
    });

    for (const [how, options] of [
        ["provider", (p: pulumi.ProviderResource) => ({ provider: p })],
        ["providers: []", (p: pulumi.ProviderResource) => ({ providers: [p] })],
        ["providers: {}", (p: pulumi.ProviderResource) => ({ providers: { aws: p } })],
    ] as const) {
        it(`find the account of a component that got it by ${how}`, async () => {
            const account = new AwsAccount("account-210987654321", {
                region: "eu-west-1",
                assumeRole: { roleArn: ROLE },
            });
            const outer = new pulumi.ComponentResource("test:index:Outer", "outer", {}, options(account));
            const inner = new pulumi.ComponentResource("test:index:Inner", "inner", {}, { parent: outer });
            const found = await new Promise((resolve) => pulumi.jsonStringify(accountOf(inner)).apply(resolve));
            const expected = { accountId: "210987654321", region: "eu-west-1", roleArn: ROLE };
            assert.deepEqual(JSON.parse(found as string), expected);
            const { inputs } = await settled(new GlueIntegration("it", ARGS, { parent: inner }));
            assert.deepEqual(inputs.account, expected);
        });
    }

    it("take a plain provider for whose account", async () => {
        const provider = new Provider("plain-210987654321", { region: "eu-west-1" });
        const { inputs } = await settled(new GlueIntegration("it", ARGS, { provider }));
        assert.deepEqual(inputs.account, { accountId: "210987654321", region: "eu-west-1" });
    });
});
