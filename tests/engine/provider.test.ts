import * as assert from "node:assert";
import type { Stack, StateResource } from "../../simulator/engine/stack";
import { withLab, type Lab } from "./fixture";

describe("the aws provider under the engine", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("provider");
    });

    const resources = async () => (await stack.export()).deployment.resources ?? [];
    const find = async (type: string) => (await resources()).find((r) => r.type === type) as Required<StateResource>;

    it("creates a table, a bucket and a role, with what AWS computes", async () => {
        const { stdout } = await stack.up();
        assert.match(stdout, /\+ 4 created/);
        const table = await find("aws:dynamodb/table:Table");
        assert.match(table.id, /^accounts-[0-9a-f]{7}$/);
        assert.deepStrictEqual(await stack.outputs(), {
            tableArn: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table.id}`,
            bucketName: (await find("aws:s3/bucket:Bucket")).id,
            roleArn: `arn:aws:iam::123456789012:role/${(await find("aws:iam/role:Role")).id}`,
        });
        assert.strictEqual((await describeTable(table.id)).TableStatus, "ACTIVE");
    });

    it("finds nothing to do a second time, nor on refresh", async () => {
        assert.match((await stack.up()).stdout, /4 unchanged/);
        assert.match((await stack.refresh()).stdout, /4 unchanged/);
    });

    it("sees on refresh what was changed behind its back, and puts it right", async () => {
        const { id } = await find("aws:dynamodb/table:Table");
        await lab.call("dynamodb", "UpdateContinuousBackups", {
            TableName: id,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        });
        assert.match((await stack.refresh()).stdout, /~ 1 updated/);
        assert.match((await stack.up()).stdout, /~ 1 updated/);
    });

    it("destroys all of it", async () => {
        const { id } = await find("aws:dynamodb/table:Table");
        assert.match((await stack.destroy()).stdout, /- 4 deleted/);
        await assert.rejects(describeTable(id), { code: "ResourceNotFoundException" });
    });

    async function describeTable(TableName: string) {
        return (await lab.call("dynamodb", "DescribeTable", { TableName })).Table;
    }
});
