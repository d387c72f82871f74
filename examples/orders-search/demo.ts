import * as path from "node:path";

import { sql, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, explain, POLICIES, refusal, summary, tell, violations } from "../demo";
import { SearchReader } from "../search-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/orders-search");

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const policyPacks = [POLICIES];

    await stack.setConfig({ when: '/status = "cart"' });
    const refused = await stack.preview({ policyPacks, expectFailure: true });
    tell("A condition with one = in place of two: refused at preview");
    detail(refusal(refused.stdout));
    await stack.setConfig({ when: '/status != "cart"', engineVersion: "16.3" });

    const stopped = await stack.preview({ policyPacks, expectFailure: true });
    tell("A version that AWS does not read: stopped at preview by the policy pack");
    detail(violations(stopped.stdout));
    await stack.setConfig({ engineVersion: "16.6" });

    const up = await stack.up({ policyPacks, args: ["--skip-preview"] });
    const { clusterArn, endpoint, explanation, afterDestroy } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}. What the pipeline does:`);
    explain(`${explanation}`);

    const shop = (text: string) => sql(simulator.world, `${clusterArn}`, "shop", text);
    shop("CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50))");
    shop("INSERT INTO customers (id, name) VALUES (7, 'Ada Lovelace'), (8, 'Grace Hopper')");
    shop(`CREATE TABLE orders (
        id INT PRIMARY KEY, customer INT, status VARCHAR(10), total DECIMAL(8, 2), placed_at TIMESTAMP
    )`);
    shop(`INSERT INTO orders (id, customer, status, total, placed_at) VALUES
        (1, 7, 'paid', 9.90, '2026-03-01 10:00:00'),
        (2, 8, 'cart', 120.00, '2026-03-02 10:00:00'),
        (3, 7, 'sent', 15.50, '2026-03-03 10:00:00')`);
    tell("The shop writes two customers and three orders, one of which is a cart");

    const search = new SearchReader(clientConfig(simulator), "es", `${endpoint}`);
    await search.show("customers", { match: { name: "grace" } }, ({ length }) => length === 1);
    await search.show("orders", { match_all: {} }, ({ length }) => length === 2);

    shop("UPDATE orders SET status = 'paid' WHERE id = 2");
    shop("DELETE FROM orders WHERE id = 1");
    tell("The cart is paid, and the first order deleted");
    await search.show("orders", { match_all: {} }, (hits) => hits.map(({ id }) => id).join() === "3,2");

    const again = await stack.up({ policyPacks, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}. Its replication slot may stay:`);
    detail(afterDestroy as string[]);
}

void demo(PROJECT, story);
