import { isRedshiftSourceAuthorized, isSourceAuthorized, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { catalogStatements, namespaceStatements } from "../stack/policies";
import { WAREHOUSES, type Reference } from "../stack/stack";
import {
    CATALOG_POLICY_MEMBER,
    GLUE_CATALOG,
    GLUE_RESOURCE_POLICY,
    NAMESPACE_POLICY_MEMBER,
    RDS_INTEGRATIONS,
    REDSHIFT_INTEGRATIONS,
    REDSHIFT_RESOURCE_POLICY,
} from "../stack/types";
import { CannotTellYet, known } from "../stack/unknown";

const fix =
    "Allow redshift.amazonaws.com redshift:AuthorizeInboundIntegration on the namespace (into a managed catalog: glue.amazonaws.com glue:AuthorizeInboundIntegration on the catalogs), with the source's ARN as aws:SourceArn; aws.redshiftserverless.ResourcePolicy does not write this policy.";

export const warehouseSourceAuthorized = {
    id: "warehouse-source-authorized",
    title: "The policy of a warehouse's namespace, or of the catalog, lets AWS take in the source of an integration.",
    level: "mandatory",
    severity: "critical",
    reads: [
        ...[...RDS_INTEGRATIONS, ...REDSHIFT_INTEGRATIONS].map((type) => `${type} sourceArn, targetArn`),
        `${REDSHIFT_RESOURCE_POLICY} policy`,
        `${NAMESPACE_POLICY_MEMBER} members`,
        `${GLUE_RESOURCE_POLICY} policy`,
        `${CATALOG_POLICY_MEMBER} members`,
    ],
    why: "AWS refuses the integration without it, and stops one for good whose source is taken out of the policy later.",
    fix,
    // A warehouse of another stack has its policy there.
    subjects: (stack) =>
        stack
            .ofType(...RDS_INTEGRATIONS, ...REDSHIFT_INTEGRATIONS)
            .filter((integration) => stack.targetOf(integration).resource !== undefined),
    judge: (integration, stack) => {
        const target = stack.targetOf(integration);
        const isCatalog = target.resource!.type === GLUE_CATALOG;
        const [sourceArn, targetArn] = [arnOf(stack.sourceOf(integration)), arnOf(target)];
        const { values, complete } = isCatalog
            ? catalogStatements(stack)
            : namespaceStatements(stack, target.resource!);
        const grant = { sourceArn: sourceArn ?? "*", targetArn: targetArn ?? (isCatalog ? "arn:*:glue:*:*:*" : "*") };
        const authorized = (isCatalog ? isSourceAuthorized : isRedshiftSourceAuthorized)({ Statement: values }, grant);
        if (authorized ? sourceArn === undefined || targetArn === undefined : !complete) {
            throw new CannotTellYet("an ARN or a policy of the target is not known");
        }
        return authorized
            ? []
            : [
                  problem(
                      "sourceArn",
                      `${values.length === 0 ? "Nothing" : "No statement"} in this stack authorises the source in the target's policy`,
                      fix,
                  ),
              ];
    },
} as const satisfies Rule;

function arnOf({ value, resource }: Reference): string | undefined {
    return value ?? known(() => resource?.get<string>(WAREHOUSES[resource.type] ?? "arn"));
}
