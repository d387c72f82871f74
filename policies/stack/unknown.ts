/** Something that only the update will tell: neither a pass nor a violation. */
export class CannotTellYet extends Error {
    override readonly name = "CannotTellYet";
}

/** Whether reading failed on a value that is not known yet. The policy SDK keeps the class of its own error to itself. */
export function isUnknown(error: unknown): error is Error {
    return error instanceof CannotTellYet || (error instanceof Error && "unknownTypeSentinel" in error);
}

/** What `read` gives, or `undefined` where that is not known yet. */
export function known<T>(read: () => T): T | undefined {
    try {
        return read();
    } catch (error) {
        if (isUnknown(error)) {
            return undefined;
        }
        throw error;
    }
}

/** What is known of several things. */
export interface Reading<T> {
    values: T[];
    /** Whether nothing was left out. */
    complete: boolean;
}

export function readEach<S, T>(sources: S[], read: (source: S) => T[]): Reading<T> {
    const readings = sources.map((source) => known(() => read(source)));
    return { values: readings.flatMap((values) => values ?? []), complete: !readings.includes(undefined) };
}

/** What was found. @throws where that is nothing, and something was left out */
export function found<T>({ values, complete }: Reading<T>, open: string): T[] {
    if (values.length === 0 && !complete) {
        throw new CannotTellYet(open);
    }
    return values;
}
