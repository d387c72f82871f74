import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Engine, engineEnvironment } from "./engine";

export interface StackOptions {
    engine: Engine;
    /** The folder with Pulumi.yaml. */
    projectDir: string;
    /** Keeps the engine's home and the stacks' states. Stacks that refer to each other share one. */
    stateDir: string;
    /** @default "dev" */
    name?: string;
    /** Added to the environment of this process for every command. */
    env?: Record<string, string>;
    /** Folders put in front of PATH, for instance one with a `pulumi-resource-aws`. */
    path?: string[];
}

export interface CommandOptions {
    /** Added to the stack's environment for this command. */
    env?: Record<string, string>;
    /** Further arguments, as the CLI takes them. */
    args?: string[];
    /** Fail if the command succeeds, instead of if it fails. */
    expectFailure?: boolean;
    /** Aborting it kills the engine as `kill -9` does: the state stays locked, with pending operations. */
    signal?: AbortSignal;
    /** Gets the output as it comes. */
    onOutput?: (text: string) => void;
}

export interface OperationOptions extends CommandOptions {
    /** How many resources are worked on at once. @default the engine's: four per core */
    parallel?: number;
}

export interface UpdateOptions extends OperationOptions {
    /** Folders of policy packs. */
    policyPacks?: string[];
}

export interface CommandResult {
    /** null if the engine was killed. */
    code: number | null;
    stdout: string;
    stderr: string;
    durationMs: number;
}

/**
 * One stack, driven through the CLI.
 *
 * Not the SDK's automation API: that takes its engine from `<root>/bin/pulumi` or PATH alone, runs three or four commands for one
 * (half a second each), and gives no way to kill the engine in the middle of an update, which tests here have to do.
 */
export class Stack {
    readonly name: string;

    constructor(private readonly options: StackOptions) {
        this.name = options.name ?? "dev";
    }

    /** `pulumi stack init`; makes the folders for the state as well. */
    async init(options?: CommandOptions): Promise<CommandResult> {
        await mkdir(this.home, { recursive: true });
        await mkdir(this.backend, { recursive: true });
        return this.run(["stack", "init"], options);
    }

    /** Sets configuration values in plain text, such as `{ "aws:region": "eu-west-1" }`. */
    setConfig(values: Record<string, string>): Promise<CommandResult> {
        const pairs = Object.entries(values).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
        return this.run(["config", "set-all", ...pairs]);
    }

    preview(options?: UpdateOptions): Promise<CommandResult> {
        return this.run(["preview", ...updateFlags(options)], options);
    }

    /** As users run it, with a preview first; `args: ["--skip-preview"]` does without. */
    up(options?: UpdateOptions): Promise<CommandResult> {
        return this.run(["up", "--yes", ...updateFlags(options)], options);
    }

    refresh(options?: OperationOptions): Promise<CommandResult> {
        return this.run(["refresh", "--yes", ...operationFlags(options)], options);
    }

    destroy(options?: OperationOptions): Promise<CommandResult> {
        return this.run(["destroy", "--yes", ...operationFlags(options)], options);
    }

    /** Unlocks the stack after its engine was killed. */
    cancel(options?: CommandOptions): Promise<CommandResult> {
        return this.run(["cancel", "--yes"], options);
    }

    /** The state: `{ version, deployment }`, with `deployment.resources`. */
    async export(): Promise<StackState> {
        return JSON.parse((await this.run(["stack", "export"])).stdout);
    }

    /** The outputs, secret ones in plain text. */
    async outputs(): Promise<Record<string, unknown>> {
        return JSON.parse((await this.run(["stack", "output", "--json", "--show-secrets"])).stdout);
    }

    /** Runs any command of the CLI for this stack. */
    async run(args: string[], options: CommandOptions = {}): Promise<CommandResult> {
        const argv = [...args, "--stack", this.name, "--non-interactive", "--color", "never", ...(options.args ?? [])];
        const result = await this.spawn(argv, options);
        const failed = result.code !== 0;
        if (failed !== (options.expectFailure ?? false)) {
            throw new Error(
                `pulumi ${argv.join(" ")} ${failed ? `ended with ${result.code ?? "a kill"}` : "succeeded"}:\n` +
                    result.stdout +
                    result.stderr,
            );
        }
        return result;
    }

    private spawn(argv: string[], options: CommandOptions): Promise<CommandResult> {
        const start = Date.now();
        const { engine, projectDir } = this.options;
        const child = spawn(engine.bin, argv, {
            cwd: projectDir,
            env: this.environment(options.env),
            stdio: ["ignore", "pipe", "pipe"],
            signal: options.signal,
            killSignal: "SIGKILL",
        });
        const output = { stdout: "", stderr: "" };
        for (const stream of ["stdout", "stderr"] as const) {
            child[stream].setEncoding("utf8").on("data", (text: string) => {
                output[stream] += text;
                options.onOutput?.(text);
            });
        }
        return new Promise((resolve, reject) => {
            child.on("error", (error) => error.name === "AbortError" || reject(error));
            child.on("close", (code) => resolve({ code, ...output, durationMs: Date.now() - start }));
        });
    }

    private environment(env: Record<string, string> = {}): NodeJS.ProcessEnv {
        const merged: NodeJS.ProcessEnv = {
            ...process.env,
            ...engineEnvironment({ home: this.home, backend: this.backend }),
            ...this.options.env,
            ...env,
        };
        const folders = [...(this.options.path ?? []), ...this.options.engine.pathEntries, merged.PATH ?? ""];
        return { ...merged, PATH: folders.join(path.delimiter) };
    }

    private get home(): string {
        return path.join(this.options.stateDir, "home");
    }

    private get backend(): string {
        return path.join(this.options.stateDir, "backend");
    }
}

/** What `pulumi stack export` gives, as far as it is of interest. */
export interface StackState {
    deployment: {
        resources?: StateResource[];
        pending_operations?: { type: string; resource: StateResource }[];
    };
}

export interface StateResource {
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    initErrors?: string[];
}

function operationFlags(options: OperationOptions = {}): string[] {
    return options.parallel === undefined ? [] : ["--parallel", String(options.parallel)];
}

function updateFlags(options: UpdateOptions = {}): string[] {
    return [...operationFlags(options), ...(options.policyPacks ?? []).flatMap((pack) => ["--policy-pack", pack])];
}

/** Some folders and files for a short time. */
export interface TemporaryProject {
    dir: string;
    remove(): Promise<void>;
}

/**
 * Writes files (by their paths relative to the project) into a new folder.
 *
 * @param nodeModules is linked into it as its `node_modules`
 */
export async function temporaryProject(files: Record<string, string>, nodeModules: string): Promise<TemporaryProject> {
    const dir = await mkdtemp(path.join(tmpdir(), "zero-etl-"));
    await symlink(nodeModules, path.join(dir, "node_modules"));
    for (const [name, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
        await writeFile(path.join(dir, name), content);
    }
    return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
