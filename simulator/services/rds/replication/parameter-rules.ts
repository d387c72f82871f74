import type { Context } from "../../../world/context";
import { parameterInEffect } from "../applied";
import type { Instance } from "../state";

/** What a parameter must be for somebody to read a database's log. */
export interface ParameterRule {
    name: string;
    /** in words, for the message */
    wanted: string;
    holds(value: string): boolean;
}

export const is = (name: string, wanted: string): ParameterRule => ({
    name,
    wanted,
    holds: (value) => value.toLowerCase() === wanted.toLowerCase(),
});

const isNot = (name: string, unwanted: string): ParameterRule => ({
    name,
    wanted: `anything but ${unwanted}`,
    holds: (value) => value.toLowerCase() !== unwanted.toLowerCase(),
});

export const atLeast = (name: string, least: number, orZero = false): ParameterRule => ({
    name,
    wanted: `${orZero ? "0, or " : ""}${least} or more`,
    holds: (value) => Number(value) >= least || (orZero && Number(value) === 0),
});

export const MYSQL_BINLOG = [
    is("binlog_format", "ROW"),
    is("binlog_row_image", "full"),
    isNot("binlog_row_value_options", "PARTIAL_JSON"),
];

export const NO_COMPRESSION = isNot("binlog_transaction_compression", "ON");

export const AURORA_MYSQL_PARAMETERS = [
    is("aurora_enhanced_binlog", "1"),
    is("binlog_backup", "0"),
    is("binlog_replication_globaldb", "0"),
    is("binlog_row_metadata", "full"),
    ...MYSQL_BINLOG,
    NO_COMPRESSION,
];

export const AURORA_POSTGRESQL_PARAMETERS = [
    is("rds.logical_replication", "1"),
    is("aurora.enhanced_logical_replication", "1"),
    is("aurora.logical_replication_backup", "0"),
    is("aurora.logical_replication_globaldb", "0"),
];

/** The rules that the values in effect on an instance break, each in a sentence. */
export function brokenRules(ctx: Context, instance: Instance, rules: ParameterRule[]): string[] {
    return rules.flatMap((rule) => {
        const value = parameterInEffect(ctx, instance, rule.name) ?? "";
        return rule.holds(value)
            ? []
            : [
                  `The parameter ${rule.name} is ${value || "not set"} in effect on ${instance.db.DBInstanceIdentifier}, and must be ${rule.wanted}.`,
              ];
    });
}
