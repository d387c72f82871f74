import { isDeepStrictEqual } from "node:util";

import { problem, warning, type Problem } from "./errors";

/** How the values of a time column are written. */
export type TimeFormat = "iso" | "epoch_sec" | "epoch_milli";

/** A partition key of the target table: a column as it is, or a part of the time that it holds. */
export type PartitionField =
    { field: string; by: "identity" } | { field: string; by: "year" | "month" | "day" | "hour"; format: TimeFormat };

/** A partition key in AWS's form. */
export interface PartitionSpec {
    FieldName: string;
    FunctionSpec: string;
    ConversionSpec?: string;
}

/** What becomes of nested attributes: "full" makes columns of them all, "top-level" of the outermost, "none" keeps one `value` column. */
export type UnnestOption = "full" | "top-level" | "none";

/** AWS unnests in full unless told otherwise. */
export const DEFAULT_UNNEST: UnnestOption = "full";

export const MAX_PARTITION_KEYS = 10;

const UNNEST_SPEC = { full: "FULL", "top-level": "TOPLEVEL", none: "NOUNNEST" } as const;
const TIME_FUNCTIONS: readonly string[] = ["year", "month", "day", "hour"];
const TIME_FORMATS: readonly string[] = ["iso", "epoch_sec", "epoch_milli"] satisfies TimeFormat[];

export type UnnestSpec = (typeof UNNEST_SPEC)[UnnestOption];

export function toUnnestSpec(option: UnnestOption): UnnestSpec {
    return UNNEST_SPEC[option];
}

export function fromUnnestSpec(spec: UnnestSpec): UnnestOption {
    return (Object.keys(UNNEST_SPEC) as UnnestOption[]).find((option) => UNNEST_SPEC[option] === spec)!;
}

export function toPartitionSpec(fields: PartitionField[]): PartitionSpec[] {
    return fields.map((key) => ({
        FieldName: key.field,
        FunctionSpec: key.by,
        ...(key.by === "identity" ? {} : { ConversionSpec: key.format }),
    }));
}

export function fromPartitionSpec(specs: PartitionSpec[]): PartitionField[] {
    return specs.map(
        ({ FieldName, FunctionSpec, ConversionSpec }) =>
            ({
                field: FieldName,
                by: FunctionSpec,
                ...(ConversionSpec === undefined ? {} : { format: ConversionSpec }),
            }) as PartitionField,
    );
}

/** `fields` may come from plain JavaScript, so that what the types forbid is judged as well. */
export function partitionProblems(argument: string, fields: PartitionField[]): Problem[] {
    const problems = fields.flatMap((key, index) => keyProblems(`${argument}[${index}]`, key));
    if (fields.length > MAX_PARTITION_KEYS) {
        problems.push(
            problem(argument, `There are ${fields.length} partition keys`, `AWS takes ${MAX_PARTITION_KEYS} at most`),
        );
    }
    return [...problems, ...repetitions(argument, fields)];
}

/** A type that DynamoDB holds every item's key attributes to: text, number or bytes. */
export type KeyType = "S" | "N" | "B";

/** Time partitions that no value of a key attribute can fill. Text may hold any format, a number no date in words, bytes none. */
export function partitionTypeProblems(
    argument: string,
    fields: PartitionField[],
    keyTypes: Record<string, KeyType>,
): Problem[] {
    return fields.flatMap((key, index) => {
        const type = keyTypes[key.field];
        if (key.by === "identity" || type === undefined || type === "S" || (type === "N" && key.format !== "iso")) {
            return [];
        }
        return [
            problem(
                `${argument}[${index}]`,
                `"${key.field}" is ${type === "N" ? "a number" : "binary"}, and no value of it is a time as ${key.format}`,
                type === "N" ? "Give epoch_sec or epoch_milli" : "Partition by identity, or by another attribute",
            ),
        ];
    });
}

/** What a table in the target looks like, as far as its user decides. */
export interface TableLayout {
    /** @default "full" */
    unnest?: UnnestOption;
    /** @default - AWS makes buckets of the source table's keys */
    partitionBy?: PartitionField[];
    /** @default - AWS names it after the source table */
    tableName?: string;
}

/**
 * The changes that make AWS load the whole table again, in words; empty when there are none. AWS documents the
 * reload for unnesting and partition columns; another name means another table, which starts empty.
 */
export function resyncs(before: TableLayout, after: TableLayout): string[] {
    const { unnest: oldUnnest = DEFAULT_UNNEST, partitionBy: oldKeys = [] } = before;
    const { unnest = DEFAULT_UNNEST, partitionBy: keys = [] } = after;
    return [
        ...(oldUnnest === unnest ? [] : [`unnest from "${oldUnnest}" to "${unnest}"`]),
        ...(isDeepStrictEqual(toPartitionSpec(oldKeys), toPartitionSpec(keys)) ? [] : ["other partition keys"]),
        ...(before.tableName === after.tableName ? [] : ["another name of the target table"]),
    ];
}

function keyProblems(argument: string, key: PartitionField): Problem[] {
    const { field, by, format }: { field: string; by: string; format?: string } = key;
    const problems: Problem[] = [];
    if (field.length === 0 || field.length > 128) {
        problems.push(problem(`${argument}.field`, `"${field}" has ${field.length} characters`, "AWS takes 1 to 128"));
    }
    if (field.includes(":")) {
        problems.push(problem(`${argument}.field`, `"${field}" has a colon`, "AWS fails a table with such a column"));
    }
    if (by === "identity") {
        if (format !== undefined) {
            problems.push(
                problem(
                    `${argument}.format`,
                    "A column taken as it is has no format",
                    "Leave it out, or partition by time",
                ),
            );
        }
    } else if (!TIME_FUNCTIONS.includes(by)) {
        problems.push(
            problem(`${argument}.by`, `"${by}" is no partition function`, "Use identity, year, month, day or hour"),
        );
    } else if (format === undefined || !TIME_FORMATS.includes(format)) {
        problems.push(
            problem(
                `${argument}.format`,
                `Partitioning by ${by} needs the format of "${field}"`,
                "Give iso, epoch_sec or epoch_milli",
            ),
        );
    }
    return problems;
}

function repetitions(argument: string, fields: PartitionField[]): Problem[] {
    const seen = new Map<string, string[]>();
    return fields.flatMap(({ field, by }, index) => {
        const functions = seen.get(field) ?? [];
        seen.set(field, [...functions, by]);
        if (functions.includes(by)) {
            return [problem(`${argument}[${index}]`, `"${field}" is partitioned by ${by} twice`, "Leave one out")];
        }
        if (by !== "identity" && functions.some((other) => other !== "identity")) {
            return [
                warning(
                    `${argument}[${index}]`,
                    `"${field}" is partitioned by several parts of its time`,
                    "AWS advises one: the finest that queries need",
                ),
            ];
        }
        return [];
    });
}
