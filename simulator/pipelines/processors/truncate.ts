import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { setAt, valueAt } from "../pointer";
import { flag, integer, listOf, name, options, text, type Options } from "../schema";
import type { Processor } from "./processor";

const entry = options({
    source_keys: listOf(name),
    start_at: integer(0),
    length: integer(0),
    recursive: flag,
    truncate_when: text(),
});

export const truncate: Processor = {
    schema: options({ entries: listOf(entry, { minItems: 1 }) }, ["entries"]),

    check: ({ entries }, path) =>
        entries.flatMap(({ start_at, length, truncate_when }: Options, index: number) => [
            ...(start_at === undefined && length === undefined
                ? [{ path: `${path}.entries[${index}]`, message: "needs start_at, length, or both" }]
                : []),
            ...conditionProblems(truncate_when, `${path}.entries[${index}].truncate_when`),
        ]),

    open:
        ({ entries }) =>
        (event, now) => {
            for (const { source_keys, start_at = 0, length, recursive, truncate_when } of entries as Options[]) {
                if (!holds(truncate_when, event, now)) {
                    continue;
                }
                const cut = (text: string) =>
                    text.slice(start_at, length === undefined ? undefined : start_at + length);
                for (const key of source_keys ?? Object.keys(event.data)) {
                    setAt(event.data, key, shortened(valueAt(event.data, key), cut, recursive));
                }
            }
        },
};

function shortened(value: unknown, cut: (text: string) => string, recursive: boolean): unknown {
    if (typeof value === "string") {
        return cut(value);
    }
    if (Array.isArray(value)) {
        return value.map((element) =>
            typeof element === "string" || recursive ? shortened(element, cut, recursive) : element,
        );
    }
    return recursive && typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member, cut, recursive)]))
        : value;
}
