import type { IntegrationError } from "@aws-sdk/client-rds";

import { asInbound, problem, refusals } from "../../../integrations/callers";
import { inboundIntegrations } from "../../../integrations/inbound";
import { feedOf, type RelationalIntegration, type RelationalTarget } from "../../../integrations/relational";
import type { Change, ReplicatedTable, Row, TableSnapshot } from "../../../relational/feed";
import { Context, splitArn } from "../../../world/context";
import { AwsError } from "../../../world/error";
import type { World } from "../../../world/world";
import { defaultPermissions, grantToCreator, LakeFormationState, mayUse } from "../../lakeformation/permissions";
import { assumeRole } from "../../sts";
import { catalogOf } from "../catalogs";
import { GlueState, stateOf, tableKey } from "../state";

const GLUE = "glue.amazonaws.com";
const MAX_PER_TARGET = 50;
/** Of a catalog that takes integrations; Glue itself allows longer names. */
const MAX_CATALOG_NAME = 19;

/** A table in a managed catalog, with its rows. */
export interface ManagedTable {
    rows: Row[];
    /** Why it no longer follows its source: this kind of target can't load a table anew. */
    stale?: string;
}

/** Catalogs in storage that Redshift manages take data from Aurora, and from RDS for MySQL. */
export const managedCatalog: RelationalTarget = {
    access: (_, targetArn, sourceArn) => [
        {
            action: "glue:CreateInboundIntegration",
            resource: targetArn,
            context: { "aws:SourceArn": sourceArn },
        },
    ],

    requireTarget(ctx, targetArn) {
        const catalog = catalogOf(ctx, targetArn);
        if (!catalog) {
            throw new AwsError("InvalidParameterValue", `The target ${targetArn} is no catalog that exists.`);
        }
        if (catalog.Name.length > MAX_CATALOG_NAME) {
            throw new AwsError(
                "InvalidParameterValue",
                `The name of the catalog ${catalog.Name} has more than ${MAX_CATALOG_NAME} characters.`,
            );
        }
        if (inboundIntegrations(ctx.world, targetArn).length >= MAX_PER_TARGET) {
            throw new AwsError(
                "IntegrationQuotaExceededFault",
                `The target ${targetArn} has ${MAX_PER_TARGET} integrations already.`,
            );
        }
    },

    problems(world, integration) {
        const { targetArn } = integration;
        const owner = asTargetOwner(world, integration);
        if (!catalogOf(owner, targetArn)) {
            return [problem("TARGET_NOT_FOUND", `The target ${targetArn} was deleted.`)];
        }
        const check = { action: "glue:AuthorizeInboundIntegration", resource: targetArn };
        return [
            ...refusals(asInbound(world, GLUE, integration), [check]).map(({ ErrorMessage }) =>
                problem("AUTHORIZATION_REVOKED", ErrorMessage!),
            ),
            ...administratorProblems(owner),
            ...roleProblems(world, integration, owner),
            ...staleProblems(world, integration),
        ];
    },

    ingest(world, integration) {
        const feed = feedOf(world, integration);
        const content = contentOf(world, integration);
        const read = content.readTo.get(integration.arn);
        if (!feed) {
            return;
        }
        const { position, tables } = feed.snapshot();
        if (read !== undefined) {
            feed.changesSince(read).changes.forEach((change) => follow(content, change));
        }
        content.readTo.set(integration.arn, position);
        tables.filter(({ trouble }) => !trouble).forEach((table) => publish(world, integration, table));
    },
};

function asTargetOwner(world: World, { targetArn }: RelationalIntegration): Context {
    const { accountId, region } = splitArn(targetArn);
    return world.administrator(accountId, region);
}

function contentOf(world: World, integration: RelationalIntegration): GlueState {
    const owner = asTargetOwner(world, integration);
    return owner.state(GlueState, catalogOf(owner, integration.targetArn)?.CatalogId);
}

/** Redshift reads the catalog through its service-linked role. */
function administratorProblems(owner: Context): IntegrationError[] {
    const role = `arn:${owner.partition}:iam::${owner.accountId}:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift`;
    const { ReadOnlyAdmins = [] } = owner.state(LakeFormationState).settings;
    return ReadOnlyAdmins.some(({ DataLakePrincipalIdentifier: id }) => id === role)
        ? []
        : [problem("MISSING_READ_ONLY_ADMIN", `${role} is not a read-only administrator of Lake Formation.`)];
}

