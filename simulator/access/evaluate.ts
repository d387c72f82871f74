import { conditionHolds } from "./condition";
import { matchesAction, matchesPattern, type RequestContext } from "./pattern";
import { listOf, statementsOf, type PolicyDocument, type Statement } from "./policy";
import { matchPrincipal, type Principal, type PrincipalMatch } from "./principal";

export interface AccessRequest {
    principal: Principal;
    /** Such as `glue:CreateIntegration`. */
    action: string;
    /** An ARN, or `*` for actions that AWS does not restrict to resources. */
    resource: string;
    resourceAccountId: string;
    /** Every condition key that the request carries, `aws:SourceArn` and `aws:PrincipalAccount` among them. */
    context: Record<string, string | string[]>;
}

/** The policies that bear on a request. */
export interface Policies {
    /** Inline and managed policies of the user or role. */
    identity: PolicyDocument[];
    permissionsBoundary?: PolicyDocument;
    /** Those given to AssumeRole. @default none, and the session may do what its role may */
    session?: PolicyDocument[];
    resource?: PolicyDocument;
    /**
     * Of KMS keys and roles: unless their own policy lets somebody in, nobody gets in, not even from the same account.
     * @default false
     */
    resourcePolicyRequired?: boolean;
}

/** The kinds of policy, in the words of AWS's error messages. */
export type PolicyKind = "identity-based policy" | "resource-based policy" | "permissions boundary" | "session policy";

/** `deniedBy` is the Sid of the statement that denies, where it has one. */
export type Decision =
    | { allowed: true }
    | { allowed: false; reason: "explicit-deny"; policyKind: PolicyKind; deniedBy?: string }
    | { allowed: false; reason: "no-allow"; policyKind: PolicyKind };

/** Decides as IAM documents it: nothing is allowed by default, and an explicit Deny in any policy wins. */
export function evaluate(request: AccessRequest, policies: Policies): Decision {
    const statements = statementsInForce(request, policies);
    for (const [policyKind, inForce] of Object.entries(statements) as [PolicyKind, Statement[]][]) {
        const denial = inForce.find((statement) => statement.Effect === "Deny");
        if (denial) {
            return { allowed: false, reason: "explicit-deny", policyKind, deniedBy: denial.Sid };
        }
    }
    const missing = missingAllow(request, policies, statements);
    return missing ? { allowed: false, reason: "no-allow", policyKind: missing } : { allowed: true };
}

/** What AWS tells the one who was refused. */
export function accessDeniedMessage(request: AccessRequest, decision: Decision & { allowed: false }): string {
    const { principal, action, resource } = request;
    const user = principal.kind === "service" ? principal.name : principal.arn;
    const cause =
        decision.reason === "explicit-deny"
            ? `with an explicit deny in ${indefiniteArticle(decision.policyKind)} ${decision.policyKind}`
            : `because no ${decision.policyKind} allows the ${action} action`;
    return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${cause}`;
}

/** The statements, by the kind of their policy, that speak of the request. */
function statementsInForce(request: AccessRequest, policies: Policies): Record<PolicyKind, Statement[]> {
    const context = new Map(
        Object.entries(request.context).map(([key, value]) => [key.toLowerCase(), listOf(value)] as const),
    );
    const applying = (documents: PolicyDocument[]) =>
        documents.flatMap((document) =>
            statementsOf(document).filter((statement) =>
                statementApplies(statement, request, context, document.Version === "2012-10-17" ? context : undefined),
            ),
        );
    return {
        "identity-based policy": applying(policies.identity),
        "resource-based policy": applying(listOf(policies.resource)).filter(
            (statement) => matchPrincipal(statement, request.principal) !== "none",
        ),
        "permissions boundary": applying(listOf(policies.permissionsBoundary)),
        "session policy": applying(policies.session ?? []),
    };
}

/** The policy whose Allow the request lacks, if it lacks one. */
function missingAllow(
    { principal, resourceAccountId }: AccessRequest,
    policies: Policies,
    statements: Record<PolicyKind, Statement[]>,
): PolicyKind | undefined {
    const allows = (kind: PolicyKind) => statements[kind].some(({ Effect }) => Effect === "Allow");
    const grants = statements["resource-based policy"].map((statement) => matchPrincipal(statement, principal));
    const granted = (...matches: PrincipalMatch[]) => grants.some((grant) => matches.includes(grant));

    if (principal.kind === "service") {
        return grants.length > 0 ? undefined : "resource-based policy";
    }
    const sameAccount = principal.accountId === resourceAccountId;
    if (sameAccount && granted("exact")) {
        return undefined;
    }
    if (!allows("identity-based policy") && !(sameAccount && granted("role", "everyone"))) {
        return "identity-based policy";
    }
    if (grants.length === 0 && (!sameAccount || policies.resourcePolicyRequired)) {
        return "resource-based policy";
    }
    if (policies.permissionsBoundary && !allows("permissions boundary") && !(sameAccount && granted("everyone"))) {
        return "permissions boundary";
    }
    return policies.session && !allows("session policy") ? "session policy" : undefined;
}

/** Policy variables, `${…}`, came with version 2012-10-17; before, they are plain text, and `variables` is undefined. */
function statementApplies(
    statement: Statement,
    { action, resource }: AccessRequest,
    context: RequestContext,
    variables: RequestContext | undefined,
): boolean {
    const named = (patterns: string | string[] | undefined, matches: (pattern: string) => boolean) =>
        listOf(patterns).some(matches);
    const isAction = (pattern: string) => matchesAction(pattern, action);
    const isResource = (pattern: string) => matchesPattern(pattern, resource, variables);
    return (
        (statement.NotAction ? !named(statement.NotAction, isAction) : named(statement.Action, isAction)) &&
        // A trust policy names no resource: it is the role's.
        (statement.NotResource
            ? !named(statement.NotResource, isResource)
            : statement.Resource === undefined || named(statement.Resource, isResource)) &&
        conditionHolds(statement.Condition, context, variables)
    );
}

function indefiniteArticle(noun: string): string {
    return noun.startsWith("i") ? "an" : "a";
}
