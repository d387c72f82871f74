/**
 * Runs the suites and counts once: `node dist/tests/run.js [unit|engine|package]…`, all of them by default.
 *
 * Unit suites share the cores. Those that drive an engine run one after the other: each starts several processes of its own.
 */
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import * as path from "node:path";
import Mocha = require("mocha");

const ROOT = path.resolve(__dirname, "../..");
const ONE_BY_ONE = { parallel: false };
const GROUPS = { unit: { parallel: true, jobs: availableParallelism() }, engine: ONE_BY_ONE, package: ONE_BY_ONE };

type Group = keyof typeof GROUPS;

/** The compiled suites of a group. The sources tell which there are: an old compiled one may have lost its source. */
function suites(group: Group): string[] {
    return readdirSync(path.join(ROOT, "tests", group), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".test.ts"))
        .sort()
        .map((name) => path.join(__dirname, group, name.replace(/\.ts$/, ".js")));
}

async function run(group: Group): Promise<Mocha.Stats> {
    console.log(`\n${group}`);
    const mocha = new Mocha({ timeout: 20_000, ...GROUPS[group] });
    suites(group).forEach((file) => mocha.addFile(file));
    return new Promise((resolve) => {
        const runner = mocha.run(() => resolve(runner.stats!));
    });
}

async function main(): Promise<void> {
    const start = Date.now();
    const asked = process.argv.slice(2) as Group[];
    let [passed, failed] = [0, 0];
    for (const group of asked.length > 0 ? asked : (Object.keys(GROUPS) as Group[])) {
        const { passes, failures } = await run(group);
        passed += passes;
        failed += failures;
    }
    console.log(`All suites: ${passed} passed, ${failed} failed, in ${Math.round((Date.now() - start) / 1000)} s`);
    process.exit(failed === 0 ? 0 : 1);
}

void main();
