import { randomBytes } from "node:crypto";

import { RelationalState, type RelationalSource } from "../../relational/source";
import type { Change, ReplicatedTable, Row } from "../../relational/feed";
import { isMasterUser } from "../../services/rds/databases";
import { isAtLeast } from "../../services/rds/engines";
import {
    AURORA_MYSQL_PARAMETERS,
    AURORA_POSTGRESQL_PARAMETERS,
    brokenRules,
    is,
    MYSQL_BINLOG,
} from "../../services/rds/replication/parameter-rules";
import { findSource, type Source } from "../../services/rds/replication/source";
import { clusterArn, instanceArn } from "../../services/rds/state";
import { hours, minutes } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { OpenSource, PipelineEvent, PipelineSource, SourceProblem, SourceReader } from "../source";
import { listener, listenerOf } from "./listener";
import { networkProblems } from "./network";
import { exportVersion, nextVersion, placeOf } from "./place";
import { SnapshotExport, type ExportOptions, type ExportPlace } from "./rds-export";
import { toDocument } from "./rows";
import { partitionKey, stagingOf, stagingProblems, throughStaging, type Staging } from "./staging";

/** How long RDS for MySQL keeps its binary log when nobody has said how long. */
const UNCONFIGURED_BINLOG = minutes(5);
const MAX_SLOT_PART = 16;

/** RDS's names of the engines that a body names. */
const ENGINE_NAMES: Record<string, string> = {
    "aurora-mysql": "aurora-mysql",
    "aurora-postgresql": "aurora-postgresql",
    mysql: "mysql",
    postgresql: "postgres",
};

/** The first version that pipelines read; of other engines, every one that is simulated. */
const SINCE: Record<string, string> = {
    "aurora-mysql": "8.0.mysql_aurora.3.05.2",
    "aurora-postgresql": "16.4",
};

/** What the log of each engine must be like, by RDS's name. */
const PARAMETERS = {
    "aurora-mysql": AURORA_MYSQL_PARAMETERS,
    "aurora-postgresql": AURORA_POSTGRESQL_PARAMETERS,
    mysql: [...MYSQL_BINLOG, is("binlog_row_metadata", "full")],
    postgres: [is("rds.logical_replication", "1")],
};

interface Options {
    db_identifier: string;
    engine: string;
    cluster?: boolean;
    database: string;
    tables?: { include?: string[]; exclude?: string[] };
    export?: ExportOptions;
    stream?: boolean;
    authentication?: { username?: string; password?: string };
    partition_count?: number;
    joins?: unknown;
}

/** How far the pipeline is. */
interface Place extends ExportPlace {
    /** in the database's log. @default the pipeline has not begun */
    position?: number;
    /** of the last event: versions only grow */
    version: number;
}

/** Tables of a database of RDS or Aurora: a snapshot's export, then the database's log. */
export const openRds: OpenSource = (reader) => new RdsSource(reader);

class RdsSource implements PipelineSource {
    private readonly options: Options;
    private readonly isCluster: boolean;
    private readonly arn: string;
    private readonly staging: Staging;
    private readonly place: Place;
    private readonly owner: Context;
    private readonly initialLoad: SnapshotExport | undefined;

    constructor(private readonly reader: SourceReader) {
        const { role, world } = reader;
        this.options = reader.options as unknown as Options;
        const { db_identifier: id, engine, cluster, database } = this.options;
        this.isCluster = cluster ?? engine.startsWith("aurora-");
        this.arn = this.isCluster ? clusterArn(role, id) : instanceArn(role, id);
        this.staging = stagingOf(reader)!;
        this.owner = world.administrator(role.accountId, role.region);
        this.place = placeOf<Place>(reader, ["rds", this.arn, database], () => ({ exported: false, version: 0 }));
        this.initialLoad =
            this.options.export &&
            new SnapshotExport(reader, id, this.options.export, this.arn, this.staging, this.place);
    }

    async problems(): Promise<SourceProblem[]> {
        if (this.options.joins !== undefined) {
            return [{ code: "ValidationException", message: "joins of an rds source are not simulated." }];
        }
        const source = await this.lookUp();
        if ("code" in source) {
            return [source];
        }
        const ofRole = [
            ...stagingProblems(this.reader, this.staging, ["ListBucket", "GetBucketLocation"]),
            ...(this.initialLoad?.refusals() ?? []),
        ];
        const network = await networkProblems(this.reader, this.listener(source));
        return [...ofRole, ...(network.length > 0 ? network : this.databaseProblems(source))];
    }

