/**
 * What a resource costs in a stack: one of ours, against the same handler in a provider object of `pulumi.dynamic.Resource`.
 * Both in the same run, in turns, so that the machine's mood falls on both.
 */
import * as path from "node:path";
import { findEngine, type Engine } from "../../simulator/engine/engine";
import { packageRoot } from "../../simulator/engine/install";
import { Stack, temporaryProject } from "../../simulator/engine/stack";
import { startSimulator } from "../../simulator/local";

const RESOURCES = 100;
const ROUNDS = 3;

const HEAD = `
const pulumi = require("@pulumi/pulumi");
const { CatalogDatabase } = require("@pulumi/aws/glue/catalogDatabase");
const database = new CatalogDatabase("bank", { name: "bank", locationUri: "s3://lake/bank/" });
const account = { accountId: "123456789012", region: "eu-west-1" };
const tables = Array.from({ length: ${RESOURCES} }, (_, i) => "table-" + i);
`;

const PROGRAMS = {
    ours: `${HEAD}
const { GlueIntegrationTableProperties } = require("pulumi-aws-zero-etl");
for (const name of tables) {
    new GlueIntegrationTableProperties(name, { resourceArn: database.arn, sourceTableName: name, account });
}`,
    inline: `${HEAD}
const provider = {
    configure: async (request) => require("pulumi-aws-zero-etl/runtime").glueIntegrationTableProperties.configure(request),
    check: async (olds, news) => require("pulumi-aws-zero-etl/runtime").glueIntegrationTableProperties.check(olds, news),
    diff: async (id, olds, news) => require("pulumi-aws-zero-etl/runtime").glueIntegrationTableProperties.diff(id, olds, news),
    create: async (inputs) => require("pulumi-aws-zero-etl/runtime").glueIntegrationTableProperties.create(inputs),
    read: async (id, props) => require("pulumi-aws-zero-etl/runtime").glueIntegrationTableProperties.read(id, props),
    update: async (id, olds, news) => require("pulumi-aws-zero-etl/runtime").glueIntegrationTableProperties.update(id, olds, news),
    delete: async (id, props) => require("pulumi-aws-zero-etl/runtime").glueIntegrationTableProperties.delete(id, props),
};
class Inline extends pulumi.dynamic.Resource {
    constructor(name, props) {
        super(provider, name, props, undefined, "bench", "Inline");
    }
}
for (const name of tables) {
    new Inline(name, { resourceArn: database.arn, sourceTableName: name, account, owner: "bench/dev/Inline/" + name });
}`,
};

interface Cost {
    upSeconds: number;
    noChangeSeconds: number;
    stateKilobytes: number;
}

async function measure(engine: Engine, program: string): Promise<Cost> {
    const simulator = await startSimulator({ speed: 600 });
    const project = await temporaryProject(
        {
            "Pulumi.yaml": "name: bench\nruntime: { name: nodejs, options: { typescript: false } }\n",
            "package.json": JSON.stringify({ name: "bench", version: "1.0.0", main: "index.js" }),
            "index.js": program,
        },
        path.join(packageRoot, "node_modules"),
    );
    try {
        const stack = new Stack({
            engine,
            projectDir: project.dir,
            stateDir: path.join(project.dir, "state"),
            env: simulator.environment,
            path: simulator.path,
        });
        await stack.init();
        const up = await stack.up({ args: ["--skip-preview"] });
        const again = await stack.up({ args: ["--skip-preview", "--expect-no-changes"] });
        return {
            upSeconds: up.durationMs / 1000,
            noChangeSeconds: again.durationMs / 1000,
            stateKilobytes: JSON.stringify(await stack.export()).length / 1000,
        };
    } finally {
        await project.remove();
        await simulator.stop();
    }
}

function median(values: number[]): number {
    return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function main(): Promise<void> {
    const engine = await findEngine();
    const rounds: { ours: Cost; inline: Cost }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
        const ours = await measure(engine, PROGRAMS.ours);
        rounds.push({ ours, inline: await measure(engine, PROGRAMS.inline) });
    }
    console.log(`${RESOURCES} resources, median of ${ROUNDS} rounds`);
    for (const key of ["upSeconds", "noChangeSeconds", "stateKilobytes"] as const) {
        const [ours, inline] = (["ours", "inline"] as const).map((kind) => median(rounds.map((r) => r[kind][key])));
        console.log(
            `${key}: ${ours!.toFixed(1)}, inline provider ${inline!.toFixed(1)}: ${(ours! / inline!).toFixed(2)}`,
        );
    }
}

void main();
