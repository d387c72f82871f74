import { durationSeconds, type Duration } from "../duration";
import { problem, warning, type Problem } from "../errors";
import { conditionProblems, templateProblems } from "./expression";
import { isSecretReference } from "./secret-reference";
import { meant } from "./suggestion";

/**
 * What one option of a plugin takes. One description serves both ways: it judges the YAML that somebody wrote, and writes
 * the YAML of a typed value.
 */
export interface Option {
    /** What is wrong with the value in the YAML. */
    judge(argument: string, value: unknown): Problem[];
    /** The value as the YAML has it. */
    write(value: unknown): unknown;
    /** What is wrong when it is not there. */
    missing?: string;
}

type Judge = Option["judge"];
export type Mapping = Record<string, unknown>;

/** An option with a plain value: it is written as it is. */
function plain(judge: Judge): Option {
    // The service puts secrets in before it reads the options.
    return {
        judge: (argument, value) => (isSecretReference(value) ? [] : judge(argument, value)),
        write: (value) => value,
    };
}

/** What is not judged: another plugin's options, or a user's own words. */
export const anything = plain(() => []);

export const flag = plain((argument, value) =>
    isOn(value) || isOff(value)
        ? []
        : [problem(argument, `${shown(value)} is neither true nor false`, "Write true or false")],
);

/** A text of so many characters. */
export function text({
    min = 1,
    max = Infinity,
    pattern = /^/,
    form = "",
}: { min?: number; max?: number; pattern?: RegExp; form?: string } = {}): Option {
    return plain((argument, value) => {
        if (typeof value !== "string" && typeof value !== "number") {
            return [problem(argument, `${shown(value)} is no text`, "Write a text")];
        }
        const written = String(value);
        if (written.trim().length < min || written.length > max) {
            return [
                written.trim() === ""
                    ? problem(argument, "It is blank", "Give it a value")
                    : problem(argument, `It has ${written.length} characters`, `${min} to ${max} are taken`),
            ];
        }
        return pattern.test(written)
            ? []
            : [problem(argument, `"${written}" is not what is taken here`, `Give ${form}`)];
    });
}

/** A whole number between two. */
export function whole({ min = -Infinity, max = Infinity }: { min?: number; max?: number } = {}): Option {
    return plain((argument, value) => {
        const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
        if (!Number.isSafeInteger(number)) {
            return [problem(argument, `${shown(value)} is no whole number`, "Write one")];
        }
        const isInside = Number(number) >= min && Number(number) <= max;
        return isInside ? [] : [problem(argument, `It is ${number}`, `Give ${rangeInWords(min, max)}`)];
    });
}

function rangeInWords(min: number, max: number): string {
    return max === Infinity ? `${min} or more` : `${min} to ${max}`;
}

/** One of these words. */
export function oneOf(...words: string[]): Option {
    return plain((argument, value) =>
        typeof value === "string" && words.includes(value)
            ? []
            : [
                  problem(
                      argument,
                      `${shown(value)} is not taken here`,
                      meant(String(value), words, `Use ${inWords(words)}`),
                  ),
              ],
    );
}

/** A time: `PT1H` or `30s` in YAML, `"1h"` in a program. */
export function duration({ least }: { least?: Duration } = {}): Option {
    const leastSeconds = least === undefined ? 0 : durationSeconds(least)!;
    return {
        judge: (argument, value) => {
            const seconds = typeof value === "string" ? secondsOf(value) : undefined;
            if (seconds === undefined) {
                return [
                    problem(argument, `${shown(value)} is not a time`, `Write "30s", or PT30M in the form of ISO 8601`),
                ];
            }
            return seconds >= leastSeconds ? [] : [problem(argument, `${value} is too short`, `Give ${least} or more`)];
        },
        // Of the parts of a time, Java's parser takes fractions of seconds alone.
        write: (value) =>
            /^\d+[smh]$/.test(value as Duration)
                ? `PT${(value as Duration).toUpperCase()}`
                : `PT${durationSeconds(value as Duration)}S`,
    };
}

function secondsOf(value: string): number | undefined {
    const [, days, hours, minutes, seconds] =
        /^PT?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/i.exec(value) ?? [];
    const parts = [days, hours, minutes, seconds];
    if (parts.some((part) => part !== undefined)) {
        return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * [86_400, 3600, 60, 1][index]!, 0);
    }
    return /^\d+ms$/.test(value) ? Number.parseInt(value, 10) / 1000 : durationSeconds(value);
}

/** A condition, such as `/status == "LIVE"`. */
export const condition = plain((argument, value) =>
    typeof value === "string"
        ? conditionProblems(argument, value)
        : [problem(argument, `${shown(value)} is no condition`, "Write a text")],
);

/** A text with expressions in it, such as `${getMetadata("primary_key")}`. */
export const template = plain((argument, value) =>
    typeof value === "string" || typeof value === "number"
        ? templateProblems(argument, String(value))
        : [problem(argument, `${shown(value)} is no text`, "Write a text")],
);

export function listOf(item: Option, { min = 0, max = Infinity }: { min?: number; max?: number } = {}): Option {
    return {
        judge: (argument, value) => {
            if (!Array.isArray(value)) {
                return [problem(argument, `${shown(value)} is no list`, "Write a list, each item after a hyphen")];
            }
            const count =
                value.length < min || value.length > max
                    ? [
                          problem(
                              argument,
                              `There are ${value.length}`,
                              min === max ? `Give exactly ${min}` : `Give ${rangeInWords(min, max)}`,
                          ),
                      ]
                    : [];
            return [...count, ...value.flatMap((one, index) => item.judge(`${argument}[${index}]`, one))];
        },
        write: (value) => (value as unknown[]).map((one) => item.write(one)),
    };
}

