import { accountRootArn, nameIn, parseArn, rootCatalogArn } from "./arn";
import { statementId } from "./names";
import { GLUE_SERVICE, isAllowedToAccount, missingActions, type PolicyDocument } from "./policy-document";
import { SOURCE_ARNS, type PolicyMember } from "./policy-member";

/** Who may send data where. */
export interface CatalogGrant {
    /** The database, or the catalog of a table bucket. */
    targetArn: string;
    /** The DynamoDB table, or the connection of a SaaS source. */
    sourceArn: string;
    /**
     * Who creates the integration, in the source's account.
     * @default - everybody in the source's account whom its own policies allow it
     */
    principalArns?: string[];
}

const AUTHORIZE_ACTION = "glue:AuthorizeInboundIntegration";
const CREATE_ACTION = "glue:CreateInboundIntegration";

/** Everything that the catalog's policy needs for the source; creation only where AWS asks for it, in another account. */
export function catalogMembers(grant: CatalogGrant): PolicyMember[] {
    return [authorizeSource(grant), ...(isCrossAccount(grant) ? [allowCreation(grant)] : [])];
}

/** Lets Glue check, for as long as the integration lives, that the target accepts data from the source. */
export function authorizeSource({ targetArn, sourceArn }: CatalogGrant): PolicyMember {
    return {
        statement: {
            Sid: statementId("Authorize", nameIn(targetArn), targetArn),
            Effect: "Allow",
            Principal: { Service: GLUE_SERVICE },
            Action: AUTHORIZE_ACTION,
            Resource: catalogResources(targetArn),
        },
        list: SOURCE_ARNS,
        value: sourceArn,
    };
}

/**
 * Lets the source's account point an integration at the target. In the target's own account an identity policy is enough.
 * Principals of one account never pair with the sources of another: each set of principals has its statement.
 */
export function allowCreation(grant: CatalogGrant): PolicyMember {
    const { targetArn, sourceArn } = grant;
    const principals = [...(grant.principalArns ?? [accountRootArn(sourceArn)])].sort();
    return {
        statement: {
            Sid: statementId("Create", nameIn(targetArn), targetArn, parseArn(sourceArn).accountId, ...principals),
            Effect: "Allow",
            Principal: { AWS: principals },
            Action: CREATE_ACTION,
            Resource: catalogResources(targetArn),
        },
        list: SOURCE_ARNS,
        value: sourceArn,
    };
}

export function isCrossAccount({ targetArn, sourceArn }: Pick<CatalogGrant, "targetArn" | "sourceArn">): boolean {
    return parseArn(targetArn, "targetArn").accountId !== parseArn(sourceArn, "sourceArn").accountId;
}

/** Whether Glue may check the target for this source, whoever wrote the statement. */
export function isSourceAuthorized(policy: PolicyDocument, { targetArn, sourceArn }: CatalogGrant): boolean {
    const grant = { service: GLUE_SERVICE, actions: [AUTHORIZE_ACTION], conditions: { "aws:SourceArn": sourceArn } };
    return catalogResources(targetArn).every((resource) => missingActions(policy, { ...grant, resource }).length === 0);
}

/** Whether somebody of the source's account may point an integration at the target, whoever wrote the statement. */
export function isCreationAllowed(policy: PolicyDocument, { targetArn, sourceArn }: CatalogGrant): boolean {
    const { accountId } = parseArn(sourceArn, "sourceArn");
    const grant = { accountId, action: CREATE_ACTION, context: { "aws:SourceArn": sourceArn } };
    return catalogResources(targetArn).every((resource) => isAllowedToAccount(policy, { ...grant, resource }));
}

function catalogResources(targetArn: string): string[] {
    return [rootCatalogArn(targetArn), targetArn];
}
