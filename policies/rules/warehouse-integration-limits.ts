import type { Rule } from "../rule";
import { limitProblems } from "../stack/integration-inputs";
import { RDS_INTEGRATIONS, REDSHIFT_INTEGRATIONS } from "../stack/types";
import { warehouseInputProblems, warehouseInputs } from "../stack/warehouse-inputs";

export const warehouseIntegrationLimits = {
    id: "warehouse-integration-limits",
    title: "The name, data filter, ARNs, tags and other arguments of an integration of RDS or Redshift are such as AWS takes.",
    level: "mandatory",
    severity: "medium",
    reads: [...RDS_INTEGRATIONS, ...REDSHIFT_INTEGRATIONS].map((type) => `${type} all arguments`),
    why: "AWS refuses other values when it creates or changes the integration, a filter perhaps only after half an hour.",
    fix: "Use a name of 1 to 63 letters, digits and single hyphens, a filter of include and exclude clauses, and whatever else the message names.",
    subjects: (stack) => stack.ofType(...RDS_INTEGRATIONS, ...REDSHIFT_INTEGRATIONS),
    judge: (integration, stack) =>
        limitProblems(warehouseInputs(integration), (inputs) => warehouseInputProblems(stack, integration, inputs)),
} as const satisfies Rule;
