const queues = new Map<string, Promise<unknown>>();

/** Works on what has this name one after the other: those of one process need not race each other. */
export function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const done = (queues.get(name) ?? Promise.resolve()).then(work);
    queues.set(
        name,
        done.catch(() => undefined),
    );
    return done;
}
