import { accountRootArn, nameIn } from "./arn";
import { isCrossAccount } from "./catalog-policy";
import { statementId } from "./names";
import { missingActions, REDSHIFT_SERVICE, statementsOf, type PolicyDocument } from "./policy-document";
import { SOURCE_ARNS, type PolicyMember } from "./policy-member";

interface NamespaceTarget {
    /** The ARN of the warehouse's namespace, provisioned or serverless. */
    targetArn: string;
    /**
     * Whether the statements name the namespace as their `Resource`, as AWS documents it. Somebody saw such a policy refused on
     * a serverless namespace ("Resources are not allowed"): then say `false`.
     * @default true
     */
    nameResource?: boolean;
}

/** Who may send data to a warehouse. */
export interface NamespaceGrant extends NamespaceTarget {
    /** The cluster, the instance, the table or the VM cluster. */
    sourceArn: string;
    /**
     * Who creates the integration. Somebody saw a role that people sign in with (SSO) refused where only its account's root was named:
     * then give the role's own ARN.
     * @default - the root of the source's account when it is another one, which lets its own policies decide; nobody otherwise
     */
    principalArns?: string[];
}

const AUTHORIZE_ACTION = "redshift:AuthorizeInboundIntegration";
const CREATE_ACTION = "redshift:CreateInboundIntegration";

/** Everything that the namespace's policy needs for the source. */
export function namespaceMembers(grant: NamespaceGrant): PolicyMember[] {
    const principalArns = grant.principalArns ?? (isCrossAccount(grant) ? [accountRootArn(grant.sourceArn)] : []);
    return [
        authorizeRedshiftSource(grant),
        ...(principalArns.length === 0
            ? []
            : [allowRedshiftCreation({ ...grant, principalArns, owner: grant.sourceArn })]),
    ];
}

/** Lets Redshift take data from the source, for as long as the integration lives: without it, replication stops for good. */
export function authorizeRedshiftSource(grant: NamespaceTarget & { sourceArn: string }): PolicyMember {
    return {
        statement: {
            ...allow("Authorize", grant),
            Principal: { Service: REDSHIFT_SERVICE },
            Action: AUTHORIZE_ACTION,
        },
        list: SOURCE_ARNS,
        value: grant.sourceArn,
    };
}

/**
 * Lets the principals point integrations at the warehouse, whatever their source: AWS documents no condition here. In the
 * warehouse's own account an identity policy is enough. Each `owner` (such as a source's ARN) has its statement: the principals
 * of one stay when another goes.
 */
export function allowRedshiftCreation(
    grant: NamespaceTarget & {
        /** Roles, users, or the roots of accounts. */
        principalArns: string[];
        owner: string;
    },
): PolicyMember {
    return {
        statement: {
            ...allow("Create", grant, grant.owner),
            Principal: { AWS: [...grant.principalArns].sort() },
            Action: CREATE_ACTION,
        },
    };
}

/** Whether Redshift may take data from this source, whoever wrote the statement. */
export function isRedshiftSourceAuthorized(
    policy: PolicyDocument,
    { targetArn, sourceArn }: Pick<NamespaceGrant, "targetArn" | "sourceArn">,
): boolean {
    const missing = missingActions(withResources(policy, targetArn), {
        service: REDSHIFT_SERVICE,
        actions: [AUTHORIZE_ACTION],
        resource: targetArn,
        conditions: { "aws:SourceArn": sourceArn },
    });
    return missing.length === 0;
}

/** A statement of a namespace's policy that names no resource is about the namespace. */
function withResources(policy: PolicyDocument, Resource: string): PolicyDocument {
    return {
        ...policy,
        Statement: statementsOf(policy).map((statement) =>
            statement.NotResource === undefined ? { Resource, ...statement } : statement,
        ),
    };
}

function allow(purpose: string, { targetArn, nameResource = true }: NamespaceTarget, ...distinguishing: string[]) {
    return {
        Sid: statementId(purpose, nameIn(targetArn), targetArn, ...distinguishing),
        Effect: "Allow" as const,
        ...(nameResource ? { Resource: targetArn } : {}),
    };
}
