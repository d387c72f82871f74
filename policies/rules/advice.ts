import {
    partitionProblems,
    refreshIntervalNote,
    refreshIntervalProblems,
    warning,
    type PartitionField,
    type Problem,
} from "../../sdk/requirements";
import type { Rule } from "../rule";
import { inputsOf, problemsOf, UNKNOWN, type Input, type Inputs } from "../stack/integration-inputs";
import { warnings } from "../stack/problems";
import { INTEGRATION, NATIVE_INTEGRATION, TABLE_PROPERTIES } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

export const advice = {
    id: "advice",
    title: "An integration is as AWS advises.",
    level: "advisory",
    severity: "low",
    reads: [
        `${INTEGRATION} refreshInterval, continuousSync`,
        `${NATIVE_INTEGRATION} integrationConfig`,
        `${TABLE_PROPERTIES} partitionBy`,
    ],
    why: "AWS takes it, but it costs more, or is documented in passing only.",
    fix: "Do as the message says, or exempt what is meant so.",
    subjects: (stack) => [...stack.integrations, ...stack.ofType(TABLE_PROPERTIES)],
    judge: (resource) =>
        resource.type === TABLE_PROPERTIES
            ? warnings(partitionProblems("partitionBy", resource.get<PartitionField[]>("partitionBy") ?? []))
            : ofIntegration(inputsOf(resource)),
} as const satisfies Rule;

function ofIntegration(inputs: Inputs): Problem[] {
    const problems = [...warnings(problemsOf(inputs)), ...ofInterval(inputs.refreshInterval)];
    const read: Input[] = [
        "refreshInterval",
        "continuousSync",
        ...(inputs.continuousSync === false ? (["sourceArn"] as const) : []),
    ];
    if (problems.length === 0 && read.some((input) => inputs[input] === UNKNOWN)) {
        throw new CannotTellYet(`${read.join(" or ")} is not known`);
    }
    return problems;
}

function ofInterval(interval: unknown): Problem[] {
    // One that is out of range is what integration-limits tells.
    if (typeof interval !== "string" || refreshIntervalProblems("refreshInterval", interval).length > 0) {
        return [];
    }
    const note = refreshIntervalNote(interval);
    return note === undefined
        ? []
        : [warning("refreshInterval", note, "Choose less than a day, or expect those exports")];
}
