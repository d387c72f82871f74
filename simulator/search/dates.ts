/** A date of a document in milliseconds since the epoch; undefined where it has none of the formats. */
export type DateParser = (value: string | number) => number | undefined;

/** What fields of type `date` take, unless their mapping says otherwise. */
export const DEFAULT_FORMAT = "strict_date_optional_time||epoch_millis";

/** Of text that dynamic mapping takes for a date. */
export const DETECTED_FORMATS = "strict_date_optional_time||yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z";

const known = new Map<string, DateParser | undefined>();

/** `undefined` for a format that OpenSearch does not know. */
export function dateParser(format: string): DateParser | undefined {
    if (!known.has(format)) {
        known.set(format, makeParser(format));
    }
    return known.get(format);
}

function makeParser(format: string): DateParser | undefined {
    const parsers = format.split("||").map(parserOf);
    return parsers.every((parser) => parser !== undefined)
        ? (value) => {
              for (const parse of parsers) {
                  const time = parse(String(value));
                  if (time !== undefined) {
                      return time;
                  }
              }
              return undefined;
          }
        : undefined;
}

const TIME = String.raw`(?<H>\d{2})(?::(?<m>\d{2})(?::(?<s>\d{2})(?:[.,](?<S>\d{1,9}))?)?)?`;
const ZONE = String.raw`(?<zone>Z|[+-]\d{2}(?::?\d{2})?)`;
const OPTIONAL_TIME = String.raw`(?<y>\d{4})(?:-(?<M>\d{2})(?:-(?<d>\d{2})(?:T(?:${TIME}${ZONE}?)?)?)?)?`;

/** OpenSearch's names for patterns; `strict_` before most of them asks for all digits. */
const NAMED: Record<string, string> = {
    basic_date: "yyyyMMdd",
    basic_date_time: "yyyyMMdd'T'HHmmss.SSSZ",
    basic_date_time_no_millis: "yyyyMMdd'T'HHmmssZ",
    date: "yyyy-MM-dd",
    date_hour: "yyyy-MM-dd'T'HH",
    date_hour_minute: "yyyy-MM-dd'T'HH:mm",
    date_hour_minute_second: "yyyy-MM-dd'T'HH:mm:ss",
    date_hour_minute_second_millis: "yyyy-MM-dd'T'HH:mm:ss.SSS",
    date_time: "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    date_time_no_millis: "yyyy-MM-dd'T'HH:mm:ssZ",
    year: "yyyy",
    year_month: "yyyy-MM",
    year_month_day: "yyyy-MM-dd",
};

type TextParser = (text: string) => number | undefined;

function parserOf(format: string): TextParser | undefined {
    const name = format.trim().replace(/^strict_/, "");
    switch (name) {
        case "epoch_millis":
            return epoch(1);
        case "epoch_second":
            return epoch(1000);
        case "date_optional_time":
        case "date_optional_time_nanos":
            return byRegExp(new RegExp(`^${OPTIONAL_TIME}$`));
    }
    const regExp = patternRegExp(NAMED[name] ?? format.trim());
    return regExp && byRegExp(regExp);
}

function epoch(unit: number): TextParser {
    return (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) * unit : undefined);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const LETTERS: Record<string, (count: number) => string> = {
    y: (n) => String.raw`(?<y>\d{${n === 2 ? 2 : 4}})`,
    u: (n) => String.raw`(?<y>\d{${n === 2 ? 2 : 4}})`,
    M: (n) => (n === 3 ? `(?<MMM>${MONTHS.join("|")})` : `(?<M>${digits(n)})`),
    d: (n) => `(?<d>${digits(n)})`,
    H: (n) => `(?<H>${digits(n)})`,
    h: (n) => `(?<H>${digits(n)})`,
    a: () => "(?<half>AM|PM)",
    m: (n) => `(?<m>${digits(n)})`,
    s: (n) => `(?<s>${digits(n)})`,
    S: (n) => String.raw`(?<S>\d{${n}})`,
    E: () => "[A-Z][a-z]+",
    Z: () => ZONE,
    X: () => ZONE,
    x: () => ZONE,
};

const digits = (count: number) => (count === 1 ? String.raw`\d{1,2}` : String.raw`\d{${count}}`);

/** Of a pattern of Java's DateTimeFormatter. */
function patternRegExp(pattern: string): RegExp | undefined {
    let source = "";
    // Quoted text, a letter repeated, or any other character.
    for (const [token, quoted, letter] of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^]/g)) {
        if (letter) {
            const part = LETTERS[letter]?.(token.length);
            if (part === undefined) {
                return undefined;
            }
            source += part;
        } else {
            source += (quoted ?? token).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
        }
    }
    return /\(\?<[yMdHmsS]/.test(source) ? new RegExp(`^${source}$`) : undefined;
}

function byRegExp(regExp: RegExp): TextParser {
    return (text) => {
        const parts = regExp.exec(text)?.groups;
        return parts && timeOf(parts);
    };
}

function timeOf(parts: Record<string, string | undefined>): number | undefined {
    const number = (name: string, otherwise: number) => (parts[name] === undefined ? otherwise : Number(parts[name]));
    const month = parts.MMM ? MONTHS.indexOf(parts.MMM) : number("M", 1) - 1;
    const day = number("d", 1);
    const hour = (number("H", 0) % (parts.half ? 12 : 25)) + (parts.half === "PM" ? 12 : 0);
    const [minute, second] = [number("m", 0), number("s", 0)];
    const year = number("y", 1970) + (parts.y?.length === 2 ? 2000 : 0);
    const time = Date.UTC(year, month, day, hour, minute, second, Number(`0.${parts.S ?? 0}`) * 1000);
    const date = new Date(Date.UTC(year, month, day));
    const exists = date.getUTCMonth() === month && date.getUTCDate() === day;
    return exists && hour < 24 && minute < 60 && second < 60 ? time - offset(parts.zone) : undefined;
}

function offset(zone = "Z"): number {
    const [, sign, hours, minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
    return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
}
