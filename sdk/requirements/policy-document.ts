import { problem, type Problem } from "./errors";

export type OneOrMany<T> = T | T[];

/** Operator, key, values: `{ StringEquals: { "aws:SourceAccount": "111122223333" } }`. */
export type Condition = Record<string, Record<string, OneOrMany<string>>>;

export interface Statement {
    Sid?: string;
    Effect: "Allow" | "Deny";
    Principal?: "*" | Record<string, OneOrMany<string>>;
    NotPrincipal?: "*" | Record<string, OneOrMany<string>>;
    Action?: OneOrMany<string>;
    NotAction?: OneOrMany<string>;
    Resource?: OneOrMany<string>;
    NotResource?: OneOrMany<string>;
    Condition?: Condition;
}

/** A policy as AWS and people write it: one statement or a list of them. */
export interface PolicyDocument {
    Version?: string;
    Id?: string;
    Statement?: OneOrMany<Statement>;
}

export const POLICY_VERSION = "2012-10-17";

/** Who moves the data: the same name in every partition. */
export const GLUE_SERVICE = "glue.amazonaws.com";
export const REDSHIFT_SERVICE = "redshift.amazonaws.com";

/** Largest policy, in bytes of its text. Spaces and line ends count. */
export const POLICY_SIZE_LIMIT = {
    /** The catalog's policy: one for an account and Region. */
    glueCatalog: 10 * 1024,
    dynamoDbTable: 20 * 1024,
};

/** A statement of an identity's policy that allows the actions. */
export function allow(Sid: string, Action: string[], Resource: string[]): Statement {
    return { Sid, Effect: "Allow", Action, Resource };
}

export function policyDocument(Statement: Statement[]): PolicyDocument {
    return { Version: POLICY_VERSION, Statement };
}

export function statementsOf({ Statement }: PolicyDocument): Statement[] {
    return listOf(Statement);
}

