import { writeFile } from "node:fs/promises";
import * as path from "node:path";
import { packageRoot } from "../../simulator/engine/install";
import type { Stack } from "../../simulator/engine/stack";
import { withLab, type Lab } from "../engine/fixture";
import { PROGRAM } from "./program";

/** What 0.1.0 left behind; `RECORD_STATE=true` writes it anew, which only a change that replaces users' resources may need. */
const RECORDED = path.join(packageRoot, "tests/package/recorded-state.json");

describe("a stack that was recorded with 0.1.0", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack(
            {
                "Pulumi.yaml": "name: recorded\nruntime: nodejs\n",
                "package.json": JSON.stringify({ name: "recorded", version: "1.0.0", main: "index.ts" }),
                "index.ts": PROGRAM,
            },
            { env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" } },
        );
        if (process.env.RECORD_STATE === "true") {
            await stack.up({ args: ["--skip-preview"] });
            await writeFile(RECORDED, `${JSON.stringify(await stack.export(), withoutFolders, 4)}\n`);
        }
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
