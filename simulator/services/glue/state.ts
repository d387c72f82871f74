import type {
    Catalog,
    Database,
    IntegrationConfig,
    IntegrationError,
    IntegrationStatus,
    SourceProcessingProperties,
    SourceTableConfig,
    Table,
    TableOptimizer,
    TargetProcessingProperties,
    TargetTableConfig,
} from "@aws-sdk/client-glue";

import type { LakehouseTable } from "../../lakehouse/iceberg";
import { splitArn, type Context } from "../../world/context";
import type { ManagedTable } from "./replication/managed-catalog";

/** What Glue keeps in an account and Region, and the content of each catalog inside the account's own. */
export class GlueState {
    /** inside the account's own, by name */
    readonly catalogs = new Map<string, ManagedCatalog>();
    readonly databases = new Map<string, Database>();
    /** by `tableKey`; the current version is the last one */
    readonly tables = new Map<string, Table[]>();
    policy: CatalogPolicy | undefined;
    /** by ARN; an integration lives with its source */
    readonly integrations = new Map<string, Integration>();
    /** by the ARN of the resource */
    readonly resourceProperties = new Map<string, ResourceProperty>();
    /** by `tablePropertiesKey`; they live with the target */
    readonly tableProperties = new Map<string, TableProperties>();
    readonly tags = new Map<string, Record<string, string>>();
    readonly optimizers = new Map<string, TableOptimizer>();
    /** The Iceberg tables that integrations write, by `tableKey`. */
    readonly lakehouse = new Map<string, LakehouseTable>();
    /** The tables that integrations write in a managed catalog, by `tableKey`. */
    readonly managedTables = new Map<string, ManagedTable>();
    /** Of integrations into a managed catalog, by ARN: the position of the source that it has reached. */
    readonly readTo = new Map<string, number>();
}

/** A catalog in storage that Redshift manages. */
export type ManagedCatalog = Catalog & { Name: string; CatalogId: string; ResourceArn: string };

export interface CatalogPolicy {
    /** as it was put, to the byte */
    text: string;
    hash: string;
    created: Date;
    updated: Date;
}

export interface ResourceProperty {
    arn: string;
    resourceArn: string;
    source?: SourceProcessingProperties;
    target?: TargetProcessingProperties;
}

export interface TableProperties {
    resourceArn: string;
    tableName: string;
    source?: SourceTableConfig;
    target?: TargetTableConfig;
}

export interface Integration {
    readonly arn: string;
    readonly accountId: string;
    readonly region: string;
    name: string;
    readonly sourceArn: string;
    readonly targetArn: string;
    description?: string;
    readonly kmsKeyId?: string;
    readonly additionalEncryptionContext?: Record<string, string>;
    config: IntegrationConfig;
    status: IntegrationStatus;
    readonly createTime: Date;
    errors: IntegrationError[];
    /** when it came to need attention */
    troubledSince?: number;
    /** whether the trouble came with the rows: a load must succeed to end it */
    loadFailed?: boolean;
    /** how many times it was tried since */
    attempts: number;
    /** the moment of the source up to which the target is loaded. @default nothing is loaded */
    syncedTo?: number;
    /** the target table that was loaded, and how it was laid out: another one is a new full load */
    loaded?: string;
    /** calls off what happens next */
    cancel: () => void;
}

export const integrationId = (integration: Integration) => integration.arn.split(":").at(-1)!;

export const tableKey = (database: string, table: string) => `${database}/${table}`;

export const tablePropertiesKey = (resourceArn: string, tableName: string) => `${resourceArn}|${tableName}`;

/** A catalog's ID is its account's, or `ACCOUNT:NAME` of a catalog inside the account's. */
function arnIn(ctx: Context, id: string, kind: string, ...names: string[]): string {
    const [accountId, ...nested] = id.split(":");
    return ctx.arn("glue", [kind, ...nested, ...names.map((name) => name.toLowerCase())].join("/"), accountId);
}

export const catalogArn = (ctx: Context, id = ctx.accountId) => arnIn(ctx, id, "catalog");

export const databaseArn = (ctx: Context, name: string, id = ctx.accountId) => arnIn(ctx, id, "database", name);

export const tableArn = (ctx: Context, database: string, table: string, id = ctx.accountId) =>
    arnIn(ctx, id, "table", database, table);

/** The right to an action on the resource that an input names. */
export const onResource = (action: string) => (input: { ResourceArn?: string }) => [
    { action: `glue:${action}`, resource: input.ResourceArn! },
];

/** The state of the account that an ARN names. */
export function stateOf(ctx: Context, arn: string): GlueState {
    const { accountId, region } = splitArn(arn);
    return ctx.state(GlueState, accountId || ctx.accountId, region || ctx.region);
}

/** The name in `arn:…:database/NAME`, or undefined for another kind of resource. */
export const databaseNameOf = (arn: string): string | undefined =>
    /^database\/([^/]+)$/.exec(splitArn(arn).resource)?.[1];

/** The Iceberg table that an integration has written behind a table of the catalog. */
export function findLakehouseTable(ctx: Context, database: string, table: string, accountId = ctx.accountId) {
    return ctx.state(GlueState, accountId).lakehouse.get(tableKey(database.toLowerCase(), table.toLowerCase()));
}
