import * as assert from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { startSimulator, type Simulator } from "../../../simulator/local";
import { Typings } from "../../../simulator/provider/typings";

describe("pulumi-resource-aws", () => {
    let simulator: Simulator;

    before(async () => (simulator = await startSimulator()));

    after(() => simulator.stop());

    const start = (environment: Record<string, string>) =>
        spawn(path.join(simulator.path[0], "pulumi-resource-aws"), {
            env: { PATH: process.env.PATH, ...environment },
            stdio: ["ignore", "pipe", "pipe"],
        });

    const isOpen = (port: number) =>
        new Promise<boolean>((resolve) => {
            const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
            socket.unref().on("connect", () => socket.destroy());
        });

    it("tells the port of its provider, which ends when it is killed", async () => {
        const plugin = start(simulator.environment);
        const [line] = await once(createInterface({ input: plugin.stdout }), "line");
        const port = Number(line);
        assert.ok(await isOpen(port));
        plugin.kill("SIGKILL");
        await once(plugin, "exit");
        const deadline = Date.now() + 5_000;
        while ((await isOpen(port)) && Date.now() < deadline) {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        assert.strictEqual(await isOpen(port), false);
    });

    it("says what to do where there is no simulator", async () => {
        for (const [environment, message] of [
            [{}, /AWS_ENDPOINT_URL is not set: start Pulumi with `zero-etl local -- pulumi up`/],
            [{ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, /no simulator answers at http:\/\/127\.0\.0\.1:1: start one/],
        ] as const) {
            const plugin = start(environment);
            const ended = once(plugin, "exit");
            const [line] = await once(createInterface({ input: plugin.stderr }), "line");
            assert.match(line, message);
            assert.deepStrictEqual(await ended, [1, null]);
        }
    });
});

describe("the typings' cache", () => {
    const before = process.env.XDG_CACHE_HOME;
    let folder: string;

    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "zero-etl-cache-"));
        process.env.XDG_CACHE_HOME = folder;
    });

    afterEach(async () => {
        if (before === undefined) {
            delete process.env.XDG_CACHE_HOME;
        } else {
            process.env.XDG_CACHE_HOME = before;
        }
        await rm(folder, { recursive: true });
    });

    it("holds what was parsed, and nothing half-written", async () => {
        const read = () => new Typings([__dirname]).resource("aws:dynamodb/table:Table");
        const parsed = read();
        assert.deepStrictEqual(parsed?.inputs.attributes, {
            shape: { list: { object: "dynamodb.TableAttribute", side: "input" } },
            optional: true,
        });
        assert.deepStrictEqual(read(), parsed);
        const files = await readdir(folder, { recursive: true });
        assert.deepStrictEqual(
            files.filter((file) => /table/.test(file)).map((file) => path.basename(file)),
            ["table.json"],
        );
    });
});
