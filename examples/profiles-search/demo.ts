import * as path from "node:path";

import { documents, type DocumentCommand, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, explain, POLICIES, refusal, summary, tell, violations } from "../demo";
import { SearchReader } from "../search-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/profiles-search");

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const policyPacks = [POLICIES];

    await stack.setConfig({ attachmentCidr: "10.99.0.0/16" });
    const refused = await stack.preview({ policyPacks, expectFailure: true });
    tell("A range of addresses that is no /24: refused at preview");
    detail(refusal(refused.stdout));
    await stack.setConfig({ attachmentCidr: "10.99.20.0/24", retentionSeconds: "10800" });

    const stopped = await stack.preview({ policyPacks, expectFailure: true });
    tell("Changes are kept for three hours: stopped at preview by the policy pack");
    detail(violations(stopped.stdout));
    await stack.setConfig({ retentionSeconds: "86400" });

    const up = await stack.up({ policyPacks, args: ["--skip-preview"] });
    const { clusterArn, sendOnce, endpoint, explanation } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}. What the pipeline does:`);
    explain(`${explanation}`);

    const run = (database: string, command: DocumentCommand) =>
        documents(simulator.world, `${clusterArn}`, database, command);
    tell(`The database is sent, once: ${sendOnce}`);
    const [, command = ""] = /^db\.adminCommand\((.*)\)$/.exec(`${sendOnce}`) ?? [];
    run("admin", JSON.parse(command) as DocumentCommand);

    const search = new SearchReader(clientConfig(simulator), "aoss", `${endpoint}`);
    const everybody = { match_all: {} };

    run("accounts", {
        insert: "profiles",
        documents: [
            { _id: "ada", name: "Ada Lovelace", email: "ada@example.com", city: "London" },
            { _id: "grace", name: "Grace Hopper", email: "grace@example.com", city: "New York" },
        ],
    });
    tell("Two people open an account");
    await search.show("profiles", everybody, ({ length }) => length === 2);

    run("accounts", { update: "profiles", updates: [{ q: { _id: "ada" }, u: { $set: { city: "Turin" } } }] });
    tell("One moves; who looks in Turin finds her");
    await search.show("profiles", { term: { city: "Turin" } }, ({ length }) => length === 1);

    run("accounts", { delete: "profiles", deletes: [{ q: { _id: "grace" }, limit: 1 }] });
    tell("The other one closes hers");
    await search.show("profiles", everybody, ({ length }) => length === 1);

    const again = await stack.up({ policyPacks, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}`);
}

void demo(PROJECT, story);
