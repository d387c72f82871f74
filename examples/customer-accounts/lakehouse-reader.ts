import { GlueClient, GetTableCommand } from "@aws-sdk/client-glue";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";

import { waitFor, type ClientConfig } from "../demo";

export type Row = Record<string, unknown>;

/** An Iceberg table at one of its snapshots. */
export interface TableView {
    snapshotId: string;
    columns: string[];
    rows: Row[];
}

/** What of a table's metadata file is read here. */
interface Metadata {
    "current-snapshot-id": number;
    "current-schema-id": number;
    schemas: { "schema-id": number; fields: { name: string }[] }[];
    snapshots: { "snapshot-id": number; "schema-id": number }[];
}

/** Reads Iceberg tables as an analyst's engine does: the catalog says where the metadata is, and S3 has the rest. */
export class LakehouseReader {
    private readonly glue: GlueClient;
    private readonly s3: S3Client;

    constructor(config: ClientConfig) {
        this.glue = new GlueClient(config);
        this.s3 = new S3Client({ ...config, forcePathStyle: true });
    }

    /** The table as it is now, or as it was at a snapshot. */
    async read(database: string, table: string, snapshotId?: string): Promise<TableView> {
        const found = await this.glue.send(new GetTableCommand({ DatabaseName: database, Name: table }));
        return this.readMetadata(found.Table!.Parameters!.metadata_location!, snapshotId);
    }

    /** Looks until the table is there and as it should be. */
    waitFor(database: string, table: string, ready: (table: TableView) => boolean): Promise<TableView> {
        return waitFor(`${database}.${table}`, () => this.read(database, table).catch(orNotYet), ready);
    }

    /** The newest state of a table that no catalog knows any more, from its files alone. */
    async readFiles(location: string, table: string): Promise<TableView> {
        const { bucket, key } = split(`${location}${table}/metadata/`);
        const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
        const newest = Contents.map((object) => object.Key!)
            .filter((name) => name.endsWith(".metadata.json"))
            .sort()
            .at(-1);
        if (!newest) {
            throw new Error(`There is no Iceberg table below ${location}${table}/`);
        }
        return this.readMetadata(`s3://${bucket}/${newest}`);
    }

    private async readMetadata(uri: string, snapshotId?: string): Promise<TableView> {
        const metadata = JSON.parse(Buffer.from(await this.get(uri)).toString()) as Metadata;
        const wanted = metadata.snapshots.find((s) => String(s["snapshot-id"]) === snapshotId);
        if (wanted) {
            metadata["current-snapshot-id"] = wanted["snapshot-id"];
            metadata["current-schema-id"] = wanted["schema-id"];
        }
        const schema = metadata.schemas.find((s) => s["schema-id"] === metadata["current-schema-id"])!;
        return {
            snapshotId: String(metadata["current-snapshot-id"]),
            columns: schema.fields.map(({ name }) => name),
            rows: await this.rows(uri.slice(0, uri.indexOf("/metadata/")), metadata),
        };
    }

    /** icebird fetches `https://bucket.s3.amazonaws.com/key`; here that is answered by the S3 of `config`. */
    private async rows(tableUrl: string, metadata: Metadata): Promise<Row[]> {
        const { icebergRead } = await import("icebird");
        const realFetch = globalThis.fetch;
        globalThis.fetch = async (url) => {
            const { hostname, pathname } = new URL(String(url));
            const bucket = hostname.slice(0, -".s3.amazonaws.com".length);
            return new Response(await this.get(`s3://${bucket}${decodeURIComponent(pathname)}`));
        };
        try {
            return await icebergRead({ tableUrl, metadata: metadata as never });
        } finally {
            globalThis.fetch = realFetch;
        }
    }

    private async get(uri: string): Promise<Uint8Array<ArrayBuffer>> {
        const { bucket, key } = split(uri);
        const object = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return new Uint8Array(await object.Body!.transformToByteArray());
    }
}

function split(uri: string): { bucket: string; key: string } {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri)!;
    return { bucket: bucket!, key: key! };
}

function orNotYet(error: Error): undefined {
    if (error.name !== "EntityNotFoundException") {
        throw error;
    }
}
