import { isSourceAuthorized, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { catalogStatements } from "../stack/policies";
import {
    CATALOG_POLICY_MEMBER,
    GLUE_DATABASE,
    GLUE_RESOURCE_POLICY,
    INTEGRATION,
    NATIVE_INTEGRATION,
} from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const fix =
    "Allow glue.amazonaws.com glue:AuthorizeInboundIntegration on the catalog and the database, with the source's ARN as aws:SourceArn.";

export const sourceAuthorized = {
    id: "source-authorized",
    title: "The catalog's policy lets Glue take in the source of an integration.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${INTEGRATION} sourceArn, targetArn`,
        `${NATIVE_INTEGRATION} sourceArn, targetArn`,
        `${GLUE_RESOURCE_POLICY} policy`,
        `${CATALOG_POLICY_MEMBER} members`,
    ],
    why: "Glue keeps checking that the target accepts data from the source, in the target's own account as well; without the statement AWS accepts the integration, which then needs attention, and fails after seven days.",
    fix,
    // A database of another stack has its policy there.
    subjects: (stack) =>
        stack.integrations.filter((integration) => stack.targetOf(integration).resource?.type === GLUE_DATABASE),
    judge: (integration, stack) => {
        const sourceArn = stack.sourceArn(integration);
        const targetArn = stack.databaseArn(stack.targetOf(integration).resource!);
        const { values, complete } = catalogStatements(stack);
        const authorized = isSourceAuthorized(
            { Statement: values },
            { targetArn: targetArn.pattern, sourceArn: sourceArn.pattern },
        );
        if (authorized ? !sourceArn.exact || !targetArn.exact : !complete) {
            throw new CannotTellYet("an ARN or a policy of the catalog is not known");
        }
        return authorized
            ? []
            : [
                  problem(
                      "sourceArn",
                      values.length === 0
                          ? "Nothing in this stack authorises the source in the catalog's policy"
                          : "No statement in this stack authorises the source in the catalog's policy",
                      fix,
                  ),
              ];
    },
} as const satisfies Rule;
