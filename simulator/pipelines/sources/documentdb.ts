import { DocumentState, type ChangeEvent, type DocumentStore } from "../../documents/store";
import { bsonType, toJson, type StoredDocument } from "../../documents/values";
import { parameterInEffect } from "../../services/rds/applied";
import { isMasterUser } from "../../services/rds/databases";
import { isDocumentDb } from "../../services/rds/engines";
import { membersOf, RdsState, type Cluster, type Instance } from "../../services/rds/state";
import { seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import type { OpenSource, PipelineEvent, PipelineSource, SourceProblem, SourceReader } from "../source";
import { listenerOf } from "./listener";
import { networkProblems } from "./network";
import { exportVersion, nextVersion, placeOf } from "./place";
import { partitionKey, stagingOf, stagingProblems, throughStaging, type Staging } from "./staging";

const DEFAULT_PORT = 27017;

interface Options {
    host: string;
    port?: number;
    authentication?: { username?: string; password?: string };
    collections: CollectionOptions[];
    id_key?: string;
}

interface CollectionOptions {
    /** `shop.products` */
    collection: string;
    export?: boolean;
    stream?: boolean;
    partition_count?: number;
}

/** How far the pipeline is. */
interface Place {
    exported: boolean;
    /** in the cluster's log. @default the pipeline has not begun */
    position?: number;
    /** of the last event: versions only grow */
    version: number;
}

/** The collection of a DocumentDB cluster: what is there, then its change stream. */
export const openDocumentDb: OpenSource = (reader) => new DocumentDbSource(reader);

class DocumentDbSource implements PipelineSource {
    private readonly options: Options;
    private readonly collection: CollectionOptions;
    private readonly database: string;
    private readonly name: string;
    private readonly staging: Staging | undefined;
    private readonly place: Place;

    constructor(private readonly reader: SourceReader) {
        this.options = reader.options as unknown as Options;
        this.collection = this.options.collections[0]!;
        const [database, ...name] = this.collection.collection.split(".");
        this.database = database!;
        this.name = name.join(".");
        this.staging = stagingOf(reader);
        this.place = placeOf<Place>(reader, ["documentdb", this.options.host, this.collection.collection], () => ({
            exported: false,
            version: 0,
        }));
    }

    async problems(): Promise<SourceProblem[]> {
        const found = this.findCluster();
        if (!found) {
            const message = `Timed out while connecting: the host ${this.options.host} is no instance-based cluster of Amazon DocumentDB in this account and Region.`;
            return [{ code: "UnknownHost", message, metric: "documentdb.exportJobFailure" }];
        }
        const staging = this.staging ? stagingProblems(this.reader, this.staging, ["ListBucket"]) : [];
        const network = await networkProblems(this.reader, listenerOf(this.owner, found.cluster, this.port));
        return network.length > 0 ? [...staging, ...network] : [...staging, ...this.databaseProblems(found)];
    }

    async read(): Promise<PipelineEvent[]> {
        const found = this.findCluster();
        if (!found?.writer) {
            return [];
        }
        const { place, collection } = this;
        // Changes are kept from the moment that the pipeline begins, so that none is lost behind the initial load.
        const { position } = found.store;
        place.position ??= position;
        const initial = collection.export !== false && !place.exported ? this.initialLoad(found.store) : [];
        const changes = collection.stream === false ? [] : this.changes(found.store, found.writer);
        await throughStaging(this.reader, this.staging, [...initial, ...changes]);
        // Only now the place moves: what could not be staged is read again.
        Object.assign(place, { exported: true, position });
        return [...initial, ...changes];
    }

    close(): void {
        // The place stays: a pipeline that starts again goes on from it.
    }

    private get owner(): Context {
        const { world, role } = this.reader;
        return world.administrator(role.accountId, role.region);
    }

    private get port(): number {
        return this.options.port ?? DEFAULT_PORT;
    }

    private findCluster() {
        const host = this.options.host.replace(/^\w+:\/\//, "").replace(/[:/].*$/, "");
        const { owner } = this;
        const cluster = [...owner.state(RdsState).clusters.values()].find(
            ({ db }) => isDocumentDb(db.Engine) && [db.Endpoint, db.ReaderEndpoint].includes(host),
        );
        return (
            cluster && {
                cluster,
                writer: membersOf(owner, cluster).find(({ isWriter }) => isWriter),
                store: owner.state(DocumentState).stores.get(cluster.db.DBClusterArn)!,
            }
        );
    }

    private databaseProblems({ cluster, writer, store }: Found): SourceProblem[] {
        const { username = "", password = "" } = this.options.authentication ?? {};
        const { collection, stream } = this.collection;
        if (cluster.db.Port !== this.port || writer?.db.DBInstanceStatus !== "available") {
            const why = writer ? `nothing listens on port ${this.port}` : "the cluster has no instance";
            return [
                { code: "ConnectionTimeout", message: `Timed out while connecting to ${this.options.host}: ${why}.` },
            ];
        }
        if (!isMasterUser(this.owner, cluster, username, password)) {
            return [
                {
                    code: "AuthenticationFailed",
                    message: `Exception authenticating MongoCredential{userName='${username}'}: Authentication failed.`,
                    metric: "documentdb.exportJobFailure",
                },
            ];
        }
        if (stream !== false && !store.hasChangeStream(this.database, this.name)) {
            const message = `Change streams are not enabled for ${collection}: run modifyChangeStreams in the database admin.`;
            return [{ code: "ChangeStreamNotEnabled", message, metric: "documentdb.changeEventsProcessingErrors" }];
        }
        return [];
    }

    private initialLoad(store: DocumentStore): PipelineEvent[] {
        const now = Math.floor(this.reader.world.clock.now());
        return store
            .documents(this.database, this.name)
            .map((document) => this.event(document, now, exportVersion(now), "EXPORT"));
    }

    /** What the change stream still has; whatever is older than the cluster's retention is lost. */
    private changes(store: DocumentStore, writer: Instance): PipelineEvent[] {
        const { place, reader, owner } = this;
        const retention = seconds(Number(parameterInEffect(owner, writer, "change_stream_log_retention_duration")));
        const since = reader.world.clock.now() - retention;
        return store.changesSince(place.position!, this.database, this.name, since).map((event) => this.changed(event));
    }

    private changed({ at, operation, id, document }: ChangeEvent): PipelineEvent {
        return this.event(document ?? { _id: id }, at, nextVersion(this.place, at), "STREAM", operation);
    }

    private event(
        document: StoredDocument,
        at: number,
        version: number,
        ingestion: "EXPORT" | "STREAM",
        operation?: ChangeEvent["operation"],
    ): PipelineEvent {
        const { _id, ...fields } = document;
        const id = toJson(_id);
        const key = typeof id === "object" ? JSON.stringify(id) : String(id);
        const { id_key: idKey } = this.options;
        const { collection, partition_count: partitions } = this.collection;
        return {
            // OpenSearch takes no field `_id`: it is in the metadata alone, unless id_key names a field for it.
            data: {
                ...(operation === "delete" ? {} : (toJson(fields) as Record<string, unknown>)),
                ...(idKey && { [idKey]: id }),
            },
            metadata: {
                primary_key: key,
                partition_key: key,
                s3_partition_key: partitionKey(this.staging, key, partitions),
                documentdb_collection: collection,
                documentdb_event_name: operation ?? null,
                documentdb_id_bson_type: bsonType(_id),
                documentdb_timestamp: at,
                document_version: version,
                opensearch_action: operation === "delete" ? "delete" : "index",
                ingestion_type: ingestion,
            },
        };
    }
}

interface Found {
    cluster: Cluster;
    writer?: Instance;
    store: DocumentStore;
}
