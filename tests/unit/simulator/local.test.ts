import { strict as assert } from "node:assert";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { startSimulator } from "../../../simulator";

const CLI = path.resolve(__dirname, "../../../simulator/cli.js");

/** Starts `zero-etl` with variables that would lead to somebody's real account. */
function zeroEtl(...args: string[]) {
    return spawn(process.execPath, [CLI, ...args], {
        env: { ...process.env, AWS_PROFILE: "production", AWS_ENDPOINT_URL_S3: "https://s3.amazonaws.com" },
        stdio: ["ignore", "pipe", "pipe"],
    });
}

async function resultOf(child: ReturnType<typeof zeroEtl>) {
    const ended = once(child, "exit");
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: (await ended)[0], stdout, stderr };
}

async function firstOutput(child: ReturnType<typeof zeroEtl>, pattern: RegExp): Promise<string> {
    let output = "";
    for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
        output += chunk;
        const found = pattern.exec(output)?.[1];
        if (found) {
            return found;
        }
    }
    return assert.fail(`no ${pattern} in ${output}`);
}

async function isUp(endpoint: string): Promise<boolean> {
    return fetch(`${endpoint}/_zero-etl/health`).then(
        (response) => response.ok,
        () => false,
    );
}

async function isDown(endpoint: string): Promise<boolean> {
    for (let tries = 0; tries < 50 && (await isUp(endpoint)); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return !(await isUp(endpoint));
}

describe("startSimulator", () => {
    it("opens its doors on this machine, and closes them", async () => {
        const simulator = await startSimulator({ speed: 5, account: "210987654321", region: "eu-north-1" });
        const health = await (await fetch(`${simulator.endpoint}/_zero-etl/health`)).json();
        assert.equal((health as { speed: number }).speed, 5);
        assert.equal(simulator.endpoint, `http://127.0.0.1:${simulator.port}`);
        assert.equal(simulator.environment.AWS_ENDPOINT_URL, simulator.endpoint);
        assert.equal(simulator.environment.AWS_ACCESS_KEY_ID, "210987654321");
        assert.equal(simulator.environment.AWS_REGION, "eu-north-1");
        await simulator.stop();
        assert.equal(await isUp(simulator.endpoint), false);
    });

    it("refuses what is no account or Region, and a port that is taken", async () => {
        await assert.rejects(startSimulator({ account: "me" }), /The account is "me".*12 digits/);
        await assert.rejects(startSimulator({ region: "Ireland" }), /The Region is "Ireland".*such as eu-west-1/);
        const simulator = await startSimulator();
        await assert.rejects(startSimulator({ port: simulator.port }), /EADDRINUSE/);
        await simulator.stop();
    });
});

describe("zero-etl local", () => {
    const children: ChildProcess[] = [];
    const start = (...args: string[]) => {
        const child = zeroEtl("local", ...args);
        children.push(child);
        return child;
    };

    after(() => children.forEach((child) => child.kill("SIGKILL")));

    it("runs a command with the simulator's environment, and ends as it ends", async () => {
        const program = `
            const aws = Object.entries(process.env).filter(([name]) => name.startsWith("AWS_"));
            fetch(process.env.AWS_ENDPOINT_URL + "/_zero-etl/health").then(async (response) => {
                console.log(JSON.stringify({ ...Object.fromEntries(aws), health: (await response.json()).status }));
                process.exit(7);
            });`;
        const { code, stdout, stderr } = await resultOf(start("--region", "eu-north-1", "--", "node", "-e", program));
        assert.equal(code, 7, stderr);
        const { AWS_ENDPOINT_URL, ...rest } = JSON.parse(stdout);
        assert.deepEqual(rest, {
            AWS_ACCESS_KEY_ID: "123456789012",
            AWS_SECRET_ACCESS_KEY: "simulated",
            AWS_REGION: "eu-north-1",
            AWS_DEFAULT_REGION: "eu-north-1",
            health: "ok",
        });
        assert.equal(await isUp(AWS_ENDPOINT_URL), false);
    });

    it("passes signals on, and ends with their code", async () => {
        const child = start("--", "node", "-e", "console.log('ready.'); setInterval(() => {}, 1000)");
        const ended = once(child, "exit");
        await firstOutput(child, /(ready)/);
        child.kill("SIGTERM");
        assert.deepEqual(await ended, [128 + 15, null]);
    });

    it("says so if the command does not start", async () => {
        const { code, stderr } = await resultOf(start("--", "no-such-command"));
        assert.equal(code, 1);
        assert.match(stderr, /^zero-etl: no-such-command does not start/m);
    });

    it("refuses options that make no sense", async () => {
        assert.match((await resultOf(start("--speed", "0"))).stderr, /--speed.*above 0/);
        assert.match((await resultOf(start("--account", "12"))).stderr, /account is "12"/);
        assert.match((await resultOf(start("--port", "65536"))).stderr, /--port.*from 0 to 65535/);
    });

    it("says what to do where its port is taken", async () => {
        const simulator = await startSimulator();
        const { code, stderr } = await resultOf(start("--port", String(simulator.port)));
        await simulator.stop();
        assert.equal(code, 1);
        assert.match(stderr, /^zero-etl: The port \d+ is taken\. Give another --port/);
    });

    it("ends where it can't write, rather than serve without a backend", async () => {
        const lost = spawn(process.execPath, [CLI, "local"], {
            env: { ...process.env, TMPDIR: "/nowhere" },
            stdio: ["ignore", "pipe", "pipe"],
        });
        children.push(lost);
        const { code, stderr } = await resultOf(lost);
        assert.equal(code, 1);
        assert.match(stderr, /^zero-etl: ENOENT.*nowhere/);
    });

    it("serves, tells how to point a client at it, and frees its port when stopped", async () => {
        const child = start();
        const ended = once(child, "exit");
        const endpoint = await firstOutput(child, /export AWS_ENDPOINT_URL='([^']+)'/);
        assert.ok(await isUp(endpoint));
        child.kill("SIGINT");
        assert.deepEqual(await ended, [0, null]);
        assert.equal(await isUp(endpoint), false);
    });

    it("does not outlive its parent", async () => {
        const script = `
            const { spawn } = require("node:child_process");
            spawn(process.execPath, [${JSON.stringify(CLI)}, "local"], { stdio: "inherit" });`;
        const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "pipe"] });
        const endpoint = await firstOutput(parent, /export AWS_ENDPOINT_URL='([^']+)'/);
        assert.ok(await isUp(endpoint));
        parent.kill("SIGKILL");
        assert.ok(await isDown(endpoint));
    });
});

