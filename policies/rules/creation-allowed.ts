import { isCreationAllowed, parseArn, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { catalogStatements } from "../stack/policies";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import {
    CATALOG_POLICY_MEMBER,
    GLUE_DATABASE,
    GLUE_RESOURCE_POLICY,
    INTEGRATION,
    NATIVE_INTEGRATION,
} from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const fix =
    "Allow the source's account, or the roles there that create integrations, glue:CreateInboundIntegration on the catalog and the database, with the source's ARN as aws:SourceArn.";

export const creationAllowed = {
    id: "creation-allowed",
    title: "The catalog's policy lets the account of a source point its integration at another account's database.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${INTEGRATION} sourceArn, targetArn`,
        `${NATIVE_INTEGRATION} sourceArn, targetArn`,
        `${GLUE_RESOURCE_POLICY} policy`,
        `${CATALOG_POLICY_MEMBER} members`,
    ],
    why: "Across accounts the creator's own policies are not enough: AWS refuses to create the integration.",
    fix,
    subjects: (stack) =>
        stack.ofType(GLUE_RESOURCE_POLICY, CATALOG_POLICY_MEMBER).length === 0
            ? []
            : stack.integrations.filter(
                  (integration) =>
                      stack.targetOf(integration).resource?.type === GLUE_DATABASE &&
                      mayBeCrossAccount(stack, integration),
              ),
    judge: (integration, stack) => {
        const { targetArn, sourceArn, exact } = pairOf(stack, integration);
        const { values, complete } = catalogStatements(stack);
        const allowed = isCreationAllowed({ Statement: values }, { targetArn, sourceArn });
        if (allowed ? !exact : !complete || accountsOf(stack, integration).includes("*")) {
            throw new CannotTellYet("an account, an ARN or a policy of the catalog is not known");
        }
        return allowed
            ? []
            : [
                  problem(
                      "targetArn",
                      `No statement in this stack lets account ${parseArn(sourceArn).accountId} create an integration into the database`,
                      fix,
                  ),
              ];
    },
} as const satisfies Rule;

function pairOf(stack: Stack, integration: Resource): { sourceArn: string; targetArn: string; exact: boolean } {
    const source = stack.sourceArn(integration);
    const target = stack.databaseArn(stack.targetOf(integration).resource!);
    return { sourceArn: source.pattern, targetArn: target.pattern, exact: source.exact && target.exact };
}

/** As far as they are known: `*` is one that is not. */
function accountsOf(stack: Stack, integration: Resource): (string | undefined)[] {
    const { sourceArn, targetArn } = pairOf(stack, integration);
    return [sourceArn, targetArn].map((arn) => /^arn:(?:[^:]*:){3}([^:]*):/.exec(arn)?.[1]);
}

/** What is no ARN is for `integration-limits` to tell. */
function mayBeCrossAccount(stack: Stack, integration: Resource): boolean {
    const [source, target] = accountsOf(stack, integration);
    return source !== undefined && (source !== target || source === "*");
}
