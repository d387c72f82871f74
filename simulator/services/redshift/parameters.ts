import type { Parameter } from "@aws-sdk/client-redshift";

import type { Cluster, ParameterGroup } from "./state";

export const FAMILIES = ["redshift-1.0", "redshift-2.0"];

/** What a session reads when it begins; the others wait for a reboot. */
const DYNAMIC = ["wlm_json_configuration"];

const PARAMETERS: [name: string, value: string, dataType: string, allowed: string][] = [
    ["auto_analyze", "true", "boolean", "true,false"],
    ["auto_mv", "true", "boolean", "true,false"],
    ["availability_zone_relocation", "false", "boolean", "true,false"],
    ["datestyle", "ISO, MDY", "string", ""],
    ["enable_case_sensitive_identifier", "false", "boolean", "true,false"],
    ["enable_user_activity_logging", "false", "boolean", "true,false"],
    ["extra_float_digits", "0", "integer", "-15-2"],
    ["max_concurrency_scaling_clusters", "1", "integer", "0-10"],
    ["query_group", "default", "string", ""],
    ["require_ssl", "false", "boolean", "true,false"],
    ["search_path", "$user, public", "string", ""],
    ["statement_timeout", "0", "integer", "0,100-2147483647"],
    ["use_fips_ssl", "false", "boolean", "true,false"],
    ["wlm_json_configuration", '[{"auto_wlm":true}]', "string", ""],
];

/** Newer clusters of redshift-2.0 require TLS unless told otherwise. */
const FAMILY_DEFAULTS: Record<string, Record<string, string>> = { "redshift-2.0": { require_ssl: "true" } };

export const isParameter = (name: string): boolean => PARAMETERS.some(([known]) => known === name);

/** Whether `value` is one of a parameter's. */
export function isAllowed(name: string, value: string): boolean {
    const allowed = PARAMETERS.find(([known]) => known === name)![3];
    return (
        allowed === "" ||
        allowed.split(",").some((option) => {
            const range = /^(-?\d+)-(\d+)$/.exec(option);
            return range
                ? /^-?\d+$/.test(value) && Number(value) >= Number(range[1]) && Number(value) <= Number(range[2])
                : option === value;
        })
    );
}

export function describeParameters({ description, values }: ParameterGroup): Parameter[] {
    const defaults = FAMILY_DEFAULTS[description.ParameterGroupFamily] ?? {};
    return PARAMETERS.map(([ParameterName, value, DataType, AllowedValues]) => ({
        ParameterName,
        ParameterValue: values.get(ParameterName) ?? defaults[ParameterName] ?? value,
        Source: values.has(ParameterName) ? "user" : "engine-default",
        DataType,
        ...(AllowedValues && { AllowedValues }),
        ApplyType: DYNAMIC.includes(ParameterName) ? "dynamic" : "static",
        IsModifiable: true,
    }));
}

export function valuesOf(group: ParameterGroup): Map<string, string> {
    return new Map(describeParameters(group).map((p) => [p.ParameterName!, p.ParameterValue!]));
}

/** What a cluster does not have in effect although its group says so. */
export function pendingParameters({ applied }: Cluster, group: ParameterGroup): string[] {
    return [...valuesOf(group)]
        .filter(([name, value]) => !DYNAMIC.includes(name) && applied.get(name) !== value)
        .map(([name]) => name);
}
