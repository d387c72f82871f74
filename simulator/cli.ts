#!/usr/bin/env node
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import * as path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { engineEnvironment, findEngine } from "./engine/engine";
import { engineCache } from "./engine/install";
import { quote } from "./engine/launchers";
import { startSimulator, type Simulator } from "./local";
import type { ArrivedIndex } from "./search/arrived";
import type { ArrivedTable } from "./services/glue/arrived";
import type { QueryTarget } from "./services/redshift-data/query";
import type { ResultSet } from "./warehouse/select";

const HELP = `
The world is in memory: it begins empty, and is gone when the command ends.

Examples:
  $ zero-etl local -- pulumi up               a stack, without an AWS account
  $ zero-etl local -- npm test                any program that uses an AWS client
  $ zero-etl local --port 4599 --speed 60     serves until it is stopped; a minute passes in a second

Pulumi gets a backend of its own, with the stack "local" (or the one of --stack) and its Pulumi.local.yaml:
what you have in AWS and its state are not touched. If there is no pulumi on the PATH, one is fetched.`;

interface Options {
    port?: number;
    speed?: number;
    account?: string;
    region?: string;
}

const program = new Command("zero-etl")
    .description("AWS zero-ETL integrations, tried on this machine.")
    .showHelpAfterError("(zero-etl --help shows what there is)");

program
    .command("local")
    .description("Starts the simulator, and runs a command against it or serves until it is stopped.")
    .usage("[options] [-- command...]")
    .argument("[command...]", "what to run; its exit code becomes that of zero-etl")
    .option("--port <number>", "port on 127.0.0.1 (default: any that is free)", portNumber)
    .option("--speed <factor>", "how many seconds of the world pass in a second (default: 1)", numberAbove(0))
    .option("--account <id>", "the account to be in, 12 digits (default: 123456789012)")
    .option("--region <name>", "the Region to be in (default: eu-west-1)")
    .addHelpText("after", HELP)
    .action(async (command: string[], options: Options) => {
        process.exitCode = await local(command, options);
    });

program
    .command("tables")
    .description("Shows what has arrived in the lakehouses of a simulator that serves.")
    .argument("[table]", "database.table (default: all)")
    .option("--snapshot <id>", "the rows as they were then")
    .option("--endpoint <url>", "where it serves (default: AWS_ENDPOINT_URL)")
    .action(async (table: string | undefined, { snapshot, endpoint }: { snapshot?: string; endpoint?: string }) => {
        showTables(await ask<ArrivedTable[]>(withFilter("tables", { table, snapshot }), endpoint));
    });

program
    .command("query")
    .description("Asks a warehouse of a simulator that serves.")
    .argument("<sql>", "a SELECT, such as 'SELECT * FROM orders.shop.orders'")
    .option("--workgroup <name>", "of a serverless warehouse (default: the only warehouse)")
    .option("--cluster <name>", "of a provisioned one")
    .option("--database <name>", "the one to connect to (default: the warehouse's first)")
    .option("--endpoint <url>", "where it serves (default: AWS_ENDPOINT_URL)")
    .action(async (sql: string, { endpoint, ...target }: QueryTarget & { endpoint?: string }) => {
        showResult(await ask<ResultSet>("query", endpoint, { sql, ...target }));
    });

program
    .command("documents")
    .description("Shows what has arrived in the OpenSearch domains and collections of a simulator that serves.")
    .argument("[index]", "its name (default: all)")
    .option("--endpoint <url>", "where it serves (default: AWS_ENDPOINT_URL)")
    .action(async (index: string | undefined, { endpoint }: { endpoint?: string }) => {
        showDocuments(await ask<ArrivedIndex[]>(withFilter("documents", { index }), endpoint));
    });

void program.parseAsync().catch((error: Error) => {
    console.error(`zero-etl: ${error.message}`);
    process.exitCode = 1;
});

function numberAbove(limit: number): (text: string) => number {
    return (text) => {
        const number = Number(text);
        if (text.trim() === "" || !(number > limit && Number.isFinite(number))) {
            throw new InvalidArgumentError(`It must be a number above ${limit}.`);
        }
        return number;
    };
}

function portNumber(text: string): number {
    if (!/^\d+$/.test(text) || Number(text) > 65_535) {
        throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
    }
    return Number(text);
}

/** @returns the exit code */
async function local(command: string[], options: Options): Promise<number> {
    // The stacks end with the world that they are about; the plugins that Pulumi fetches stay.
    const backend = await mkdtemp(path.join(tmpdir(), "zero-etl-"));
    const home = path.join(engineCache(process.env), "home");
    try {
        return await simulate(command, options, engineEnvironment({ home, backend }));
    } finally {
        await rm(backend, { recursive: true, force: true });
    }
}

async function simulate(command: string[], options: Options, pulumi: Record<string, string>): Promise<number> {
    const simulator = await startSimulator(options).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "EADDRINUSE"
            ? new Error(`The port ${options.port} is taken. Give another --port, or none for any that is free.`)
            : error;
    });
    try {
        if (command.length === 0) {
            console.log(instructions(simulator, pulumi));
            await stopped();
            return 0;
        }
        return await runAgainst(simulator, pulumi, command);
    } finally {
        await simulator.stop();
    }
}

/** When somebody ends us, or nobody is left who could. */
function stopped(): Promise<void> {
    const parent = process.ppid;
    return new Promise((resolve) => {
        const orphaned = setInterval(() => process.ppid === parent || end(), 1000);
        const end = () => {
            clearInterval(orphaned);
            resolve();
        };
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.once(signal, end);
        }
    });
}

