import * as assert from "node:assert";
import * as path from "node:path";
import { findEngine } from "../../simulator/engine/engine";
import { packageRoot } from "../../simulator/engine/install";
import { Stack, temporaryProject, type StateResource, type TemporaryProject } from "../../simulator/engine/stack";
import { startSimulator, type Simulator } from "../../simulator/local";

const program = `
const { Table } = require("@pulumi/aws/dynamodb/table");
const { Bucket } = require("@pulumi/aws/s3/bucket");
const { Role } = require("@pulumi/aws/iam/role");
const table = new Table("accounts", {
    attributes: [{ name: "CustomerID", type: "S" }, { name: "AccountNumber", type: "S" }],
    hashKey: "CustomerID",
    rangeKey: "AccountNumber",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    tags: { purpose: "test" },
});
const bucket = new Bucket("lake", { forceDestroy: true });
const role = new Role("writer", {
    assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
    inlinePolicies: [{ name: "write", policy: bucket.arn.apply((arn) => JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: arn + "/*" }],
    })) }],
});
exports.tableArn = table.arn;
exports.bucketName = bucket.bucket;
exports.roleArn = role.arn;
`;

describe("the aws provider under the engine", function () {
    this.timeout(120_000);

    let simulator: Simulator;
    let project: TemporaryProject;
    let stack: Stack;

    before(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine
        simulator = await startSimulator({ speed: 100 });
        project = await temporaryProject(
            {
                "Pulumi.yaml": "name: provider\nruntime: { name: nodejs, options: { typescript: false } }\n",
                "package.json": JSON.stringify({ name: "provider", version: "1.0.0", main: "index.js" }),
                "index.js": program,
            },
            path.join(packageRoot, "node_modules"),
        );
        stack = new Stack({
            engine: await findEngine(),
            projectDir: project.dir,
            stateDir: path.join(project.dir, "state"),
            env: simulator.environment,
            path: simulator.path,
        });
        await stack.init();
    });

    after(async () => {
        await project?.remove();
        await simulator?.stop();
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
        const { TableDescription } = { TableDescription: await describeTable(table.id) };
        assert.strictEqual(TableDescription.TableStatus, "ACTIVE");
    });

    it("finds nothing to do a second time, nor on refresh", async () => {
        assert.match((await stack.up()).stdout, /4 unchanged/);
        assert.match((await stack.refresh()).stdout, /4 unchanged/);
    });

    it("sees on refresh what was changed behind its back, and puts it right", async () => {
        const { id } = await find("aws:dynamodb/table:Table");
        await simulator.world.administrator().call("dynamodb", "UpdateContinuousBackups", {
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
        return (await simulator.world.administrator().call("dynamodb", "DescribeTable", { TableName })).Table;
    }
});
