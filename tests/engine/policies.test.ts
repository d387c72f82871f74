import * as assert from "node:assert";
import { writeFile } from "node:fs/promises";
import * as path from "node:path";
import { findEngine } from "../../simulator/engine/engine";
import { packageRoot } from "../../simulator/engine/install";
import { Stack, temporaryProject, type TemporaryProject } from "../../simulator/engine/stack";
import { startSimulator, type Simulator } from "../../simulator/local";

/**
 * An integration between plain aws resources, with as little as is usual in ready-made values. What is configured as wrong are
 * mistakes that the inputs show while all ARNs are unknown.
 */
const program = `
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
const zeroetl = require("pulumi-aws-zero-etl");
const { glueTrustPolicy, targetRolePolicy } = zeroetl.requirements;

const config = new pulumi.Config();
const wrong = config.getBoolean("wrong");
const { accountId } = aws.getCallerIdentityOutput();
const policy = (...Statement) => pulumi.jsonStringify({ Version: "2012-10-17", Statement });

const orders = new aws.dynamodb.Table("orders", {
    hashKey: "id",
    attributes: [{ name: "id", type: "S" }],
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: config.getBoolean("pointInTimeRecovery") ? { enabled: true } : undefined,
    serverSideEncryption: wrong ? { enabled: true } : undefined,
});
const exportable = new aws.dynamodb.ResourcePolicy("orders-export", {
    resourceArn: orders.arn,
    policy: policy({
        Effect: "Allow",
        Principal: { Service: "glue.amazonaws.com" },
        Action: ["dynamodb:DescribeTable", "dynamodb:DescribeExport", ...(wrong ? [] : ["dynamodb:ExportTableToPointInTime"])],
        Resource: "*",
        Condition: {
            StringEquals: { "aws:SourceAccount": accountId },
            ArnLike: { "aws:SourceArn": pulumi.interpolate\`arn:aws:glue:eu-west-1:\${accountId}:integration:*\` },
        },
    }),
});
const bucket = new aws.s3.Bucket("lake", { forceDestroy: true, region: config.get("bucketRegion") });
const database = new aws.glue.CatalogDatabase("shop", {
    name: wrong ? "the-shop" : "shop",
    locationUri: wrong ? undefined : pulumi.interpolate\`s3://\${bucket.bucket}/shop/\`,
});
const trust = glueTrustPolicy();
const role = new aws.iam.Role("writer", {
    path: wrong ? "/" + "long/".repeat(20) : "/",
    assumeRolePolicy: policy(...trust.Statement, ...(wrong ? [{ ...trust.Statement[0], Principal: { AWS: "*" } }] : [])),
});
const rights = pulumi.all([database.arn, bucket.arn]).apply(([databaseArn, bucketArn]) =>
    JSON.stringify(targetRolePolicy({ databaseArn, bucketArn, prefix: "shop" })));
const allowed = new aws.iam.RolePolicy("writer", {
    role: role.name,
    policy: wrong ? policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }) : rights,
});
const property = new zeroetl.GlueIntegrationResourceProperty("shop", {
    resourceArn: database.arn,
    target: { roleArn: role.arn },
}, { dependsOn: allowed });
const catalog = new aws.glue.ResourcePolicy("catalog", {
    policy: policy({
        Effect: "Allow",
        Principal: { Service: "glue.amazonaws.com" },
        Action: wrong ? "glue:GetTable" : "glue:AuthorizeInboundIntegration",
        Resource: wrong ? "*" : [pulumi.interpolate\`arn:aws:glue:eu-west-1:\${accountId}:catalog\`, database.arn],
        Condition: wrong ? undefined : { StringLike: { "aws:SourceArn": orders.arn } },
    }),
});
for (const name of ["orders", ...(wrong ? ["orders-again"] : [])]) {
    new zeroetl.GlueIntegration(name, {
        integrationName: name,
        sourceArn: orders.arn,
        targetArn: database.arn,
    }, { dependsOn: [exportable, property, catalog] });
}
if (wrong) {
    new zeroetl.DynamoDbTablePolicyMember("orders-member", {
        tableArn: orders.arn,
        member: { statement: { Sid: "Own", Effect: "Allow", Principal: "*", Action: "dynamodb:GetItem", Resource: "*" } },
    });
}
`;

/** The same with components, encrypted, governed by Lake Formation, and partitioned by a key. */
const components = `
const { Table } = require("@pulumi/aws/dynamodb/table");
const { getCallerIdentityOutput } = require("@pulumi/aws/getCallerIdentity");
const { Key } = require("@pulumi/aws/kms/key");
const { DynamoDbToLakehouse, Lakehouse } = require("pulumi-aws-zero-etl");
const table = new Table("accounts", {
    hashKey: "id",
    rangeKey: "openedAt",
    attributes: [{ name: "id", type: "S" }, { name: "openedAt", type: "N" }],
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
});
const lakehouse = new Lakehouse("bank", {
    kmsKeyArn: new Key("files").arn,
    lakeFormation: { administrators: [getCallerIdentityOutput().arn] },
});
new DynamoDbToLakehouse("accounts", {
    table,
    lakehouse,
    partitionBy: [{ field: "openedAt", by: "month", format: "epoch_sec" }],
});
`;

