import type { Layout } from "../../../lakehouse/iceberg";
import { sourceTableName } from "../../../integrations/dynamodb-source";
import type { Context } from "../../../world/context";
import { databaseNameOf, stateOf, tablePropertiesKey, type Integration } from "../state";
import { entityNotFound, invalidInput } from "../validation";

/** The place that an integration writes to. */
export interface Target {
    database: string;
    /** the database's owner */
    accountId: string;
    bucket: string;
    /** of the database, without a slash at either end */
    prefix: string;
}

/** Undefined if `uri` is not `s3://bucket/prefix`. */
export function parseLocation(uri: string | undefined): { bucket: string; prefix: string } | undefined {
    const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri ?? "") ?? [];
    return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/\/+$/, "") };
}

export const databaseNotFound = (name: string) => entityNotFound(`Target Glue database not found: ${name}`);

export const noLocation = (name: string) => invalidInput(`Target Glue database ${name} has no Amazon S3 LocationUri`);

export const underPrefix = (prefix: string, ...path: string[]): string => [prefix, ...path].filter(Boolean).join("/");

/** The name of the table in the target: as the table properties say, else the source's in lower case. */
export function targetTableName(ctx: Context, sourceArn: string, targetArn: string): string {
    const properties = propertiesOf(ctx, sourceArn, targetArn);
    return (
        properties?.TargetTableName ??
        sourceTableName(sourceArn)
            .toLowerCase()
            .replace(/[^a-z0-9_]/g, "_")
    );
}

export function layoutOf(ctx: Context, { sourceArn, targetArn }: Integration): Layout {
    const properties = propertiesOf(ctx, sourceArn, targetArn);
    return { unnest: properties?.UnnestSpec ?? "FULL", partitionSpecs: properties?.PartitionSpec ?? [] };
}

function propertiesOf(ctx: Context, sourceArn: string, targetArn: string) {
    return stateOf(ctx, targetArn).tableProperties.get(tablePropertiesKey(targetArn, sourceTableName(sourceArn)))
        ?.target;
}

export const targetDatabase = ({ targetArn }: Integration): string => databaseNameOf(targetArn)!;
