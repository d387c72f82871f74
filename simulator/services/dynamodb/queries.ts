import { createHash } from "node:crypto";
import type { QueryInput, QueryOutput, ScanInput, ScanOutput } from "@aws-sdk/client-dynamodb";
import type { Context } from "../../world/context";
import { operation } from "../../world/service";
import { holds } from "./expressions/condition";
import { project } from "./expressions/document";
import { parseCondition, parseProjection, Placeholders, type Condition, type Operand } from "./expressions/parser";
import { optional, refuseLegacy } from "./items";
import { tableWithItems } from "./keys";
import { tableArn, type KeySpace, type Table } from "./table";
import { canonicalItem, compare, identity, invalid, invalidParameter, sizeOfItem, type Item } from "./values";

/** What one page of a Query or Scan reads at most, before it filters. */
const MAX_PAGE_BYTES = 1024 * 1024;

export const queries = {
    Query: operation<QueryInput, QueryOutput>({
        access: (input, ctx) => onTableOrIndex(ctx, "Query", input),
        handle(input, ctx) {
            refuseLegacy(input, ["KeyConditions", "QueryFilter", "AttributesToGet", "ConditionalOperator"]);
            if (input.KeyConditionExpression === undefined) {
                throw invalid(
                    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
                );
            }
            const { table, keySpace } = target(ctx, input);
            const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
            const keyCondition = parseCondition("KeyConditionExpression", input.KeyConditionExpression, placeholders);
            checkKeyCondition(keyCondition, keySpace);
            const order = keyOrder(table, keySpace);
            const direction = input.ScanIndexForward === false ? -1 : 1;
            return page(
                table.allItems().filter((item) => isInIndex(item, keySpace) && holds(keyCondition, item)),
                (a, b) => direction * order(a, b),
                { table, keySpace, input, placeholders },
            );
        },
    }),

    Scan: operation<ScanInput, ScanOutput>({
        access: (input, ctx) => onTableOrIndex(ctx, "Scan", input),
        handle(input, ctx) {
            refuseLegacy(input, ["ScanFilter", "AttributesToGet", "ConditionalOperator"]);
            const { table, keySpace } = target(ctx, input);
            const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
            const isInSegment = segmentOf(input, keySpace);
            return page(
                table.allItems().filter((item) => isInIndex(item, keySpace) && isInSegment(item)),
                keyOrder(table, keySpace),
                { table, keySpace, input, placeholders },
            );
        },
    }),
};

interface PageRequest {
    table: Table;
    keySpace: KeySpace;
    input: QueryInput | ScanInput;
    placeholders: Placeholders;
}

/** One page: what follows the start key, up to the limits, filtered only after it has been counted. */
function page(
    candidates: Item[],
    order: (a: Item, b: Item) => number,
    { table, keySpace, input, placeholders }: PageRequest,
): QueryOutput & ScanOutput {
    const filter = optional(input.FilterExpression, (text) => parseCondition("FilterExpression", text, placeholders));
    if (filter && "KeyConditionExpression" in input) {
        refuseKeyAttributes(filter, keySpace);
    }
    const paths = optional(input.ProjectionExpression, (text) => parseProjection(text, placeholders));
    placeholders.requireAllUsed();
    const start = optional(input.ExclusiveStartKey, canonicalItem);
    const remaining = candidates.sort(order).filter((item) => !start || order(item, start) > 0);
    const read = takePage(remaining, input.Limit);
    const found = filter ? read.filter((item) => holds(filter, item)) : read;
    const names = pageKeyNames(table, keySpace);
    return {
        Count: found.length,
        ScannedCount: read.length,
        ...(input.Select !== "COUNT" && {
            Items: found.map((item) => project(projected(table, keySpace, input.Select, item), paths)),
        }),
        ...(stopsEarly(read, remaining, input.Limit) && {
            LastEvaluatedKey: Object.fromEntries(names.map((name) => [name, read.at(-1)![name]])),
        }),
    };
}

/** DynamoDB stops at the limit without looking whether anything follows. */
function stopsEarly(read: Item[], remaining: Item[], limit: number | undefined): boolean {
    return read.length < remaining.length || (read.length > 0 && read.length === limit);
}

function takePage(items: Item[], limit = Infinity): Item[] {
    if (limit < 1) {
        throw invalid(
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
        );
    }
    let bytes = 0;
    const end = items.findIndex((item, at) => at >= limit || (bytes += sizeOfItem(item)) > MAX_PAGE_BYTES);
    return end < 0 ? items : items.slice(0, Math.max(1, end));
}

function target(ctx: Context, input: QueryInput | ScanInput) {
    const table = tableWithItems(ctx, input.TableName!);
    const keySpace = table.keySpace(input.IndexName);
    if (!keySpace) {
        throw invalid(`The table does not have the specified index: ${input.IndexName}`);
    }
    if (input.ConsistentRead && keySpace.isGlobalIndex) {
        throw invalid("Consistent reads are not supported on global secondary indexes");
    }
    if (input.Select === "SPECIFIC_ATTRIBUTES" && input.ProjectionExpression === undefined) {
        throw invalid(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        );
    }
    return { table, keySpace };
}

