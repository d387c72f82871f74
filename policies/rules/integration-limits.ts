import type { Problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { INPUTS, inputsOf, problemsOf, UNKNOWN } from "../stack/integration-inputs";
import { INTEGRATION, NATIVE_INTEGRATION } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

export const integrationLimits = {
    id: "integration-limits",
    title: "An integration's name, refresh interval, ARNs, tags and other arguments are such as AWS takes.",
    level: "mandatory",
    severity: "medium",
    reads: [`${INTEGRATION} all arguments`, `${NATIVE_INTEGRATION} all arguments`],
    why: "AWS refuses other values when it creates or changes the integration, after everything around it was made.",
    fix: "Use a name of 1 to 128 characters, an interval from 15 minutes to 6 days, and whatever else the message names.",
    subjects: (stack) => stack.integrations,
    judge: (integration) => {
        const inputs = inputsOf(integration);
        // One ARN at a time: whether both are in one Region is what same-region tells.
        const problems = distinct([
            ...problemsOf({ ...inputs, sourceArn: UNKNOWN }),
            ...problemsOf({ ...inputs, targetArn: UNKNOWN }),
        ]).filter(({ severity }) => severity === "error");
        const open = INPUTS.filter((input) => inputs[input] === UNKNOWN);
        if (problems.length === 0 && open.length > 0) {
            throw new CannotTellYet(`${open.join(", ")} not known`);
        }
        return problems;
    },
} as const satisfies Rule;

function distinct(problems: Problem[]): Problem[] {
    return [...new Map(problems.map((problem) => [`${problem.argument}: ${problem.message}`, problem])).values()];
}
