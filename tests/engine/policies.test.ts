import * as assert from "node:assert";
import { writeFile } from "node:fs/promises";
import * as path from "node:path";
import { packageRoot } from "../../simulator/engine/install";
import type { Stack } from "../../simulator/engine/stack";
import { OTHER_ACCOUNT, settings, withLab, type Lab } from "./fixture";

const FOUND = /\[(mandatory|advisory)\]/;
const RIGHT = { wrong: false, pointInTimeRecovery: true, bucketRegion: "eu-west-1" };

describe("the policy pack under the engine", function () {
    this.timeout(180_000);

    const policyPacks = [path.join(packageRoot, "policies")];
    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("plain");
    });

    /** Rule, type and name of each violation, as the engine lists them. */
    const violations = (stdout: string) =>
        [...stdout.matchAll(/- \[mandatory\].*?\] +(\S+) +\((\S+): (\S+)\)/g)].map((match) => match.slice(1).join(" "));

    const withConfig = async (config: object) => {
        const file = path.join(lab.folder, "policy-config.json");
        await writeFile(file, JSON.stringify(config));
        const values = settings({ ...RIGHT, pointInTimeRecovery: false });
        return [...values, "--policy-pack-config", file];
    };

    it("stops plain aws resources at their first preview, when a table has no point-in-time recovery", async () => {
        const { stdout } = await stack.preview({ policyPacks, expectFailure: true });
        assert.deepStrictEqual(violations(stdout), ["source-point-in-time-recovery aws:dynamodb:Table orders"]);
        assert.match(stdout, /orders: pointInTimeRecovery: Point-in-time recovery is off/);
        assert.match(stdout, /Set pointInTimeRecovery: \{ enabled: true \}/);
    });

    it("stops a database whose bucket is in another Region, while neither has an ARN", async () => {
        const args = settings({ pointInTimeRecovery: true, bucketRegion: "us-east-1" });
        const { stdout } = await stack.preview({ policyPacks, args, expectFailure: true });
        assert.deepStrictEqual(violations(stdout), ["target-bucket-region aws:glue:CatalogDatabase shop"]);
    });

    it("finds at a first preview all that the inputs show", async () => {
        const { stdout } = await stack.preview({
            policyPacks,
            args: settings({ ...RIGHT, pointInTimeRecovery: false, wrong: true }),
            expectFailure: true,
        });
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
    });

    it("stops a wrong way from Aurora to a warehouse at its first preview, while neither has an ARN", async () => {
        const warehouse = await lab.stack("plain-warehouse");
        const wrong = await warehouse.preview({ policyPacks, args: settings({ wrong: true }), expectFailure: true });
        assert.deepStrictEqual(violations(wrong.stdout).sort(), [
            "relational-source-backtrack aws:rds:Cluster shop",
            "relational-source-engine aws:rds:Cluster shop",
            "relational-source-parameters aws:rds:Cluster shop",
            "warehouse-case-sensitivity aws:redshift:Cluster sales",
            "warehouse-encryption aws:redshift:Cluster sales",
            "warehouse-integration-limits aws:rds:Integration orders",
            "warehouse-node-type aws:redshift:Cluster sales",
            "warehouse-source-authorized aws:rds:Integration orders",
        ]);
        assert.match(wrong.stdout, /binlog_format is "MIXED"/);
        const right = await warehouse.preview({ policyPacks, args: settings({ wrong: false }) });
        assert.doesNotMatch(right.stdout, FOUND);
    });

    it("stops a wrong way from a table to a domain at its first preview, while neither has an ARN", async () => {
        const search = await lab.stack("plain-search");
        const wrong = await search.preview({ policyPacks, args: settings({ wrong: true }), expectFailure: true });
        assert.deepStrictEqual([...new Set(violations(wrong.stdout))].sort(), [
            "pipeline-body aws:opensearchingest:Pipeline by-hand",
            "pipeline-dead-letters aws:opensearchingest:Pipeline by-hand",
            "pipeline-limits aws:opensearchingest:Pipeline products",
            "pipeline-log-group aws:opensearchingest:Pipeline products",
            "pipeline-role-trust aws:iam:Role pipeline",
            "pipeline-role-width aws:iam:Role pipeline",
            "search-domain-open aws:opensearch:Domain search",
        ]);
        const right = await search.preview({ policyPacks, args: settings({ wrong: false }) });
        assert.doesNotMatch(right.stdout, FOUND);
    });

    it("finds nothing in components from sources of every kind to one warehouse, while none has an ARN", async () => {
        const sources = {
            "aurora-mysql": "aurora-mysql",
            "aurora-postgresql": "aurora-postgresql",
            "rds-mysql": "mysql",
            "rds-postgres": "postgres",
            oracle: "oracle",
            table: "dynamodb",
        };
        const fleet = await lab.stack("fleet");
        const { stdout } = await fleet.preview({ policyPacks, args: settings({ sources, sharedInto: ["finance"] }) });
        assert.doesNotMatch(stdout, FOUND);
    });

    it("finds in components from sources of every kind no more than a collection that the internet reaches, while none has an ARN", async () => {
        const searches = await lab.stack("searches");
        const { stdout } = await searches.preview({ policyPacks, args: settings({ searched: true }) });
        const found = stdout.split("\n").filter((line) => FOUND.test(line));
        assert.match(
            found.join("\n"),
            /^\s*- \[advisory\] \S+ \S+ +search-collection-public +\(\S+ collection-network\)$/,
        );
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

    it("finds nothing in plain aws resources that are right", async () => {
        await assertNothingFound(stack, settings(RIGHT));
    });

    it("finds nothing in components", async () => {
        await assertNothingFound(await lab.stack("governed", { account: OTHER_ACCOUNT }));
    });

    it("finds nothing in a pipeline of components", async () => {
        const products = await lab.stack("products", { account: OTHER_ACCOUNT });
        const pipelines = { products: { index: { name: "products" } } };
        await assertNothingFound(products, settings({ pipelines }), "OsisPipeline");
    });

    /** Neither at preview, with ARNs unknown, nor in the update, when all is known. */
    async function assertNothingFound(right: Stack, args: string[] = [], type = "GlueIntegration"): Promise<void> {
        const { stdout } = await right.up({ policyPacks, args });
        assert.match(stdout, new RegExp(`${type} \\S+ created`));
        assert.doesNotMatch(stdout, FOUND);
    }
});
