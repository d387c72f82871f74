import type {
    CreateTableOptimizerRequest,
    DeleteTableOptimizerRequest,
    GetTableOptimizerRequest,
    GetTableOptimizerResponse,
} from "@aws-sdk/client-glue";

import type { Context } from "../../world/context";
import { operation } from "../../world/service";
import { GlueState, tableArn } from "./state";
import { findTable } from "./tables";
import { alreadyExists, checkEnum, entityNotFound, invalidInput } from "./validation";

const TYPES = ["compaction", "retention", "orphan_file_deletion"];

const onTable = (action: string) => (input: GetTableOptimizerRequest, ctx: Context) => [
    { action: `glue:${action}`, resource: tableArn(ctx, input.DatabaseName!, input.TableName!, input.CatalogId) },
];

export const optimizers = {
    CreateTableOptimizer: operation<CreateTableOptimizerRequest, object>({
        access: withRole("CreateTableOptimizer"),
        handle(input, ctx) {
            const { state, key } = locate(ctx, input);
            if (state.optimizers.has(key)) {
                throw alreadyExists(`The table already has an optimizer of the type ${input.Type}.`);
            }
            store(state, key, input);
            return {};
        },
    }),

    GetTableOptimizer: operation<GetTableOptimizerRequest, GetTableOptimizerResponse>({
        access: onTable("GetTableOptimizer"),
        handle(input, ctx) {
            const { CatalogId, DatabaseName, TableName } = input;
            return { CatalogId, DatabaseName, TableName, TableOptimizer: existing(ctx, input) };
        },
    }),

    UpdateTableOptimizer: operation<CreateTableOptimizerRequest, object>({
        access: withRole("UpdateTableOptimizer"),
        handle(input, ctx) {
            existing(ctx, input);
            const { state, key } = locate(ctx, input);
            store(state, key, input);
            return {};
        },
    }),

    DeleteTableOptimizer: operation<DeleteTableOptimizerRequest, object>({
        access: onTable("DeleteTableOptimizer"),
        handle(input, ctx) {
            existing(ctx, input);
            const { state, key } = locate(ctx, input);
            state.optimizers.delete(key);
            return {};
        },
    }),
};

/** The optimizer works under a role, which the caller must be allowed to hand over. */
function withRole(action: string) {
    return (input: CreateTableOptimizerRequest, ctx: Context) => {
        const roleArn = input.TableOptimizerConfiguration?.roleArn;
        const context = { "iam:PassedToService": "glue.amazonaws.com" };
        return [
            ...onTable(action)(input, ctx),
            ...(roleArn ? [{ action: "iam:PassRole", resource: roleArn, context }] : []),
        ];
    };
}

function locate(ctx: Context, { CatalogId, DatabaseName, TableName, Type }: GetTableOptimizerRequest) {
    checkEnum("type", Type, TYPES);
    const table = findTable(ctx, DatabaseName!, TableName!, CatalogId).at(-1)!;
    if (table.Parameters?.table_type?.toUpperCase() !== "ICEBERG") {
        throw invalidInput(`Table ${table.Name} is not an Iceberg table.`);
    }
    const state = ctx.state(GlueState, CatalogId);
    return { state, key: `${table.DatabaseName}/${table.Name}/${Type}` };
}

function existing(ctx: Context, input: GetTableOptimizerRequest) {
    const { state, key } = locate(ctx, input);
    const optimizer = state.optimizers.get(key);
    if (!optimizer) {
        throw entityNotFound(`The table has no optimizer of the type ${input.Type}.`);
    }
    return optimizer;
}

function store(state: GlueState, key: string, input: CreateTableOptimizerRequest): void {
    state.optimizers.set(key, {
        type: input.Type,
        configuration: input.TableOptimizerConfiguration,
        configurationSource: "table",
    });
}
