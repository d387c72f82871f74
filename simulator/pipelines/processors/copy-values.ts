import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { setAt, valueAt } from "../pointer";
import { flag, listOf, name, options, text, type Options } from "../schema";
import { mapsIn, type Processor } from "./processor";

const entry = options({ from_key: name, to_key: name, overwrite_if_to_key_exists: flag, copy_when: text() }, [
    "from_key",
    "to_key",
]);

/** Copies values to other keys, or those of a list's maps to another list. */
export const copyValues: Processor = {
    schema: options({ entries: listOf(entry, { minItems: 1 }), from_list: name, to_list: name }, ["entries"]),

    check: ({ entries, from_list, to_list }, path) => [
        ...((from_list === undefined) === (to_list === undefined)
            ? []
            : [{ path, message: "takes from_list and to_list together" }]),
        ...entries.flatMap(({ copy_when }: Options, index: number) =>
            conditionProblems(copy_when, `${path}.entries[${index}].copy_when`),
        ),
    ],

    open:
        ({ entries, from_list, to_list }) =>
        (event, now) => {
            const wanted = entries.filter(({ copy_when }: Options) => holds(copy_when, event, now));
            if (from_list === undefined) {
                copy(event.data, event.data, wanted);
                return;
            }
            const copies = mapsIn(valueAt(event.data, from_list)).map((from) => copy(from, {}, wanted));
            setAt(event.data, to_list, copies);
        },
};

function copy(from: Options, to: Options, entries: Options[]): Options {
    for (const { from_key, to_key, overwrite_if_to_key_exists } of entries) {
        const value = valueAt(from, from_key);
        if (value !== undefined && (overwrite_if_to_key_exists || valueAt(to, to_key) === undefined)) {
            setAt(to, to_key, structuredClone(value));
        }
    }
    return to;
}