export function listOf<T>(value: OneOrMany<T> | undefined): T[] {
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

export function policySize(text: string): number {
    return Buffer.byteLength(text);
}

export function policySizeProblems(argument: string, policy: keyof typeof POLICY_SIZE_LIMIT, text: string): Problem[] {
    const [size, limit] = [policySize(text), POLICY_SIZE_LIMIT[policy]];
    if (size <= limit) {
        return [];
    }
    const count = statementsOf(JSON.parse(text) as PolicyDocument).length;
    return [
        problem(
            argument,
            `The policy would have ${size} bytes in ${count} statements, and AWS takes ${limit}`,
            "Remove what is not needed any more, or use another account or Region",
        ),
    ];
}

/** What a service is to be allowed. */
export interface ServiceGrant {
    /** Such as `glue.amazonaws.com`. */
    service: string;
    actions: readonly string[];
    /** A resource that must be covered; any when it is left out. */
    resource?: string;
    /**
     * Condition keys that a statement must restrict, each in a way that lets this value through. A value may be a
     * pattern: then a statement is good that lets through something that the pattern covers.
     */
    conditions?: Record<string, string>;
}

/**
 * The actions of the grant that no statement gives, in the order asked. Empty means that the service may do it all,
 * as far as the document tells: condition keys that were not asked for are not judged, and a Deny counts only where it
 * has no conditions.
 */
export function missingActions(
    document: PolicyDocument,
    { service, actions, resource, conditions = {} }: ServiceGrant,
): string[] {
    const statements = statementsOf(document).filter(
        (statement) => appliesToService(statement, service) && (resource === undefined || covers(statement, resource)),
    );
    const allowing = statements.filter(
        (statement) =>
            statement.Effect === "Allow" &&
            Object.entries(conditions).every(([key, value]) => restrictsTo(statement, key, value)),
    );
    const denying = statements.filter(isUnconditionalDeny);
    return actions.filter(
        (action) =>
            !allowing.some((statement) => includesAction(statement, action)) ||
            denying.some((statement) => includesAction(statement, action)),
    );
}

/** What somebody of an account is to be allowed. */
export interface AccountGrant {
    accountId: string;
    action: string;
    resource: string;
    /** The values of condition keys in the request; keys that are not here are not judged. */
    context: Record<string, string>;
}

/**
 * Whether a statement allows it to anybody of the account. Who will ask is not known, so that no Deny is judged: it may be
 * about others.
 */
export function isAllowedToAccount(
    document: PolicyDocument,
    { accountId, action, resource, context }: AccountGrant,
): boolean {
    return allowing(document, [action]).some(
        (statement) =>
            appliesToAccount(statement, accountId) &&
            covers(statement, resource) &&
            Object.entries(context).every(([key, value]) => letsThrough(statement, key, value)),
    );
}

/** Whether a Deny without conditions forbids the action on everything that a resource, perhaps a pattern, stands for. */
export function isDenied(document: PolicyDocument, action: string, resource: string): boolean {
    return statementsOf(document).some(
        (statement) =>
            isUnconditionalDeny(statement) && includesAction(statement, action) && coversAll(statement, resource),
    );
}

/** The principals that Allow statements with one of the actions name, as `service:…`, `aws:…`, `federated:…`, or `*` for everybody. */
export function allowedPrincipals(document: PolicyDocument, actions: readonly string[]): string[] {
    return allowing(document, actions).flatMap(({ Principal, NotPrincipal }) => {
        if (NotPrincipal !== undefined || Principal === "*") {
            return ["*"];
        }
        return Object.entries(Principal ?? {}).flatMap(([type, names]) =>
            listOf(names).map((name) => (name === "*" ? "*" : `${type.toLowerCase()}:${name}`)),
        );
    });
}

/** The resource patterns on which Allow statements give one of the actions; `*` for a NotResource. */
export function allowedResources(document: PolicyDocument, actions: readonly string[]): string[] {
    return allowing(document, actions).flatMap(({ Resource, NotResource }) =>
        NotResource === undefined ? listOf(Resource) : ["*"],
    );
}

/** Whether something exists that both patterns cover: `*` stands for any text, `?` for one character. */
export function overlaps(left: string, right: string): boolean {
    return left === right || ((isPattern(left) || isPattern(right)) && tokensOverlap(wild(left), wild(right)));
}

function allowing(document: PolicyDocument, actions: readonly string[]): Statement[] {
    return statementsOf(document).filter(
        (statement) => statement.Effect === "Allow" && actions.some((action) => includesAction(statement, action)),
    );
}

function isUnconditionalDeny({ Effect, Condition = {} }: Statement): boolean {
    return Effect === "Deny" && Object.keys(Condition).length === 0;
}

function includesAction({ Action, NotAction }: Statement, action: string): boolean {
    return isNamed(action.toLowerCase(), lowerCase(Action), lowerCase(NotAction));
}

function covers({ Resource, NotResource }: Statement, resource: string): boolean {
    return isNamed(resource, listOf(Resource), listOf(NotResource));
}

// What covers a name that nobody has, covers all names.
const ANY_NAME = "\0";

function coversAll({ Resource, NotResource }: Statement, resource: string): boolean {
    return NotResource === undefined
        ? listOf(Resource).some((pattern) => overlaps(pattern, resource.replaceAll("*", ANY_NAME)))
        : !listOf(NotResource).some((pattern) => overlaps(pattern, resource));
}

function isNamed(value: string, patterns: string[], exceptions: string[]): boolean {
    const matches = (pattern: string) => overlaps(pattern, value);
    return exceptions.length === 0 ? patterns.some(matches) : !exceptions.some(matches);
}

function lowerCase(values: OneOrMany<string> | undefined): string[] {
    return listOf(values).map((value) => value.toLowerCase());
}

function appliesToService({ Principal, NotPrincipal }: Statement, service: string): boolean {
    if (NotPrincipal !== undefined) {
        return NotPrincipal !== "*" && !listOf(NotPrincipal.Service).includes(service);
    }
    return (
        Principal === "*" ||
        (Principal !== undefined && listOf(Principal.Service).some((name) => name === service || name === "*"))
    );
}

function appliesToAccount({ Principal, NotPrincipal }: Statement, accountId: string): boolean {
    if (NotPrincipal !== undefined || Principal === "*") {
        return NotPrincipal !== "*";
    }
    // An account's id, or an ARN in it.
    return listOf(Principal?.AWS).some((name) => name === "*" || [name, name.split(":")[4]].includes(accountId));
}

// With IfExists an operator lets a request pass that lacks the key, so those do not hold a key to anything.
const PATTERN_OPERATORS = ["stringlike", "arnequals", "arnlike"];

function restrictsTo({ Condition = {} }: Statement, key: string, value: string): boolean {
    const tests = testsOf(Condition, key);
    return (
        tests.length > 0 &&
        tests.every(
            ({ operator, values }) =>
                (operator === "stringequals" || !values.includes("*")) && matches(operator, values, value),
        )
    );
}

/** Whether no test of the key turns the value away. Tests by other operators are not judged. */
function letsThrough({ Condition = {} }: Statement, key: string, value: string): boolean {
    return testsOf(Condition, key)
        .map(({ operator, values }) => ({ operator: operator.replace(/ifexists$/, ""), values }))
        .filter(({ operator }) => ["stringequals", ...PATTERN_OPERATORS].includes(operator))
        .every(({ operator, values }) => matches(operator, values, value));
}

function testsOf(condition: Condition, key: string): { operator: string; values: string[] }[] {
    return Object.entries(condition).flatMap(([operator, keys]) =>
        Object.entries(keys)
            .filter(([name]) => name.toLowerCase() === key.toLowerCase())
            .map(([, values]) => ({ operator: operator.toLowerCase(), values: listOf(values) })),
    );
}

function matches(operator: string, values: string[], value: string): boolean {
    if (operator === "stringequals") {
        return values.some(
            (literal) => literal === value || (isPattern(value) && tokensOverlap([...literal], wild(value))),
        );
    }
    return PATTERN_OPERATORS.includes(operator) && values.some((pattern) => overlaps(pattern, value));
}

function isPattern(text: string): boolean {
    return /[*?]/.test(text);
}

const ANY_TEXT = Symbol("*");
const ANY_CHARACTER = Symbol("?");
type Token = string | typeof ANY_TEXT | typeof ANY_CHARACTER;

function wild(pattern: string): Token[] {
    return [...pattern].map((character) =>
        character === "*" ? ANY_TEXT : character === "?" ? ANY_CHARACTER : character,
    );
}

function tokensOverlap(left: Token[], right: Token[]): boolean {
    // reachable[j]: what is read of `left` so far can be matched by the first j tokens of `right`.
    const solid = right.findIndex((token) => token !== ANY_TEXT);
    let reachable = Array.from({ length: right.length + 1 }, (_, j) => solid < 0 || j <= solid);
    for (const token of left) {
        const next: boolean[] = [token === ANY_TEXT && reachable[0]!];
        right.forEach((other, j) => {
            next.push(
                token === ANY_TEXT || other === ANY_TEXT
                    ? reachable[j + 1]! || next[j]!
                    : reachable[j]! && (token === ANY_CHARACTER || other === ANY_CHARACTER || token === other),
            );
        });
        reachable = next;
    }
    return reachable.at(-1)!;
}