/** Keys of the user's own. */
export function mapOf(value: Option, { max = Infinity }: { max?: number } = {}): Option {
    return {
        judge: (argument, map) => {
            if (!isMapping(map)) {
                return [notMapping(argument, map)];
            }
            const count = Object.keys(map).length;
            return [
                ...(count > max ? [problem(argument, `There are ${count}`, `${max} are taken at most`)] : []),
                ...Object.entries(map).flatMap(([key, one]) => value.judge(at(argument, key), one)),
            ];
        },
        write: (map) => Object.fromEntries(Object.entries(map as Mapping).map(([key, one]) => [key, value.write(one)])),
    };
}

/** What a type says of its options, by the names that a program uses; the YAML has them in snake case. */
export type OptionsOf<T> = { [Name in keyof T]-?: Option };

/** Options that have other names in the YAML, that only bodies of others have, or that must not be there. */
export interface OtherNames {
    /** Old names, and what they are names of. */
    aliases?: Record<string, string>;
    /** Names that a typed value does not offer. */
    also?: Record<string, Option>;
    /** Rules about several options at once. */
    together?: (argument: string, options: Mapping) => Problem[];
}

/** A group of options. */
export function group<T>(
    options: OptionsOf<T>,
    { aliases = {}, also = {}, together = () => [] }: OtherNames = {},
): Option {
    const own = Object.entries<Option>(options).map(([name, option]) => [name, snakeCase(name), option] as const);
    const known: Record<string, Option> = {
        ...Object.fromEntries(own.map(([, name, option]) => [name, option])),
        ...also,
    };
    const optionOf = (name: string): Option | undefined =>
        Object.hasOwn(known, name) ? known[name] : Object.hasOwn(aliases, name) ? known[aliases[name]!] : undefined;
    const isGiven = (value: Mapping, name: string) =>
        [name, ...Object.keys(aliases).filter((alias) => aliases[alias] === name)].some((each) => value[each] != null);
    return {
        judge: (argument, value) => {
            if (!isMapping(value)) {
                return [notMapping(argument, value)];
            }
            const unknown = Object.keys(value).filter((name) => optionOf(name) === undefined);
            return [
                ...unknown.map((name) =>
                    problem(
                        at(argument, name),
                        "There is no such option",
                        meant(name, Object.keys(known), `Use ${inWords(Object.keys(known))}`),
                    ),
                ),
                ...Object.entries(known).flatMap(([name, { missing }]) =>
                    missing === undefined ||
                    isGiven(value, name) ||
                    unknown.some((other) => meant(other, [name], "") !== "")
                        ? []
                        : [problem(at(argument, name), "It is not given", missing)],
                ),
                // An option that is written without a value is an option that is not given.
                ...Object.entries(value).flatMap(([name, one]) =>
                    one == null ? [] : (optionOf(name)?.judge(at(argument, name), one) ?? []),
                ),
                ...together(argument, value),
            ];
        },
        write: (value) => {
            const given = value as Mapping;
            const others = Object.keys(given).filter((name) => !Object.hasOwn(options, name));
            return Object.fromEntries([
                ...own.flatMap(([name, yamlName, option]) =>
                    given[name] === undefined ? [] : [[yamlName, option.write(given[name])]],
                ),
                // What types leave out, a program in JavaScript does not: it is judged, and not dropped.
                ...others.flatMap((name) => (given[name] === undefined ? [] : [[snakeCase(name), given[name]]])),
            ]) as Mapping;
        },
    };
}

/** The same option, which has to be there. */
export function required(option: Option, missing = "Give it"): Option {
    return { ...option, missing };
}

/** An option that OpenSearch Ingestion refuses. */
export function refused(rule: string, fix: string): Option {
    return { ...anything, judge: (argument) => [problem(argument, rule, fix)] };
}

/** An option that works, though not for long or not everywhere. */
export function advisedAgainst(rule: string, fix: string): Option {
    return { ...anything, judge: (argument) => [warning(argument, rule, fix)] };
}

/** An option of which one form alone is good. */
export function withAlso(option: Option, also: Judge): Option {
    return { ...option, judge: (argument, value) => [...option.judge(argument, value), ...also(argument, value)] };
}

/** Whether a flag is on: a text is read as well. */
export function isOn(value: unknown): boolean {
    return value === true || value === "true";
}

export function isOff(value: unknown): boolean {
    return value === false || value === "false";
}

export function isMapping(value: unknown): value is Mapping {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The path of an option inside of another. */
export function at(argument: string, name: string): string {
    return /^[\w-]+$/.test(name) ? `${argument}.${name}` : `${argument}[${JSON.stringify(name)}]`;
}

export function notMapping(argument: string, value: unknown): Problem {
    return problem(argument, `${shown(value)} has no options`, "Write names and values, such as region: eu-west-1");
}

export function snakeCase(name: string): string {
    return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A value for a message: short, and never a whole document. */
export function shown(value: unknown): string {
    if (value == null) {
        return "Nothing";
    }
    const json = JSON.stringify(value);
    return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}

export function inWords(words: readonly string[]): string {
    return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
