import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { setAt, valueAt } from "../pointer";
import { integer, listOf, name, options, text } from "../schema";
import { patternProblems } from "./patterns";
import type { Processor } from "./processor";

const mask = options({ mask_character: text(1), mask_character_length: integer(1, 10) });

/** Hides a text, or the parts of it that have a pattern. */
export const obfuscate: Processor = {
    schema: options(
        {
            source: name,
            target: name,
            patterns: listOf(name),
            action: options({ mask }),
            obfuscate_when: text(),
        },
        ["source"],
    ),

    check: ({ patterns = [], obfuscate_when }, path) => [
        ...patterns.flatMap((pattern: string, index: number) =>
            isNamed(pattern)
                ? [{ path: `${path}.patterns[${index}]`, message: `the pattern ${pattern} is not simulated` }]
                : patternProblems(pattern, `${path}.patterns[${index}]`),
        ),
        ...conditionProblems(obfuscate_when, `${path}.obfuscate_when`),
    ],

    open: ({ source, target = source, patterns = [], action, obfuscate_when }) => {
        const { mask_character = "*", mask_character_length = 3 } = action?.mask ?? {};
        const mask = mask_character.repeat(mask_character_length);
        return (event, now) => {
            const value = valueAt(event.data, source);
            if (value == null || typeof value === "object" || !holds(obfuscate_when, event, now)) {
                return;
            }
            const hidden = patterns.reduce(
                (text: string, pattern: string) => text.replace(new RegExp(pattern, "g"), () => mask),
                String(value),
            );
            setAt(event.data, target, patterns.length === 0 ? mask : hidden);
        };
    },
};

/** Data Prepper has patterns of its own: `%{EMAIL_ADDRESS}`. */
const isNamed = (pattern: string) => pattern.startsWith("%{");
