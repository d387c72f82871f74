import type { Context } from "../../world/context";
import { findTable, resourceNotFound, type Table } from "./table";
import { canonicalItem, invalid, invalidParameter, sizeOf, sizeOfItem, typeOf, type Item } from "./values";

const MAX_ITEM_BYTES = 400 * 1024;
const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

/** The table whose items are asked for: one that is still being made, or is going, is not found. */
export function tableWithItems(ctx: Context, nameOrArn: string): Table {
    const table = findTable(ctx, nameOrArn);
    if (["CREATING", "DELETING"].includes(table.description.TableStatus!)) {
        throw resourceNotFound();
    }
    return table;
}

/** An item as it is to be kept, with its key. */
export function checkItem(table: Table, given: Item): Item {
    const item = canonicalItem(given);
    for (const name of table.keyNames) {
        if (!item[name]) {
            throw invalidParameter(`Missing the key ${name} in the item`);
        }
    }
    const { KeySchema, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = table.description;
    KeySchema!.forEach((element) => checkKeyAttribute(table, item, element.AttributeName!));
    for (const index of [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes]) {
        index.KeySchema!.forEach((element) => checkKeyAttribute(table, item, element.AttributeName!, index.IndexName));
    }
    checkKeyValues(table, item);
    checkSize(item, "Item size has exceeded the maximum allowed size");
    return item;
}

export function checkSize(item: Item, message: string): void {
    if (sizeOfItem(item) > MAX_ITEM_BYTES) {
        throw invalid(message);
    }
}

/** A key as a caller gives it: exactly the table's key attributes, of their types. */
export function checkKey(table: Table, given: Item): Item {
    const key = canonicalItem(given);
    const names = table.keyNames;
    const fits =
        Object.keys(key).length === names.length &&
        names.every((name) => key[name] && typeOf(key[name]) === table.typeOfAttribute(name));
    if (!fits) {
        throw invalid("The provided key element does not match the schema");
    }
    checkKeyValues(table, key);
    return key;
}

/** An attribute that is part of a key must have the type of its definition wherever it is there. */
function checkKeyAttribute(table: Table, item: Item, name: string, indexName?: string): void {
    const expected = table.typeOfAttribute(name);
    if (item[name] && typeOf(item[name]) !== expected) {
        const index = indexName ? ` IndexName: ${indexName}` : "";
        throw invalidParameter(
            `Type mismatch for key ${name} expected: ${expected} actual: ${typeOf(item[name])}${index}`,
        );
    }
}

function checkKeyValues(table: Table, item: Item): void {
    table.keyNames.forEach((name, at) => {
        const size = sizeOf(item[name]);
        if (size === 0) {
            const kind = item[name].S === undefined ? "binary" : "string";
            throw invalid(
                `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
            );
        }
        if (at === 0 && size > MAX_HASH_BYTES) {
            throw invalidParameter(`Size of hashkey has exceeded the maximum size limit of${MAX_HASH_BYTES} bytes`);
        }
        if (at > 0 && size > MAX_RANGE_BYTES) {
            throw invalidParameter(
                `Aggregated size of all range keys has exceeded the size limit of ${MAX_RANGE_BYTES} bytes`,
            );
        }
    });
}