    async read(): Promise<PipelineEvent[]> {
        const database = this.database;
        if (!database) {
            return [];
        }
        this.begin(database);
        const initial = this.place.exported || !this.initialLoad ? [] : await this.loaded(this.initialLoad, database);
        if (!initial) {
            return [];
        }
        const { place } = this;
        const { position, changes } = database.feed().changesSince(place.position!);
        const events = this.options.stream && changes.length > 0 ? this.changed(database, changes) : [];
        await throughStaging(this.reader, this.staging, [...initial, ...events]);
        // Only now the place moves: what could not be staged is read again.
        Object.assign(place, { exported: true, position });
        return [...initial, ...events];
    }

    close(): void {
        // The place stays, and so does the slot: a pipeline that starts again goes on from there.
    }

    private get database(): RelationalSource | undefined {
        return this.owner.state(RelationalState).sources.get(this.arn);
    }

    /** The database, whose endpoint is looked up as the role; else why it can't be. */
    private async lookUp(): Promise<Source | SourceProblem> {
        const { db_identifier: id } = this.options;
        try {
            await (this.isCluster
                ? this.reader.role.call("rds", "DescribeDBClusters", { DBClusterIdentifier: id })
                : this.reader.role.call("rds", "DescribeDBInstances", { DBInstanceIdentifier: id }));
            return findSource(this.owner, this.arn);
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            return { code: error.code, message: error.message, metric: "rds.streamAccessDeniedErrors" };
        }
    }

    private listener(source: Source) {
        if (source.cluster) {
            return listenerOf(this.owner, source.cluster);
        }
        const { DBInstanceIdentifier, DbInstancePort, DBSubnetGroup, VpcSecurityGroups } = source.writer!.db;
        return listener(DBInstanceIdentifier, DbInstancePort!, DBSubnetGroup, VpcSecurityGroups);
    }

    private databaseProblems(source: Source): SourceProblem[] {
        const { engine: wanted, authentication, database, stream } = this.options;
        const { engine, version, writer, cluster } = source;
        const { username = "", password = "" } = authentication ?? {};
        const named = ENGINE_NAMES[wanted];
        const logTrouble = (message: string): SourceProblem => ({
            code: "ReplicationNotEnabled",
            message,
            metric: "rds.streamReplicationNotEnabledErrors",
        });
        if (engine !== named) {
            return [{ code: "ValidationException", message: `${this.arn} has the engine ${engine}, not ${wanted}.` }];
        }
        const floor = SINCE[engine] ?? version;
        if (!isAtLeast(version, floor)) {
            const message = `${this.arn} has ${engine} ${version}; pipelines read it from ${floor} on.`;
            return [{ code: "ValidationException", message }];
        }
        if (engine === "mysql" && cluster) {
            const message = `${this.arn} is a Multi-AZ DB cluster of RDS for MySQL, which can't be a source.`;
            return [{ code: "ValidationException", message }];
        }
        if (writer?.db.DBInstanceStatus !== "available") {
            const message = `Timed out while connecting to ${this.arn}: it has no available instance.`;
            return [{ code: "ConnectionTimeout", message, metric: "rds.streamServerNotFoundErrors" }];
        }
        if (!isMasterUser(this.owner, cluster ?? writer, username, password)) {
            const message = `Access denied for user '${username}'.`;
            return [{ code: "AuthenticationFailed", message, metric: "rds.streamAuthErrors" }];
        }
        if (!this.database!.hasDatabase(database)) {
            return [{ code: "UnknownDatabase", message: `Unknown database '${database}'.` }];
        }
        return [
            ...(stream
                ? brokenRules(this.owner, writer, PARAMETERS[engine as keyof typeof PARAMETERS]).map(logTrouble)
                : []),
            ...(stream && engine === "mysql" && source.backupRetention < 1
                ? [logTrouble(`Automated backups of ${this.arn} are off, and with them its binary log.`)]
                : []),
        ];
    }

    /** From here on the log is read; PostgreSQL keeps it by a slot. */
    private begin(database: RelationalSource): void {
        const { place, options } = this;
        if (place.position !== undefined) {
            return;
        }
        place.position = database.feed().snapshot().position;
        if (options.stream && database.engine === "postgresql") {
            const part = options.db_identifier.replaceAll("-", "_").slice(0, MAX_SLOT_PART);
            database.slots.add(`data_prepper_${part}_slot_${randomBytes(4).toString("hex")}`);
        }
    }

