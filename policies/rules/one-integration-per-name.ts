import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import { INTEGRATION } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const fix = "Give each a name of its own.";

export const oneIntegrationPerName = {
    id: "one-integration-per-name",
    title: "Integrations of one account and Region have different names.",
    level: "mandatory",
    severity: "medium",
    reads: [`${INTEGRATION} integrationName, account`],
    why: "A name is unique in an account and Region: AWS refuses the second integration.",
    fix,
    // What aws-native creates does not say in which account it is.
    subjects: (stack) => stack.ofType(INTEGRATION),
    judge: (integration, stack) =>
        duplicateProblems(integration, stack.ofType(INTEGRATION), {
            argument: "integrationName",
            identity: (other) => {
                const parts = ["account.accountId", "account.region", "integrationName"].map((path) =>
                    other.get<string>(path),
                );
                if (parts.includes(undefined)) {
                    throw new CannotTellYet("its account or Region is not known");
                }
                return parts.join(" ");
            },
            what: "an integration of the same name",
            fix,
        }),
} as const satisfies Rule;
