import * as path from "node:path";

import { documents, type DocumentCommand, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { demo, detail, summary, tell } from "../demo";
import { asLines, waitForDocuments } from "../search-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/profiles-search");

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const up = await stack.up({ args: ["--skip-preview"] });
    const { clusterArn, changeStreamCommand, explanation } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}`);
    detail(String(explanation).split("\n"));

    const run = (database: string, command: DocumentCommand) =>
        documents(simulator.world, `${clusterArn}`, database, command);
    tell("An administrator turns on the collection's change stream, which no API of AWS does");
    detail([String(changeStreamCommand)]);
    run("admin", { modifyChangeStreams: 1, database: "accounts", collection: "profiles", enable: true });

    run("accounts", {
        insert: "profiles",
        documents: [
            { _id: "7", name: "Ada Lovelace", email: "ada@example.com", passwordHash: "…" },
            { _id: "8", name: "Grace Hopper", email: "grace@example.com", passwordHash: "…" },
        ],
    });
    tell("The application writes two profiles");
    detail(asLines(await waitForDocuments(simulator, "profiles", ({ length }) => length === 2)));

    run("accounts", {
        update: "profiles",
        updates: [{ q: { _id: "8" }, u: { $set: { name: "Rear Admiral Hopper" } } }],
    });
    run("accounts", { delete: "profiles", deletes: [{ q: { _id: "7" }, limit: 1 }] });
    tell("One changes, one goes");
    detail(asLines(await waitForDocuments(simulator, "profiles", ({ length }) => length === 1)));

    const again = await stack.up({ args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed, but for the collection with its index: ${summary(destroyed.stdout)}`);
}

void demo(PROJECT, story);
