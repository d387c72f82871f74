import * as path from "node:path";

import { managedRows, sql, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { demo, detail, POLICIES, summary, tell, violations, waitFor } from "../demo";

const PROJECT = path.resolve(__dirname, "../../../examples/mysql-to-lakehouse");

async function story(stack: Stack, { world }: Simulator): Promise<void> {
    const policyPacks = [POLICIES];

    await stack.setConfig({ storageType: "standard" });
    const stopped = await stack.preview({ policyPacks, expectFailure: true });
    tell("Magnetic storage: stopped at preview by the policy pack");
    detail(violations(stopped.stdout));
    await stack.setConfig({ storageType: "gp3" });

    const up = await stack.up({ policyPacks, args: ["--skip-preview"] });
    const { sourceArn, catalogArn, replicated, integrationStatus } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}; the integration is ${integrationStatus}, with ${replicated}`);

    const shop = (text: string) => sql(world, `${sourceArn}`, "shop", text);
    shop("CREATE TABLE orders (id INT PRIMARY KEY, customer VARCHAR(50), total DECIMAL(8, 2))");
    shop("CREATE TABLE tmp_import (id INT PRIMARY KEY)");
    shop("INSERT INTO orders (id, customer, total) VALUES (1, 'Ada', 9.90), (2, 'Grace', 120.00), (3, 'Ada', 15.50)");
    tell("The shop writes three orders");

    const rows = (table: string) => managedRows(world, `${catalogArn}`, "shop", table);
    const show = async (count: number) => {
        const orders = await waitFor(
            "shop.orders",
            () => rows("orders"),
            ({ length }) => length === count,
        );
        detail(orders.map((row) => Object.values(row).join("  ")));
    };
    await show(3);
    detail([`tmp_import, which the filter leaves out: ${rows("tmp_import") ? "there" : "not there"}`]);

    shop("DELETE FROM orders WHERE id = 2");
    tell("The shop deletes an order");
    await show(2);

    const again = await stack.up({ policyPacks, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}`);
}

void demo(PROJECT, story);
