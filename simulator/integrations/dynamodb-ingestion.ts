import type { AttributeValue } from "@aws-sdk/client-dynamodb";

import { toJson, type ExportedItems, type Item } from "../services/dynamodb";
import type { IntegrationDatabase, ReplicaDefinition } from "../warehouse/integration-database";
import type { Database, Row, SqlValue } from "../warehouse/warehouse";
import type { World } from "../world/world";
import { asOwner } from "./callers";
import { sourceTableName, type SourceRead } from "./dynamodb-source";
import type { InboundIntegration } from "./inbound";
import { Loading } from "./load";

const SCHEMA = "public";
const MAX_VARCHAR = 65_535;

type Column = ReplicaDefinition["columns"][number];

/** Writes what a read of the table has brought: keys as columns, and the rest as one SUPER value. */
export async function storeItems(
    world: World,
    integration: InboundIntegration,
    database: Database & { integration: IntegrationDatabase },
    { upserts, deletes }: ExportedItems,
    { full, to }: SourceRead,
): Promise<void> {
    const loading = new Loading(world, database, full ? "snapshot" : "cdc");
    const definition = await definitionOf(world, integration.sourceArn);
    const earlier = loading.replica.find(SCHEMA, definition.name);
    if (full || !earlier) {
        const table = loading.replica.load(definition, []);
        loading.attempt(table, () => upserts.forEach((item) => loading.replica.put(table, rowOf(item, definition))));
        loading.loaded(table);
    } else if (earlier.state === "Synced") {
        for (const item of upserts) {
            const row = rowOf(item, definition);
            loading.put(earlier, row, loading.replica.current(earlier, row));
        }
        deletes.forEach((key) => loading.remove(earlier, rowOf(key, definition)));
    }
    database.integration.readTo = to;
    await loading.finish(integration);
}

async function definitionOf(world: World, sourceArn: string): Promise<ReplicaDefinition> {
    const { Table } = await asOwner(world, sourceArn).call("dynamodb", "DescribeTable", {
        TableName: sourceTableName(sourceArn),
    });
    const types = new Map<string, string>(
        Table.AttributeDefinitions.map((a: { AttributeName: string; AttributeType: string }) => [
            a.AttributeName,
            KEY_TYPES[a.AttributeType],
        ]),
    );
    const keys: Column[] = Table.KeySchema.map((key: { AttributeName: string; KeyType: string }) => ({
        name: key.AttributeName,
        type: types.get(key.AttributeName)!,
        ...(key.KeyType === "HASH" && { isDistributionKey: true }),
    }));
    return {
        schema: SCHEMA,
        name: Table.TableName,
        columns: [...keys, { name: "value", type: "SUPER" }],
        key: keys.map(({ name }) => name),
    };
}

const KEY_TYPES: Record<string, string> = {
    S: `VARCHAR(${MAX_VARCHAR})`,
    N: "DECIMAL(38,18)",
    B: "VARBYTE",
};

/** The keys' values without DynamoDB's type tags, the others' with them. */
function rowOf(item: Item, { key }: ReplicaDefinition): Row {
    const rest = Object.entries(item).filter(([name]) => !key.includes(name));
    return {
        ...Object.fromEntries(key.map((name) => [name, keyValue(item[name])])),
        value: toJson(Object.fromEntries(rest)) as SqlValue,
    };
}

function keyValue({ S, N, B }: AttributeValue): string {
    return N ?? (B ? Buffer.from(B).toString("hex") : S!);
}
