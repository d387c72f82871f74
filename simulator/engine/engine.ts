import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import * as semver from "semver";
import { build, download, engineCache, engineVersion, installationFolder, isExecutable, Report } from "./install";
import { languageHostName, withLanguageHost } from "./launchers";

/** The oldest engine that this package is tested with. */
export const minimumVersion = "3.250.0";

/** Where an engine came from: found on this machine, kept from an earlier run, or fetched just now. */
export type Origin = "path" | "cache" | "download" | "build";

/** A Pulumi engine that can run Node.js programs. */
export interface Engine {
    /** The absolute path of `pulumi`. */
    bin: string;
    /** Folders to put in front of PATH: the engine's language host, and the Node.js (>= 22) for its programs. */
    pathEntries: string[];
    /** Without a leading `v`. */
    version: string;
    origin: Origin;
    /** Why this one was taken, as a phrase for people: what it is, and why what comes before it was not to be had. */
    reason: string;
}

export interface FindEngineOptions {
    /** @default process.env */
    env?: NodeJS.ProcessEnv;
    /** Gets the lines of progress. @default they are written to stderr */
    report?: Report;
}

/** One place that may have an engine. */
export interface Source {
    origin: Origin;
    /** What it is, for people. */
    what: string;
    /** Rejects with the reason why this place has none. */
    locate(): Promise<Pick<Engine, "bin" | "pathEntries" | "version">>;
}

/**
 * Finds a Pulumi engine, or gets one: `PULUMI_BIN`, `pulumi` on PATH, the copy of an earlier run, the official
 * download, a build from the Go module. The first two are the user's, and are taken from version 3.250.0 on.
 */
export async function findEngine(options: FindEngineOptions = {}): Promise<Engine> {
    const { env = process.env, report = (line: string) => console.error(line) } = options;
    return firstOf(sources(env, report), report);
}

/** Takes the first source that has an engine, and says why the ones before had none. */
export async function firstOf(candidates: Source[], report: Report): Promise<Engine> {
    const missed: string[] = [];
    for (const { origin, what, locate } of candidates) {
        try {
            const found = await locate();
            report(`Pulumi engine ${found.version}: ${what}`);
            return { ...found, origin, reason: missed.length === 0 ? what : `${what} (${missed.join("; ")})` };
        } catch (error) {
            missed.push(`${what}: ${(error as Error).message}`);
            report(`Pulumi engine: ${missed.at(-1)}; looking further`);
        }
    }
    throw new Error(
        `No Pulumi engine: ${missed.join("; ")}. ` +
            `Install the Pulumi CLI ${minimumVersion} or later (https://www.pulumi.com/docs/install), or Go to build it.`,
    );
}

function sources(env: NodeJS.ProcessEnv, report: Report): Source[] {
    const cache = engineCache(env);
    const folder = installationFolder(cache);
    const bin = path.join(folder, "pulumi");
    const installed = async () => {
        const installation = await withLanguageHost(folder, cache);
        return {
            bin: path.join(installation, "pulumi"),
            pathEntries: [installation, nodeFolder],
            version: engineVersion,
        };
    };
    return [
        ...(env.PULUMI_BIN ? [userEngine("PULUMI_BIN", env.PULUMI_BIN, env)] : []),
        userEngine("pulumi on PATH", undefined, env),
        {
            origin: "cache",
            what: `the copy of an earlier run in ${folder}`,
            locate: async () => {
                if (!(await isExecutable(bin))) {
                    throw new Error("none yet");
                }
                return installed();
            },
        },
        {
            origin: "download",
            what: "the official download",
            locate: () => download(folder, report).then(installed),
        },
        {
            origin: "build",
            what: "a build from its Go module",
            locate: () => build(folder, report).then(installed),
        },
    ];
}

/** The Node.js that runs us: official language hosts take the first `node` on PATH, which may be too old. */
const nodeFolder = path.dirname(process.execPath);

function userEngine(what: string, given: string | undefined, env: NodeJS.ProcessEnv): Source {
    return {
        origin: "path",
        what,
        locate: async () => {
            const bin = given ? path.resolve(given) : await onPath("pulumi", env);
            if (!bin) {
                throw new Error("not there");
            }
            const version = acceptedVersion(await versionOf(bin, env));
            const beside = path.dirname(await realpath(bin));
            if (!(await isExecutable(path.join(beside, languageHostName))) && !(await onPath(languageHostName, env))) {
                throw new Error(`${bin} has no ${languageHostName} beside it or on PATH`);
            }
            // Node.js first: the engine's folder may be /usr/bin, with an old one in it.
            return { bin, pathEntries: [nodeFolder, path.dirname(bin)], version };
        },
    };
}

async function versionOf(bin: string, env: NodeJS.ProcessEnv): Promise<string> {
    const { stdout } = await promisify(execFile)(bin, ["version"], {
        env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return stdout.trim();
}

/** The version that `pulumi version` printed, if it is recent enough. A pre-release counts as its release. */
export function acceptedVersion(printed: string): string {
    const version = semver.parse(printed);
    if (!version) {
        throw new Error(`it calls its version "${printed}"`);
    }
    if (version.compareMain(minimumVersion) < 0) {
        throw new Error(`${version} is older than ${minimumVersion}`);
    }
    return version.version;
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
    for (const folder of (env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute)) {
        if (await isExecutable(path.join(folder, name))) {
            return path.join(folder, name);
        }
    }
    return undefined;
}

/** What a run needs to keep everything it writes in folders of its own. */
export interface EngineEnvironmentOptions {
    /** The folder for the engine's plugins, credentials and workspaces. */
    home: string;
    /** The folder that holds the stacks' states. It must exist. */
    backend: string;
    /** Encrypts the stacks' secrets. @default "simulator": the states here hold no real ones */
    passphrase?: string;
}

/** The environment that keeps a run self-contained: no login, no update check, nothing in the user's `~/.pulumi`. */
export function engineEnvironment(options: EngineEnvironmentOptions): Record<string, string> {
    return {
        PULUMI_HOME: options.home,
        PULUMI_BACKEND_URL: `file://${options.backend}`,
        PULUMI_CONFIG_PASSPHRASE: options.passphrase ?? "simulator",
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
}