async function runAgainst(simulator: Simulator, pulumi: Record<string, string>, command: string[]): Promise<number> {
    const [name, ...args] = command;
    // Ours comes first: no other `aws` provider must be found.
    const envWith = (...folders: string[]) => ({
        ...withoutAws(process.env),
        ...simulator.environment,
        ...pulumi,
        PATH: [...simulator.path, ...folders, process.env.PATH].join(path.delimiter),
    });
    if (name !== "pulumi") {
        return run(name, args, envWith());
    }
    const engine = await findEngine();
    const env = envWith(...engine.pathEntries);
    // Silent: what is wrong with the project, the command itself will say.
    await run(engine.bin, ["stack", "select", "--create", stackOf(args)], env, "ignore");
    return run(engine.bin, args, env);
}

/** The user's own profiles, sessions and endpoints must not lead a command out of the simulator. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_")));
}

function stackOf(args: string[]): string {
    const at = args.findIndex((arg) => arg === "--stack" || arg === "-s");
    const joined = args.find((arg) => arg.startsWith("--stack="));
    return joined?.slice("--stack=".length) ?? (at < 0 ? "local" : args[at + 1]);
}

function run(
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv,
    stdio: "inherit" | "ignore" = "inherit",
): Promise<number> {
    const child = spawn(command, args, { stdio, env });
    const forward = (signal: NodeJS.Signals) => {
        // A terminal sends Ctrl-C to the command as well; pulumi takes a second one as "at once".
        if (signal !== "SIGINT" || !process.stdin.isTTY) {
            child.kill(signal);
        }
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    signals.forEach((signal) => process.on(signal, forward));
    return new Promise<number>((resolve, reject) => {
        child.on("error", (error) => reject(new Error(`${command} does not start: ${error.message}`)));
        // As shells tell of a signal.
        child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
    }).finally(() => signals.forEach((signal) => process.off(signal, forward)));
}

/** A path of the control door; what is not given does not filter. */
function withFilter(path: string, filter: Record<string, string | undefined>): string {
    const given = Object.entries(filter).filter(([, value]) => value) as [string, string][];
    return `${path}?${new URLSearchParams(given)}`;
}

/** What a simulator that serves answers at its control door. */
async function ask<T>(path: string, endpoint = process.env.AWS_ENDPOINT_URL, body?: object): Promise<T> {
    if (!endpoint) {
        throw new Error("No simulator is known. Give --endpoint or AWS_ENDPOINT_URL, as `zero-etl local` printed it.");
    }
    const request = body && { method: "POST", body: JSON.stringify(body) };
    const { ok, answer } = await fetch(`${endpoint}/_zero-etl/${path}`, request)
        .then(async (response) => ({ ok: response.ok, answer: (await response.json()) as T & { error?: string } }))
        .catch(() => {
            const next = "Start one with `zero-etl local`, and give --endpoint as it is printed there.";
            throw new Error(`No simulator answers at ${endpoint}. ${next}`);
        });
    if (!ok) {
        throw new Error(answer.error);
    }
    return answer;
}

function showTables(tables: ArrivedTable[]): void {
    for (const { name, location, snapshots, rows } of tables) {
        console.log(`${name} (${location}): ${rows.length} rows`);
        console.table(rows);
        console.log("Snapshots:");
        console.table(snapshots);
    }
    sayIfNothing(tables);
}

function showDocuments(indices: ArrivedIndex[]): void {
    for (const { name, location, documents } of indices) {
        console.log(`${name} (${location}): ${documents.length} documents`);
        console.table(documents.map(({ id, document }) => ({ _id: id, ...document })));
    }
    sayIfNothing(indices);
}

function sayIfNothing(arrived: unknown[]): void {
    if (arrived.length === 0) {
        console.log("Nothing has arrived yet.");
    }
}

function showResult({ columns, rows }: ResultSet): void {
    // Two columns of one name would be one in a table.
    const names = columns.map(({ name }, i) => {
        const earlier = columns.slice(0, i).filter((column) => column.name === name).length;
        return earlier === 0 ? name : `${name} (${earlier + 1})`;
    });
    console.table(rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))));
    console.log(`${rows.length} rows`);
}

function instructions(simulator: Simulator, pulumi: Record<string, string>): string {
    const { endpoint, environment, path: folders } = simulator;
    return `AWS is simulated at ${endpoint}, in memory, until you press Ctrl-C.

In another shell:
${exportLines(environment)}

AWS CLI and boto3 then find it (they need versions from 2023 or later):
  aws sts get-caller-identity
  python3 -c 'import boto3; print(boto3.client("sts").get_caller_identity())'
  An account number as AWS_ACCESS_KEY_ID makes you that account's administrator; the secret can be anything.

For Pulumi, its provider for AWS, and a backend of its own, so that your stacks in AWS are not touched:
${exportLines(pulumi)}
  export PATH=${[...folders.map(quote), '"$PATH"'].join(path.delimiter)}
  pulumi stack init local && pulumi up

What has arrived: zero-etl tables, zero-etl query 'SELECT …', zero-etl documents
The simulator itself: ${endpoint}/_zero-etl/health, …/requests, …/faults, …/clock, …/tables, …/query, …/documents`;
}

function exportLines(environment: Record<string, string>): string {
    return Object.entries(environment)
        .map(([name, value]) => `  export ${name}=${quote(value)}`)
        .join("\n");
}
