import type {
    AttributeValue,
    CancellationReason,
    DeleteItemInput,
    DeleteItemOutput,
    GetItemInput,
    GetItemOutput,
    PutItemInput,
    PutItemOutput,
    ReturnValue,
    UpdateItemInput,
    UpdateItemOutput,
} from "@aws-sdk/client-dynamodb";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { holds } from "./expressions/condition";
import { project, valueAt } from "./expressions/document";
import { parseCondition, parseProjection, parseUpdate, Placeholders, type Path } from "./expressions/parser";
import { applyUpdate } from "./expressions/update";
import { checkItem, checkKey, checkSize, tableWithItems } from "./keys";
import { onTable, type Table } from "./table";
import { equal, invalid, invalidParameter, type Item } from "./values";

/** What one write does to one item: all that there is to know before anything is written. */
export interface Write {
    table: Table;
    key: Item;
    before: Item | undefined;
    after: Item | undefined;
    /** whether the item met the condition */
    allowed: boolean;
    /** the paths that an update expression names */
    updated: Path[];
}

interface WriteOptions {
    TableName: string | undefined;
    ConditionExpression?: string;
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: Record<string, AttributeValue>;
}

export const items = {
    PutItem: operation<PutItemInput, PutItemOutput>({
        access: onTable("PutItem"),
        handle: (input, ctx) => writeOne(ctx, input, preparePut(ctx, input), ["NONE", "ALL_OLD"]),
    }),

    DeleteItem: operation<DeleteItemInput, DeleteItemOutput>({
        access: onTable("DeleteItem"),
        handle: (input, ctx) => writeOne(ctx, input, prepareDelete(ctx, input), ["NONE", "ALL_OLD"]),
    }),

    UpdateItem: operation<UpdateItemInput, UpdateItemOutput>({
        access: onTable("UpdateItem"),
        handle: (input, ctx) =>
            writeOne(ctx, input, prepareUpdate(ctx, input), [
                "NONE",
                "ALL_OLD",
                "ALL_NEW",
                "UPDATED_OLD",
                "UPDATED_NEW",
            ]),
    }),

    GetItem: operation<GetItemInput, GetItemOutput>({
        access: onTable("GetItem"),
        handle(input, ctx) {
            refuseLegacy(input, ["AttributesToGet"]);
            const table = tableWithItems(ctx, input.TableName!);
            const placeholders = new Placeholders(input.ExpressionAttributeNames);
            const paths = optional(input.ProjectionExpression, (text) => parseProjection(text, placeholders));
            placeholders.requireAllUsed();
            const item = table.get(checkKey(table, input.Key!));
            return item ? { Item: project(item, paths) } : {};
        },
    }),
};

export function preparePut(ctx: Context, input: WriteOptions & { Item: Item | undefined }): Write {
    const table = tableWithItems(ctx, input.TableName!);
    const after = checkItem(table, input.Item!);
    return prepare(table, table.keyOf(after), input, () => ({ after, updated: [] }));
}

export function prepareDelete(ctx: Context, input: WriteOptions & { Key: Item | undefined }): Write {
    const table = tableWithItems(ctx, input.TableName!);
    return prepare(table, checkKey(table, input.Key!), input, () => ({ after: undefined, updated: [] }));
}

/** A condition without a write, as in a transaction. */
export function prepareCheck(ctx: Context, input: WriteOptions & { Key: Item | undefined }): Write {
    const table = tableWithItems(ctx, input.TableName!);
    return prepare(table, checkKey(table, input.Key!), input, (before) => ({ after: before, updated: [] }));
}

