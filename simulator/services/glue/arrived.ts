import { readRows } from "../../lakehouse/iceberg";
import type { World } from "../../world/world";
import { GlueState } from "./state";

/** What has arrived in a lakehouse table, for people to look at. */
export interface ArrivedTable {
    /** `database.table` */
    name: string;
    location: string;
    snapshots: { id: number; at: Date; operation: string; records: number }[];
    rows: Record<string, unknown>[];
}

/**
 * The tables that integrations wrote, in all accounts and Regions.
 *
 * @param name `database.table`; undefined for all
 * @param snapshotId the rows as they were then. @default now
 */
export function arrivedTables(world: World, name?: string, snapshotId?: number): ArrivedTable[] {
    return world
        .allStates(GlueState)
        .flatMap(({ lakehouse }) => [...lakehouse])
        .map(([key, table]) => ({ name: key.replace("/", "."), table }))
        .filter((each) => name === undefined || each.name === name)
        .map(({ name, table }) => ({
            name,
            location: table.metadata.location,
            snapshots: table.metadata.snapshots.map((snapshot) => ({
                id: snapshot["snapshot-id"],
                at: new Date(snapshot["timestamp-ms"]),
                operation: snapshot.summary.operation,
                records: Number(snapshot.summary["total-records"]),
            })),
            rows: readRows(table, { snapshotId }),
        }));
}
