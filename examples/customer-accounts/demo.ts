import { readFile } from "node:fs/promises";
import * as path from "node:path";

import {
    BatchWriteItemCommand,
    DeleteItemCommand,
    DynamoDBClient,
    PutItemCommand,
    UpdateItemCommand,
    type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import type { Simulator, Stack } from "pulumi-aws-zero-etl/simulator";

import { clientConfig, demo, detail, POLICIES, summary, tell, violations } from "../demo";
import { LakehouseReader, type Row } from "./lakehouse-reader";

/** The repository: its Pulumi.yaml is this example's project. */
const ROOT = path.resolve(__dirname, "../../..");
const TABLE = "CustomerAccounts";
const TABLE_URN = "urn:pulumi:demo::customer-accounts::aws:dynamodb/table:Table::customer-accounts";

type Item = Record<string, AttributeValue>;
type Change = { Put: { Item: Item } } | { Update: { Key: Item; Set: Item } } | { Delete: { Key: Item } };

interface Data {
    items: Item[];
    changes: Change[];
}

async function story(stack: Stack, simulator: Simulator): Promise<void> {
    const application = new DynamoDBClient(clientConfig(simulator));
    const lakehouse = new LakehouseReader(clientConfig(simulator));
    const data = await readData();
    const withPolicies = { policyPacks: [POLICIES] };

    await stack.up({ args: ["--skip-preview", "--target", TABLE_URN] });
    await load(application, data.items);
    tell(`The bank's table ${TABLE} holds ${data.items.length} items`);

    await stack.setConfig({ pointInTimeRecovery: "false" });
    const stopped = await stack.preview({ ...withPolicies, expectFailure: true });
    tell("Point-in-time recovery off: stopped at preview by the policy pack");
    detail(violations(stopped.stdout));
    await stack.setConfig({ pointInTimeRecovery: "true" });

    const preview = await stack.preview(withPolicies);
    tell(`Preview of the right stack: ${summary(preview.stdout)}`);
    const up = await stack.up({ ...withPolicies, args: ["--skip-preview"] });
    const { integrationStatus, location } = await stack.outputs();
    tell(`Up: ${summary(up.stdout)}; the integration is ${integrationStatus}`);

    const first = await lakehouse.waitFor(
        "bank",
        "customer_accounts",
        (table) => table.rows.length === data.items.length,
    );
    tell(`${first.rows.length} rows have arrived in bank.customer_accounts (snapshot ${first.snapshotId})`);
    detail(sample(first.rows));

    for (const change of data.changes) {
        await apply(application, change);
    }
    tell("The application puts one item with new attributes, updates one, deletes one");
    const second = await lakehouse.waitFor(
        "bank",
        "customer_accounts",
        (table) => table.snapshotId !== first.snapshotId,
    );
    const columns = second.columns.filter((column) => !first.columns.includes(column));
    tell(`The changes have arrived (snapshot ${second.snapshotId}); new columns: ${columns.join(", ")}`);
    detail(sample(second.rows.filter(({ CustomerID }) => CustomerID === "CUST0001" || CustomerID === "CUST0026")));
    const before = await lakehouse.read("bank", "customer_accounts", first.snapshotId);
    detail([`CUST0002 before: ${count(before.rows, "CUST0002")} row; now: ${count(second.rows, "CUST0002")} rows`]);

    const again = await stack.up({ ...withPolicies, args: ["--skip-preview", "--expect-no-changes"] });
    tell(`Up again: ${summary(again.stdout)}`);

    await stack.setConfig({ refreshInterval: "1 hour" });
    const changed = await stack.up({ ...withPolicies, args: ["--skip-preview"] });
    tell(`Refresh interval changed in place to 1 hour: ${summary(changed.stdout)}`);

    const destroyed = await stack.destroy({ args: ["--skip-preview"] });
    tell(`Destroyed: ${summary(destroyed.stdout)}`);
    const kept = await lakehouse.readFiles(`${location}`, "customer_accounts");
    tell(`The bucket still holds the ${kept.rows.length} rows of customer_accounts`);
}

async function readData(): Promise<Data> {
    return JSON.parse(
        await readFile(path.join(ROOT, "examples/customer-accounts/data/customer-accounts.json"), "utf8"),
    );
}

async function load(client: DynamoDBClient, items: Item[]): Promise<void> {
    // 25 is the most that one BatchWriteItem takes.
    await client.send(
        new BatchWriteItemCommand({ RequestItems: { [TABLE]: items.map((Item) => ({ PutRequest: { Item } })) } }),
    );
}

async function apply(client: DynamoDBClient, change: Change): Promise<void> {
    if ("Put" in change) {
        await client.send(new PutItemCommand({ TableName: TABLE, Item: change.Put.Item }));
    } else if ("Update" in change) {
        const { Key, Set } = change.Update;
        const names = Object.keys(Set);
        await client.send(
            new UpdateItemCommand({
                TableName: TABLE,
                Key,
                UpdateExpression: `SET ${names.map((_, i) => `#${i} = :${i}`).join(", ")}`,
                ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#${i}`, name])),
                ExpressionAttributeValues: Object.fromEntries(names.map((name, i) => [`:${i}`, Set[name]!])),
            }),
        );
    } else {
        await client.send(new DeleteItemCommand({ TableName: TABLE, Key: change.Delete.Key }));
    }
}

const SHOWN = ["CustomerID", "AccountNumber", "State", "CurrentBalance", "AccountStatus", "email"];

function sample(rows: Row[]): string[] {
    const line = (values: unknown[]) =>
        values
            .map((value) => String(value ?? "").padEnd(16))
            .join("")
            .trimEnd();
    return [line(SHOWN), ...rows.slice(0, 3).map((row) => line(SHOWN.map((column) => row[column])))];
}

function count(rows: Row[], customer: string): number {
    return rows.filter(({ CustomerID }) => CustomerID === customer).length;
}

void demo(ROOT, story);
