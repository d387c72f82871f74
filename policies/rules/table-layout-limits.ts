import { partitionProblems, targetTableNameProblems, type PartitionField, type Problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { TABLE_PROPERTIES } from "../stack/types";
import { CannotTellYet, readEach } from "../stack/unknown";

export const tableLayoutLimits = {
    id: "table-layout-limits",
    title: "Partition keys and the name of a target table are such as AWS takes.",
    level: "mandatory",
    severity: "medium",
    reads: [`${TABLE_PROPERTIES} partitionBy, targetTableName`],
    why: "AWS refuses them, or accepts them and fails the table when it writes the first rows.",
    fix: "Use ten partition keys at most, a format with each time function, and lower-case letters, digits and underscores in the name.",
    subjects: (stack) => stack.ofType(TABLE_PROPERTIES),
    judge: (properties) => {
        const { values, complete } = readEach(
            [
                () => partitionProblems("partitionBy", properties.get<PartitionField[]>("partitionBy") ?? []),
                () => nameProblems(properties.get<string>("targetTableName")),
            ],
            (problems) => problems(),
        );
        const errors = values.filter(({ severity }) => severity === "error");
        if (errors.length === 0 && !complete) {
            throw new CannotTellYet("partitionBy or targetTableName is not known");
        }
        return errors;
    },
} as const satisfies Rule;

function nameProblems(name: string | undefined): Problem[] {
    return name === undefined ? [] : targetTableNameProblems("targetTableName", name);
}
