import { ExpressionError } from "./expressions/error";

/**
 * Dates by the patterns of Java's DateTimeFormatter, as far as data has them: years to fractions of a second, names of
 * months and days in English, offsets and names of zones, text in quotes.
 */
const TOKEN = /'((?:[^']|'')*)'|(y+|u+|M+|d+|H+|h+|m+|s+|S+|a|E+|X+|x+|Z+|z+|V+)|([A-Za-z])|([^A-Za-z']+)/g;

const MONTHS = ["January", "February", "March", "April", "May", "June", "July"].concat([
    "August",
    "September",
    "October",
    "November",
    "December",
]);
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

interface Field {
    field: string;
    width: number;
}

type Token = { text: string } | Field;

function tokens(pattern: string): Token[] {
    return [...pattern.matchAll(TOKEN)].map(([, quoted, field, unknown, plain]) => {
        if (unknown !== undefined) {
            throw new ExpressionError(`${unknown} in the date pattern ${pattern} is not simulated`);
        }
        return field !== undefined
            ? { field: field[0], width: field.length }
            : { text: quoted === undefined ? plain : quoted === "" ? "'" : quoted.replaceAll("''", "'") };
    });
}

/** Throws ExpressionError for a pattern that is not known. */
export const checkPattern = (pattern: string): unknown => EPOCHS[pattern] ?? tokens(pattern);

/** @param time milliseconds since the epoch */
export function formatDate(time: number, pattern: string, zone: string): string {
    const offset = offsetOf(time, zone);
    const local = new Date(time + offset);
    return tokens(pattern)
        .map((token) => ("text" in token ? token.text : fieldText(token, local, time, offset, zone)))
        .join("");
}

function fieldText({ field, width }: Field, local: Date, time: number, offset: number, zone: string) {
    const padded = (value: number) => String(value).padStart(width, "0");
    switch (field) {
        case "y":
        case "u":
            return width === 2 ? String(local.getUTCFullYear()).slice(-2) : padded(local.getUTCFullYear());
        case "M":
            return width >= 3 ? named(MONTHS[local.getUTCMonth()], width) : padded(local.getUTCMonth() + 1);
        case "d":
            return padded(local.getUTCDate());
        case "H":
            return padded(local.getUTCHours());
        case "h":
            return padded(local.getUTCHours() % 12 || 12);
        case "m":
            return padded(local.getUTCMinutes());
        case "s":
            return padded(local.getUTCSeconds());
        case "S":
            return String(Math.floor(time) - Math.floor(time / 1000) * 1000)
                .padStart(3, "0")
                .padEnd(width, "0")
                .slice(0, width);
        case "a":
            return local.getUTCHours() < 12 ? "AM" : "PM";
        case "E":
            return named(DAYS[local.getUTCDay()], width);
        case "X":
            return offset === 0 ? "Z" : offsetText(offset, width === 3);
        case "x":
            return offsetText(offset, width === 3);
        case "Z":
            return offsetText(offset, false);
        default:
            return zone;
    }
}

const named = (name: string, width: number) => (width === 3 ? name.slice(0, 3) : name);

function offsetText(offset: number, colon: boolean): string {
    const minutes = Math.abs(offset) / 60_000;
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0"));
    return `${offset < 0 ? "-" : "+"}${hours}${colon ? ":" : ""}${rest}`;
}

/** Numbers since the epoch, by the names that the `date` processor has for them. */
const EPOCHS: Record<string, (value: number) => number> = {
    epoch_second: (value) => value * 1000,
    epoch_milli: (value) => value,
    epoch_micro: (value) => value / 1000,
    epoch_nano: (value) => value / 1_000_000,
};

/** Milliseconds since the epoch; undefined where the value does not have the pattern. */
export function parseDate(value: unknown, pattern: string, zone: string): number | undefined {
    const epoch = EPOCHS[pattern];
    if (epoch) {
        const number = typeof value === "number" ? value : Number(value || NaN);
        return Number.isFinite(number) ? epoch(number) : undefined;
    }
    const parsed = tokens(pattern);
    const expression = parsed.map((token) => ("text" in token ? escape(token.text) : fieldPattern(token))).join("");
    const match = typeof value === "string" ? new RegExp(`^${expression}$`).exec(value) : null;
    if (!match) {
        return undefined;
    }
    const fields = parsed.filter((token) => "field" in token);
    const found = Object.fromEntries(fields.map(({ field }, index) => [field, match[index + 1]]));
    return timeOf(found, zone);
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

function fieldPattern({ field, width }: Field): string {
    switch (field) {
        case "M":
            return width >= 3 ? "([A-Za-z]+)" : "(\\d{1,2})";
        case "E":
            return "([A-Za-z]+)";
        case "a":
            return "([AaPp][Mm])";
        case "X":
        case "x":
        case "Z":
            return "(Z|[+-]\\d{2}:?(?:\\d{2})?)";
        case "z":
        case "V":
            return "([A-Za-z][\\w/+-]*)";
        default:
            return width === 1 ? "(\\d+)" : `(\\d{${width}})`;
    }
}

function timeOf(found: Record<string, string>, zone: string): number | undefined {
    const number = (text: string | undefined, otherwise: number) => (text === undefined ? otherwise : Number(text));
    const yearText = found.y ?? found.u;
    const year = yearText?.length === 2 ? 2000 + Number(yearText) : number(yearText, 1970);
    const month = monthOf(found.M);
    const half = found.a === undefined ? 0 : found.a.toLowerCase() === "pm" ? 12 : 0;
    const hour = found.h === undefined ? number(found.H, 0) : (Number(found.h) % 12) + half;
    const fraction = Math.floor(Number(`0.${found.S ?? "0"}`) * 1000);
    const day = number(found.d, 1);
    const local = Date.UTC(year, month - 1, day, hour, number(found.m, 0), number(found.s, 0), fraction);
    const isReal = new Date(local).getUTCDate() === day && hour < 24 && number(found.m, 0) < 60;
    if (!isReal) {
        return undefined;
    }
    const offset = found.X ?? found.x ?? found.Z;
    return offset === undefined ? local - offsetOf(local, found.z ?? found.V ?? zone) : local - parseOffset(offset);
}

function monthOf(text: string | undefined): number {
    if (text === undefined) {
        return 1;
    }
    const named = MONTHS.findIndex((month) => month.toLowerCase().startsWith(text.toLowerCase()));
    return /^\d+$/.test(text) ? Number(text) : named + 1;
}

function parseOffset(text: string): number {
    const [, sign, hours, minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? [];
    return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** How far a zone's clocks are from UTC at a moment, in milliseconds. */
function offsetOf(time: number, zone: string): number {
    if (/^(UTC|Z|GMT)$/i.test(zone)) {
        return 0;
    }
    if (/^[+-]/.test(zone)) {
        return parseOffset(zone);
    }
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    const name = format.formatToParts(time).find(({ type }) => type === "timeZoneName")!.value;
    return parseOffset(name.replace("GMT", "") || "+00:00");
}

/** Whether there is such a zone. */
export function isZone(zone: string): boolean {
    try {
        offsetOf(0, zone);
        return true;
    } catch {
        return false;
    }
}