export function prepareUpdate(
    ctx: Context,
    input: WriteOptions & { Key: Item | undefined; UpdateExpression?: string },
): Write {
    const table = tableWithItems(ctx, input.TableName!);
    const key = checkKey(table, input.Key!);
    return prepare(table, key, input, (before, placeholders) => {
        const actions = optional(input.UpdateExpression, (text) => parseUpdate(text, placeholders)) ?? [];
        const updated = actions.map((action) => action.path);
        const keyName = updated.map(([name]) => name).find((name) => table.keyNames.includes(String(name)));
        if (keyName !== undefined) {
            throw invalidParameter(`Cannot update attribute ${keyName}. This attribute is part of the key`);
        }
        return { after: () => updatedItem(table, actions, before ?? key), updated };
    });
}

function updatedItem(table: Table, actions: ReturnType<typeof parseUpdate>, before: Item): Item {
    const after = applyUpdate(actions, before);
    checkSize(after, "Item size to update has exceeded the maximum allowed size");
    return checkItem(table, after);
}

/** `change` parses what it needs; it computes an update's item only once the condition is met. */
function prepare(
    table: Table,
    key: Item,
    options: WriteOptions,
    change: (
        before: Item | undefined,
        placeholders: Placeholders,
    ) => { after: Item | undefined | (() => Item); updated: Path[] },
): Write {
    refuseLegacy(options, ["Expected", "ConditionalOperator", "AttributeUpdates"]);
    const placeholders = new Placeholders(options.ExpressionAttributeNames, options.ExpressionAttributeValues);
    const before = table.get(key);
    const { after, updated } = change(before, placeholders);
    const condition = optional(options.ConditionExpression, (text) =>
        parseCondition("ConditionExpression", text, placeholders),
    );
    placeholders.requireAllUsed();
    const allowed = !condition || holds(condition, before ?? {});
    return {
        table,
        key,
        before,
        after: typeof after !== "function" ? after : allowed ? after() : before,
        allowed,
        updated,
    };
}

export function commit(ctx: Context, { table, key, after }: Write): void {
    table.write(ctx.now, key, after);
}

function writeOne(
    ctx: Context,
    input: { ReturnValues?: ReturnValue; ReturnValuesOnConditionCheckFailure?: "ALL_OLD" | "NONE" },
    write: Write,
    choices: ReturnValue[],
): { Attributes?: Item } {
    const returned = input.ReturnValues ?? "NONE";
    if (!choices.includes(returned)) {
        throw invalid(`ReturnValues can only be ${choices.join(" or ")}`);
    }
    if (!write.allowed) {
        const { Code, Message, Item } = conditionFailure(write, input.ReturnValuesOnConditionCheckFailure);
        throw new AwsError(`${Code}Exception`, Message!, 400, Item && { Item });
    }
    commit(ctx, write);
    const { before, after, updated } = write;
    const Attributes = {
        NONE: undefined,
        ALL_OLD: before,
        ALL_NEW: after,
        UPDATED_OLD: before && touched(before, updated),
        UPDATED_NEW: after && touched(after, updated),
    }[returned];
    return Attributes && Object.keys(Attributes).length > 0 ? { Attributes } : {};
}

export function conditionFailure(write: Write, returned: "ALL_OLD" | "NONE" | undefined): CancellationReason {
    return {
        Code: "ConditionalCheckFailed",
        Message: "The conditional request failed",
        ...(returned === "ALL_OLD" && write.before && { Item: write.before }),
    };
}

function touched(item: Item, paths: Path[]): Item {
    return project(
        item,
        paths.filter((path) => valueAt(item, path)),
    );
}

/** Whether two writes of one request mean the same item. */
export function sameItem(a: Write, b: Write): boolean {
    return a.table === b.table && equal({ M: a.key }, { M: b.key });
}

export function optional<T, R>(value: T | undefined, use: (value: T) => R): R | undefined {
    return value === undefined ? undefined : use(value);
}

/** The parameters that expressions have replaced. */
export function refuseLegacy(input: object, members: string[]): void {
    const used = members.find((member) => (input as Record<string, unknown>)[member] !== undefined);
    if (used) {
        throw invalid(`${used} is not simulated: use the expression parameter that has replaced it`);
    }
}
