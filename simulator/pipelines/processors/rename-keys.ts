import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { deleteAt, setAt, valueAt } from "../pointer";
import { flag, listOf, name, oneOf, options, text, type Options } from "../schema";
import { patternProblems } from "./patterns";
import type { Processor } from "./processor";

const entry = options(
    { from_key: name, from_key_regex: name, to_key: name, overwrite_if_to_key_exists: flag, rename_when: text() },
    ["to_key"],
);

const TRANSFORMS: Record<string, (key: string) => string> = {
    none: (key) => key,
    lowercase: (key) => key.toLowerCase(),
    uppercase: (key) => key.toUpperCase(),
    capitalize: (key) => key.charAt(0).toUpperCase() + key.slice(1),
};

export const renameKeys: Processor = {
    schema: options({ entries: listOf(entry, { minItems: 1 }), transform_key: oneOf(...Object.keys(TRANSFORMS)) }),

    check: ({ entries = [], transform_key }, path) => [
        ...(entries.length === 0 && transform_key === undefined
            ? [{ path: `${path}.entries`, message: "is required" }]
            : []),
        ...entries.flatMap(({ from_key, from_key_regex, rename_when }: Options, index: number) => {
            const at = `${path}.entries[${index}]`;
            return [
                ...((from_key === undefined) === (from_key_regex === undefined)
                    ? [{ path: at, message: "takes one of from_key and from_key_regex" }]
                    : []),
                ...patternProblems(from_key_regex, `${at}.from_key_regex`),
                ...conditionProblems(rename_when, `${at}.rename_when`),
            ];
        }),
    ],

    open:
        ({ entries = [], transform_key }) =>
        (event, now) => {
            for (const entry of entries) {
                if (holds(entry.rename_when, event, now)) {
                    rename(event.data, entry);
                }
            }
            if (transform_key !== undefined) {
                event.data = transformed(event.data, TRANSFORMS[transform_key]) as Options;
            }
        },
};

function rename(data: Options, { from_key, from_key_regex, to_key, overwrite_if_to_key_exists }: Options): void {
    const key = from_key ?? Object.keys(data).find((each) => new RegExp(`^(?:${from_key_regex})$`).test(each));
    const value = key === undefined ? undefined : valueAt(data, key);
    if (value !== undefined && (overwrite_if_to_key_exists || valueAt(data, to_key) === undefined)) {
        deleteAt(data, key);
        setAt(data, to_key, value);
    }
}

function transformed(value: unknown, rename: (key: string) => string): unknown {
    if (Array.isArray(value)) {
        return value.map((element) => transformed(element, rename));
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, member]) => [rename(key), transformed(member, rename)]))
        : value;
}
