import { dynamoDbSourceProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { DYNAMODB_TABLE } from "../stack/types";

export const sourcePointInTimeRecovery = {
    id: "source-point-in-time-recovery",
    title: "A source table has point-in-time recovery on.",
    level: "mandatory",
    severity: "critical",
    reads: [`${DYNAMODB_TABLE} pointInTimeRecovery`],
    why: "AWS accepts an integration of a table without it, which then needs attention, and fails after seven days.",
    fix: "Set pointInTimeRecovery: { enabled: true } on the table.",
    subjects: (stack, scope) => stack.sources(scope, stack.exportingIntegrations),
    judge: (table) =>
        dynamoDbSourceProblems("pointInTimeRecovery", {
            pointInTimeRecovery: table.get<boolean>("pointInTimeRecovery.enabled") ?? false,
        }),
    remediation: {
        type: DYNAMODB_TABLE,
        tag: "source",
        apply: (inputs) => {
            const { enabled, ...rest } = (inputs.pointInTimeRecovery ?? {}) as { enabled?: boolean };
            inputs.pointInTimeRecovery = { ...rest, enabled: true };
            return enabled !== true;
        },
    },
} as const satisfies Rule;
