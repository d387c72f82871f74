import { writeFile } from "node:fs/promises";
import * as path from "node:path";
import { findEngine } from "../../simulator/engine/engine";
import { packageRoot } from "../../simulator/engine/install";
import { Stack, temporaryProject, type TemporaryProject } from "../../simulator/engine/stack";
import { startSimulator, type Simulator } from "../../simulator/local";
import { PROGRAM } from "./program";

/** What 0.1.0 left behind; `RECORD_STATE=true` writes it anew, which only a change that replaces users' resources may need. */
const RECORDED = path.join(packageRoot, "tests/package/recorded-state.json");

describe("a stack that was recorded with 0.1.0", function () {
    this.timeout(120_000);

    let simulator: Simulator;
    let project: TemporaryProject;
    let stack: Stack;

    before(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine
        simulator = await startSimulator({ speed: 600 });
        project = await temporaryProject(
            {
                "Pulumi.yaml": "name: recorded\nruntime: nodejs\n",
                "package.json": JSON.stringify({ name: "recorded", version: "1.0.0", main: "index.ts" }),
                "index.ts": PROGRAM,
            },
            path.join(packageRoot, "node_modules"),
        );
        stack = new Stack({
            engine: await findEngine(),
            projectDir: project.dir,
            stateDir: path.join(project.dir, "state"),
            env: { ...simulator.environment, ZERO_ETL_POLL_SECONDS: "0.2", PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
            path: simulator.path,
        });
        await stack.init();
        if (process.env.RECORD_STATE === "true") {
            await stack.up({ args: ["--skip-preview"] });
            await writeFile(RECORDED, `${JSON.stringify(await stack.export(), withoutFolders, 4)}\n`);
        }
    });

    after(async () => {
        await project?.remove();
        await simulator?.stop();
    });

    it("shows no diff", async () => {
        await stack.run(["stack", "import", "--file", RECORDED]);
        await stack.preview({ args: ["--expect-no-changes"] });
    });
});

/** Where on which machine the program was says nothing of the stack. */
function withoutFolders(key: string, value: unknown): unknown {
    return key === "sourcePosition" || key === "stackTrace" ? undefined : value;
}