function onTableOrIndex(ctx: Context, action: string, input: QueryInput | ScanInput) {
    const arn = tableArn(ctx, input.TableName!);
    return [{ action: `dynamodb:${action}`, resource: input.IndexName ? `${arn}/index/${input.IndexName}` : arn }];
}

/** An index holds the items that have all of its key attributes. */
function isInIndex(item: Item, { keySchema }: KeySpace): boolean {
    return keySchema.every((element) => item[element.AttributeName!]);
}

/** The attributes that tell one place in an index, or the table, from another. */
function pageKeyNames(table: Table, { keySchema }: KeySpace): string[] {
    return [...new Set([...keySchema.map((element) => element.AttributeName!), ...table.keyNames])];
}

function keyOrder(table: Table, keySpace: KeySpace): (a: Item, b: Item) => number {
    const names = pageKeyNames(table, keySpace);
    return (a, b) => {
        const differing = names.find((name) => a[name] && b[name] && compare(a[name], b[name]) !== 0);
        return differing === undefined ? 0 : compare(a[differing], b[differing])!;
    };
}

function projected(table: Table, keySpace: KeySpace, select: string | undefined, item: Item): Item {
    const { projection, isGlobalIndex } = keySpace;
    // A local index fetches from the table what it does not hold.
    if (!projection || projection.ProjectionType === "ALL" || (select === "ALL_ATTRIBUTES" && !isGlobalIndex)) {
        return item;
    }
    const names = [...pageKeyNames(table, keySpace), ...(projection.NonKeyAttributes ?? [])];
    return Object.fromEntries(names.filter((name) => item[name]).map((name) => [name, item[name]]));
}

function segmentOf({ Segment, TotalSegments }: ScanInput, { keySchema }: KeySpace): (item: Item) => boolean {
    if (Segment === undefined && TotalSegments === undefined) {
        return () => true;
    }
    if (Segment === undefined || TotalSegments === undefined || Segment >= TotalSegments) {
        throw invalid(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments, and both must be given",
        );
    }
    return (item) => {
        const hash = createHash("md5").update(identity(item[keySchema[0].AttributeName!]));
        return hash.digest().readUInt32BE() % TotalSegments === Segment;
    };
}

/** All of the hash key by equality, then of the range key a prefix: equalities, and one range at the end. */
function checkKeyCondition(condition: Condition, { keySchema }: KeySpace): void {
    const tests = conjuncts(condition).map(keyTest);
    const hashes = keySchema.filter((element) => element.KeyType === "HASH").map((element) => element.AttributeName!);
    const ranges = keySchema.filter((element) => element.KeyType === "RANGE").map((element) => element.AttributeName!);
    const missing = hashes.find((name) => !tests.some((test) => test.name === name));
    if (missing) {
        throw invalid(`Query condition missed key schema element: ${missing}`);
    }
    const onHashes = tests.filter((test) => hashes.includes(test.name));
    if (onHashes.length > hashes.length || onHashes.some((test) => !test.isEquality)) {
        throw invalid("Query key condition not supported");
    }
    const onRanges = tests.filter((test) => !hashes.includes(test.name));
    onRanges.forEach((test, at) => {
        const isInOrder = onRanges.some((other) => other.name === ranges[at]);
        if (!isInOrder) {
            throw invalid(`Query condition missed key schema element: ${ranges[at] ?? test.name}`);
        }
        if (!test.isEquality && test.name !== ranges[onRanges.length - 1]) {
            throw invalid("Query key condition not supported");
        }
    });
}

function conjuncts(condition: Condition): Condition[] {
    return condition.kind === "and" ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];
}

function keyTest(condition: Condition): { name: string; isEquality: boolean } {
    const on = (operand: Operand, isEquality = false) => {
        if (operand.kind !== "path" || operand.path.length > 1) {
            throw invalid("Query key condition not supported");
        }
        return { name: String(operand.path[0]), isEquality };
    };
    switch (condition.kind) {
        case "compare":
            if (condition.comparator === "<>") {
                break;
            }
            return on(condition.left.kind === "path" ? condition.left : condition.right, condition.comparator === "=");
        case "between":
        case "begins_with":
            return on(condition.operand);
    }
    throw invalid("Invalid operator used in KeyConditionExpression");
}

function refuseKeyAttributes(filter: Condition, { keySchema }: KeySpace): void {
    const used = attributesOf(filter);
    const key = keySchema.map((element) => element.AttributeName!).find((name) => used.includes(name));
    if (key) {
        throw invalidParameter(
            `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key}`,
        );
    }
}

function attributesOf(condition: Condition): string[] {
    const of = (...operands: Operand[]): string[] =>
        operands.flatMap((operand) =>
            operand.kind === "path" ? String(operand.path[0]) : operand.kind === "size" ? of(operand.operand) : [],
        );
    switch (condition.kind) {
        case "and":
        case "or":
            return [...attributesOf(condition.left), ...attributesOf(condition.right)];
        case "not":
            return attributesOf(condition.condition);
        case "compare":
            return of(condition.left, condition.right);
        case "between":
            return of(condition.operand, condition.low, condition.high);
        case "in":
            return of(condition.operand, ...condition.choices);
        case "exists":
        case "type":
            return [String(condition.path[0])];
        case "begins_with":
        case "contains":
            return of(condition.operand, condition.argument);
    }
}
