import { execute } from "../../warehouse/execute";
import type { ResultSet } from "../../warehouse/select";
import type { Warehouse } from "../../warehouse/warehouse";
import type { World } from "../../world/world";
import { RedshiftState } from "../redshift/state";
import { ServerlessState } from "../redshift-serverless/state";

/** Where a query goes, by name or ARN. */
export interface QueryTarget {
    workgroup?: string;
    cluster?: string;
    /** @default the one that the warehouse was made with */
    database?: string;
}

interface Place {
    kind: "workgroup" | "cluster";
    name: string;
    arn: string;
    warehouse: Warehouse;
}

/**
 * What a warehouse of the world answers, for people to look at: at once, and as its owner.
 *
 * The control door has it as `POST /_zero-etl/query { sql, workgroup?, cluster?, database? }`.
 *
 * @param target can be left out where there is one warehouse
 */
export function queryWarehouse(world: World, sql: string, target: QueryTarget = {}): ResultSet {
    if (!/^\s*(select|show|with)\b/i.test(sql)) {
        throw new Error("A query begins with SELECT, SHOW or WITH. The Data API takes other statements.");
    }
    const { warehouse } = onlyOne(placesIn(world), target);
    const [database] = target.database === undefined ? warehouse.databases.keys() : [target.database];
    return execute({ world, warehouse, user: warehouse.owner, database: database! }, sql)!;
}

function placesIn(world: World): Place[] {
    const workgroups = world.allStates(ServerlessState).flatMap(({ workgroups, namespaces }) =>
        [...workgroups.values()].map(({ description: { workgroupName: name, workgroupArn: arn, namespaceName } }) => {
            const { warehouse } = namespaces.get(namespaceName)!;
            return { kind: "workgroup" as const, name, arn, warehouse };
        }),
    );
    const clusters = world.allStates(RedshiftState).flatMap(({ clusters }) =>
        [...clusters.values()].map(({ description: { ClusterIdentifier: name }, warehouse }) => {
            const arn = warehouse.arn.replace(/namespace:.*/, `cluster:${name}`);
            return { kind: "cluster" as const, name, arn, warehouse };
        }),
    );
    return [...workgroups, ...clusters];
}

function onlyOne(places: Place[], { workgroup, cluster }: QueryTarget): Place {
    const wanted = { workgroup, cluster };
    const isNamed = workgroup !== undefined || cluster !== undefined;
    const found = places.filter(({ kind, name, arn }) => !isNamed || [name, arn].includes(wanted[kind] ?? ""));
    if (found.length !== 1) {
        const known = places.map(({ kind, name, arn }) => `${kind} ${name} (${arn})`);
        throw new Error(
            known.length === 0
                ? "There is no warehouse yet."
                : `Name one workgroup or cluster, by its ARN where a name is not enough: ${known.join(", ")}.`,
        );
    }
    return found[0]!;
}
