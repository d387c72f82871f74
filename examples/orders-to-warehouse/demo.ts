import * as path from "node:path";

import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { sql, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, POLICIES, summary, tell, violations } from "../demo";
import { WarehouseReader } from "../warehouse-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/orders-to-warehouse");

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const warehouse = new WarehouseReader(clientConfig(simulator), { WorkgroupName: "sales" });
    const carts = new DynamoDBClient(clientConfig(simulator));
    const policyPacks = [POLICIES];

    await stack.setConfig({ backtrackWindow: "3600" });
    const stopped = await stack.preview({ policyPacks, expectFailure: true });
    tell("Backtrack on: stopped at preview by the policy pack");
    detail(violations(stopped.stdout));
    await stack.setConfig({ backtrackWindow: "0" });

    const up = await stack.up({ policyPacks, args: ["--skip-preview"] });
    const { ordersArn, customersArn, replicated, databases } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}; the warehouse has ${databases}`);
    detail([`of MySQL: ${replicated}`]);

    const shop = (text: string) => sql(simulator.world, `${ordersArn}`, "shop", text);
    shop("CREATE TABLE orders (id INT PRIMARY KEY, customer INT, total DECIMAL(8, 2))");
    shop("INSERT INTO orders (id, customer, total) VALUES (1, 7, 9.90), (2, 8, 120.00), (3, 7, 15.50)");
    const crm = (text: string) => sql(simulator.world, `${customersArn}`, "crm", text);
    crm("CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50))");
    crm("INSERT INTO customers (id, name) VALUES (7, 'Ada'), (8, 'Grace')");
    await carts.send(
        new PutItemCommand({ TableName: "carts", Item: { customer: { N: "8" }, items: { L: [{ S: "a lamp" }] } } }),
    );
    tell("The applications write three orders, two customers, one cart");

    const show = async (query: string, rows: number) => {
        const records = await warehouse.waitFor(query, ({ length }) => length === rows);
        tell(query);
        detail(records.map((record) => record.join("  ")));
    };
    await show("SELECT * FROM orders.shop.orders", 3);
    await show("SELECT * FROM customers.public.customers", 2);
    await show("SELECT * FROM carts.public.carts", 1);

    shop("DELETE FROM orders WHERE id = 2");
    tell("The shop deletes an order");
    await show("SELECT * FROM orders.shop.orders", 2);

    const again = await stack.up({ policyPacks, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}`);
}

void demo(PROJECT, story);
