import { execFile, ExecFileOptions } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

/** The engine that is downloaded or built; equal to the version in `go/go.mod`. */
export const engineVersion = "3.250.0";

/** The root of this package: compiled files live in `dist/simulator/engine`. */
export const packageRoot = path.resolve(__dirname, "../../..");

const goModule = path.join(packageRoot, "simulator/engine/go");

const officialReleases = "https://get.pulumi.com/releases/sdk";

/** How long the release server may take to answer at all. Without internet the next source should be tried at once. */
const connectTimeoutMs = 5_000;

const progressIntervalMs = 15_000;

const staleAfterMs = 24 * 60 * 60 * 1000;

/** Tells the user one line of progress. */
export type Report = (line: string) => void;

/** The user's cache folder for engines, shared by all checkouts. */
export function engineCache(env: NodeJS.ProcessEnv): string {
    return path.join(env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "pulumi-aws-zero-etl", "engine");
}

/** Where the downloaded or built engine is. A home folder may serve several kinds of machines, so they don't share one. */
export function installationFolder(cache: string): string {
    return path.join(cache, `${engineVersion}-${process.platform}-${process.arch}`);
}

export function isExecutable(file: string): Promise<boolean> {
    return access(file, constants.X_OK).then(
        () => true,
        () => false,
    );
}

/**
 * Fills `folder` in one step: `fill` works in a staging folder beside it, which gets the final name only when it is
 * complete. Of several processes that publish the same folder the first wins, and all end with a whole one.
 */
export async function publish(folder: string, fill: (staging: string) => Promise<void>): Promise<void> {
    await mkdir(path.dirname(folder), { recursive: true });
    await removeStale(path.dirname(folder));
    const staging = await mkdtemp(path.join(path.dirname(folder), stagingPrefix));
    try {
        await fill(staging);
        await rename(staging, folder).catch((error: NodeJS.ErrnoException) => {
            if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") {
                throw error;
            }
        });
    } finally {
        await rm(staging, { recursive: true, force: true });
    }
}

const stagingPrefix = ".staging-";

/** A killed process leaves its staging folder, of a hundred megabytes, behind. */
async function removeStale(cache: string): Promise<void> {
    for (const name of (await readdir(cache)).filter((entry) => entry.startsWith(stagingPrefix))) {
        const folder = path.join(cache, name);
        const age = await stat(folder).then(
            ({ mtimeMs }) => Date.now() - mtimeMs,
            () => 0, // its owner has just finished
        );
        if (age > staleAfterMs) {
            await rm(folder, { recursive: true, force: true });
        }
    }
}

/** Downloads the official release, checked against its published SHA-256, into `folder`. */
export async function download(folder: string, report: Report, releases = officialReleases): Promise<void> {
    const archive = archiveName(process.platform, process.arch);
    const checksums = await fetchOk(
        `${releases}/pulumi-${engineVersion}-checksums.txt`,
        AbortSignal.timeout(connectTimeoutMs),
    );
    const expected = checksumOf(archive, await checksums.text());
    await withProgress(`downloading the official Pulumi CLI ${engineVersion}`, report, () =>
        publish(folder, async (staging) => {
            const tarball = path.join(staging, archive);
            const hash = createHash("sha256");
            const hashing = new Transform({
                transform(chunk, _encoding, done) {
                    hash.update(chunk);
                    done(null, chunk);
                },
            });
            const { body } = await fetchOk(`${releases}/${archive}`);
            await pipeline(Readable.from(body!), hashing, createWriteStream(tarball));
            if (hash.digest("hex") !== expected) {
                throw new Error(`${archive} does not match its published checksum`);
            }
            await run("tar", ["-xzf", tarball, "-C", staging, "--strip-components=1"]);
            await rm(tarball);
        }),
    );
}

/** The release's file for a platform and an architecture as Node.js names them. */
export function archiveName(platform: NodeJS.Platform, arch: string): string {
    if ((platform !== "linux" && platform !== "darwin") || (arch !== "x64" && arch !== "arm64")) {
        throw new Error(`there is no release archive for ${platform} on ${arch}`);
    }
    return `pulumi-v${engineVersion}-${platform}-${arch}.tar.gz`;
}

/** The checksum of `archive` in a list as `sha256sum` writes it. */
export function checksumOf(archive: string, list: string): string {
    const line = list.split("\n").find((entry) => entry.trim().split(/\s+/)[1] === archive);
    if (!line) {
        throw new Error(`the release's checksums don't name ${archive}`);
    }
    return line.trim().split(/\s+/)[0];
}

async function fetchOk(url: string, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(url, { signal }).catch((error: Error) => {
        // fetch says no more than "fetch failed"; the cause names the host that was not found or did not answer.
        throw new Error(`${url}: ${error.cause instanceof Error ? error.cause.message : error.message}`);
    });
    if (!response.ok) {
        throw new Error(`${url} answered ${response.status}`);
    }
    return response;
}

/** Builds the engine from its Go module into `folder`. It brings no language hosts. */
export function build(folder: string, report: Report): Promise<void> {
    const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
    return withProgress("building the Pulumi engine from its Go module, this takes minutes", report, () =>
        publish(folder, (staging) =>
            run(
                "go",
                [
                    "build",
                    "-mod=readonly",
                    "-buildvcs=false",
                    "-ldflags",
                    `-s -w -X ${version}`,
                    "-o",
                    path.join(staging, "pulumi"),
                    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
                ],
                // The package may lie in the folder of somebody's Go workspace, which would not know our module.
                { cwd: goModule, env: { ...process.env, GOWORK: "off" } },
            ),
        ),
    );
}

async function withProgress(what: string, report: Report, work: () => Promise<void>): Promise<void> {
    const start = Date.now();
    const elapsed = () => `${Math.round((Date.now() - start) / 1000)} s`;
    report(`${what} ...`);
    const timer = setInterval(() => report(`${what}: ${elapsed()} so far`), progressIntervalMs);
    try {
        await work();
        report(`${what}: done after ${elapsed()}`);
    } finally {
        clearInterval(timer);
    }
}

async function run(command: string, args: string[], options: ExecFileOptions = {}): Promise<void> {
    await promisify(execFile)(command, args, { ...options, maxBuffer: Infinity }).catch(
        (error: NodeJS.ErrnoException) => {
            throw error.code === "ENOENT" ? new Error(`${command} is not installed`) : error;
        },
    );
}
