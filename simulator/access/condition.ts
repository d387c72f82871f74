import { BlockList, isIP } from "node:net";
import { equalsText, matchesPattern, type RequestContext } from "./pattern";
import { listOf, type ConditionElement } from "./policy";

/** Whether a value of the request is what the policy expects; only texts and ARNs may hold policy variables. */
type Comparison = (actual: string, expected: string, context: RequestContext | undefined) => boolean;

const COMPARISONS: Record<string, Comparison> = {
    StringEquals: (actual, expected, context) => equalsText(expected, actual, context),
    StringEqualsIgnoreCase: (actual, expected, context) =>
        equalsText(expected.toLowerCase(), actual.toLowerCase(), context),
    StringLike: (actual, expected, context) => matchesPattern(expected, actual, context),
    // AWS documents that the two behave alike.
    ArnEquals: arnMatches,
    ArnLike: arnMatches,
    NumericEquals: numeric((actual, expected) => actual === expected),
    NumericLessThan: numeric((actual, expected) => actual < expected),
    NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
    NumericGreaterThan: numeric((actual, expected) => actual > expected),
    NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
    DateEquals: date((actual, expected) => actual === expected),
    DateLessThan: date((actual, expected) => actual < expected),
    DateLessThanEquals: date((actual, expected) => actual <= expected),
    DateGreaterThan: date((actual, expected) => actual > expected),
    DateGreaterThanEquals: date((actual, expected) => actual >= expected),
    Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
    BinaryEquals: (actual, expected) => actual === expected,
    IpAddress: inAddressRange,
};

const NEGATIONS: Record<string, string> = {
    StringNotEquals: "StringEquals",
    StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
    StringNotLike: "StringLike",
    ArnNotEquals: "ArnEquals",
    ArnNotLike: "ArnLike",
    NumericNotEquals: "NumericEquals",
    DateNotEquals: "DateEquals",
    NotIpAddress: "IpAddress",
};

const OPERATOR = /^(?:(?<quantifier>ForAllValues|ForAnyValue):)?(?<name>\w+?)(?<ifExists>IfExists)?$/;

/** Whether AWS knows a condition operator, with its prefix and suffix. */
export function isConditionOperator(operator: string): boolean {
    const { name, ifExists } = OPERATOR.exec(operator)?.groups ?? {};
    return name === "Null" ? !ifExists : name in COMPARISONS || name in NEGATIONS;
}

/** Whether all operators and all keys of a statement's condition hold. */
export function conditionHolds(
    condition: ConditionElement | undefined,
    context: RequestContext,
    variables: RequestContext | undefined,
): boolean {
    return Object.entries(condition ?? {}).every(([operator, keys]) =>
        Object.entries(keys).every(([key, expected]) =>
            operatorHolds(operator, context.get(key.toLowerCase()), listOf(expected).map(String), variables),
        ),
    );
}

function operatorHolds(
    operator: string,
    actual: readonly string[] = [],
    expected: string[],
    variables: RequestContext | undefined,
): boolean {
    const { quantifier, name, ifExists } = OPERATOR.exec(operator)?.groups ?? {};
    if (name === "Null") {
        return expected.includes(String(actual.length === 0));
    }
    const negated = name in NEGATIONS;
    if (actual.length === 0) {
        // A key that the request lacks differs from every value; ForAllValues is true of no values at all.
        return Boolean(ifExists) || quantifier === "ForAllValues" || (negated && quantifier === undefined);
    }
    const compare = COMPARISONS[negated ? NEGATIONS[name] : name];
    const holds = (value: string) => expected.some((item) => compare(value, item, variables)) !== negated;
    const everyValue = quantifier === "ForAllValues" || (quantifier === undefined && negated);
    return everyValue ? actual.every(holds) : actual.some(holds);
}

/** ARNs are compared by their six segments, so a wildcard does not reach over a colon, except in the last. */
function arnMatches(actual: string, expected: string, context: RequestContext | undefined): boolean {
    const [actualParts, expectedParts] = [arnSegments(actual), arnSegments(expected)];
    return (
        actualParts.length === 6 &&
        expectedParts.length === 6 &&
        expectedParts.every((part, index) => matchesPattern(part, actualParts[index], context))
    );
}

function arnSegments(arn: string): string[] {
    // The colon inside a policy variable separates nothing.
    const parts = arn.match(/(\$\{[^}]*\}|[^:])+|(?<=:|^)(?=:|$)/g) ?? [];
    return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function numeric(compare: (actual: number, expected: number) => boolean): Comparison {
    // Number("") is 0, which AWS does not take for a number.
    const parse = (text: string) => (text.trim() === "" ? NaN : Number(text));
    return (actual, expected) => compare(parse(actual), parse(expected));
}

function date(compare: (actual: number, expected: number) => boolean): Comparison {
    return (actual, expected) => compare(epochMillis(actual), epochMillis(expected));
}

/** AWS takes ISO 8601 and seconds since 1970. */
function epochMillis(text: string): number {
    return /^\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inAddressRange(actual: string, expected: string): boolean {
    const [network, prefix] = expected.split("/");
    const version = isIP(network);
    if (version === 0 || isIP(actual) !== version) {
        return false;
    }
    const family = version === 4 ? "ipv4" : "ipv6";
    const range = new BlockList();
    range.addSubnet(network, Number(prefix ?? (version === 4 ? 32 : 128)), family);
    return range.check(actual, family);
}
