import { allowedPrincipals, problem, type Statement } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { statementsOfPolicy } from "../stack/policies";
import { CATALOG_POLICY_MEMBER, GLUE_RESOURCE_POLICY } from "../stack/types";

const INBOUND_ACTIONS = ["glue:AuthorizeInboundIntegration", "glue:CreateInboundIntegration"];

const fix =
    "Name glue.amazonaws.com for the first action, and the accounts or roles that create integrations for the second.";

export const catalogPolicyPrincipals = {
    id: "catalog-policy-principals",
    title: "The catalog's policy lets nobody in that it does not name.",
    level: "mandatory",
    severity: "high",
    reads: [`${GLUE_RESOURCE_POLICY} policy`, `${CATALOG_POLICY_MEMBER} members`],
    why: "With * as principal anybody's account may point an integration at the target, and write to it.",
    fix,
    subjects: (stack) => stack.ofType(GLUE_RESOURCE_POLICY, CATALOG_POLICY_MEMBER),
    judge: (policy) => {
        const open = statementsOfPolicy(policy).filter((statement) => !restrictsPrincipals(statement));
        return INBOUND_ACTIONS.filter((action) => allowedPrincipals({ Statement: open }, [action]).includes("*")).map(
            (action) => problem("policy", `Everybody may ${action}`, fix),
        );
    },
} as const satisfies Rule;

/** Such as `aws:PrincipalOrgID`, or `aws:SourceAccount` for what a service does. */
function restrictsPrincipals({ Condition = {} }: Statement): boolean {
    return Object.values(Condition).some((keys) =>
        Object.keys(keys).some((key) => /^aws:(Principal|SourceAccount$|SourceOrg)/i.test(key)),
    );
}
