import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { minutes } from "../../simulator/world/clock";
import {
    ACCOUNT,
    configured,
    NO_CHANGES,
    REGION,
    resourceOf,
    rowOf,
    settings,
    until,
    withLab,
    type Lab,
} from "./fixture";

const DATABASE_ARN = `arn:aws:glue:${REGION}:${ACCOUNT}:database/bank`;
const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Customers`;

/** One stack from its first preview to its end: what comes earlier is there for what comes later. */
describe("the life of a stack", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("bank");
    });
    beforeEach(() => lab.world.requests.clear());

    const integration = async () => {
        const [only, ...others] = await lab.integrations();
        assert.deepEqual(others, []);
        return only!;
    };
    const catalogPolicy = async () => (await lab.call("glue", "GetResourcePolicy", {})).PolicyInJson as string;
    const statementsOf = (policy: string): { Sid: string }[] => JSON.parse(policy).Statement;
    const tablePolicy = async () =>
        (await lab.call("dynamodb", "GetResourcePolicy", { ResourceArn: TABLE_ARN })).Policy;
    const tableProperties = async () =>
        (
            await lab.call("glue", "GetIntegrationTableProperties", {
                ResourceArn: DATABASE_ARN,
                TableName: "Customers",
            })
        ).TargetTableConfig;
    const setRecovery = (PointInTimeRecoveryEnabled: boolean) =>
        lab.call("dynamodb", "UpdateContinuousBackups", {
            TableName: "Customers",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
        });

    it("begins with a preview that asks AWS nothing", async () => {
        const { stdout } = await stack.preview();
        assert.match(rowOf(stdout, "GlueIntegration"), / create/);
        assert.deepEqual(lab.calls(), []);
    });

    it("goes up with one integration, and rows arrive", async () => {
        await stack.up(configured());
        assert.equal((await integration()).Status, "ACTIVE");
        assert.equal((await resourceOf(stack, "GlueIntegration")).id, (await integration()).IntegrationArn);
        await lab.putItem("Customers", "1", { OpenedAt: { S: "2024-05-01" } });
        await until(() => lab.rows("bank", "customers").length === 1);
    });

    it("finds nothing to do a second time, asking AWS nothing, nor on refresh", async () => {
        await stack.up({ args: ["--expect-no-changes"] });
        assert.deepEqual(lab.calls(), []);
        await stack.refresh(NO_CHANGES);
        assert.equal(lab.calls("DescribeIntegrations").length, 1);
    });

    it("sees on refresh that the integration needs attention; up puts that right", async () => {
        await setRecovery(false);
        await lab.world.clock.advance(minutes(16));
        assert.equal((await integration()).Status, "NEEDS_ATTENTION");

        await stack.refresh(configured());
        const { status, integrationErrors } = (await resourceOf(stack, "GlueIntegration")).outputs;
        assert.equal(status, "NEEDS_ATTENTION");
        assert.match(JSON.stringify(integrationErrors), /Point in time recovery is not enabled/);

        await stack.up(configured());
        // Changes from before the recovery cannot be exported: the table may still be loading again.
        const healed = (await resourceOf(stack, "GlueIntegration")).outputs.status as string;
        assert.ok(["ACTIVE", "SYNCING"].includes(healed), healed);
        assert.deepEqual(lab.calls("CreateIntegration"), []);
        await until(async () => (await integration()).Status === "ACTIVE");
    });

    it("sees on refresh what was changed or taken away outside of it; up puts all of it right", async () => {
        const { IntegrationArn } = await integration();
        const before = { catalog: await catalogPolicy(), table: await tablePolicy(), layout: await tableProperties() };
        await lab.call("glue", "ModifyIntegration", {
            IntegrationIdentifier: IntegrationArn,
            IntegrationConfig: { RefreshInterval: "60" },
        });
        await until(async () => (await integration()).Status === "ACTIVE");
        await lab.call("glue", "DeleteResourcePolicy", {});
        await lab.call("dynamodb", "DeleteResourcePolicy", { ResourceArn: TABLE_ARN });
        const { roleArn } = (await stack.outputs()) as { roleArn: string };
        await lab.call("glue", "UpdateIntegrationResourceProperty", {
            ResourceArn: DATABASE_ARN,
            TargetProcessingProperties: { RoleArn: `arn:aws:iam::${ACCOUNT}:role/another` },
        });
        await lab.call("glue", "UpdateIntegrationTableProperties", {
            ResourceArn: DATABASE_ARN,
            TableName: "Customers",
            TargetTableConfig: { ...before.layout, TargetTableName: "clients" },
        });

        const { stdout } = await stack.refresh(configured());
        assert.match(rowOf(stdout, "GlueIntegration"), / updated .*refreshInterval/);
        assert.match(rowOf(stdout, "GlueCatalogPolicyMember"), / deleted/);
        assert.match(rowOf(stdout, "DynamoDbTablePolicyMember"), / deleted/);
        assert.match(rowOf(stdout, "GlueIntegrationResourceProperty"), / updated .*target/);
        assert.match(rowOf(stdout, "GlueIntegrationTableProperties"), / updated .*targetTableName/);

        // Its name back costs the table another load.
        await stack.up(configured({ integration: { allowResync: true } }));
        assert.equal((await integration()).IntegrationArn, IntegrationArn);
        assert.equal((await integration()).IntegrationConfig.RefreshInterval, "15");
        assert.deepEqual(statementsOf(await catalogPolicy()), statementsOf(before.catalog));
        assert.deepEqual(statementsOf(await tablePolicy()), statementsOf(before.table));
        assert.deepEqual(await tableProperties(), before.layout);
        const property = await lab.call("glue", "GetIntegrationResourceProperty", { ResourceArn: DATABASE_ARN });
        assert.equal(property.TargetProcessingProperties.RoleArn, roleArn);
    });

    it("makes a new integration for one that was deleted outside of it", async () => {
        const { IntegrationArn } = await integration();
        await lab.call("glue", "DeleteIntegration", { IntegrationIdentifier: IntegrationArn });
        await until(async () => (await lab.integrations()).length === 0);

        const { stdout } = await stack.refresh(configured());
        assert.match(rowOf(stdout, "GlueIntegration"), / deleted/);
        await stack.up(configured());
        assert.equal((await integration()).Status, "ACTIVE");
        assert.notEqual((await integration()).IntegrationArn, IntegrationArn);
    });

    it("changes name, description, tags and interval in place", async () => {
        const { IntegrationArn } = await integration();
        const changed = {
            integrationName: "renamed",
            description: "customers of the bank",
            tags: { team: "data" },
            refreshInterval: "1 hour",
        };
        await stack.up(configured({ integration: changed }));

        const after = await integration();
        assert.equal(after.IntegrationArn, IntegrationArn);
        assert.equal(after.IntegrationName, "renamed");
        assert.equal(after.Description, "customers of the bank");
        assert.equal(after.IntegrationConfig.RefreshInterval, "60");
        assert.ok(after.Tags.some(({ key, value }) => key === "team" && value === "data"));
        assert.equal(lab.calls("ModifyIntegration").length, 1);
        assert.deepEqual([...lab.calls("CreateIntegration"), ...lab.calls("DeleteIntegration")], []);
    });

    const byMonth = { partitionBy: [{ field: "OpenedAt", by: "month", format: "iso" }] };

    it("refuses at preview to load the table again unasked, and says what it costs", async () => {
        const { stdout } = await stack.preview({
            args: settings({ integration: { ...byMonth, unnest: "top-level" } }),
            expectFailure: true,
        });
        assert.match(stdout, /allowResync.*unnest.*partition|allowResync.*partition.*unnest/s);
        assert.match(stdout, /exports the whole source table again, which DynamoDB bills/);
        assert.match(stdout, /Set allowResync: true/);
        assert.deepEqual(lab.calls(), []);
    });

    it("loads the table again when that is wanted", async () => {
        await stack.up(configured({ integration: { ...byMonth, unnest: "top-level", allowResync: true } }));
        assert.equal((await tableProperties()).UnnestSpec, "TOPLEVEL");
        assert.deepEqual(
            (await tableProperties()).PartitionSpec.map(({ FieldName }: { FieldName: string }) => FieldName),
            ["OpenedAt"],
        );
        assert.deepEqual([...lab.calls("CreateIntegration"), ...lab.calls("DeleteIntegration")], []);
        await lab.world.clock.advance(minutes(70));
        await until(() => lab.rows("bank", "customers").length === 1);
        assert.match(await newestMetadata(), /"transform": "month"/);
    });

    it("replaces the integration for another source, deleting before it creates", async () => {
        await replacedBy({ table: "Clients", integration: {} });
        assert.match((await integration()).SourceArn, /table\/Clients$/);
    });

    it("replaces the integration for another target, deleting before it creates", async () => {
        await replacedBy({ database: "bank_2" });
        assert.match((await integration()).TargetArn, /database\/bank_2$/);
    });

    it("ends with no integration, its properties and statements gone, its rows still in the bucket", async () => {
        await lab.putItem("Clients", "2");
        await lab.world.clock.advance(minutes(16));
        await until(() => lab.rows("bank_2", "clients").length === 1);
        const { bucketName } = (await stack.outputs()) as { bucketName: string };

        await stack.destroy(configured());
        assert.deepEqual((await stack.export()).deployment.resources ?? [], []);
        assert.deepEqual(await lab.integrations(), []);
        await assert.rejects(catalogPolicy(), { code: "EntityNotFoundException" });
        assert.ok((await keys(bucketName, "bank_2/clients/data/")).length > 0);
    });

    async function replacedBy(values: Record<string, unknown>): Promise<void> {
        const { IntegrationArn } = await integration();
        await stack.up(configured(values));
        assert.notEqual((await integration()).IntegrationArn, IntegrationArn);
        const writes = lab.calls().filter(({ operation }) => /^(Create|Delete)Integration$/.test(operation));
        assert.deepEqual(
            writes.map(({ operation }) => operation),
            ["DeleteIntegration", "CreateIntegration"],
        );
    }

    async function keys(Bucket: string, Prefix: string): Promise<string[]> {
        const { Contents = [] } = await lab.call("s3", "ListObjectsV2", { Bucket, Prefix });
        return Contents.map(({ Key }: { Key: string }) => Key);
    }

    async function newestMetadata(): Promise<string> {
        const { Table } = await lab.call("glue", "GetTable", { DatabaseName: "bank", Name: "customers" });
        const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(Table.Parameters.metadata_location)!;
        const { Body } = await lab.call("s3", "GetObject", { Bucket, Key });
        return Buffer.from(Body).toString();
    }
});
