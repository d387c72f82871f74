import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { packageRoot } from "../../simulator/engine/install";
import { temporaryProject, type TemporaryProject } from "../../simulator/engine/stack";

const CLI = path.join(packageRoot, "dist/simulator/cli.js");

const program = `
const aws = require("@pulumi/aws");
const { fail } = process.env;
if (fail) {
    throw new Error("as told");
}
const table = new aws.dynamodb.Table("table", {
    attributes: [{ name: "id", type: "S" }],
    hashKey: "id",
    billingMode: "PAY_PER_REQUEST",
});
exports.arn = table.arn;
exports.stack = require("@pulumi/pulumi").getStack();
`;

/** The promise of the command line: `zero-etl local -- pulumi up` in any project, whatever the machine is logged in to. */
describe("zero-etl local -- pulumi", function () {
    this.timeout(900_000); // the first run on a machine may have to build the engine

    let project: TemporaryProject;

    before(async () => {
        project = await temporaryProject(
            {
                "Pulumi.yaml": "name: local\nruntime: { name: nodejs, options: { typescript: false } }\n",
                "package.json": JSON.stringify({ name: "local", version: "1.0.0", main: "index.js" }),
                "index.js": program,
            },
            path.join(packageRoot, "node_modules"),
        );
    });

    after(() => project.remove());

    async function zeroEtl(args: string[], env: Record<string, string> = {}) {
        const child = spawn(process.execPath, [CLI, "local", "--speed", "100", "--", "pulumi", ...args], {
            cwd: project.dir,
            env: {
                ...process.env,
                PULUMI_BACKEND_URL: "s3://the-states-of-production",
                AWS_PROFILE: "production",
                ...env,
            },
            stdio: ["ignore", "pipe", "pipe"],
        });
        const ended = once(child, "exit");
        const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
        return { code: (await ended)[0], output: stdout + stderr };
    }

    const up = ["up", "--yes", "--non-interactive", "--color", "never"];

    it("brings a stack up in the simulator, in a backend of its own", async () => {
        const { code, output } = await zeroEtl(up);
        assert.equal(code, 0, output);
        assert.match(output, /arn +: "arn:aws:dynamodb:eu-west-1:123456789012:table\/table-\w+"/);
        assert.match(output, /stack: "local"/);
    });

    it("takes the stack that the command names", async () => {
        const { code, output } = await zeroEtl([...up, "--stack", "dev"]);
        assert.equal(code, 0, output);
        assert.match(output, /stack: "dev"/);
    });

    it("fails as pulumi fails", async () => {
        const { code, output } = await zeroEtl(up, { fail: "yes" });
        assert.match(output, /as told/);
        assert.notEqual(code, 0);
    });
});