describe("zero-etl query", () => {
    it("asks the only warehouse, or the one that is named", async () => {
        const simulator = await startSimulator({ speed: 10_000 });
        const query = (...args: string[]) => resultOf(zeroEtl("query", ...args, "--endpoint", simulator.endpoint));
        try {
            assert.match((await query("SELECT 1")).stderr, /^zero-etl: There is no warehouse yet/);
            const admin = simulator.world.administrator();
            await admin.call("redshift-serverless", "CreateNamespace", { namespaceName: "sales" });
            await admin.call("redshift-serverless", "CreateWorkgroup", {
                workgroupName: "sales",
                namespaceName: "sales",
            });
            const { code, stdout } = await query("SELECT datname, datname FROM pg_database");
            assert.deepEqual(
                [code, ...(stdout.match(/datname \(2\)|'dev'|1 rows/g) ?? [])],
                [0, "datname (2)", "'dev'", "'dev'", "1 rows"],
            );
            await admin.call("redshift", "CreateCluster", {
                ClusterIdentifier: "reports",
                NodeType: "ra3.large",
                DBName: "books",
                MasterUsername: "admin",
                ManageMasterPassword: true,
            });
            const { stderr } = await query("SELECT 1");
            assert.match(stderr, /Name one workgroup or cluster.*workgroup sales \(arn.*cluster reports \(arn:aws:red/);
            assert.match((await query("SELECT datname FROM pg_database", "--cluster", "reports")).stdout, /'books'/);
            assert.match((await query("SELECT nothing", "--workgroup", "sales")).stderr, /column "nothing" does not/);
            assert.match((await query("DROP DATABASE dev", "--workgroup", "sales")).stderr, /begins with SELECT/);
        } finally {
            await simulator.stop();
        }
    });
});

for (const command of ["tables", "documents"]) {
    describe(`zero-etl ${command}`, () => {
        it("says when nothing has arrived, and asks for the simulator that it does not know", async () => {
            const simulator = await startSimulator();
            const nothing = await resultOf(zeroEtl(command, "--endpoint", simulator.endpoint));
            await simulator.stop();
            assert.deepEqual([nothing.code, nothing.stdout], [0, "Nothing has arrived yet.\n"]);

            const lost = await resultOf(zeroEtl(command));
            assert.equal(lost.code, 1);
            assert.match(lost.stderr, /^zero-etl: No simulator is known. Give --endpoint/);

            const gone = await resultOf(zeroEtl(command, "--endpoint", simulator.endpoint));
            assert.equal(gone.code, 1);
            assert.match(gone.stderr, /^zero-etl: No simulator answers at http.*Start one with `zero-etl local`/);
        });
    });
}
