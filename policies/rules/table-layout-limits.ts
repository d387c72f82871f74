import {
    partitionProblems,
    partitionTypeProblems,
    targetTableNameProblems,
    type KeyType,
    type PartitionField,
    type Problem,
} from "../../sdk/requirements";
import type { Rule } from "../rule";
import { errors } from "../stack/problems";
import type { Resource } from "../stack/resource";
import { identityOf, type Stack } from "../stack/stack";
import { DYNAMODB_TABLE, TABLE_PROPERTIES } from "../stack/types";
import { found, readEach } from "../stack/unknown";

export const tableLayoutLimits = {
    id: "table-layout-limits",
    title: "Partition keys and the name of a target table are such as AWS takes.",
    level: "mandatory",
    severity: "medium",
    reads: [`${TABLE_PROPERTIES} partitionBy, targetTableName, sourceTableName`, `${DYNAMODB_TABLE} attributes`],
    why: "AWS refuses them, or accepts them and fails the table when it writes the first rows.",
    fix: "Use ten partition keys at most, a format that the attribute's type can have with each time function, and lower-case letters, digits and underscores in the name.",
    subjects: (stack) => stack.ofType(TABLE_PROPERTIES),
    judge: (properties, stack) => {
        const problems = readEach(
            [
                () => partitionProblems("partitionBy", partitionsOf(properties)),
                () => partitionTypeProblems("partitionBy", partitionsOf(properties), keyTypes(stack, properties)),
                () => nameProblems(properties.get<string>("targetTableName")),
            ],
            (problems) => problems(),
        );
        return found(
            { ...problems, values: errors(problems.values) },
            "partitionBy, targetTableName or the source's attributes are not known",
        );
    },
} as const satisfies Rule;

function partitionsOf(properties: Resource): PartitionField[] {
    return properties.get<PartitionField[]>("partitionBy") ?? [];
}

/** As the source table declares them; none where another stack does. */
function keyTypes(stack: Stack, properties: Resource): Record<string, KeyType> {
    const source = stack.reference(properties, "sourceTableName", DYNAMODB_TABLE, "name");
    identityOf(source);
    const attributes = source.resource?.get<{ name: string; type: KeyType }[]>("attributes") ?? [];
    return Object.fromEntries(attributes.map(({ name, type }) => [name, type]));
}

function nameProblems(name: string | undefined): Problem[] {
    return name === undefined ? [] : targetTableNameProblems("targetTableName", name);
}
