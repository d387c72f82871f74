import { CommandError, valueAt } from "./query";
import { canonical, comparable, identity, isFields, type DocumentValue, type Fields } from "./values";

type Operator = (document: Fields, path: string, operand: DocumentValue) => Fields;

const OPERATORS: Record<string, Operator> = {
    $set: put,
    $unset: (document, path) => put(document, path, undefined),
    $inc(document, path, operand) {
        const [before, by] = [comparable(valueAt(document, path) ?? 0), comparable(operand)];
        if (typeof before !== "number" || typeof by !== "number") {
            throw new CommandError(`Cannot apply $inc to a value of non-numeric type at '${path}'`);
        }
        return put(document, path, before + by);
    },
    $push(document, path, operand) {
        const before = valueAt(document, path) ?? [];
        if (!Array.isArray(before)) {
            throw new CommandError(`The field '${path}' must be an array`);
        }
        return put(document, path, [...before, operand]);
    },
};

/** Whether an update says what to change; otherwise it is the document that takes the other's place. */
export const isModification = (update: Fields): boolean => Object.keys(update).some((name) => name.startsWith("$"));

/** A document as it is after an update; its `_id` stays. */
export function updated<T extends Fields>(document: T, update: Fields): T {
    const after = isModification(update) ? modified(document, update) : { _id: document._id!, ...update };
    if (identity(after._id) !== identity(document._id)) {
        throw new CommandError("Performing an update on the path '_id' would modify the immutable field '_id'");
    }
    return after as T;
}

function modified(document: Fields, update: Fields): Fields {
    return Object.entries(update).reduce((current, [name, changes]) => {
        const operator = OPERATORS[name];
        if (!operator) {
            throw new CommandError(`Unknown modifier: ${name}; ${Object.keys(OPERATORS).join(", ")} are simulated`);
        }
        return Object.entries(changes as Fields).reduce(
            (next, [path, operand]) => operator(next, path, operand),
            current,
        );
    }, document);
}

/** A copy with another value at a path; @param value @default what is there goes */
function put(document: Fields, path: string, value: DocumentValue | undefined): Fields {
    const [name, ...rest] = path.split(".") as [string, ...string[]];
    const { [name]: before, ...others } = document;
    if (rest.length > 0) {
        const inner = put(isFields(before) ? before : {}, rest.join("."), value);
        return { ...document, [name]: inner };
    }
    return value === undefined ? others : { ...document, [name]: canonical(value) };
}
