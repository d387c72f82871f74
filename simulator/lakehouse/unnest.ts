import type { AttributeValue } from "@aws-sdk/client-dynamodb";

import { mergeColumns, toText, type Cell, type Columns, type Row, type Value } from "./types";

export type Item = Record<string, AttributeValue>;

export type UnnestSpec = "FULL" | "TOPLEVEL" | "NOUNNEST";

/** Turns a DynamoDB item into a row: the table properties' UnnestSpec says how far maps are taken apart. */
export function unnest(item: Item, spec: UnnestSpec, keys: readonly string[]): Row {
    switch (spec) {
        case "FULL":
            return flatten(item);
        case "TOPLEVEL":
            return cells(item, cell);
        case "NOUNNEST": {
            const isKey = ([name]: [string, AttributeValue]) => keys.includes(name);
            const attributes = Object.entries(item);
            const rest = attributes.filter((a) => !isKey(a));
            const value = struct(cells(Object.fromEntries(rest), tagged));
            return { ...cells(Object.fromEntries(attributes.filter(isKey)), cell), ...(value && { value }) };
        }
    }
}

/** What all the rows' columns are. */
export function columnsOf(rows: Iterable<Row>): Columns {
    let columns: Columns = {};
    for (const row of rows) {
        columns = mergeColumns(columns, typesOf(row));
    }
    return columns;
}

/** `a: { b: { c } }` becomes the column `a.b.c`; arrays stay. */
function flatten(item: Item, prefix = ""): Row {
    const row: Row = {};
    for (const [name, value] of Object.entries(item)) {
        if (value.M) {
            Object.assign(row, flatten(value.M, `${prefix}${name}.`));
        } else {
            Object.assign(row, cells({ [prefix + name]: value }, cell));
        }
    }
    return row;
}

function cells(item: Item, toCell: (value: AttributeValue) => Cell | undefined): Row {
    const entries = Object.entries(item).map(([name, value]) => [name, toCell(value)] as const);
    return Object.fromEntries(entries.filter((entry): entry is readonly [string, Cell] => entry[1] !== undefined));
}

/** A value without its DynamoDB type tag. NULL has no column, nor has a map with nothing in it: Parquet knows no empty struct. */
function cell(value: AttributeValue): Cell | undefined {
    if (value.S !== undefined) return { type: "string", value: value.S };
    if (value.N !== undefined) return { type: "double", value: Number(value.N) };
    if (value.BOOL !== undefined) return { type: "boolean", value: value.BOOL };
    if (value.B !== undefined) return { type: "binary", value: value.B };
    if (value.SS !== undefined) return { type: { list: "string" }, value: value.SS };
    if (value.NS !== undefined) return { type: { list: "double" }, value: value.NS.map(Number) };
    if (value.BS !== undefined) return { type: { list: "binary" }, value: value.BS };
    if (value.L !== undefined) return { type: { list: "string" }, value: value.L.flatMap(element) };
    return value.M && struct(cells(value.M, cell));
}

/** A list's elements are strings whatever they were; a number keeps its digits. */
function element(value: AttributeValue): string[] {
    const inner = cell(value);
    return value.N !== undefined ? [value.N] : inner ? [toText(inner.value)] : [];
}

/** A value as a struct whose one field is its DynamoDB type tag. */
function tagged(value: AttributeValue): Cell | undefined {
    const tag = Object.keys(value)[0];
    const inner = value.M ? struct(cells(value.M, tagged)) : cell(value);
    return inner && struct({ [tag]: inner });
}

function struct(row: Row): Cell | undefined {
    const values: Record<string, Value> = {};
    for (const [name, { value }] of Object.entries(row)) {
        values[name] = value;
    }
    return Object.keys(row).length === 0 ? undefined : { type: { struct: typesOf(row) }, value: values };
}

function typesOf(row: Row): Columns {
    return Object.fromEntries(Object.entries(row).map(([name, { type }]) => [name, type]));
}
