import { isConditionOperator } from "./condition";
import { listOf, type OneOrMany, type PolicyDocument, type Statement } from "./policy";

/** What is attached to an identity names no principal; what is attached to a resource must; a trust policy is its role's, so it names no resource. */
export type PolicyUse = "identity" | "resource" | "trust";

/** Why AWS would not store a document. The service decides under which error code it answers. */
export class MalformedPolicyError extends Error {}

/** The document in `text`, or a {@link MalformedPolicyError} with the words of AWS. */
export function parsePolicy(text: string, use: PolicyUse): PolicyDocument {
    const document = parseObject(text);
    requireKnownElements(document, ["Version", "Id", "Statement"]);
    if (document.Version !== undefined && !["2012-10-17", "2008-10-17"].includes(document.Version as string)) {
        fail(SYNTAX_ERROR);
    }
    if (use === "identity" && document.Version !== "2012-10-17") {
        fail("Policy document must be version 2012-10-17 or greater.");
    }
    const statements = listOf(document.Statement);
    expect(statements.length > 0);
    for (const statement of statements) {
        checkStatement(statement, use);
    }
    const sids = statements.flatMap((statement) => (statement as Statement).Sid ?? []);
    if (new Set(sids).size < sids.length) {
        fail("Statement IDs (SID) in a single policy must be unique.");
    }
    return document as unknown as PolicyDocument;
}

const SYNTAX_ERROR = "Syntax errors in policy.";

type JsonObject = Record<string, unknown>;

function fail(message: string): never {
    throw new MalformedPolicyError(message);
}

function expect(condition: boolean): void {
    if (!condition) {
        fail(SYNTAX_ERROR);
    }
}

function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is OneOrMany<string> {
    return typeof value === "string" || (Array.isArray(value) && value.every((item) => typeof item === "string"));
}

function parseObject(text: string): JsonObject {
    try {
        const value: unknown = JSON.parse(text);
        if (isObject(value)) {
            return value;
        }
    } catch {
        // Not JSON: the same answer as for JSON that is no object.
    }
    return fail("This policy contains invalid Json");
}

function requireKnownElements(element: JsonObject, known: string[]): void {
    expect(Object.keys(element).every((name) => known.includes(name)));
}

const STATEMENT_ELEMENTS = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

function checkStatement(statement: unknown, use: PolicyUse): void {
    if (!isObject(statement)) {
        return fail(SYNTAX_ERROR);
    }
    requireKnownElements(statement, STATEMENT_ELEMENTS);
    expect(statement.Effect === "Allow" || statement.Effect === "Deny");
    checkSid(statement.Sid, use);
    checkPrincipal(statement, use);
    checkActions(statement, use);
    checkResources(statement, use);
    checkCondition(statement.Condition);
}

function checkSid(sid: unknown, use: PolicyUse): void {
    expect(sid === undefined || typeof sid === "string");
    // Only IAM is strict; S3, KMS and Glue take spaces and punctuation.
    if (use === "identity" && typeof sid === "string" && !/^[A-Za-z0-9]*$/.test(sid)) {
        fail(
            `Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*`,
        );
    }
}

/** The one of a pair such as Action and NotAction that is there; both are an error. */
function eitherOf(statement: JsonObject, name: string): unknown {
    const negated = `Not${name}`;
    expect(!(name in statement && negated in statement));
    return statement[name] ?? statement[negated];
}

function checkPrincipal(statement: JsonObject, use: PolicyUse): void {
    const principal = eitherOf(statement, "Principal");
    if (use === "identity") {
        if (principal !== undefined) {
            fail("Policy document should not specify a principal.");
        }
        return;
    }
    if (principal === undefined) {
        fail("Missing required field Principal");
    }
    if (principal === "*") {
        return;
    }
    if (!isObject(principal)) {
        return fail(`Invalid principal in policy: "${String(principal)}"`);
    }
    requireKnownElements(principal, ["AWS", "Service", "Federated", "CanonicalUser"]);
    expect(Object.keys(principal).length > 0 && Object.values(principal).every(isStrings));
    for (const [kind, form] of Object.entries(PRINCIPAL_FORMS)) {
        for (const name of listOf(principal[kind] as OneOrMany<string> | undefined)) {
            if (!form.test(name)) {
                fail(`Invalid principal in policy: "${kind.toUpperCase()}":"${name}"`);
            }
        }
    }
}

const PRINCIPAL_FORMS = {
    // A principal is named whole: no wildcard within an ARN. An id (AIDA…, AROA…) is what one that was deleted turns into.
    AWS: /^(\*|\d{12}|A[A-Z0-9]{15,}|arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[^*?]+)|arn:aws[a-z-]*:sts::\d{12}:(assumed-role|federated-user)\/[^*?]+)$/,
    Service: /^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|aws)$/,
};

function checkActions(statement: JsonObject, use: PolicyUse): void {
    const actions = eitherOf(statement, "Action");
    if (actions === undefined) {
        fail("Policy statement must contain actions.");
    }
    if (!isStrings(actions)) {
        return fail(SYNTAX_ERROR);
    }
    for (const action of listOf(actions)) {
        if (use === "trust" && !/^(sts:.+|\*)$/i.test(action)) {
            fail("AssumeRole policy may only specify STS AssumeRole actions.");
        }
        if (action !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
            fail("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
        }
    }
}

function checkResources(statement: JsonObject, use: PolicyUse): void {
    const resources = eitherOf(statement, "Resource");
    if (use === "trust") {
        if (resources !== undefined) {
            fail("Has prohibited field Resource");
        }
        return;
    }
    if (resources === undefined) {
        fail("Policy statement must contain resources.");
    }
    if (!isStrings(resources)) {
        return fail(SYNTAX_ERROR);
    }
    for (const resource of listOf(resources)) {
        if (resource !== "*" && !/^(arn|\*):/.test(resource)) {
            fail(`Resource ${resource} must be in ARN format or "*".`);
        }
    }
}

function checkCondition(condition: unknown): void {
    if (condition === undefined) {
        return;
    }
    if (!isObject(condition)) {
        return fail(SYNTAX_ERROR);
    }
    for (const [operator, keys] of Object.entries(condition)) {
        if (!isConditionOperator(operator)) {
            fail(`Invalid Condition type : ${operator}.`);
        }
        expect(isObject(keys) && Object.values(keys).every(isConditionValue));
    }
}

function isConditionValue(value: unknown): boolean {
    return listOf(value).every((item) => ["string", "number", "boolean"].includes(typeof item));
}
