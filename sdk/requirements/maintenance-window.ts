import { problem, type Problem } from "./errors";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;

/** What is wrong with a weekly window in UTC, which RDS and Redshift write as `sun:03:00-sun:04:00`. */
export function maintenanceWindowProblems(argument: string, window: string): Problem[] {
    return parse(window)
        ? []
        : [
              problem(
                  argument,
                  `"${window}" is not a weekly window`,
                  'Write days and times in UTC, such as "sun:03:00-sun:04:00"',
              ),
          ];
}

/** Whether the moment is in the window, which may go over the end of the week. */
export function isInMaintenanceWindow(window: string, moment: Date): boolean {
    const parsed = parse(window);
    if (!parsed) {
        return false;
    }
    const { begin, end } = parsed;
    const now = moment.getUTCDay() * MINUTES_PER_DAY + moment.getUTCHours() * 60 + moment.getUTCMinutes();
    const since = (minute: number) => (minute - begin + MINUTES_PER_WEEK) % MINUTES_PER_WEEK;
    return since(now) < since(end);
}

/** In minutes of the week. */
function parse(window: string): { begin: number; end: number } | undefined {
    const [, ...parts] = /^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$/i.exec(window) ?? [];
    const [begin, end] = [minuteOf(parts.slice(0, 3)), minuteOf(parts.slice(3))];
    return begin === undefined || end === undefined || begin === end ? undefined : { begin, end };
}

function minuteOf([day = "", hour, minute]: string[]): number | undefined {
    const index = DAYS.indexOf(day.toLowerCase());
    return index < 0 || Number(hour) > 23 || Number(minute) > 59
        ? undefined
        : index * MINUTES_PER_DAY + Number(hour) * 60 + Number(minute);
}
