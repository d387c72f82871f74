import { randomUUID } from "node:crypto";
import type {
    BillingMode,
    CreateTableInput,
    CreateTableOutput,
    DeleteTableInput,
    DeleteTableOutput,
    DescribeTableInput,
    DescribeTableOutput,
    GlobalSecondaryIndex,
    GlobalSecondaryIndexDescription,
    ListTablesInput,
    ListTablesOutput,
    ProvisionedThroughput,
    ProvisionedThroughputDescription,
    SSEDescription,
    SSESpecification,
    StreamSpecification,
    TableDescription,
    UpdateTableInput,
    UpdateTableOutput,
} from "@aws-sdk/client-dynamodb";
import { seconds } from "../../world/clock";
import { splitArn, type Context } from "../../world/context";
import { operation } from "../../world/service";
import { checkDefinition, checkTableName, checkThroughput } from "./definition";
import { attachPolicy } from "./policies";
import { putTags } from "./settings";
import { findTable, lookUpTable, onTable, resourceInUse, Table, tableArn, Tables } from "./table";
import { invalid, invalidParameter } from "./values";

// As an empty table takes on AWS, give or take.
const CREATION = seconds(6);
const UPDATE = seconds(5);
const DELETION = seconds(4);
const MAX_TABLES_PER_PAGE = 100;

