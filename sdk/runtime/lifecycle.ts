import { durationSeconds, type Duration } from "../requirements/duration";

import { awsFailure, isBusy, isDenied, isNotFound, isTaken, ResourceError, type Subject } from "./errors";
import { poll } from "./poll";
import { isTransient } from "./retry";

/** A policy or a role that the same update wrote is not known everywhere at once: AWS is asked again for some twenty seconds. */
const MAX_UNREADY = 3;

interface Patience {
    /** Whether AWS may refuse it only because what it asks for is so new. @default - whether it is denied */
    isUnready?(error: unknown): boolean;
    /** How often that is taken for the reason. @default 3 */
    maxUnready?: number;
}

/** What AWS refused, and whether it is worth asking again. */
export class Refusals {
    last: unknown = {};
    private unready = 0;

    constructor(private readonly patience: Patience = {}) {}

    /** AWS may have done what it did not answer: look before asking again. A holder of the name that nobody can see stays. */
    mayPass(error: unknown): boolean {
        const { isUnready = isDenied, maxUnready = MAX_UNREADY } = this.patience;
        const wasTaken = isTaken(this.last);
        this.last = error;
        return (
            isTransient(error) ||
            isBusy(error) ||
            (isTaken(error) && !wasTaken) ||
            (isUnready(error) && this.unready++ < maxUnready)
        );
    }
}

/** Something that AWS makes, where an interrupted update, or somebody else, may have made it before. */
export interface Creation<T> extends Patience {
    subject: Subject;
    /** In words, such as `the integration`. */
    what: string;
    timeout: Duration;
    /** What stands where it is to be, as it was at `moment` (of `performance.now()`) or later. */
    holder(moment: number, interval: number): Promise<T | undefined>;
    /** Takes the holder as it is, or refuses it by throwing; `undefined` while it is being deleted. */
    claim(holder: T): Promise<T | undefined>;
    create(): Promise<T>;
}

/** The one that an interrupted update made, the one to adopt, or a new one. */
export async function obtain<T>(creation: Creation<T>): Promise<T> {
    const { subject, what, timeout } = creation;
    const refusals = new Refusals(creation);
    let moment = -Infinity;
    const obtained = await within(timeout, async (interval) => {
        try {
            const holder = await creation.holder(moment, interval);
            moment = performance.now();
            return await (holder === undefined ? creation.create() : creation.claim(holder));
        } catch (error) {
            if (error instanceof ResourceError || !refusals.mayPass(error)) {
                throw awsFailure(subject, `AWS refuses to create ${what}`, error);
            }
            return undefined;
        }
    });
    if (obtained === undefined) {
        throw refusals.last instanceof Error
            ? awsFailure(subject, `AWS did not create ${what} within ${timeout}`, refusals.last)
            : new ResourceError(
                  subject,
                  `what stands in the place of ${what} was still being deleted after ${timeout}`,
              );
    }
    return obtained;
}

/** Something that AWS deletes in its own time. */
export interface Removal<T> {
    subject: Subject;
    /** By what AWS knows it. */
    name: string;
    timeout: Duration;
    find(moment: number, interval: number): Promise<T | undefined>;
    isLeaving(found: T): boolean;
    delete(): Promise<unknown>;
    /** Whether AWS will take the order later. @default - what all services answer */
    isBusy?(error: unknown): boolean;
}

/** Deletes it, as soon as AWS takes the order, and waits until it is gone. */
export async function remove<T>(removal: Removal<T>): Promise<void> {
    const { subject, name, timeout } = removal;
    let moment = performance.now();
    let lastError: unknown = new Error("AWS is still deleting it");
    const gone = await within(timeout, async (interval) => {
        const found = await removal.find(moment, interval);
        if (found === undefined) {
            return true;
        }
        if (removal.isLeaving(found)) {
            return undefined;
        }
        try {
            await removal.delete();
        } catch (error) {
            if (isNotFound(error)) {
                return true;
            }
            // It may be that AWS still creates or changes it.
            if (!(removal.isBusy ?? isBusy)(error)) {
                throw awsFailure(subject, `AWS refuses to delete ${name}`, error);
            }
            lastError = error;
        }
        moment = performance.now();
        return undefined;
    });
    if (!gone) {
        throw awsFailure(subject, `${name} was not gone after ${timeout}`, lastError);
    }
}

/** {@link poll}, for a duration as users write it. */
export function within<T>(
    timeout: Duration,
    look: (interval: number) => Promise<T | undefined>,
): Promise<T | undefined> {
    return poll(durationSeconds(timeout)!, look);
}
