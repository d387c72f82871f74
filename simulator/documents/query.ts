import { comparable, extended, identity, isFields, type DocumentValue, type Fields } from "./values";

/** What a database answers instead of carrying a command out. */
export class CommandError extends Error {}

type Test = (value: DocumentValue | undefined, operand: DocumentValue) => boolean;

const ordered =
    (holds: (order: number) => boolean): Test =>
    (value, operand) => {
        const [a, b] = [comparable(value), comparable(operand)];
        return a !== undefined && typeof a === typeof b && holds(a < b! ? -1 : a > b! ? 1 : 0);
    };

const equals: Test = (value, operand) =>
    identity(value) === identity(operand) ||
    (Array.isArray(value) && value.some((element) => identity(element) === identity(operand)));

const isIn: Test = (value, operand) => elementsOf(operand).some((one) => equals(value, one));

const OPERATORS: Record<string, Test> = {
    $eq: equals,
    $ne: (value, operand) => !equals(value, operand),
    $gt: ordered((order) => order > 0),
    $gte: ordered((order) => order >= 0),
    $lt: ordered((order) => order < 0),
    $lte: ordered((order) => order <= 0),
    $in: isIn,
    $nin: (value, operand) => !isIn(value, operand),
    $exists: (value, operand) => (value !== undefined) === Boolean(operand),
};

/** Whether a document meets a query: every field of it, by equality or by operators. */
export function matches(document: Fields, query: Fields): boolean {
    return Object.entries(query).every(([field, wanted]) => {
        switch (field) {
            case "$and":
                return elementsOf(wanted).every((one) => matches(document, one as Fields));
            case "$or":
                return elementsOf(wanted).some((one) => matches(document, one as Fields));
            default:
                if (field.startsWith("$")) {
                    throw new CommandError(`unknown top level operator: ${field}; $and and $or are simulated`);
                }
                return meets(valueAt(document, field), wanted);
        }
    });
}

function meets(value: DocumentValue | undefined, wanted: DocumentValue): boolean {
    const operators = operatorsOf(wanted);
    const isMixed = operators.length > 0 && operators.length < Object.keys(wanted as Fields).length;
    const unknown = operators.find(([name]) => !Object.hasOwn(OPERATORS, name));
    if (isMixed || unknown) {
        const which = unknown?.[0] ?? `in ${JSON.stringify(wanted)}`;
        throw new CommandError(`unknown operator ${which}; ${Object.keys(OPERATORS).join(", ")} are simulated`);
    }
    return operators.length > 0
        ? operators.every(([name, operand]) => OPERATORS[name]!(value, operand))
        : equals(value, wanted);
}

/** The operators in what a query says of a field; none if it is a value. */
export function operatorsOf(wanted: DocumentValue): [name: string, operand: DocumentValue][] {
    const isValue = extended(wanted) !== undefined && extended(wanted)![0] !== "$regularExpression";
    return isFields(wanted) && !isValue ? Object.entries(wanted).filter(([name]) => name.startsWith("$")) : [];
}

function elementsOf(operand: DocumentValue): DocumentValue[] {
    if (!Array.isArray(operand)) {
        throw new CommandError("the operator needs an array");
    }
    return operand;
}

/** What is at a path, `address.city`. */
export function valueAt(document: Fields, path: string): DocumentValue | undefined {
    return path
        .split(".")
        .reduce<DocumentValue | undefined>((value, name) => (isFields(value) ? value[name] : undefined), document);
}
