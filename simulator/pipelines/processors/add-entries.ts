import { holds } from "../expressions/condition";
import { parseTemplate } from "../expressions/format";
import { parseExpression } from "../expressions/parse";
import { conditionProblems, templateProblems } from "../expressions/problems";
import { setAt, valueAt } from "../pointer";
import { flag, listOf, name, options, text, type BodyProblem, type Options } from "../schema";
import type { PipelineEvent } from "../source";
import { mapsIn, type Processor } from "./processor";

const entry = options({
    key: name,
    metadata_key: name,
    value: {},
    format: text(),
    value_expression: text(),
    add_when: text(),
    overwrite_if_key_exists: flag,
    append_if_key_exists: flag,
    iterate_on: name,
});

export const addEntries: Processor = {
    schema: options({ entries: listOf(entry, { minItems: 1 }) }, ["entries"]),

    check: ({ entries }, path) =>
        entries.flatMap((entry: Options, index: number) => entryProblems(entry, `${path}.entries[${index}]`)),

    open({ entries }) {
        const steps = entries.map(addition);
        return (event, now) => steps.forEach((add: (event: PipelineEvent, now: number) => void) => add(event, now));
    },
};

function entryProblems(entry: Options, path: string): BodyProblem[] {
    const { key, metadata_key, value, format, value_expression, add_when } = entry;
    const { overwrite_if_key_exists, append_if_key_exists } = entry;
    return [
        ...((key === undefined) === (metadata_key === undefined)
            ? [{ path, message: "takes one of key and metadata_key" }]
            : []),
        ...(value === undefined && format === undefined && value_expression === undefined
            ? [{ path, message: "needs value, format or value_expression" }]
            : []),
        ...(overwrite_if_key_exists && append_if_key_exists
            ? [{ path, message: "takes one of overwrite_if_key_exists and append_if_key_exists" }]
            : []),
        ...templateProblems(format, `${path}.format`),
        ...conditionProblems(value_expression, `${path}.value_expression`),
        ...conditionProblems(add_when, `${path}.add_when`),
    ];
}

function addition(entry: Options): (event: PipelineEvent, now: number) => void {
    const valueOf = valueFunction(entry);
    const { key, metadata_key, add_when, iterate_on } = entry;
    return (event, now) => {
        if (!holds(add_when, event, now)) {
            return;
        }
        const targets = iterate_on === undefined ? [event.data] : mapsIn(valueAt(event.data, iterate_on));
        for (const target of key === undefined ? [event.metadata] : targets) {
            put(target, key ?? metadata_key, valueOf(event, now), entry);
        }
    };
}

function valueFunction({ value, format, value_expression }: Options): (event: PipelineEvent, now: number) => unknown {
    if (value_expression !== undefined) {
        return parseExpression(value_expression);
    }
    return format === undefined ? () => structuredClone(value) : parseTemplate(format);
}

function put(target: Record<string, unknown>, key: string, value: unknown, entry: Options): void {
    const existing = valueAt(target, key);
    if (existing === undefined || entry.overwrite_if_key_exists) {
        setAt(target, key, value);
    } else if (entry.append_if_key_exists) {
        setAt(target, key, [...(Array.isArray(existing) ? existing : [existing]), value]);
    }
}
