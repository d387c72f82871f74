import Big from "big.js";

import { compare } from "./compare";
import { SqlError } from "./sql/error";
import type { Aggregate } from "./sql/syntax";
import type { SqlValue } from "./warehouse";

/** The type that Redshift gives an aggregate of a type: sums and averages have room to grow. */
export function aggregateType(name: Aggregate, type: string): string {
    if (name === "count") {
        return "BIGINT";
    }
    if (name === "min" || name === "max") {
        return type;
    }
    const scale = scaleOf(type);
    if (scale === undefined) {
        return "DOUBLE PRECISION";
    }
    const isInteger = scale === 0 && !/^(DECIMAL|NUMERIC)/.test(type);
    return isInteger && (name === "avg" || !/^(BIGINT|INT8)/.test(type)) ? "BIGINT" : `DECIMAL(38,${scale})`;
}

/** @param values those of a group that are not NULL */
export function aggregate(name: Aggregate, values: SqlValue[], type: string): SqlValue {
    if (name === "count") {
        return values.length;
    }
    if (values.length === 0) {
        return null;
    }
    if (name === "min" || name === "max") {
        const sorted = values.toSorted(compare);
        return sorted.at(name === "min" ? 0 : -1)!;
    }
    const sum = values.reduce((total: Big, value) => total.plus(Number.isNaN(Number(value)) ? 0 : `${value}`), Big(0));
    const result = name === "sum" ? sum : sum.div(values.length);
    const resultType = aggregateType(name, type);
    if (resultType === "BIGINT") {
        return Number(result.round(0, Big.roundDown));
    }
    return resultType === "DOUBLE PRECISION" ? Number(result) : result.toFixed(scaleOf(type));
}

/** Digits behind the point; undefined for floating ones. */
function scaleOf(type: string): number | undefined {
    const [, base = "", scale = "0"] = /^([A-Z0-9 ]+)(?:\(\d+(?:,(\d+))?\))?$/.exec(type) ?? [];
    if (/^(SMALLINT|INT[248]?|INTEGER|BIGINT|DECIMAL|NUMERIC)$/.test(base)) {
        return Number(scale);
    }
    if (/^(REAL|FLOAT[48]?|DOUBLE PRECISION|SUPER)$/.test(base)) {
        return undefined;
    }
    throw new SqlError(`ERROR: function of ${type.toLowerCase()} does not exist: cast it to a number`);
}
