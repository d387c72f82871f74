import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import Big from "big.js";
import { AwsError } from "../../world/error";

export type Item = Record<string, AttributeValue>;
export type ValueType = "S" | "N" | "B" | "SS" | "NS" | "BS" | "BOOL" | "NULL" | "L" | "M";

const TYPES: readonly string[] = ["S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL", "L", "M"];

/** Lists and maps within one another. */
const MAX_DEPTH = 32;
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;

export function invalid(message: string): AwsError {
    return new AwsError("ValidationException", message);
}

export function invalidParameter(message: string): AwsError {
    return invalid(`One or more parameter values were invalid: ${message}`);
}

export function typeOf(value: AttributeValue): ValueType {
    return Object.keys(value)[0] as ValueType;
}

/** The value as it is kept: numbers in their one canonical form, bytes copied; refused if AWS would refuse it. */
export function canonical(value: AttributeValue, depth = 0): AttributeValue {
    const types = Object.entries(value).filter(([, content]) => content !== undefined);
    if (types.length !== 1 || !TYPES.includes(types[0][0])) {
        throw invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    }
    if (depth > MAX_DEPTH) {
        throw invalid("Nesting Levels have exceeded supported limits");
    }
    const { S, N, B, SS, NS, BS, BOOL, L, M } = value as { [T in ValueType]?: never } & AttributeValue;
    if (N !== undefined) {
        return { N: canonicalNumber(N) };
    }
    if (B !== undefined) {
        return { B: Uint8Array.from(B) };
    }
    if (SS !== undefined) {
        return { SS: distinct(SS, (text) => text, "SS") };
    }
    if (NS !== undefined) {
        return { NS: distinct((NS as string[]).map(canonicalNumber), (text) => text, "NS") };
    }
    if (BS !== undefined) {
        return { BS: distinct(BS as Uint8Array[], base64, "BS") };
    }
    if (L !== undefined) {
        return { L: (L as AttributeValue[]).map((element) => canonical(element, depth + 1)) };
    }
    if (M !== undefined) {
        return { M: canonicalItem(M, depth + 1) };
    }
    if (S !== undefined) {
        return { S };
    }
    return BOOL !== undefined ? { BOOL } : { NULL: true };
}

export function canonicalItem(item: Item, depth = 0): Item {
    return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, canonical(value, depth)]));
}

function canonicalNumber(text: string): string {
    let number: Big;
    try {
        number = new Big(text.trim());
    } catch {
        throw invalid(`The parameter cannot be converted to a numeric value: ${text}`);
    }
    if (number.c.length > MAX_DIGITS) {
        throw invalid("Attempting to store more than 38 significant digits in a Number");
    }
    if (number.e > MAX_EXPONENT) {
        throw invalid("Number overflow. Attempting to store a number with magnitude larger than supported range");
    }
    if (number.e < MIN_EXPONENT) {
        throw invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range");
    }
    return number.eq(0) ? "0" : number.toFixed();
}

function distinct<T>(elements: T[], identity: (element: T) => string, type: string): T[] {
    if (elements.length === 0) {
        const kind = { SS: "string", NS: "number", BS: "binary" }[type];
        throw invalidParameter(`An ${kind} set  may not be empty`);
    }
    if (new Set(elements.map(identity)).size < elements.length) {
        throw invalidParameter(`Input collection ${JSON.stringify(elements)} contains duplicates.`);
    }
    return [...elements];
}

export function base64(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString("base64");
}

/** One text per value, the same for equal values: sets are equal in any order of their elements. */
export function identity(value: AttributeValue): string {
    const sorted = (texts: string[]) => [...texts].sort();
    const { B, SS, NS, BS, L, M } = value;
    const content = B
        ? base64(B)
        : (SS ?? NS)
          ? sorted((SS ?? NS)!)
          : BS
            ? sorted(BS.map(base64))
            : L
              ? L.map(identity)
              : M
                ? sorted(Object.keys(M)).map((name) => [name, identity(M[name])])
                : Object.values(value)[0];
    return JSON.stringify([typeOf(value), content]);
}

export function equal(a: AttributeValue, b: AttributeValue): boolean {
    return identity(a) === identity(b);
}

/** Negative, zero or positive; undefined where DynamoDB knows no order between the two. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
    if (a.N !== undefined && b.N !== undefined) {
        return new Big(a.N).cmp(b.N);
    }
    const [bytesOfA, bytesOfB] = [bytesOf(a), bytesOf(b)];
    return typeOf(a) === typeOf(b) && bytesOfA && bytesOfB ? Buffer.compare(bytesOfA, bytesOfB) : undefined;
}

/** The bytes of a text or binary value: the order and the prefixes that DynamoDB knows are theirs. */
export function bytesOf(value: AttributeValue): Buffer | undefined {
    return value.S !== undefined ? Buffer.from(value.S) : value.B && Buffer.from(value.B);
}

/** Bytes that DynamoDB counts for a value. */
export function sizeOf(value: AttributeValue): number {
    const { S, N, B, SS, NS, BS, L, M } = value;
    const total = <T>(elements: T[], size: (element: T) => number) =>
        elements.reduce((sum, element) => sum + size(element), 0);
    if (S !== undefined) {
        return Buffer.byteLength(S);
    }
    if (N !== undefined) {
        return sizeOfNumber(N);
    }
    if (B) {
        return B.length;
    }
    if (L) {
        return 3 + total(L, (element) => 1 + sizeOf(element));
    }
    if (M) {
        return 3 + Object.keys(M).length + sizeOfItem(M);
    }
    return SS ? total(SS, Buffer.byteLength) : NS ? total(NS, sizeOfNumber) : BS ? total(BS, (b) => b.length) : 1;
}

export function sizeOfItem(item: Item): number {
    return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
}

/** One byte per two significant digits, one more, and one for the sign. */
function sizeOfNumber(text: string): number {
    const number = new Big(text);
    return Math.ceil(number.c.length / 2) + (number.s < 0 ? 2 : 1);
}
