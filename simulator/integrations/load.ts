import type { Load } from "../warehouse/integration-database";
import {
    lagOf,
    Replica,
    RowError,
    type IntegrationDatabase,
    type ReplicaTable,
} from "../warehouse/integration-database";
import type { Database, Row } from "../warehouse/warehouse";
import type { World } from "../world/world";
import { asOwner } from "./callers";
import type { InboundIntegration } from "./inbound";

type Counts = Load["tables"][number];

/** Writes one load to a database, and counts what it does. */
export class Loading {
    readonly replica: Replica;
    private readonly counts = new Map<ReplicaTable, Counts>();
    private readonly now: number;

    constructor(
        private readonly world: World,
        private readonly database: Database & { integration: IntegrationDatabase },
        private readonly type: Load["type"],
    ) {
        this.now = world.clock.now();
        this.replica = new Replica(database, this.now);
    }

    loaded(table: ReplicaTable): void {
        const rows = [...table.current.values()];
        Object.assign(this.countsOf(table), {
            inserted: rows.length,
            bytes: rows.reduce((n, row) => n + size(row), 0),
        });
    }

    put(table: ReplicaTable, row: Row, before?: Row): void {
        this.attempt(table, () => {
            if (before) {
                this.replica.replace(table, before, row);
            } else {
                this.replica.put(table, row);
            }
            const counts = this.countsOf(table);
            counts[before ? "updated" : "inserted"]++;
            counts.bytes += size(row);
        });
    }

    remove(table: ReplicaTable, row: Row): void {
        this.replica.remove(table, row);
        this.countsOf(table).deleted++;
    }

    /** Does what may fail a table; the others go on. */
    attempt(table: ReplicaTable, write: () => void): void {
        try {
            write();
        } catch (error) {
            if (!(error instanceof RowError)) {
                throw error;
            }
            this.replica.setState(table, "Failed", error.message);
        }
    }

    /** Shows readers what was written, and reports it. */
    async finish(integration: InboundIntegration): Promise<void> {
        const { integration: own } = this.database;
        own.refreshed = this.now;
        own.behindSince = undefined;
        [...own.tables.values()].filter(({ state }) => state !== "Deleted").forEach((t) => this.replica.publish(t));
        if (this.counts.size > 0) {
            own.loads.push({
                name: `${own.integrationId.slice(0, 8)}-${own.loads.length + 1}`,
                type: this.type,
                started: this.now,
                ended: this.now,
                tables: [...this.counts.values()],
            });
        }
        const bytes = [...this.counts.values()].reduce((sum, table) => sum + table.bytes, 0);
        await measure(this.world, this.database, integration, bytes);
    }

    private countsOf(table: ReplicaTable): Counts {
        const { schema, name } = table;
        const counts = this.counts.get(table) ?? { schema, name, inserted: 0, updated: 0, deleted: 0, bytes: 0 };
        this.counts.set(table, counts);
        return counts;
    }
}

/** What CloudWatch shows of a database. @param bytes what was transferred since the last time */
export async function measure(
    world: World,
    { integration: own }: { integration: IntegrationDatabase },
    { arn, targetArn }: InboundIntegration,
    bytes = 0,
): Promise<void> {
    const now = world.clock.now();
    const count = (state: string) => [...own.tables.values()].filter((table) => table.state === state).length;
    const values = {
        IntegrationLag: Math.floor(lagOf(own, now) / 1000),
        IntegrationNumTablesReplicated: count("Synced"),
        IntegrationNumTablesFailedReplication: count("Failed"),
        IntegrationDataTransferred: bytes,
        IntegrationLatestDetectedChange: Math.floor(now / 1000),
        IntegrationLatestAppliedChange: Math.floor((own.refreshed ?? now) / 1000),
    };
    await asOwner(world, targetArn).call("cloudwatch", "PutMetricData", {
        Namespace: METRIC_NAMESPACE,
        MetricData: Object.entries(values).map(([MetricName, Value]) => ({
            MetricName,
            Value,
            Timestamp: new Date(now),
            Dimensions: [{ Name: "IntegrationId", Value: arn.slice(arn.lastIndexOf(":") + 1) }],
        })),
    });
}

const METRIC_NAMESPACE = "AWS/Redshift";

const size = (row: Row) => Buffer.byteLength(JSON.stringify(row));
