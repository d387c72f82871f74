/** Whether a pipeline of this status runs, or will; statuses that tell nothing of it are not here. */
export const RUNS: Record<string, boolean> = {
    ACTIVE: true,
    UPDATE_FAILED: true,
    STARTING: true,
    START_FAILED: false,
    STOPPING: false,
    STOPPED: false,
};

const SETTLED: readonly string[] = ["ACTIVE", "STOPPED", "CREATE_FAILED", "UPDATE_FAILED", "START_FAILED"];

/** AWS documents a status that its API's model lacks: one that is not known passes, or the timeout ends it. */
export function isPending(status: string): boolean {
    return !SETTLED.includes(status);
}

export function isAsWanted(status: string, running = true): boolean {
    return running ? status === "ACTIVE" : status === "STOPPED" || status === "START_FAILED";
}
