import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry";

/** Whether the same call may succeed a moment later, though AWS may have carried it out already. */
export function isTransient(error: unknown): boolean {
    const failure = error as Parameters<typeof isTransientError>[0];
    return isThrottlingError(failure) || isTransientError(failure) || isServerError(failure);
}
