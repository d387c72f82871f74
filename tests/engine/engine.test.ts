import * as assert from "node:assert";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { findEngine } from "../../simulator/engine/engine";
import { packageRoot } from "../../simulator/engine/install";
import { Stack, temporaryProject, TemporaryProject } from "../../simulator/engine/stack";

const manifest = (name: string) => JSON.stringify({ name, version: "1.0.0", main: "index.js" });
const runtime = "runtime: { name: nodejs, options: { typescript: false } }";

/** A note waits for `waitMs` before it exists, leaves its marks in files, and is refused by the pack if it says "forbidden". */
const program = `
const pulumi = require("@pulumi/pulumi");
require("node:fs").writeFileSync("processes", process.pid + "\\n" + process.ppid + "\\n");
const provider = {
    async create(inputs) {
        const fs = require("node:fs");
        fs.writeFileSync("provider", inputs.text + "\\n" + process.pid + "\\n");
        await new Promise((resolve) => setTimeout(resolve, inputs.waitMs));
        fs.writeFileSync("created", inputs.text + "\\n");
        return { id: "note-1", outs: { ...inputs, length: inputs.text.length } };
    },
};
class Note extends pulumi.dynamic.Resource {
    constructor(name, props) {
        super(provider, name, { length: undefined, ...props }, undefined, "test", "Note");
    }
}
const config = new pulumi.Config();
const note = new Note("note", { text: config.get("text") ?? "hello", waitMs: config.getNumber("waitMs") ?? 0 });
exports.length = note.length;
exports.context = [pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization(), pulumi.runtime.isDryRun()];
exports.password = config.requireSecret("password");
`;

const pack = `
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("notes", {
    policies: [{
        name: "no-forbidden-notes",
        description: "A note must not be forbidden.",
        enforcementLevel: "mandatory",
        validateResource: ({ type, props }, report) => {
            if (type === "pulumi-nodejs:dynamic/test:Note" && props.text === "forbidden") {
                report("this note is forbidden");
            }
        },
    }],
});
`;

