import { partitionProblems, targetTableNameProblems, type PartitionField } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { TABLE_PROPERTIES } from "../stack/types";

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
        const partitionBy = properties.get<PartitionField[]>("partitionBy") ?? [];
        const tableName = properties.get<string>("targetTableName");
        return [
            ...partitionProblems("partitionBy", partitionBy),
            ...(tableName === undefined ? [] : targetTableNameProblems("targetTableName", tableName)),
        ];
    },
} as const satisfies Rule;
