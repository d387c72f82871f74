import * as path from "node:path";

import { sql, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { demo, detail, summary, tell } from "../demo";
import { asLines, waitForDocuments } from "../search-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/orders-search");

/** The cluster alone, so that there is something to load. */
const DATABASE = ["Cluster::shop", "ClusterInstance::shop", "ClusterParameterGroup::shop-group", "Group::shop"].flatMap(
    (resource) => ["--target", `**${resource}`],
);

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    await stack.up({ args: ["--skip-preview", ...DATABASE] });
    const { clusterArn } = await stack.outputs();
    const run = (text: string) => sql(simulator.world, `${clusterArn}`, "shop", text);
    run("CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50))");
    run("CREATE TABLE orders (id INT PRIMARY KEY, customer INT, total DECIMAL(8, 2))");
    run("CREATE TABLE sessions (id INT PRIMARY KEY)");
    run("INSERT INTO customers (id, name) VALUES (7, 'Ada')");
    run("INSERT INTO orders (id, customer, total) VALUES (1, 7, 9.90), (2, 7, 120.00)");
    tell("The shop has a customer and two orders");

    const up = await stack.up({ args: ["--skip-preview"] });
    const { explanation, slotCleanupCommands } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}`);
    detail(String(explanation).split("\n"));
    detail(asLines(await waitForDocuments(simulator, "orders", ({ length }) => length === 2)));
    detail(asLines(await waitForDocuments(simulator, "customers", ({ length }) => length === 1)));

    run("UPDATE orders SET total = 15.50 WHERE id = 1");
    run("DELETE FROM orders WHERE id = 2");
    tell("An order changes, another is cancelled");
    detail(asLines(await waitForDocuments(simulator, "orders", ({ length }) => length === 1)));

    const again = await stack.up({ args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed, but for the domain with its indexes: ${summary(destroyed.stdout)}`);
    tell("Of a pipeline that is gone, the replication slot may stay. To be run in the database:");
    detail(slotCleanupCommands as string[]);
}

void demo(PROJECT, story);
