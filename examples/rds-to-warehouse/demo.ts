import * as path from "node:path";

import { sql, type Simulator, type Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, POLICIES, summary, tell, violations } from "../demo";
import { WarehouseReader, type Row } from "../warehouse-reader";

const PROJECT = path.resolve(__dirname, "../../../examples/rds-to-warehouse");

const PAID = `
    SELECT c.name, count(o.id), sum(o.total), max(p."PAID")
    FROM crm.public.customers c
    JOIN shop.shop.orders o ON o.customer = c.id
    LEFT JOIN books."LEDGER"."PAYMENTS" p ON p."CUSTOMER" = c.id
    GROUP BY c.name ORDER BY c.name`;

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const warehouse = new WarehouseReader(clientConfig(simulator), { ClusterIdentifier: "sales" });
    const policyPacks = [POLICIES];

    await stack.setConfig({ backupRetentionPeriod: "0" });
    const stopped = await stack.preview({ policyPacks, expectFailure: true });
    tell("Automated backups off: stopped at preview by the policy pack");
    detail(violations(stopped.stdout));
    await stack.setConfig({ backupRetentionPeriod: "7" });

    const up = await stack.up({ policyPacks, args: ["--skip-preview"] });
    const { crmArn, shopArn, booksArn, replicated, databases } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}; the warehouse has ${databases}`);
    detail(replicated as string[]);

    const crm = (text: string) => sql(simulator.world, `${crmArn}`, "crm", text);
    crm("CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50))");
    crm("INSERT INTO customers (id, name) VALUES (7, 'Ada'), (8, 'Grace')");
    const shop = (text: string) => sql(simulator.world, `${shopArn}`, "shop", text);
    shop("CREATE TABLE orders (id INT PRIMARY KEY, customer INT, total DECIMAL(8, 2))");
    shop("INSERT INTO orders (id, customer, total) VALUES (1, 7, 9.90), (2, 8, 120.00), (3, 7, 15.50)");
    const books = (text: string) => sql(simulator.world, `${booksArn}`, "BOOKS", text);
    books("CREATE SCHEMA LEDGER");
    books("CREATE TABLE LEDGER.PAYMENTS (CUSTOMER NUMBER(10) PRIMARY KEY, PAID NUMBER(8, 2))");
    books("INSERT INTO LEDGER.PAYMENTS (CUSTOMER, PAID) VALUES (8, 120.00)");
    tell("The applications write two customers, three orders, one payment");

    const show = async (query: string, ready: (rows: Row[]) => boolean) =>
        detail((await warehouse.waitFor(query, ready)).map((row) => row.join("  ")));
    await show("SELECT * FROM crm.public.customers", ({ length }) => length === 2);
    await show("SELECT * FROM shop.shop.orders", ({ length }) => length === 3);
    await show('SELECT * FROM books."LEDGER"."PAYMENTS"', ({ length }) => length === 1);

    crm("UPDATE customers SET name = 'Ada Lovelace' WHERE id = 7");
    books("INSERT INTO LEDGER.PAYMENTS (CUSTOMER, PAID) VALUES (7, 25.40)");
    tell("A customer's name changes, and she pays: what each has ordered and paid, from all three");
    await show(PAID, ([first]) => first?.[0] === "Ada Lovelace" && first[3] === "25.40");

    const again = await stack.up({ policyPacks, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);
    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}`);
}

void demo(PROJECT, story);
