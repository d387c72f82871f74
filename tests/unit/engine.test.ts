import * as assert from "node:assert";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, RequestListener, Server } from "node:http";
import { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { acceptedVersion, engineEnvironment, findEngine, firstOf, Source } from "../../simulator/engine/engine";
import {
    archiveName,
    checksumOf,
    download,
    engineVersion,
    installationFolder,
    packageRoot,
    publish,
} from "../../simulator/engine/install";
import { launcher, withLanguageHost } from "../../simulator/engine/launchers";

describe("the engine's installation", () => {
    let folder: string;

    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "zero-etl-unit-"));
    });

    afterEach(() => rm(folder, { recursive: true, force: true }));

    async function script(file: string, text: string): Promise<void> {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, `#!/bin/sh\n${text}\n`);
        await chmod(file, 0o755);
    }

    describe("acceptedVersion", () => {
        for (const [printed, version] of [
            ["v3.250.0", "3.250.0"],
            ["3.251.4", "3.251.4"],
            ["v3.1000.0", "3.1000.0"],
            ["v4.0.0", "4.0.0"],
            ["v3.250.0-alpha.1", "3.250.0-alpha.1"],
        ]) {
            it(`takes ${printed}`, () => assert.strictEqual(acceptedVersion(printed), version));
        }

        for (const [printed, reason] of [
            ["v3.249.9", /3\.249\.9 is older than 3\.250\.0/],
            ["v3.99.0", /older/],
            ["v2.300.0", /older/],
            ["", /calls its version ""/],
            ["command not found", /calls its version/],
        ] as const) {
            it(`refuses "${printed}"`, () => assert.throws(() => acceptedVersion(printed), reason));
        }
    });

    describe("firstOf", () => {
        const found = { bin: "/x/pulumi", pathEntries: ["/x"], version: "3.260.0" };
        const has = (origin: Source["origin"]): Source => ({ origin, what: origin, locate: async () => found });
        const lacks = (origin: Source["origin"], why: string): Source => ({
            origin,
            what: origin,
            locate: () => Promise.reject(new Error(why)),
        });

        it("takes the first that has one, and does not ask the others", async () => {
            const never: Source = { origin: "build", what: "build", locate: () => assert.fail("asked") };
            const engine = await firstOf([has("cache"), never], () => {});
            assert.deepStrictEqual(engine, { ...found, origin: "cache", reason: "cache" });
        });

        it("says why the ones before had none", async () => {
            const lines: string[] = [];
            const candidates = [lacks("path", "too old"), lacks("cache", "none yet"), has("download")];
            const engine = await firstOf(candidates, (line) => lines.push(line));
            assert.strictEqual(engine.origin, "download");
            assert.strictEqual(engine.reason, "download (path: too old; cache: none yet)");
            assert.deepStrictEqual(lines, [
                "Pulumi engine: path: too old; looking further",
                "Pulumi engine: cache: none yet; looking further",
                "Pulumi engine 3.260.0: download",
            ]);
        });

        it("says what to do when none has one", async () => {
            const candidates = [lacks("path", "not there"), lacks("build", "go is not installed")];
            await assert.rejects(
                firstOf(candidates, () => {}),
                /path: not there; build: go is not installed.*Install the Pulumi CLI 3\.250\.0/,
            );
        });
    });

    describe("findEngine", () => {
        const official = async (bin: string, version: string) => {
            await script(path.join(folder, bin, "pulumi"), `echo v${version}`);
            await script(path.join(folder, bin, "pulumi-language-nodejs"), "");
        };
        const find = (env: NodeJS.ProcessEnv) =>
            findEngine({ env: { XDG_CACHE_HOME: path.join(folder, "cache"), ...env }, report: () => {} });

        it("takes PULUMI_BIN before PATH", async () => {
            await official("a", "3.260.0");
            await official("b", "3.270.0");
            const engine = await find({ PULUMI_BIN: path.join(folder, "b/pulumi"), PATH: path.join(folder, "a") });
            assert.deepStrictEqual(engine, {
                bin: path.join(folder, "b/pulumi"),
                pathEntries: [path.dirname(process.execPath), path.join(folder, "b")],
                version: "3.270.0",
                origin: "path",
                reason: "PULUMI_BIN",
            });
        });

        it("skips an older one on PATH, and one without language host, for the copy of an earlier run", async () => {
            await official("old", "3.240.0");
            await script(path.join(folder, "bare/pulumi"), "echo v3.260.0");
            const cache = path.join(folder, "cache/pulumi-aws-zero-etl/engine");
            await script(path.join(installationFolder(cache), "pulumi"), "");
            const engine = await find({ PULUMI_BIN: path.join(folder, "old/pulumi"), PATH: path.join(folder, "bare") });
            assert.strictEqual(engine.origin, "cache");
            assert.strictEqual(engine.version, engineVersion);
            assert.match(
                engine.reason,
                /3\.240\.0 is older than 3\.250\.0.*bare\/pulumi has no pulumi-language-nodejs/,
            );
            assert.ok(engine.bin.startsWith(cache));
            assert.strictEqual(engine.pathEntries[0], path.dirname(engine.bin));
        });
    });

    describe("publish", () => {
        const target = () => path.join(folder, "engines", "1.0.0");
        const fill = (content: string) => (staging: string) => writeFile(path.join(staging, "pulumi"), content);
        const published = () => readFile(path.join(target(), "pulumi"), "utf8");

        it("leaves nothing behind when it fails", async () => {
            const failing = publish(target(), async (staging) => {
                await fill("half")(staging);
                throw new Error("interrupted");
            });
            await assert.rejects(failing, /interrupted/);
            assert.deepStrictEqual(await readdir(path.dirname(target())), []);
        });

        it("shows the folder only when it is complete", async () => {
            await publish(target(), async (staging) => {
                await fill("whole")(staging);
                await assert.rejects(published(), { code: "ENOENT" });
            });
            assert.strictEqual(await published(), "whole");
        });

        it("keeps the first of several at once", async () => {
            let [begin, finish] = [() => {}, () => {}];
            const begun = new Promise<void>((resolve) => (begin = resolve));
            const finished = new Promise<void>((resolve) => (finish = resolve));
            const slow = publish(target(), async (staging) => {
                begin();
                await finished;
                await fill("second")(staging);
            });
            await begun;
            await publish(target(), fill("first"));
            finish();
            await slow;
            assert.strictEqual(await published(), "first");
            assert.deepStrictEqual(await readdir(path.dirname(target())), ["1.0.0"]);
        });

        it("removes what a killed process left a day ago, and leaves what another is filling", async () => {
            const engines = path.dirname(target());
            const [old, fresh] = [path.join(engines, ".staging-old"), path.join(engines, ".staging-fresh")];
            await mkdir(old, { recursive: true });
            await mkdir(fresh);
            const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
            await utimes(old, twoDaysAgo, twoDaysAgo);
            await publish(target(), fill("whole"));
            assert.deepStrictEqual((await readdir(engines)).sort(), [".staging-fresh", "1.0.0"]);
        });
    });

    describe("the release", () => {
        it("is named by platform and architecture", () => {
            assert.strictEqual(archiveName("linux", "x64"), "pulumi-v3.250.0-linux-x64.tar.gz");
            assert.strictEqual(archiveName("darwin", "arm64"), "pulumi-v3.250.0-darwin-arm64.tar.gz");
            assert.throws(() => archiveName("win32", "x64"), /no release archive for win32/);
            assert.throws(() => archiveName("linux", "ppc64"), /no release archive for linux on ppc64/);
        });

        it("is checked against its own line of the list", () => {
            const list = "aa11  pulumi-v3.250.0-linux-arm64.tar.gz\nbb22  pulumi-v3.250.0-linux-x64.tar.gz\n";
            assert.strictEqual(checksumOf("pulumi-v3.250.0-linux-x64.tar.gz", list), "bb22");
            assert.throws(() => checksumOf("pulumi-v3.250.0-darwin-x64.tar.gz", list), /don't name/);
        });

        it("has the version that the Go module builds", async () => {
            const module = await readFile(path.join(packageRoot, "simulator/engine/go/go.mod"), "utf8");
            assert.match(
                module,
                new RegExp(`github.com/pulumi/pulumi/pkg/v3 v${engineVersion.replaceAll(".", "\\.")}\\s`),
            );
        });
    });

    describe("download", () => {
        let server: Server;

        afterEach(() => server?.close());

        /** Serves an archive as the release is made: everything in a folder `pulumi`. */
        async function release(options: { checksum?: string } = {}): Promise<string> {
            await script(path.join(folder, "release/pulumi/pulumi"), "echo v3.250.0");
            const archive = archiveName(process.platform, process.arch);
            execFileSync("tar", ["-czf", archive, "-C", "release", "pulumi"], { cwd: folder });
            const content = await readFile(path.join(folder, archive));
            const checksum = options.checksum ?? createHash("sha256").update(content).digest("hex");
            return serve((request, response) => {
                const body: Record<string, Buffer | string> = {
                    [`/${archive}`]: content,
                    [`/pulumi-${engineVersion}-checksums.txt`]: `${checksum}  ${archive}\n`,
                };
                response.end(body[request.url!]);
            });
        }

        async function serve(listener: RequestListener): Promise<string> {
            server = createServer(listener);
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        }

        const target = () => path.join(folder, "engines", "1.0.0");
        const reported: string[] = [];
        const fetchFrom = (releases: string) => download(target(), (line) => reported.push(line), releases);

        it("unpacks the release", async () => {
            await fetchFrom(await release());
            assert.deepStrictEqual(await readdir(target()), ["pulumi"]);
            assert.strictEqual(execFileSync(path.join(target(), "pulumi"), { encoding: "utf8" }), "v3.250.0\n");
            assert.match(reported.join("\n"), /downloading .* \.\.\.\n.*done after 0 s/);
        });

        it("keeps nothing whose checksum is another", async () => {
            await assert.rejects(fetchFrom(await release({ checksum: "00" })), /does not match its published checksum/);
            assert.deepStrictEqual(await readdir(path.dirname(target())), []);
        });

        it("says which address failed, and how", async () => {
            const missing = await serve((_request, response) => response.writeHead(404).end());
            await assert.rejects(fetchFrom(missing), /checksums\.txt answered 404/);
            await new Promise((resolve) => server.close(resolve));
            await assert.rejects(fetchFrom(missing), /checksums\.txt: connect ECONNREFUSED/);
        });
    });

    describe("launchers", () => {
        it("start this Node.js with the script and all arguments, whatever characters the path has", async () => {
            const file = path.join(folder, "it's $HOME", "print.js");
            const shim = path.join(folder, "shim");
            await mkdir(path.dirname(file));
            await writeFile(file, "console.log(JSON.stringify([process.execPath, ...process.argv.slice(2)]))");
            await writeFile(shim, launcher(file), { mode: 0o755 });
            const printed = JSON.parse(execFileSync(shim, ["a b", "$c", ""], { encoding: "utf8" }));
            assert.deepStrictEqual(printed, [process.execPath, "a b", "$c", ""]);
        });

        it("are put beside an engine built from source, and repaired", async () => {
            const installation = path.join(folder, "built");
            await script(path.join(installation, "pulumi"), "");
            const host = path.join(await withLanguageHost(installation, folder), "pulumi-language-nodejs");
            const launchers = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
            assert.deepStrictEqual((await readdir(path.dirname(host))).sort(), launchers);
            const written = await readFile(host, "utf8");
            await writeFile(host, "leads nowhere");
            await withLanguageHost(installation, folder);
            assert.strictEqual(await readFile(host, "utf8"), written);
            assert.deepStrictEqual(await readdir(installation), ["pulumi"]);
        });

        it("are not for an official CLI, which brings its own", async () => {
            const installation = path.join(folder, "official");
            await script(path.join(installation, "pulumi"), "");
            await script(path.join(installation, "pulumi-language-nodejs"), "");
            assert.strictEqual(await withLanguageHost(installation, folder), installation);
        });
    });

    describe("engineEnvironment", () => {
        it("keeps everything in the given folders", () => {
            assert.deepStrictEqual(engineEnvironment({ home: "/h", backend: "/b", passphrase: "p" }), {
                PULUMI_HOME: "/h",
                PULUMI_BACKEND_URL: "file:///b",
                PULUMI_CONFIG_PASSPHRASE: "p",
                PULUMI_SKIP_UPDATE_CHECK: "true",
            });
        });
    });
});
