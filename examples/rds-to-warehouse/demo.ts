import * as path from "node:path";

import { sql, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, POLICIES, summary, tell } from "../demo";
import { WarehouseReader } from "../warehouse-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/rds-to-warehouse");

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const warehouse = new WarehouseReader(clientConfig(simulator), { ClusterIdentifier: "sales" });
    const policyPacks = [POLICIES];

    const up = await stack.up({ policyPacks, args: ["--skip-preview"] });
    const { sourceArn, replicated, database } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}; the warehouse's database ${database} has ${replicated}`);

    const crm = (text: string) => sql(simulator.world, `${sourceArn}`, "crm", text);
    crm("CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50))");
    crm("INSERT INTO customers (id, name) VALUES (7, 'Ada'), (8, 'Grace')");
    const query = "SELECT * FROM crm.public.customers";
    detail((await warehouse.waitFor(query, ({ length }) => length === 2)).map((row) => row.join("  ")));
    crm("UPDATE customers SET name = 'Ada Lovelace' WHERE id = 7");
    tell("A customer's name changes");
    const renamed = await warehouse.waitFor(query, (rows) => rows.some((row) => row.includes("Ada Lovelace")));
    detail(renamed.map((row) => row.join("  ")));

    const again = await stack.up({ policyPacks, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}`);
}

void demo(PROJECT, story);
