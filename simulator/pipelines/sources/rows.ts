import Big from "big.js";

import type { EngineKind } from "../../relational/engine";
import type { ReplicatedTable, Row } from "../../relational/feed";
import type { Value } from "../../relational/parser";

/** A row as a pipeline's document, each value in the form that its column's type has there. */
export function toDocument(row: Row, { columns }: ReplicatedTable, engine: EngineKind): Record<string, unknown> {
    return Object.fromEntries(
        columns
            .filter(({ name }) => Object.hasOwn(row, name))
            .map(({ name, sourceType }) => [name, convert(row[name]!, sourceType, engine)]),
    );
}

function convert(value: Value, sourceType: string, engine: EngineKind): unknown {
    const [, type = "", , scale] = /^([A-Z ]+?)(?:\((\d+)(?:,(\d+))?\))?$/.exec(sourceType) ?? [];
    if (value === null) {
        return null;
    }
    switch (type) {
        case "DECIMAL":
        case "NUMERIC":
        case "DEC":
            // Text keeps every digit.
            return scale === undefined ? String(value) : new Big(String(value)).toFixed(Number(scale));
        case "DATE":
            return Date.parse(`${String(value)}T00:00:00Z`);
        case "TIME":
        case "TIME WITHOUT TIME ZONE":
            return Date.parse(`1970-01-01T${String(value)}Z`);
        case "DATETIME":
        case "TIMESTAMP":
        case "TIMESTAMP WITHOUT TIME ZONE":
        case "TIMESTAMPTZ":
        case "TIMESTAMP WITH TIME ZONE":
            return timestamp(String(value));
        case "JSON":
        case "JSONB":
            return engine === "mysql" ? JSON.stringify(value) : value;
        case "BINARY":
        case "VARBINARY":
        case "TINYBLOB":
        case "BLOB":
        case "MEDIUMBLOB":
        case "LONGBLOB":
        case "BYTEA":
            return bytes(String(value)).toString("base64");
        default:
            return value;
    }
}

/** `2026-01-31 12:00:00`, perhaps with `+00` after it: ms since the epoch. */
function timestamp(text: string): number {
    const [, time = text, sign, hours, minutes = "00"] = /^(.+:\d\d(?:\.\d+)?)([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
    return Date.parse(time.replace(" ", "T").replace(/Z?$/, sign ? `${sign}${hours}:${minutes}` : "Z"));
}

/** PostgreSQL writes bytes as `\x` and their digits. */
const bytes = (text: string): Buffer =>
    /^\\x([0-9a-f]{2})*$/i.test(text) ? Buffer.from(text.slice(2), "hex") : Buffer.from(text);