    /** The rows of the initial load, once they are there; the log is read from the snapshot on. */
    private async loaded(
        initialLoad: SnapshotExport,
        database: RelationalSource,
    ): Promise<PipelineEvent[] | undefined> {
        const { place } = this;
        const tables = await initialLoad.proceed(() => (place.position = database.feed().snapshot().position));
        const version = exportVersion(place.snapshotAt!);
        const how = { at: place.snapshotAt!, version, ingestion: "EXPORT", action: "index" } as const;
        return tables
            ?.filter((table) => this.isWanted(table))
            .flatMap((table) =>
                table.rows.map((row) => this.event(table, toDocument(row, table, database.engine), how)),
            );
    }

    /** What the log still has: a binary log goes with time, while a slot keeps what is behind it. */
    private changed(database: RelationalSource, changes: Change[]): PipelineEvent[] {
        const tables = new Map(
            database
                .feed()
                .snapshot()
                .tables.map((table) => [nameOf(table), table]),
        );
        const since = this.oldestKept(database);
        return changes
            .filter((change) => change.at >= since && this.isWanted(change))
            .flatMap((change) => {
                const table = tables.get(nameOf(change));
                return table ? this.eventsOf(change, table, database) : [];
            });
    }

    private oldestKept({ binlogHours }: RelationalSource): number {
        const isBinlog = this.options.engine === "mysql";
        const kept = binlogHours === null ? UNCONFIGURED_BINLOG : hours(binlogHours);
        return isBinlog ? this.reader.world.clock.now() - kept : 0;
    }

    private eventsOf(change: Change, table: ReplicatedTable, { engine }: RelationalSource): PipelineEvent[] {
        const event = (type: "insert" | "update" | "delete", row: Row): PipelineEvent => {
            const at = Math.floor(change.at);
            return this.event(table, toDocument(row, table, engine), {
                at,
                version: nextVersion(this.place, at),
                ingestion: "STREAM",
                action: type === "delete" ? "delete" : "index",
                type,
            });
        };
        switch (change.kind) {
            case "insert":
                return [event("insert", change.row)];
            case "update":
                // With another key it is another document.
                return [
                    ...(keyOf(table, change.before) === keyOf(table, change.row)
                        ? []
                        : [event("delete", change.before)]),
                    event("update", change.row),
                ];
            case "delete":
                // PostgreSQL's log has the key alone, unless tables say otherwise.
                return [event("delete", engine === "postgresql" ? only(change.before, table.key) : change.before)];
            default:
                // Definitions are not followed: new columns come with their rows, the rest is for a new pipeline.
                return [];
        }
    }

    private event(
        { database, schema, table, key }: ReplicatedTable,
        data: Record<string, unknown>,
        how: { at: number; version: number; ingestion: "EXPORT" | "STREAM"; action: string; type?: string },
    ): PipelineEvent {
        const primaryKey = key.map((name) => String(data[name])).join("|");
        return {
            data,
            metadata: {
                primary_key: primaryKey,
                s3_partition_key: partitionKey(this.staging, primaryKey, this.options.partition_count),
                database_name: database,
                // MySQL's databases are its schemas.
                schema_name: schema ?? database,
                table_name: table,
                event_timestamp: how.at,
                document_version: how.version,
                opensearch_action: how.action,
                ingestion_type: how.ingestion,
                ...(how.type && { change_event_type: how.type }),
            },
        };
    }

    /** By the names that the body gives: a table, in PostgreSQL with its schema before it. */
    private isWanted({ database, schema, table }: Pick<ReplicatedTable, "database" | "schema" | "table">): boolean {
        const { include = [], exclude = [] } = this.options.tables ?? {};
        const name = schema === undefined ? table : `${schema}.${table}`;
        return (
            database === this.options.database &&
            (include.length === 0 || include.includes(name)) &&
            !exclude.includes(name)
        );
    }
}

const nameOf = ({ database, schema, table }: Pick<ReplicatedTable, "database" | "schema" | "table">) =>
    JSON.stringify([database, schema, table]);

const keyOf = ({ key }: ReplicatedTable, row: Row) => JSON.stringify(key.map((name) => row[name]));

const only = (row: Row, names: string[]): Row => Object.fromEntries(names.map((name) => [name, row[name]!]));
