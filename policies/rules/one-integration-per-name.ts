import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import {
    INTEGRATION,
    INTEGRATION_TYPES,
    NATIVE_INTEGRATION,
    RDS_INTEGRATIONS,
    REDSHIFT_INTEGRATIONS,
} from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const fix = "Give each a name of its own.";
/** Each API has names of its own. */
const APIS = [[INTEGRATION, NATIVE_INTEGRATION], RDS_INTEGRATIONS, REDSHIFT_INTEGRATIONS];

export const oneIntegrationPerName = {
    id: "one-integration-per-name",
    title: "Integrations of one API, account and Region have different names.",
    level: "mandatory",
    severity: "medium",
    reads: INTEGRATION_TYPES.map((type) => `${type} integrationName, account, region`),
    why: "A name is unique among the integrations of Glue, of RDS or of Redshift in an account and Region: AWS refuses the second.",
    fix,
    subjects: (stack) => stack.allIntegrations,
    judge: (integration, stack) =>
        duplicateProblems(integration, stack.ofType(...APIS.find((types) => types.includes(integration.type))!), {
            argument: "integrationName",
            identity: (other) => {
                const name = other.get<string>("integrationName");
                if (name === undefined) {
                    throw new CannotTellYet("the provider names it");
                }
                return `${stack.placeOf(other)} ${name}`;
            },
            what: "an integration of the same name",
            fix,
        }),
} as const satisfies Rule;