describe("the policy pack under the engine", function () {
    this.timeout(180_000);

    const policyPacks = [path.join(packageRoot, "policies")];
    let simulator: Simulator;
    let project: TemporaryProject;
    let stack: Stack;

    before(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine
        simulator = await startSimulator({ speed: 1000 });
        project = await temporaryProject(
            {
                "Pulumi.yaml": "name: shop\nruntime: { name: nodejs, options: { typescript: false } }\n",
                "package.json": manifest("index.js"),
                "index.js": program,
                "components.js": components,
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

    /** Rule, type and name of each violation, as the engine lists them. */
    const violations = (stdout: string) =>
        [...stdout.matchAll(/- \[mandatory\].*?\] +(\S+) +\((\S+): (\S+)\)/g)].map((match) => match.slice(1).join(" "));

    const withConfig = async (config: object) => {
        const file = path.join(project.dir, "policy-config.json");
        await writeFile(file, JSON.stringify(config));
        return ["--policy-pack-config", file];
    };

    it("stops plain aws resources at their first preview, when a table has no point-in-time recovery", async () => {
        const { stdout } = await stack.preview({ policyPacks, expectFailure: true });
        assert.deepStrictEqual(violations(stdout), ["source-point-in-time-recovery aws:dynamodb:Table orders"]);
        assert.match(stdout, /orders: pointInTimeRecovery: Point-in-time recovery is off/);
        assert.match(stdout, /Set pointInTimeRecovery: \{ enabled: true \}/);
    });

    it("stops a database whose bucket is in another Region, while neither has an ARN", async () => {
        const args = ["pointInTimeRecovery=true", "bucketRegion=us-east-1"].flatMap((value) => ["--config", value]);
        const { stdout } = await stack.preview({ policyPacks, args, expectFailure: true });
        assert.deepStrictEqual(violations(stdout), ["target-bucket-region aws:glue:CatalogDatabase shop"]);
        await stack.setConfig({ pointInTimeRecovery: "false", bucketRegion: "eu-west-1" });
    });

    it("finds at a first preview all that the inputs show", async () => {
        const { stdout } = await stack.preview({ policyPacks, args: ["--config", "wrong=true"], expectFailure: true });
        assert.deepStrictEqual(violations(stdout).sort(), [
            "one-integration-per-pair pulumi-nodejs:dynamic/zeroetl:GlueIntegration orders-again",
            "one-policy-owner aws:dynamodb:ResourcePolicy orders-export",
            "source-authorized pulumi-nodejs:dynamic/zeroetl:GlueIntegration orders",
            "source-authorized pulumi-nodejs:dynamic/zeroetl:GlueIntegration orders-again",
            "source-encryption aws:dynamodb:Table orders",
            "source-point-in-time-recovery aws:dynamodb:Table orders",
            "source-table-policy aws:dynamodb:Table orders",
            "target-database-location aws:glue:CatalogDatabase shop",
            "target-database-name aws:glue:CatalogDatabase shop",
            "target-role-arn pulumi-nodejs:dynamic/zeroetl:GlueIntegrationResourceProperty shop",
            "target-role-permissions aws:iam:Role writer",
            "target-role-trust aws:iam:Role writer",
            "target-role-writes aws:iam:Role writer",
        ]);
        await stack.setConfig({ wrong: "false" });
    });

    it("turns recovery on where it is configured to", async () => {
        const config = { "source-point-in-time-recovery": { enforcementLevel: "remediate", scope: ["all"] } };
        const { stdout } = await stack.preview({ policyPacks, args: await withConfig(config) });
        assert.match(stdout, /\[remediate\] +source-point-in-time-recovery +\(1 resource\)/);
    });

    it("refuses an exemption without a reason", async () => {
        const config = {
            "source-point-in-time-recovery": { exemptions: [{ resource: "orders", expires: "2999-12-31" }] },
        };
        const { stdout, stderr } = await stack.preview({
            policyPacks,
            args: await withConfig(config),
            expectFailure: true,
        });
        assert.match(stdout + stderr, /source-point-in-time-recovery: exemptions\.0: reason is required/);
    });

    for (const entry of ["index.js", "components.js"]) {
        it(`finds nothing in what is right, neither with ARNs unknown nor when all is known: ${entry}`, async () => {
            await writeFile(path.join(project.dir, "package.json"), manifest(entry));
            await stack.setConfig({ pointInTimeRecovery: "true" });
            const { stdout } = await stack.up({ policyPacks });
            assert.match(stdout, /GlueIntegration \S+ created/);
            assert.doesNotMatch(stdout, /\[(mandatory|advisory)\]/);
        });
    }
});

function manifest(main: string): string {
    return JSON.stringify({ name: "shop", version: "1.0.0", main });
}
