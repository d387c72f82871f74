import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { deleteAt, setAt, valueAt } from "../pointer";
import { flag, options, text } from "../schema";
import type { Processor } from "./processor";

/** Puts what is nested side by side: `a.b`, `list[0].c`. */
export const flatten: Processor = {
    schema: options(
        { source: text(), target: text(), remove_source_keys: flag, flatten_when: text(), flatten_separator: text(1) },
        ["source", "target"],
    ),
    check: ({ flatten_when }, path) => conditionProblems(flatten_when, `${path}.flatten_when`),
    open:
        ({ source, target, remove_source_keys, flatten_when, flatten_separator = "." }) =>
        (event, now) => {
            const value = valueAt(event.data, source);
            if (typeof value !== "object" || value === null || !holds(flatten_when, event, now)) {
                return;
            }
            const flat = Object.fromEntries(leaves(value, "", flatten_separator));
            if (remove_source_keys) {
                Object.keys(value).forEach((key) => deleteAt(event.data, `${source}/${key}`));
            }
            const existing = valueAt(event.data, target);
            setAt(event.data, target, { ...(existing as object | undefined), ...flat });
        },
};

function leaves(value: unknown, path: string, separator: string): [string, unknown][] {
    if (Array.isArray(value)) {
        return value.flatMap((element, index) => leaves(element, `${path}[${index}]`, separator));
    }
    return typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, member]) =>
              leaves(member, path === "" ? key : `${path}${separator}${key}`, separator),
          )
        : [[path, value]];
}
