import { RelationalState } from "../../relational/source";
import { splitArn } from "../../world/context";
import type { World } from "../../world/world";

/**
 * The replication slots of a simulated PostgreSQL database, by name. A pipeline makes one and leaves it behind when it is
 * deleted; until `SELECT pg_drop_replication_slot('…')` drops it, it holds back the database's log.
 *
 * @param arn the DB cluster's, or the DB instance's
 */
export function replicationSlots(world: World, arn: string): string[] {
    const { accountId, region } = splitArn(arn);
    return [...(world.state(RelationalState, accountId, region).sources.get(arn)?.slots ?? [])];
}
