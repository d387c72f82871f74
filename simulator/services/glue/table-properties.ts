import type {
    CreateIntegrationTablePropertiesRequest,
    DeleteIntegrationTablePropertiesRequest,
    GetIntegrationTablePropertiesRequest,
    GetIntegrationTablePropertiesResponse,
    IntegrationPartition,
    ListIntegrationTablePropertiesRequest,
    ListIntegrationTablePropertiesResponse,
} from "@aws-sdk/client-glue";

import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { databaseNameOf, GlueState, onResource, tablePropertiesKey, type TableProperties } from "./state";
import { applyFilters, checkEnum, checkLength, entityNotFound, PAGE_SIZE } from "./validation";

const TIME_FUNCTIONS = ["year", "month", "day", "hour"];
const CONVERSIONS = ["epoch_sec", "epoch_milli", "iso"];
const MAX_PARTITION_KEYS = 10;

export const tableProperties = {
    CreateIntegrationTableProperties: operation<CreateIntegrationTablePropertiesRequest, object>({
        access: onResource("CreateIntegrationTableProperties"),
        handle(input, ctx) {
            const key = checkInput(ctx, input);
            const state = ctx.state(GlueState);
            // The operation lists no conflict among its errors.
            if (state.tableProperties.has(key)) {
                throw new AwsError(
                    "ValidationException",
                    `Integration table properties already exist for table ${input.TableName} of ${input.ResourceArn}`,
                );
            }
            state.tableProperties.set(key, toProperties(input));
            return {};
        },
    }),

    GetIntegrationTableProperties: operation<
        GetIntegrationTablePropertiesRequest,
        GetIntegrationTablePropertiesResponse
    >({
        access: onResource("GetIntegrationTableProperties"),
        handle: (input, ctx) => describe(find(ctx, input)),
    }),

    UpdateIntegrationTableProperties: operation<CreateIntegrationTablePropertiesRequest, object>({
        access: onResource("UpdateIntegrationTableProperties"),
        handle(input, ctx) {
            const key = checkInput(ctx, input);
            find(ctx, input);
            ctx.state(GlueState).tableProperties.set(key, toProperties(input));
            return {};
        },
    }),

    DeleteIntegrationTableProperties: operation<DeleteIntegrationTablePropertiesRequest, object>({
        access: onResource("DeleteIntegrationTableProperties"),
        handle(input, ctx) {
            const { resourceArn, tableName } = find(ctx, input);
            ctx.state(GlueState).tableProperties.delete(tablePropertiesKey(resourceArn, tableName));
            return {};
        },
    }),

    ListIntegrationTableProperties: operation<
        ListIntegrationTablePropertiesRequest,
        ListIntegrationTablePropertiesResponse
    >({
        handle({ Marker, Filters, MaxRecords }, ctx) {
            const state = ctx.state(GlueState);
            const all = applyFilters([...state.tableProperties.values()], Filters, {
                SourceArn: (p) => (p.source ? p.resourceArn : undefined),
                TargetArn: (p) => (p.target ? p.resourceArn : undefined),
                SourceTableName: (p) => p.tableName,
                TargetTableName: (p) => p.target?.TargetTableName,
            });
            const { page, next } = pageOf(all, MaxRecords ?? PAGE_SIZE, Marker);
            return { IntegrationTablePropertiesList: page.map(describe), Marker: next };
        },
    }),
};

function checkInput(ctx: Context, input: CreateIntegrationTablePropertiesRequest): string {
    const { ResourceArn, TableName, SourceTableConfig: source, TargetTableConfig: target } = input;
    checkLength("resourceArn", ResourceArn, 512);
    checkLength("tableName", TableName, 128);
    checkEnum("targetTableConfig.unnestSpec", target?.UnnestSpec, ["TOPLEVEL", "FULL", "NOUNNEST"]);
    checkLength("targetTableConfig.targetTableName", target?.TargetTableName, 128);
    checkLength("targetTableConfig.integrationArn", target?.IntegrationArn, 128);
    if (target?.TargetTableName !== undefined && !/^[a-z0-9_]+$/.test(target.TargetTableName)) {
        throw refused(
            `TargetTableName "${target.TargetTableName}" may have lower-case letters, digits and underscores only.`,
        );
    }
    const unsupported = (["Fields", "FilterPredicate", "RecordUpdateField", "PrimaryKey"] as const).find(
        (member) => source?.[member] !== undefined,
    );
    if (unsupported) {
        throw refused(`SourceTableConfig.${unsupported} is not supported.`);
    }
    checkPartitions(target?.PartitionSpec ?? []);
    const { accountId, region } = splitArn(ResourceArn!);
    if (accountId !== ctx.accountId || region !== ctx.region) {
        throw refused(`${ResourceArn} is not a resource of this account and Region.`);
    }
    const database = databaseNameOf(ResourceArn!);
    if (database !== undefined && !ctx.state(GlueState).databases.has(database)) {
        throw entityNotFound(`Database ${database} not found.`);
    }
    return tablePropertiesKey(ResourceArn!, TableName!);
}

function checkPartitions(partitions: readonly IntegrationPartition[]): void {
    if (partitions.length > MAX_PARTITION_KEYS) {
        throw refused(`PartitionSpec has ${partitions.length} keys; at most ${MAX_PARTITION_KEYS} are supported.`);
    }
    for (const { FieldName, FunctionSpec, ConversionSpec } of partitions) {
        checkLength("targetTableConfig.partitionSpec.fieldName", FieldName, 128);
        checkEnum("targetTableConfig.partitionSpec.functionSpec", FunctionSpec, ["identity", ...TIME_FUNCTIONS]);
        checkEnum("targetTableConfig.partitionSpec.conversionSpec", ConversionSpec, CONVERSIONS);
        if (FieldName === undefined) {
            throw refused("Each entry of PartitionSpec needs a FieldName.");
        }
        const isTime = TIME_FUNCTIONS.includes(FunctionSpec ?? "");
        if (isTime && ConversionSpec === undefined) {
            throw refused(`Partition field ${FieldName}: the function ${FunctionSpec} needs a ConversionSpec.`);
        }
        if (!isTime && ConversionSpec !== undefined) {
            throw refused(`Partition field ${FieldName}: a ConversionSpec goes with year, month, day and hour only.`);
        }
    }
}

const refused = (message: string) => new AwsError("ValidationException", message);

function toProperties(input: CreateIntegrationTablePropertiesRequest): TableProperties {
    return {
        resourceArn: input.ResourceArn!,
        tableName: input.TableName!,
        source: input.SourceTableConfig,
        target: input.TargetTableConfig,
    };
}

function find(ctx: Context, { ResourceArn, TableName }: { ResourceArn?: string; TableName?: string }): TableProperties {
    const properties = ctx.state(GlueState).tableProperties.get(tablePropertiesKey(ResourceArn!, TableName!));
    if (!properties) {
        throw entityNotFound(`Integration table properties not found for table ${TableName} of ${ResourceArn}`);
    }
    return properties;
}

function describe({ resourceArn, tableName, source, target }: TableProperties) {
    return {
        ResourceArn: resourceArn,
        TableName: tableName,
        SourceTableConfig: source,
        TargetTableConfig: target,
    };
}
