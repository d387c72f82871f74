import { asOwner } from "../../integrations/callers";
import { CommandError } from "../../documents/query";
import { DocumentState, type DocumentCommand, type DocumentCommandResult } from "../../documents/store";
import { splitArn } from "../../world/context";
import type { World } from "../../world/world";
import { findCluster, membersOf } from "./state";

/**
 * Runs commands in a simulated database of Amazon DocumentDB, as an application does by a driver's `runCommand`.
 *
 * It takes `insert`, `update` (with `$set`, `$unset`, `$inc`, `$push`, or a whole document), `delete` and `find`, and of the
 * database `admin` `modifyChangeStreams`, and refuses everything else. Dates may be given as such; other types of BSON in
 * MongoDB's Extended JSON, `{ $oid: "…" }`.
 *
 * The control door has it as `POST /_zero-etl/documents { cluster, database, commands }`.
 *
 * @param arn the DocumentDB cluster's
 * @param commands carried out in order, until one is refused
 * @returns what the database answers to each
 */
export function documents(
    world: World,
    arn: string,
    database: string,
    commands: DocumentCommand | DocumentCommand[],
): DocumentCommandResult[] {
    if (typeof arn !== "string" || typeof database !== "string" || typeof commands !== "object") {
        throw new Error("Commands need the ARN of a DocumentDB cluster, a database, and the commands.");
    }
    const owner = asOwner(world, arn);
    const cluster = findCluster(owner, arn);
    const { accountId, region } = splitArn(arn);
    const store = world.state(DocumentState, accountId, region).stores.get(arn);
    if (!store) {
        throw new Error(`${arn} is no cluster of Amazon DocumentDB.`);
    }
    const writer = membersOf(owner, cluster).find(({ isWriter }) => isWriter);
    if (cluster.db.Status !== "available" || writer?.db.DBInstanceStatus !== "available") {
        throw new Error(`${arn} is not available for connections.`);
    }
    return [commands].flat().map((command) => {
        try {
            return store.run(database, command, world.clock.now());
        } catch (error) {
            throw error instanceof CommandError ? new Error(`${arn}: ${error.message}`) : error;
        }
    });
}
