import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";

import { findEngine, Stack, startSimulator, type Simulator } from "pulumi-aws-zero-etl/simulator";

/** The policy pack's folder. */
export const POLICIES = path.resolve(__dirname, "../../policies");
/** Three seconds here are a quarter of an hour at AWS. */
const SPEED = 300;

/** What a client of the SDK needs to get to the simulator. */
export interface ClientConfig {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
}

const start = Date.now();

/** One line of the story, with the time since the start. */
export function tell(line: string): void {
    console.log(`${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

export function detail(lines: string[]): void {
    for (const line of lines) {
        console.log(`          ${line}`);
    }
}

/** A text of several sentences, one to a line. */
export function explain(text: string): void {
    detail(text.split(/(?<=\.) /));
}

/** Tells a story of the program in a folder, on the real engine and the simulator; nothing stays behind. */
export async function demo(
    projectDir: string,
    story: (stack: Stack, simulator: Simulator) => Promise<void>,
): Promise<void> {
    try {
        await play(projectDir, story);
    } catch (error) {
        console.error((error as Error).message);
        process.exitCode = 1;
    }
}

async function play(projectDir: string, story: (stack: Stack, simulator: Simulator) => Promise<void>): Promise<void> {
    const engine = await findEngine({ report: tell });
    const simulator = await startSimulator({ speed: SPEED });
    const stateDir = await mkdtemp(path.join(tmpdir(), "zero-etl-demo-"));
    try {
        tell(`AWS is simulated at ${simulator.endpoint}, ${SPEED} times as fast`);
        const stack = new Stack({
            engine,
            projectDir,
            stateDir,
            name: "demo",
            path: simulator.path,
            env: { ...simulator.environment, ZERO_ETL_POLL_SECONDS: "0.5", PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
        });
        await stack.init();
        await story(stack, simulator);
    } finally {
        await simulator.stop();
        await rm(stateDir, { recursive: true, force: true });
        // The engine keeps a stack's configuration beside Pulumi.yaml.
        await rm(path.join(projectDir, "Pulumi.demo.yaml"), { force: true });
    }
}

export function clientConfig({ endpoint, environment }: Simulator): ClientConfig {
    return {
        endpoint,
        region: environment.AWS_REGION!,
        credentials: {
            accessKeyId: environment.AWS_ACCESS_KEY_ID!,
            secretAccessKey: environment.AWS_SECRET_ACCESS_KEY!,
        },
    };
}

/** Looks every half second until the answer is there and as it should be: a replica comes some time after its source. */
export async function waitFor<T>(
    what: string,
    look: () => T | undefined | Promise<T | undefined>,
    ready: (answer: T) => boolean,
): Promise<T> {
    for (let attempt = 0; attempt < 240; attempt++) {
        const answer = await look();
        if (answer !== undefined && ready(answer)) {
            return answer;
        }
        await setTimeout(500);
    }
    throw new Error(`${what} is not as expected after two minutes`);
}

/** What the pack has to say, in the engine's own words. */
export function violations(stdout: string): string[] {
    const [, policies = ""] = /^Policies:\n((?: +.*\n)+)/m.exec(stdout) ?? [];
    return policies
        .trimEnd()
        .split("\n")
        .map((line) => line.slice(4).trimEnd());
}

/** What a component has to say of an argument, without the engine's way to it. */
export function refusal(stdout: string): string[] {
    const [, sentences = ""] =
        /(?:InvalidArgument|error): (?!Running program)(?:error serializing property "\w+": )*(.+)/.exec(stdout) ?? [];
    return [sentences];
}

/** `+ 14 created, 3 unchanged in 12s`, from the engine's summary. */
export function summary(stdout: string): string {
    const [, resources = "", duration] = /Resources:\n((?: +.*\n)+)(?:\nDuration: (\w+))?/.exec(stdout) ?? [];
    const counts = resources.split("\n").map((line) => line.trim());
    return counts.filter((line) => line !== "").join(", ") + (duration ? ` in ${duration}` : "");
}
