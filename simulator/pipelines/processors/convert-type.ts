import Big from "big.js";

import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { setAt, valueAt } from "../pointer";
import { integer, listOf, name, oneOf, options, text } from "../schema";
import { tag, type Processor } from "./processor";

/** To undefined, where a value is not of the type. */
const CONVERSIONS: Record<string, (value: unknown, scale: number | undefined) => unknown> = {
    integer: (value) => whole(value, 2 ** 31),
    long: (value) => whole(value, 2 ** 63),
    double: (value) => numeric(value),
    string: (value) => (typeof value === "object" ? undefined : String(value)),
    boolean: (value) =>
        typeof value === "string" ? value.toLowerCase() === "true" : typeof value === "number" ? value !== 0 : value,
    big_decimal: (value, scale) => decimal(value, scale),
};

/** `convert_type`, once `convert_entry_type`. */
export const convertType: Processor = {
    schema: options(
        {
            key: name,
            keys: listOf(name, { minItems: 1 }),
            type: oneOf(...Object.keys(CONVERSIONS)),
            scale: integer(0),
            null_conversion_values: listOf({ type: "string" }),
            convert_when: text(),
            tags_on_failure: listOf({ type: "string" }),
        },
        [],
    ),

    check: ({ key, keys, convert_when }, path) => [
        ...((key === undefined) === (keys === undefined) ? [{ path, message: "takes one of key and keys" }] : []),
        ...conditionProblems(convert_when, `${path}.convert_when`),
    ],

    open:
        ({ key, keys = [key], type = "integer", scale, null_conversion_values = [], ...given }) =>
        (event, now) => {
            if (!holds(given.convert_when, event, now)) {
                return;
            }
            for (const each of keys) {
                const value = valueAt(event.data, each);
                if (value == null) {
                    continue;
                }
                const converted = null_conversion_values.includes(value) ? null : CONVERSIONS[type](value, scale);
                if (converted === undefined) {
                    tag(event, given.tags_on_failure);
                } else {
                    setAt(event.data, each, converted);
                }
            }
        },
};

function numeric(value: unknown): number | undefined {
    const number = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
    return typeof value === "object" || Number.isNaN(number) ? undefined : number;
}

function whole(value: unknown, limit: number): number | undefined {
    const number = Math.trunc(numeric(value) ?? NaN);
    return Math.abs(number) < limit ? number : undefined;
}

function decimal(value: unknown, scale: number | undefined): number | undefined {
    const number = numeric(value);
    return number === undefined || scale === undefined ? number : Number(new Big(number).toFixed(scale));
}
