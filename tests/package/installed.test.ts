import * as assert from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { findEngine, type Engine } from "../../simulator/engine/engine";
import { packageRoot } from "../../simulator/engine/install";
import { Stack } from "../../simulator/engine/stack";
import { startSimulator, type Simulator } from "../../simulator/local";
import { EARLIER, earlierVersion, installAlone, pack, Project, type Tarball } from "./installation";

/** How a user tests a program, with nothing but the installed package. */
const script = `
const { findEngine, Stack, startSimulator } = require("pulumi-aws-zero-etl/simulator");
async function main() {
    const simulator = await startSimulator({ speed: 600 });
    const stack = new Stack({
        engine: await findEngine(),
        projectDir: __dirname,
        stateDir: __dirname + "/state",
        env: { ...simulator.environment, ZERO_ETL_POLL_SECONDS: "0.2" },
        path: simulator.path,
    });
    await stack.init();
    await stack.up({ args: ["--skip-preview"] });
    const outputs = await stack.outputs();
    await stack.destroy({ args: ["--skip-preview"] });
    const { resources } = (await stack.export()).deployment;
    await simulator.stop();
    console.log(JSON.stringify({ outputs, resources }));
}
main().catch((error) => {
    console.error(error);
    process.exit(1);
});
`;

describe("the packed package", function () {
    this.timeout(180_000);

    let folder: string;
    let tarball: Tarball;
    let engine: Engine;
    let projects: Record<"npm" | "pnpm" | "yarn", Project>;

    before(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine, and to fill the caches
        engine = await findEngine();
        folder = await mkdtemp(path.join(tmpdir(), "zero-etl-"));
        tarball = await pack(packageRoot, folder);
        const earlier = await earlierVersion(tarball, folder);
        // Side by side: each waits for the disk most of the time.
        const policies = await pack(path.join(packageRoot, "policies"), folder);
        const [npm, pnpm, yarn] = await Promise.all([
            Project.create(folder, "npm", earlier),
            Project.create(folder, "pnpm", tarball, "typescript"),
            Project.create(folder, "yarn", tarball),
            installAlone(policies, path.join(folder, "policies")),
        ]);
        projects = { npm, pnpm, yarn };
    });

    after(() => rm(folder, { recursive: true, force: true }));

    it("holds what a user needs, and nothing else", () => {
        const { contents, unpackedSize } = tarball;
        for (const needed of [
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
            "dist/components/index.d.ts",
            "dist/sdk/runtime/index.js",
            "dist/simulator/cli.js",
            "simulator/engine/go/go.mod",
            "simulator/engine/go/go.sum",
        ]) {
            assert.ok(contents.includes(needed), needed);
        }
        const expected =
            /^(CHANGELOG\.md|LICENSE|README\.md|package\.json|dist\/(sdk|components|simulator)\/.*\.(js|d\.ts)|simulator\/engine\/go\/go\.(mod|sum))$/;
        assert.deepStrictEqual(
            contents.filter((name) => !expected.test(name)),
            [],
        );
        // Three families of integrations and their AWS come to 3.3 MB: what is far above has been packed by mistake.
        assert.ok(unpackedSize < 4_000_000, `${unpackedSize} bytes`);
    });

    for (const manager of ["pnpm", "yarn"] as const) {
        it(`goes up and is destroyed, installed with ${manager}`, async () => {
            const env = { PULUMI_BIN: engine.bin, XDG_CACHE_HOME: path.join(folder, "cache") };
            const printed = await projects[manager].node(script, env);
            assert.deepStrictEqual(JSON.parse(printed), { outputs: { status: "ACTIVE" } });
        });
    }

    describe("installed with npm", () => {
        let simulator: Simulator;
        let stack: Stack;

        before(async () => {
            simulator = await startSimulator({ speed: 600 });
            stack = new Stack({
                engine,
                projectDir: projects.npm.dir,
                stateDir: path.join(projects.npm.dir, "state"),
                env: { ...simulator.environment, ZERO_ETL_POLL_SECONDS: "0.2" },
                path: simulator.path,
            });
            await stack.init();
        });

        after(() => simulator.stop());

        it("goes up", async () => {
            assert.strictEqual(await projects.npm.installedVersion(), EARLIER);
            await stack.up({ args: ["--skip-preview"] });
            assert.deepStrictEqual(await stack.outputs(), { status: "ACTIVE" });
        });

        it("shows no diff in a stack that an earlier version made, and destroys it", async () => {
            await projects.npm.install(tarball);
            assert.notStrictEqual(await projects.npm.installedVersion(), EARLIER);
            await stack.preview({ args: ["--expect-no-changes"] });
            await stack.destroy({ args: ["--skip-preview"] });
            assert.deepStrictEqual((await stack.export()).deployment.resources, undefined);
        });

        it("has a policy pack beside it that, installed alone, stops a stack", async () => {
            const { stdout } = await stack.preview({
                policyPacks: [path.join(folder, "policies/node_modules/pulumi-policy-aws-zero-etl")],
                args: ["--config", "pointInTimeRecovery=false"],
                expectFailure: true,
            });
            assert.match(stdout, /\[mandatory\].*point-in-time-recovery/);
        });
    });
});
