import type {
    BatchGetItemInput,
    BatchGetItemOutput,
    BatchWriteItemInput,
    BatchWriteItemOutput,
    CancellationReason,
    TransactWriteItem,
    TransactWriteItemsInput,
    TransactWriteItemsOutput,
} from "@aws-sdk/client-dynamodb";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { project } from "./expressions/document";
import { parseProjection, Placeholders } from "./expressions/parser";
import {
    commit,
    conditionFailure,
    optional,
    prepareCheck,
    prepareDelete,
    preparePut,
    prepareUpdate,
    refuseLegacy,
    sameItem,
    type Write,
} from "./items";
import { checkKey, tableWithItems } from "./keys";
import { keyIdentity, tableArn } from "./table";
import { invalid } from "./values";

const MAX_WRITES_PER_BATCH = 25;
const MAX_GETS_PER_BATCH = 100;
const MAX_WRITES_PER_TRANSACTION = 100;

export const batches = {
    BatchWriteItem: operation<BatchWriteItemInput, BatchWriteItemOutput>({
        access: (input, ctx) => onTables(ctx, "BatchWriteItem", Object.keys(input.RequestItems!)),
        handle(input, ctx) {
            const requests = Object.entries(input.RequestItems!).flatMap(([TableName, writes]) =>
                writes.map((write) => ({ TableName, ...write })),
            );
            checkBatchSize(requests.length, MAX_WRITES_PER_BATCH);
            const writes = requests.map(({ TableName, PutRequest, DeleteRequest }) =>
                PutRequest
                    ? preparePut(ctx, { TableName, Item: PutRequest.Item })
                    : prepareDelete(ctx, { TableName, Key: DeleteRequest?.Key ?? {} }),
            );
            if (hasDuplicates(writes)) {
                throw invalid("Provided list of item keys contains duplicates");
            }
            writes.forEach((write) => commit(ctx, write));
            return { UnprocessedItems: {} };
        },
    }),

    BatchGetItem: operation<BatchGetItemInput, BatchGetItemOutput>({
        access: (input, ctx) => onTables(ctx, "BatchGetItem", Object.keys(input.RequestItems!)),
        handle(input, ctx) {
            const requests = Object.entries(input.RequestItems!);
            checkBatchSize(
                requests.reduce((sum, [, request]) => sum + request.Keys!.length, 0),
                MAX_GETS_PER_BATCH,
            );
            const responses = requests.map(([name, request]) => {
                refuseLegacy(request, ["AttributesToGet"]);
                const table = tableWithItems(ctx, name);
                const placeholders = new Placeholders(request.ExpressionAttributeNames);
                const paths = optional(request.ProjectionExpression, (text) => parseProjection(text, placeholders));
                placeholders.requireAllUsed();
                const keys = request.Keys!.map((key) => checkKey(table, key));
                if (new Set(keys.map(keyIdentity)).size < keys.length) {
                    throw invalid("Provided list of item keys contains duplicates");
                }
                const found = keys.map((key) => table.get(key)).filter((item) => item !== undefined);
                return [name, found.map((item) => project(item, paths))] as const;
            });
            return { Responses: Object.fromEntries(responses), UnprocessedKeys: {} };
        },
    }),

    TransactWriteItems: operation<TransactWriteItemsInput, TransactWriteItemsOutput>({
        access: (input, ctx) =>
            input.TransactItems!.flatMap((item) => {
                const [[kind, request]] = Object.entries(item);
                const action = kind === "ConditionCheck" ? "ConditionCheckItem" : `${kind}Item`;
                return onTables(ctx, action, [request.TableName!]);
            }),
        handle(input, ctx) {
            const requests = input.TransactItems!;
            if (requests.length > MAX_WRITES_PER_TRANSACTION) {
                throw invalid(
                    `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${MAX_WRITES_PER_TRANSACTION}`,
                );
            }
            const writes = requests.map((item) => prepareTransaction(ctx, item));
            if (hasDuplicates(writes)) {
                throw invalid("Transaction request cannot include multiple operations on one item");
            }
            if (writes.some((write) => !write.allowed)) {
                throw cancelled(
                    writes.map((write, at) => {
                        const { ReturnValuesOnConditionCheckFailure } = Object.values(requests[at])[0];
                        return write.allowed
                            ? { Code: "None" }
                            : conditionFailure(write, ReturnValuesOnConditionCheckFailure);
                    }),
                );
            }
            writes.forEach((write) => commit(ctx, write));
            return {};
        },
    }),
};

function prepareTransaction(ctx: Context, { Put, Update, Delete, ConditionCheck }: TransactWriteItem): Write {
    if (Put) {
        return preparePut(ctx, Put);
    }
    if (Update) {
        return prepareUpdate(ctx, Update);
    }
    return Delete ? prepareDelete(ctx, Delete) : prepareCheck(ctx, ConditionCheck!);
}

function cancelled(reasons: CancellationReason[]): AwsError {
    const codes = reasons.map((reason) => reason.Code).join(", ");
    return new AwsError(
        "TransactionCanceledException",
        `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
        400,
        { CancellationReasons: reasons },
    );
}

function onTables(ctx: Context, action: string, names: string[]) {
    return names.map((name) => ({ action: `dynamodb:${action}`, resource: tableArn(ctx, name) }));
}

function hasDuplicates(writes: Write[]): boolean {
    return writes.some((write, at) => writes.slice(at + 1).some((other) => sameItem(write, other)));
}

function checkBatchSize(count: number, max: number): void {
    if (count < 1 || count > max) {
        throw invalid(
            count < 1
                ? "The batch request list cannot be empty"
                : `Too many items requested for the batch call: at most ${max}`,
        );
    }
}
