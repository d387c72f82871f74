import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { deleteAt, valueAt } from "../pointer";
import { listOf, name, options, text, type Options } from "../schema";
import type { PipelineEvent } from "../source";
import { matchesAny, patternProblems } from "./patterns";
import { mapsIn, type Processor } from "./processor";

const ENTRY = {
    with_keys: listOf(name),
    with_keys_regex: listOf(name),
    exclude_from_delete: listOf(name),
    delete_when: text(),
    iterate_on: name,
};

export const deleteEntries: Processor = {
    schema: options({ ...ENTRY, entries: listOf(options(ENTRY), { minItems: 1 }) }),

    check: (given, path) =>
        entriesOf(given).flatMap((entry, index) => {
            const at = given.entries ? `${path}.entries[${index}]` : path;
            const { with_keys = [], with_keys_regex = [], delete_when } = entry;
            return [
                ...((with_keys.length === 0) === (with_keys_regex.length === 0)
                    ? [{ path: at, message: "takes one of with_keys and with_keys_regex" }]
                    : []),
                ...with_keys_regex.flatMap((pattern: string, i: number) =>
                    patternProblems(pattern, `${at}.with_keys_regex[${i}]`),
                ),
                ...conditionProblems(delete_when, `${at}.delete_when`),
            ];
        }),

    open: (given) => (event, now) => entriesOf(given).forEach((entry) => remove(entry, event, now)),
};

const entriesOf = (given: Options): Options[] => given.entries ?? [given];

function remove(entry: Options, event: PipelineEvent, now: number): void {
    if (!holds(entry.delete_when, event, now)) {
        return;
    }
    const { with_keys = [], with_keys_regex, exclude_from_delete = [], iterate_on } = entry;
    for (const target of iterate_on === undefined ? [event.data] : mapsIn(valueAt(event.data, iterate_on))) {
        const matching = Object.keys(target).filter(
            (key) => matchesAny(key, with_keys_regex) && !exclude_from_delete.includes(key),
        );
        [...with_keys, ...matching].forEach((key) => deleteAt(target, key));
    }
}
