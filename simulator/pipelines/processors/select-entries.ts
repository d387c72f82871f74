import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { setAt, valueAt } from "../pointer";
import { listOf, name, options, text, type Options } from "../schema";
import { matchesAny, patternProblems } from "./patterns";
import type { Processor } from "./processor";

export const selectEntries: Processor = {
    schema: options({ include_keys: listOf(name), include_keys_regex: listOf(name), select_when: text() }),

    check: ({ include_keys, include_keys_regex = [], select_when }, path) => [
        ...(include_keys === undefined && include_keys_regex.length === 0
            ? [{ path: `${path}.include_keys`, message: "is required" }]
            : []),
        ...include_keys_regex.flatMap((pattern: string, index: number) =>
            patternProblems(pattern, `${path}.include_keys_regex[${index}]`),
        ),
        ...conditionProblems(select_when, `${path}.select_when`),
    ],

    open:
        ({ include_keys = [], include_keys_regex, select_when }) =>
        (event, now) => {
            if (!holds(select_when, event, now)) {
                return;
            }
            const matching = Object.keys(event.data).filter((key) => matchesAny(key, include_keys_regex));
            event.data = only(event.data, [...include_keys, ...matching]);
        },
};

/** What is at some of the keys. */
export function only(data: Options, keys: string[]): Options {
    const selected: Options = {};
    for (const key of keys) {
        const value = valueAt(data, key);
        if (value !== undefined) {
            setAt(selected, key, value);
        }
    }
    return selected;
}