describe("the engine", function () {
    this.timeout(60_000);

    let project: TemporaryProject;
    let stack: Stack;
    let policyPacks: string[];

    before(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine
        project = await temporaryProject(
            {
                "Pulumi.yaml": `name: notes\nmain: program\n${runtime}\n`,
                "program/package.json": manifest("notes"),
                "program/index.js": program,
                "pack/PulumiPolicy.yaml": `${runtime}\n`,
                "pack/package.json": manifest("notes-pack"),
                "pack/index.js": pack,
            },
            path.join(packageRoot, "node_modules"),
        );
        policyPacks = [path.join(project.dir, "pack")];
        stack = new Stack({
            engine: await findEngine(),
            projectDir: project.dir,
            stateDir: path.join(project.dir, "state"),
        });
        await stack.init();
        await stack.run(["config", "set", "--secret", "password", "hunter2"]);
    });

    after(() => project.remove());

    it("previews, and takes nothing for done", async () => {
        const { stdout } = await stack.preview({ policyPacks });
        assert.match(stdout, /test:Note note create/);
        assert.deepStrictEqual((await stack.export()).deployment.resources, undefined);
    });

    it("is stopped at preview by a policy pack", async () => {
        const { stdout } = await stack.preview({
            policyPacks,
            args: ["--config", "text=forbidden"],
            expectFailure: true,
        });
        assert.match(stdout, /this note is forbidden/);
        await stack.setConfig({ text: "hello" });
    });

    it("creates a dynamic resource; the program knows where it runs", async () => {
        await stack.up({ policyPacks, parallel: 2 });
        assert.deepStrictEqual(await stack.outputs(), {
            length: 5,
            context: ["notes", "dev", "organization", false],
            password: "hunter2",
        });
        const { resources } = (await stack.export()).deployment;
        assert.strictEqual(resources!.find(({ type }) => type === "pulumi-nodejs:dynamic/test:Note")!.id, "note-1");
        assert.doesNotMatch(JSON.stringify(resources), /hunter2/);
    });

    it("warns of nothing, and changes nothing the second time", async () => {
        const { stdout, stderr } = await stack.up({ args: ["--skip-preview", "--expect-no-changes"] });
        assert.doesNotMatch(stdout + stderr, /warning/);
    });

    it("tells what is wrong with a program that throws", async () => {
        const { stdout } = await stack.preview({ args: ["--config", "waitMs=soon"], expectFailure: true });
        assert.match(stdout, /waitMs' value 'soon' is not a valid number/);
        await stack.setConfig({ waitMs: "0" });
    });

    it("destroys", async () => {
        await stack.destroy();
        assert.deepStrictEqual((await stack.export()).deployment.resources, undefined);
    });

    it("killed in a create: leaves a lock and no process, and the create is finished", async () => {
        await stack.setConfig({ text: "killed", waitMs: "2000" });
        const killer = new AbortController();
        const update = stack.up({ args: ["--skip-preview"], signal: killer.signal, expectFailure: true });
        await until(async () => (await lines("provider"))[0] === "killed");
        killer.abort();
        assert.strictEqual((await update).code, null);

        const locked = await stack.up({ args: ["--skip-preview"], expectFailure: true });
        assert.match(locked.stdout + locked.stderr, /currently locked/);
        await stack.cancel();
        assert.deepStrictEqual(
            (await stack.export()).deployment.pending_operations!.map(({ type }) => type),
            ["creating"],
        );

        await until(async () => (await lines("created"))[0] === "killed");
        const [program, host] = await lines("processes");
        const [, provider] = await lines("provider");
        await until(async () => ![program, host, provider].map(Number).some(isAlive));
    });

    const lines = async (name: string) =>
        (await readFile(path.join(project.dir, "program", name), "utf8").catch(() => "")).split("\n").filter(Boolean);
});

describe("the engine, for a program in TypeScript", function () {
    this.timeout(60_000);

    const component = `
import * as pulumi from "@pulumi/pulumi";
class Greeting extends pulumi.ComponentResource {
    declare readonly text: pulumi.Output<string>;
    constructor(name: string, who: string) {
        super("greeter:index:Greeting", name, { text: undefined, who }, {}, true);
    }
}
export const text = new Greeting("greeting", "world").text;
`;

    const plugin = `
const pulumi = require("@pulumi/pulumi");
const schema = { name: "greeter", version: "1.0.0", resources: { "greeter:index:Greeting": { isComponent: true } } };
const provider = {
    version: schema.version,
    schema: JSON.stringify(schema),
    async construct(name, type, { who }, options) {
        const { urn } = new pulumi.ComponentResource(type, name, {}, options);
        return { urn, state: { text: pulumi.interpolate\`hello \${who}\` } };
    },
};
require("@pulumi/pulumi/provider").main(provider, process.argv.slice(2));
`;

    let project: TemporaryProject;

    before(async () => {
        project = await temporaryProject(
            {
                "Pulumi.yaml": `
name: greetings
runtime: nodejs
plugins: { providers: [{ name: greeter, path: ./plugin }] }
`,
                "package.json": JSON.stringify({ name: "greetings", version: "1.0.0", main: "index.ts" }),
                "index.ts": component,
                "plugin/PulumiPlugin.yaml": `${runtime}\n`,
                "plugin/package.json": manifest("greeter"),
                "plugin/index.js": plugin,
            },
            path.join(packageRoot, "node_modules"),
        );
    });

    after(() => project.remove());

    it("compiles it, and runs a provider from its folder", async () => {
        const stack = new Stack({
            engine: await findEngine(),
            projectDir: project.dir,
            stateDir: path.join(project.dir, "state"),
        });
        await stack.init();
        await stack.up({ args: ["--skip-preview"] });
        assert.deepStrictEqual(await stack.outputs(), { text: "hello world" });
    });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}
