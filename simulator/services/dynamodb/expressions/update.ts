import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import Big from "big.js";
import { base64, canonical, invalid, typeOf, type Item } from "../values";
import { valueAt } from "./document";
import type { Path, SetValue, UpdateAction } from "./parser";

/** The item after an update; every action reads the item as it was before. */
export function applyUpdate(actions: UpdateAction[], before: Item): Item {
    const after: AttributeValue.MMember = { M: structuredClone(before) };
    const sets = actions.flatMap((action) =>
        action.kind === "SET" ? [{ path: action.path, value: evaluate(action.value, before) }] : [],
    );
    sets.forEach(({ path, value }) => put(after, path, value));
    for (const action of actions) {
        const present = valueAt(before, action.path);
        if (action.kind === "ADD") {
            put(after, action.path, add(present, action.value));
        } else if (action.kind === "DELETE" && present) {
            const rest = without(present, action.value);
            if (rest) {
                put(after, action.path, rest);
            } else {
                remove(after, action.path);
            }
        }
    }
    actions
        .flatMap((action) => (action.kind === "REMOVE" ? [action.path] : []))
        // From the end of a list, so that the places of the others stay what they were.
        .sort((a, b) => comparePlaces(b, a))
        .forEach((path) => remove(after, path));
    return after.M;
}

function evaluate(value: SetValue, item: Item): AttributeValue {
    switch (value.kind) {
        case "value":
            return value.value;
        case "path": {
            const found = valueAt(item, value.path);
            if (!found) {
                throw invalid("The provided expression refers to an attribute that does not exist in the item");
            }
            return found;
        }
        case "if_not_exists":
            return valueAt(item, value.path) ?? evaluate(value.otherwise, item);
        case "list_append": {
            const [left, right] = [evaluate(value.left, item), evaluate(value.right, item)];
            if (!left.L || !right.L) {
                throw wrongOperandType();
            }
            return { L: [...left.L, ...right.L] };
        }
        case "sum": {
            const [left, right] = [evaluate(value.left, item), evaluate(value.right, item)];
            return sum(left, right, value.sign);
        }
        case "size":
            throw invalid(
                "Invalid UpdateExpression: The function is not allowed in an update expression; function: size",
            );
    }
}

function sum(left: AttributeValue, right: AttributeValue, sign: 1 | -1): AttributeValue {
    if (left.N === undefined || right.N === undefined) {
        throw wrongOperandType();
    }
    return canonical({ N: new Big(left.N).plus(new Big(right.N).times(sign)).toFixed() });
}

function add(present: AttributeValue | undefined, value: AttributeValue): AttributeValue {
    if (value.N === undefined && !isSet(value)) {
        throw invalid(
            `Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: ${typeOf(value)}`,
        );
    }
    if (!present) {
        return value;
    }
    if (value.N !== undefined) {
        return sum(present, value, 1);
    }
    const missing = without(value, present);
    return missing ? setOf(present, [...elementsOf(present), ...elementsOf(missing)]) : present;
}

/** The elements of one set that the other lacks; undefined if there are none, since a set is never empty. */
function without(set: AttributeValue, other: AttributeValue): AttributeValue | undefined {
    if (!isSet(set) || typeOf(set) !== typeOf(other)) {
        throw wrongOperandType();
    }
    const taken = new Set(elementsOf(other).map(elementIdentity));
    const rest = elementsOf(set).filter((element) => !taken.has(elementIdentity(element)));
    return rest.length > 0 ? setOf(set, rest) : undefined;
}

type SetElement = string | Uint8Array;

function isSet(value: AttributeValue): boolean {
    return ["SS", "NS", "BS"].includes(typeOf(value));
}

function elementsOf(set: AttributeValue): SetElement[] {
    return (set.SS ?? set.NS ?? set.BS)!;
}

function setOf(like: AttributeValue, elements: SetElement[]): AttributeValue {
    return { [typeOf(like)]: elements } as unknown as AttributeValue;
}

function elementIdentity(element: SetElement): string {
    return typeof element === "string" ? element : base64(element);
}

function put(document: AttributeValue, path: Path, value: AttributeValue): void {
    const step = path.at(-1)!;
    const parent = parentOf(document, path);
    if (typeof step === "string" && parent?.M) {
        parent.M[step] = value;
    } else if (typeof step === "number" && parent?.L) {
        // A place beyond the end means the end.
        parent.L[Math.min(step, parent.L.length)] = value;
    } else {
        throw invalidPath();
    }
}

function remove(document: AttributeValue, path: Path): void {
    const step = path.at(-1)!;
    const parent = parentOf(document, path);
    if (typeof step === "string" && parent?.M) {
        delete parent.M[step];
    } else if (typeof step === "number" && parent?.L) {
        parent.L.splice(step, 1);
    } else {
        throw invalidPath();
    }
}

function comparePlaces(a: Path, b: Path): number {
    const at = a.findIndex((step, depth) => step !== b[depth]);
    const [x, y] = [a[at], b[at]];
    return typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : 1;
}

function parentOf(document: AttributeValue, path: Path): AttributeValue | undefined {
    return path.length === 1 ? document : valueAt(document.M!, path.slice(0, -1));
}

function wrongOperandType() {
    return invalid("An operand in the update expression has an incorrect data type");
}

function invalidPath() {
    return invalid("The document path provided in the update expression is invalid for update");
}
