import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { deleteAt, setAt, valueAt } from "../pointer";
import { flag, integer, name, options, text } from "../schema";
import type { Processor } from "./processor";

const MAX_DEPTH = 10;

/** Takes apart a text that is JSON; what is none stays as it is. */
export const parseJson: Processor = {
    schema: options({
        source: name,
        destination: name,
        pointer: text(),
        depth: integer(0, MAX_DEPTH),
        delete_source: flag,
        parse_when: text(),
    }),
    check: ({ parse_when }, path) => conditionProblems(parse_when, `${path}.parse_when`),
    open:
        ({ source = "message", destination, pointer = "", depth = 0, delete_source, parse_when }) =>
        (event, now) => {
            const text = valueAt(event.data, source);
            const whole = typeof text === "string" && holds(parse_when, event, now) ? parsed(text) : undefined;
            const value = valueAt(whole, pointer);
            // Into the event itself go maps alone.
            if (value === undefined || (destination === undefined && !isMap(value))) {
                return;
            }
            if (delete_source) {
                deleteAt(event.data, source);
            }
            const kept = depth === 0 ? value : textBelow(value, depth);
            if (destination === undefined) {
                Object.entries(kept as object).forEach(([key, member]) => setAt(event.data, pointerPart(key), member));
            } else {
                setAt(event.data, destination, kept);
            }
        },
};

const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

const pointerPart = (key: string) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** What lies deeper than that stays JSON. */
function textBelow(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (depth === 0) {
        return JSON.stringify(value);
    }
    return Array.isArray(value)
        ? value.map((element) => textBelow(element, depth - 1))
        : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, textBelow(member, depth - 1)]));
}
