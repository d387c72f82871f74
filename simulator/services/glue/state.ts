import type {
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

/** What Glue keeps in an account and Region. */
export class GlueState {
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
}

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

export const catalogArn = (ctx: Context, accountId = ctx.accountId) => ctx.arn("glue", "catalog", accountId);

export const databaseArn = (ctx: Context, name: string, accountId = ctx.accountId) =>
    ctx.arn("glue", `database/${name.toLowerCase()}`, accountId);

export const tableArn = (ctx: Context, database: string, table: string, accountId = ctx.accountId) =>
    ctx.arn("glue", `table/${database.toLowerCase()}/${table.toLowerCase()}`, accountId);

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

/** The name in `arn:…:table/NAME`. */
export const sourceTableName = (arn: string): string => splitArn(arn).resource.replace(/^table\//, "");

/** The Iceberg table that an integration has written behind a table of the catalog. */
export function findLakehouseTable(ctx: Context, database: string, table: string, accountId = ctx.accountId) {
    return ctx.state(GlueState, accountId).lakehouse.get(tableKey(database.toLowerCase(), table.toLowerCase()));
}