export const tables = {
    CreateTable: operation<CreateTableInput, CreateTableOutput>({
        access: (input, ctx) => {
            const resource = tableArn(ctx, input.TableName!);
            return [
                { action: "dynamodb:CreateTable", resource },
                ...(input.Tags ? [{ action: "dynamodb:TagResource", resource }] : []),
                ...(input.ResourcePolicy ? [{ action: "dynamodb:PutResourcePolicy", resource }] : []),
            ];
        },
        async handle(input, ctx) {
            const arn = tableArn(ctx, input.TableName!);
            const TableName = splitArn(arn).resource.replace(/^table\//, "");
            checkDefinition({ ...input, TableName });
            if (lookUpTable(ctx, arn)) {
                throw resourceInUse(`Table already exists: ${TableName}`);
            }
            const table = new Table(ctx.accountId, ctx.region, {
                TableName,
                TableArn: arn,
                TableId: randomUUID(),
                TableStatus: "CREATING",
                CreationDateTime: new Date(ctx.now),
                AttributeDefinitions: input.AttributeDefinitions,
                KeySchema: input.KeySchema,
                ...billing(ctx, input.BillingMode, input.ProvisionedThroughput),
                LocalSecondaryIndexes: input.LocalSecondaryIndexes?.map((index) => ({
                    ...index,
                    IndexArn: `${arn}/index/${index.IndexName}`,
                })),
                GlobalSecondaryIndexes: input.GlobalSecondaryIndexes?.map((index) => globalIndex(arn, index)),
                SSEDescription: await encryption(ctx, input.SSESpecification),
                ...(input.TableClass && { TableClassSummary: { TableClass: input.TableClass } }),
                DeletionProtectionEnabled: input.DeletionProtectionEnabled ?? false,
                OnDemandThroughput: input.OnDemandThroughput,
                WarmThroughput: input.WarmThroughput && { ...input.WarmThroughput, Status: "ACTIVE" },
            });
            setStream(ctx, table, input.StreamSpecification);
            putTags(table, input.Tags ?? []);
            if (input.ResourcePolicy) {
                attachPolicy(table, input.ResourcePolicy);
            }
            ctx.state(Tables).byName.set(TableName, table);
            becomeActive(ctx, table, CREATION);
            return { TableDescription: table.describe() };
        },
    }),

    DescribeTable: operation<DescribeTableInput, DescribeTableOutput>({
        access: onTable("DescribeTable"),
        handle: (input, ctx) => ({ Table: describedTable(ctx, input.TableName!).describe() }),
    }),

    ListTables: operation<ListTablesInput, ListTablesOutput>({
        handle(input, ctx) {
            const names = [...ctx.state(Tables).byName.keys()].sort();
            const after = names.filter((name) => name > (input.ExclusiveStartTableName ?? ""));
            const page = after.slice(0, input.Limit ?? MAX_TABLES_PER_PAGE);
            return {
                TableNames: page,
                ...(page.length < after.length && { LastEvaluatedTableName: page.at(-1) }),
            };
        },
    }),

    UpdateTable: operation<UpdateTableInput, UpdateTableOutput>({
        access: onTable("UpdateTable"),
        async handle(input, ctx) {
            const table = describedTable(ctx, input.TableName!);
            requireActive(table);
            refuseUnsimulated(input);
            const { description } = table;
            if (Object.values(input).filter((value) => value !== undefined).length < 2) {
                throw invalid(
                    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
                );
            }
            const mode = input.BillingMode ?? description.BillingModeSummary?.BillingMode;
            if (input.BillingMode || input.ProvisionedThroughput) {
                checkThroughput(mode, input.ProvisionedThroughput, []);
                Object.assign(description, billing(ctx, mode, input.ProvisionedThroughput));
            }
            setStream(ctx, table, input.StreamSpecification);
            updateIndexes(table, input);
            if (input.SSESpecification) {
                description.SSEDescription = await encryption(ctx, input.SSESpecification);
            }
            if (input.TableClass) {
                description.TableClassSummary = { TableClass: input.TableClass };
            }
            description.DeletionProtectionEnabled =
                input.DeletionProtectionEnabled ?? description.DeletionProtectionEnabled;
            description.OnDemandThroughput = input.OnDemandThroughput ?? description.OnDemandThroughput;
            description.TableStatus = "UPDATING";
            becomeActive(ctx, table, UPDATE);
            return { TableDescription: table.describe() };
        },
    }),

    DeleteTable: operation<DeleteTableInput, DeleteTableOutput>({
        access: onTable("DeleteTable"),
        handle(input, ctx) {
            const table = describedTable(ctx, input.TableName!);
            requireActive(table);
            if (table.description.DeletionProtectionEnabled) {
                throw invalid(
                    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
                );
            }
            table.description.TableStatus = "DELETING";
            ctx.world.clock.schedule(ctx.world.duration("dynamodb", DELETION), () => {
                ctx.state(Tables, table.accountId, table.region).byName.delete(table.name);
            });
            return { TableDescription: table.describe() };
        },
    }),
};

function describedTable(ctx: Context, nameOrArn: string): Table {
    const { resource } = splitArn(tableArn(ctx, nameOrArn));
    const name = resource.replace(/^table\//, "");
    checkTableName(name);
    return findTable(ctx, nameOrArn, `Requested resource not found: Table: ${name} not found`);
}

function requireActive(table: Table): void {
    const doing = { CREATING: "created", UPDATING: "updated", DELETING: "deleted" }[
        table.description.TableStatus as string
    ];
    if (doing) {
        throw resourceInUse(
            `Attempt to change a resource which is still in use: Table is being ${doing}: ${table.name}`,
        );
    }
}

function refuseUnsimulated(input: UpdateTableInput): void {
    for (const member of ["ReplicaUpdates", "GlobalTableWitnessUpdates", "MultiRegionConsistency"] as const) {
        if (input[member] !== undefined) {
            throw invalid(`UpdateTable: ${member} is not simulated`);
        }
    }
}

function becomeActive(ctx: Context, table: Table, after: number): void {
    ctx.world.clock.schedule(ctx.world.duration("dynamodb", after), () => {
        const { description } = table;
        description.TableStatus = "ACTIVE";
        description.GlobalSecondaryIndexes = description.GlobalSecondaryIndexes?.filter(
            (index) => index.IndexStatus !== "DELETING",
        ).map((index) => ({ ...index, IndexStatus: "ACTIVE" }));
        // An attribute that was only the key of an index goes with it.
        const { GlobalSecondaryIndexes: global = [], LocalSecondaryIndexes: local = [] } = description;
        const keys = [description, ...global, ...local].flatMap(({ KeySchema }) => KeySchema ?? []);
        description.AttributeDefinitions = description.AttributeDefinitions?.filter(({ AttributeName }) =>
            keys.some((key) => key.AttributeName === AttributeName),
        );
    });
}

function billing(
    ctx: Context,
    mode: BillingMode | undefined,
    throughput: ProvisionedThroughput | undefined,
): Pick<TableDescription, "ProvisionedThroughput" | "BillingModeSummary"> {
    return {
        ProvisionedThroughput: capacity(throughput),
        // AWS tells the mode of tables that are, or were, on demand.
        ...(mode === "PAY_PER_REQUEST" && {
            BillingModeSummary: { BillingMode: mode, LastUpdateToPayPerRequestDateTime: new Date(ctx.now) },
        }),
        ...(mode === "PROVISIONED" && { BillingModeSummary: { BillingMode: mode } }),
    };
}

function capacity(throughput: ProvisionedThroughput | undefined): ProvisionedThroughputDescription {
    return {
        NumberOfDecreasesToday: 0,
        ReadCapacityUnits: throughput?.ReadCapacityUnits ?? 0,
        WriteCapacityUnits: throughput?.WriteCapacityUnits ?? 0,
    };
}

function globalIndex(arn: string, index: GlobalSecondaryIndex): GlobalSecondaryIndexDescription {
    return {
        IndexName: index.IndexName,
        IndexArn: `${arn}/index/${index.IndexName}`,
        KeySchema: index.KeySchema,
        Projection: index.Projection,
        IndexStatus: "CREATING",
        ProvisionedThroughput: capacity(index.ProvisionedThroughput),
        OnDemandThroughput: index.OnDemandThroughput,
    };
}

function updateIndexes(table: Table, input: UpdateTableInput): void {
    const { description } = table;
    const existing = description.GlobalSecondaryIndexes ?? [];
    for (const { Create, Update, Delete } of input.GlobalSecondaryIndexUpdates ?? []) {
        if (Create) {
            checkDefinition({
                TableName: table.name,
                BillingMode: "PAY_PER_REQUEST",
                KeySchema: description.KeySchema,
                AttributeDefinitions: input.AttributeDefinitions ?? description.AttributeDefinitions,
                LocalSecondaryIndexes: description.LocalSecondaryIndexes as CreateTableInput["LocalSecondaryIndexes"],
                GlobalSecondaryIndexes: [...existing, Create].map(({ IndexName, KeySchema, Projection }) => ({
                    IndexName,
                    KeySchema,
                    Projection,
                })),
            });
            description.AttributeDefinitions = input.AttributeDefinitions ?? description.AttributeDefinitions;
            description.GlobalSecondaryIndexes = [...existing, globalIndex(table.arn, Create as GlobalSecondaryIndex)];
            continue;
        }
        const name = (Update ?? Delete)?.IndexName;
        const index = existing.find((each) => each.IndexName === name);
        if (!index) {
            throw invalidParameter(`Requested resource not found: Index: ${name} not found`);
        }
        index.IndexStatus = Delete ? "DELETING" : "UPDATING";
        index.ProvisionedThroughput = Update ? capacity(Update.ProvisionedThroughput) : index.ProvisionedThroughput;
    }
}

function setStream(ctx: Context, table: Table, wanted: StreamSpecification | undefined): void {
    if (!wanted) {
        return;
    }
    const open = table.openStream;
    if (!wanted.StreamEnabled) {
        if (wanted.StreamViewType) {
            throw invalidParameter("StreamViewType cannot be specified when StreamEnabled is false");
        }
        if (open) {
            Object.assign(open, { end: table.history.length, closedAt: ctx.now });
        }
        return;
    }
    if (!wanted.StreamViewType) {
        throw invalidParameter("StreamViewType is required when StreamEnabled is true");
    }
    if (open) {
        throw invalid("Table already has an enabled stream: TableName: " + table.name);
    }
    const label = new Date(ctx.now).toISOString().slice(0, -1);
    table.streams.push({
        arn: `${table.arn}/stream/${label}`,
        label,
        viewType: wanted.StreamViewType,
        first: table.history.length,
    });
}

/** Without a specification the key is owned by AWS, and nothing is said of it. */
async function encryption(ctx: Context, wanted: SSESpecification | undefined): Promise<SSEDescription | undefined> {
    if (!wanted?.Enabled) {
        if (wanted?.KMSMasterKeyId) {
            throw invalidParameter("KMSMasterKeyId can be specified only when SSEType is KMS and Enabled is true");
        }
        return undefined;
    }
    const { KeyMetadata } = await ctx.call("kms", "DescribeKey", {
        KeyId: wanted.KMSMasterKeyId ?? "alias/aws/dynamodb",
    });
    if (KeyMetadata.KeyState !== "Enabled") {
        throw invalidParameter(`KMS key is not enabled: ${KeyMetadata.Arn}`);
    }
    if (KeyMetadata.KeyManager === "CUSTOMER") {
        // DynamoDB works with a customer's key through grants that the caller must be able to give.
        ctx.authorize({ action: "kms:CreateGrant", resource: KeyMetadata.Arn });
    }
    return { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: KeyMetadata.Arn };
}
