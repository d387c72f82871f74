import { checkPattern, formatDate, isZone, parseDate } from "../dates";
import { ExpressionError } from "../expressions/error";
import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { setAt, valueAt } from "../pointer";
import { listOf, name, options, text, type BodyProblem, type Options } from "../schema";
import type { Processor } from "./processor";

const match = options({ key: name, patterns: listOf(name, { minItems: 1 }) }, ["key", "patterns"]);
const ISO = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

/** Reads a date by the first pattern that it has, and writes it in one form. */
export const date: Processor = {
    schema: options(
        {
            match: listOf(match, { minItems: 1 }),
            destination: name,
            output_format: name,
            source_timezone: name,
            destination_timezone: name,
            date_when: text(),
        },
        ["match"],
    ),

    check: ({ match, output_format = ISO, date_when, ...zones }, path) => [
        ...match.flatMap(({ patterns }: Options, index: number) =>
            patterns.flatMap((pattern: string, i: number) =>
                patternProblems(pattern, `${path}.match[${index}].patterns[${i}]`),
            ),
        ),
        ...patternProblems(output_format, `${path}.output_format`),
        ...["source_timezone", "destination_timezone"]
            .filter((option) => zones[option] !== undefined && !isZone(zones[option]))
            .map((option) => ({ path: `${path}.${option}`, message: `${zones[option]} is no time zone` })),
        ...conditionProblems(date_when, `${path}.date_when`),
    ],

    open:
        ({ match, destination = "@timestamp", output_format = ISO, date_when, ...zones }) =>
        (event, now) => {
            const time = match
                .flatMap(({ key, patterns }: Options) =>
                    patterns.map((pattern: string) =>
                        parseDate(valueAt(event.data, key), pattern, zones.source_timezone ?? "UTC"),
                    ),
                )
                .find((found: number | undefined) => found !== undefined);
            if (time !== undefined && holds(date_when, event, now)) {
                const zone = zones.destination_timezone ?? "UTC";
                setAt(event.data, destination, formatDate(time, output_format, zone));
            }
        },
};

function patternProblems(pattern: string, path: string): BodyProblem[] {
    try {
        checkPattern(pattern);
        return [];
    } catch (error) {
        if (!(error instanceof ExpressionError)) {
            throw error;
        }
        return [{ path, message: error.message }];
    }
}
