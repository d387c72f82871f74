import { RelationalState } from "../../relational/source";
import { splitArn } from "../../world/context";
import type { World } from "../../world/world";
import { asOwner } from "../../integrations/callers";
import { committed } from "./replication/lifecycle";
import { findSource } from "./replication/source";

/**
 * Carries out SQL in a simulated database; each statement is a commit of its own, which integrations see seconds later.
 *
 * It takes CREATE DATABASE, SCHEMA and TABLE, ALTER TABLE with ADD, DROP and MODIFY of columns and the primary key, DROP TABLE,
 * INSERT, UPDATE and DELETE, of MySQL `CALL mysql.rds_set_configuration('binlog retention hours', 24)`, of PostgreSQL
 * `SELECT pg_drop_replication_slot('…')`, in the words of the engine, and refuses everything else.
 *
 * The control door has it as `POST /_zero-etl/sql { clusterOrInstance, database, sql }`.
 *
 * @param arn the DB cluster's, or the DB instance's
 * @param database the connection's; MySQL can do without
 */
export function sql(world: World, arn: string, database: string | undefined, text: string): void {
    if (typeof arn !== "string" || typeof text !== "string") {
        throw new Error("SQL needs the ARN of a DB cluster or DB instance, and a text.");
    }
    const source = findSource(asOwner(world, arn), arn);
    if (source.status !== "available" || source.writer?.db.DBInstanceStatus !== "available") {
        throw new Error(`${arn} is not available for connections.`);
    }
    const { accountId, region } = splitArn(arn);
    try {
        world.state(RelationalState, accountId, region).sources.get(arn)!.execute(text, database, world.clock.now());
    } finally {
        // What came before a statement that fails is committed.
        committed(world, arn);
    }
}
