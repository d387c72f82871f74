import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import type { Resource } from "../stack/resource";
import { identityOf, type Stack } from "../stack/stack";
import { DYNAMODB_TABLE, GLUE_DATABASE, TABLE_PROPERTIES } from "../stack/types";

const fix = "Keep one.";

export const oneTableLayout = {
    id: "one-table-layout",
    title: "A source table in a target has one record of table properties.",
    level: "mandatory",
    severity: "medium",
    reads: [`${TABLE_PROPERTIES} resourceArn, sourceTableName`],
    why: "AWS keeps one for each pair: two resources overwrite each other, and each change makes AWS load the table again.",
    fix,
    subjects: (stack) => stack.ofType(TABLE_PROPERTIES),
    judge: (properties, stack) =>
        duplicateProblems(properties, stack.ofType(TABLE_PROPERTIES), {
            argument: "sourceTableName",
            identity: (other) => pairOf(stack, other),
            what: "the record of the same table and target",
            fix,
        }),
} as const satisfies Rule;

function pairOf(stack: Stack, properties: Resource): string {
    return [
        identityOf(stack.reference(properties, "sourceTableName", DYNAMODB_TABLE, "name")),
        identityOf(stack.reference(properties, "resourceArn", GLUE_DATABASE)),
    ].join(" ");
}