function roleProblems(world: World, integration: RelationalIntegration, owner: Context): IntegrationError[] {
    const { arn, accountId, region, targetArn } = integration;
    const roleArn = stateOf(owner, targetArn).resourceProperties.get(targetArn)?.target?.RoleArn;
    if (!roleArn) {
        const message = `No integration resource property with a target role exists for ${targetArn}.`;
        return [problem("MISSING_TARGET_ROLE", message)];
    }
    const glue = new Context(world, { kind: "service", name: GLUE, accountId, sourceArn: arn }, region);
    try {
        const role = glue.as(assumeRole(glue, roleArn, "GlueZeroETL"));
        const catalog = catalogOf(owner, targetArn)!;
        const mayDescribe = mayUse(role, { accountId: owner.accountId, catalog: catalog.CatalogId }, "DESCRIBE");
        return [
            ...refusals(role, [
                { action: "glue:GetCatalog", resource: owner.arn("glue", "catalog") },
                { action: "glue:GetCatalog", resource: targetArn },
            ]),
            ...(mayDescribe
                ? []
                : [problem("AccessDeniedException", `${roleArn} lacks DESCRIBE on the catalog ${catalog.Name}.`)]),
        ];
    } catch (error) {
        if (error instanceof AwsError) {
            return [problem(error.code, error.message)];
        }
        throw error;
    }
}

function staleProblems(world: World, integration: RelationalIntegration): IntegrationError[] {
    return [...contentOf(world, integration).managedTables].flatMap(([key, { stale }]) =>
        stale === undefined
            ? []
            : [problem("RESYNC_UNSUPPORTED", `Table ${key}: ${stale}. Delete the integration, and make it anew.`)],
    );
}

/** A database of Glue has two levels: those above a table become one name. */
const databaseOf = ({ database, schema }: Pick<ReplicatedTable, "database" | "schema">) =>
    [database, schema].filter(Boolean).join("_").toLowerCase();

const keyOf = (table: Pick<ReplicatedTable, "database" | "schema" | "table">) =>
    tableKey(databaseOf(table), table.table.toLowerCase());

function follow(content: GlueState, change: Change): void {
    const key = keyOf(change);
    const table = content.managedTables.get(key);
    if (change.kind === "drop") {
        content.managedTables.delete(key);
        content.tables.delete(key);
    } else if (change.kind === "schema" && table) {
        table.stale ??= change.resync;
    }
}

function publish(world: World, integration: RelationalIntegration, { rows, ...table }: TableSnapshot): void {
    const content = contentOf(world, integration);
    const key = keyOf(table);
    if (content.managedTables.get(key)?.stale !== undefined) {
        return;
    }
    const owner = asTargetOwner(world, integration);
    const catalog = catalogOf(owner, integration.targetArn)!;
    const place = { accountId: catalog.CatalogId, database: databaseOf(table) };
    const now = new Date(world.clock.now());
    if (!content.databases.has(place.database)) {
        content.databases.set(place.database, {
            Name: place.database,
            CatalogId: catalog.CatalogId,
            CreateTime: now,
        });
        const defaults =
            catalog.CreateDatabaseDefaultPermissions ?? defaultPermissions(owner, owner.accountId, "database");
        grantToCreator(owner, place, defaults);
    }
    if (!content.tables.has(key)) {
        const defaults = catalog.CreateTableDefaultPermissions ?? defaultPermissions(owner, owner.accountId, "table");
        grantToCreator(owner, { ...place, table: table.table.toLowerCase() }, defaults);
    }
    content.managedTables.set(key, { rows: rows.map(withoutJson) });
    content.tables.set(key, [
        {
            Name: table.table.toLowerCase(),
            DatabaseName: place.database,
            CatalogId: catalog.CatalogId,
            CreateTime: content.tables.get(key)?.at(-1)?.CreateTime ?? now,
            UpdateTime: now,
            TableType: "EXTERNAL_TABLE",
            Parameters: { table_type: "ICEBERG", numRows: String(rows.length) },
            StorageDescriptor: {
                Columns: table.columns.map(({ name, redshiftType }) => ({ Name: name, Type: glueType(redshiftType!) })),
            },
        },
    ]);
}

/** This kind of target has no SUPER: JSON arrives as its text. */
function withoutJson(row: Row): Row {
    const flat = ([name, value]: [string, Row[string]]) => [
        name,
        typeof value === "object" && value !== null ? JSON.stringify(value) : value,
    ];
    return Object.fromEntries(Object.entries(row).map(flat)) as Row;
}

/** The rows of a table that integrations have written in a managed catalog; undefined if there is no such table. */
export function managedRows(world: World, catalogArn: string, database: string, table: string): Row[] | undefined {
    const { accountId, region } = splitArn(catalogArn);
    const owner = world.administrator(accountId, region);
    const key = tableKey(database.toLowerCase(), table.toLowerCase());
    return owner.state(GlueState, catalogOf(owner, catalogArn)?.CatalogId).managedTables.get(key)?.rows;
}

const GLUE_TYPES: Record<string, string> = {
    SMALLINT: "smallint",
    INTEGER: "int",
    BIGINT: "bigint",
    REAL: "float",
    "DOUBLE PRECISION": "double",
    BOOLEAN: "boolean",
    DATE: "date",
    TIMESTAMP: "timestamp",
    TIMESTAMPTZ: "timestamp",
    VARBYTE: "binary",
};

/** Everything else is text. */
function glueType(redshiftType: string): string {
    return redshiftType.startsWith("DECIMAL") ? redshiftType.toLowerCase() : (GLUE_TYPES[redshiftType] ?? "string");
}
