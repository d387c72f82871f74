import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { base64, bytesOf, compare, equal, typeOf, type Item } from "../values";
import { valueAt } from "./document";
import type { Comparator, Condition, Operand } from "./parser";

/** Whether an item, empty if there is none, fulfils a condition. What lacks an operand is not fulfilled. */
export function holds(condition: Condition, item: Item): boolean {
    const value = (operand: Operand) => evaluate(operand, item);
    switch (condition.kind) {
        case "and":
            return holds(condition.left, item) && holds(condition.right, item);
        case "or":
            return holds(condition.left, item) || holds(condition.right, item);
        case "not":
            return !holds(condition.condition, item);
        case "compare":
            return compares(value(condition.left), condition.comparator, value(condition.right));
        case "between": {
            const operand = value(condition.operand);
            return compares(operand, ">=", value(condition.low)) && compares(operand, "<=", value(condition.high));
        }
        case "in":
            return condition.choices.some((choice) => compares(value(condition.operand), "=", value(choice)));
        case "exists":
            return (valueAt(item, condition.path) !== undefined) === condition.expected;
        case "type": {
            const found = valueAt(item, condition.path);
            return found !== undefined && typeOf(found) === condition.type;
        }
        case "begins_with":
            return beginsWith(value(condition.operand), value(condition.argument));
        case "contains":
            return contains(value(condition.operand), value(condition.argument));
    }
}

function evaluate(operand: Operand, item: Item): AttributeValue | undefined {
    switch (operand.kind) {
        case "path":
            return valueAt(item, operand.path);
        case "value":
            return operand.value;
        case "size": {
            const size = lengthOf(evaluate(operand.operand, item));
            return size === undefined ? undefined : { N: String(size) };
        }
    }
}

function compares(
    left: AttributeValue | undefined,
    comparator: Comparator,
    right: AttributeValue | undefined,
): boolean {
    if (comparator === "<>") {
        return !compares(left, "=", right);
    }
    if (!left || !right) {
        return false;
    }
    if (comparator === "=") {
        return equal(left, right);
    }
    const order = compare(left, right);
    if (order === undefined) {
        return false;
    }
    return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[comparator];
}

/** What `size` gives: characters of a text, bytes of a binary, elements of the others. */
function lengthOf(value: AttributeValue | undefined): number | undefined {
    const { S, B, SS, NS, BS, L, M } = value ?? ({} as Partial<Record<keyof AttributeValue, never>>);
    return S?.length ?? (B ?? SS ?? NS ?? BS ?? L)?.length ?? (M && Object.keys(M).length);
}

function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
    if (!value || !prefix || typeOf(value) !== typeOf(prefix)) {
        return false;
    }
    const [bytes, start] = [bytesOf(value), bytesOf(prefix)];
    return Boolean(bytes && start && bytes.subarray(0, start.length).equals(start));
}

function contains(value: AttributeValue | undefined, element: AttributeValue | undefined): boolean {
    if (!value || !element) {
        return false;
    }
    if (value.L) {
        return value.L.some((each) => equal(each, element));
    }
    if (value.SS || value.NS) {
        return (value.SS ?? value.NS)!.includes((value.SS ? element.S : element.N)!);
    }
    if (value.BS) {
        return element.B !== undefined && value.BS.map(base64).includes(base64(element.B));
    }
    const [whole, part] = [bytesOf(value), bytesOf(element)];
    return Boolean(typeOf(value) === typeOf(element) && whole && part && whole.includes(part));
}
