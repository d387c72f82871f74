import type { Rule } from "../rule";
import { inputsOf, limitProblems, problemsOf } from "../stack/integration-inputs";
import { INTEGRATION, NATIVE_INTEGRATION } from "../stack/types";

export const integrationLimits = {
    id: "integration-limits",
    title: "An integration's name, refresh interval, ARNs, tags and other arguments are such as AWS takes.",
    level: "mandatory",
    severity: "medium",
    reads: [`${INTEGRATION} all arguments`, `${NATIVE_INTEGRATION} all arguments`],
    why: "AWS refuses other values when it creates or changes the integration, after everything around it was made.",
    fix: "Use a name of 1 to 128 characters, an interval from 15 minutes to 6 days, and whatever else the message names.",
    subjects: (stack) => stack.integrations,
    judge: (integration) => limitProblems(inputsOf(integration), problemsOf),
} as const satisfies Rule;
