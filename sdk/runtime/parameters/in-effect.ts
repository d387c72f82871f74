import { durationProblems, durationSeconds, type Duration } from "../../requirements/duration";
import type { Problem } from "../../requirements/errors";
import { isInMaintenanceWindow, maintenanceWindowProblems } from "../../requirements/maintenance-window";
import { awsFailure, isBusy, ResourceError, type Subject } from "../errors";
import type { CommonInputs } from "../handler";
import { poll } from "../poll";
import { isTransient } from "../retry";
import { isUnknown } from "../values";

/** When a database may be rebooted for its parameters: not at all, at once, or if the update runs in a weekly window (UTC). */
export type Reboot = "never" | "now" | { window: string };

export interface ParametersInputs extends CommonInputs {
    /** Values that have to be in effect beside those that AWS asks for. */
    parameters?: Record<string, string>;
    /** @default "never" */
    reboot?: Reboot;
    /** @default "30m" */
    timeout?: Duration;
}

export interface ParametersOutputs {
    /** Whether the values that are needed are those that AWS applies. */
    inEffect: boolean;
    /** Instances, or the cluster, that wait for a reboot. */
    pending: string[];
}

/** What AWS tells of parameters now. */
export interface ParametersState {
    /** Nothing is being applied or changed, and nothing reboots. */
    isSettled: boolean;
    /** In words, what is declared and not as it has to be. */
    wrong: string[];
    /** What has to be rebooted first. */
    waiting: string[];
    /** What waits for a reboot, though the needed values are in effect without it; such as readers. */
    alsoPending?: string[];
    /** The parameters that may wait. */
    waitingParameters: string[];
}

/** A database, or a warehouse, with parameters. */
export interface ParameterHolder {
    look(): Promise<ParametersState>;
    /** Sent once. */
    reboot(id: string): Promise<unknown>;
    /** How its user reboots one, such as a command. */
    rebootByHand(id: string): string;
}

export const DEFAULT_PARAMETERS_TIMEOUT = "30m";

/** Looks, after a reboot of which AWS did not say that it had accepted it, before it is asked for again. */
const LOOKS_IN_DOUBT = 5;

export function parametersProblems({ reboot, timeout }: ParametersInputs): Problem[] {
    return [
        ...(typeof reboot === "object" && !isUnknown(reboot)
            ? maintenanceWindowProblems("reboot.window", reboot.window)
            : []),
        ...durationProblems("timeout", timeout),
    ];
}

export function outputsOf({ isSettled, wrong, waiting, alsoPending = [] }: ParametersState): ParametersOutputs {
    return {
        inEffect: isSettled && wrong.length === 0 && waiting.length === 0,
        pending: [...waiting, ...alsoPending],
    };
}

/** Waits until the values are in effect, and reboots what they wait for if it may: each once. */
export async function bringIntoEffect(
    holder: ParameterHolder,
    { reboot = "never", timeout = DEFAULT_PARAMETERS_TIMEOUT }: ParametersInputs,
    subject: Subject,
): Promise<ParametersOutputs> {
    const asked = new Set<string>();
    const looksInDoubt = new Map<string, number>();
    let state: ParametersState | undefined;
    const ask = async (id: string) => {
        asked.add(id);
        try {
            await holder.reboot(id);
        } catch (error) {
            if (isTransient(error)) {
                // It may have been accepted: then it will be seen.
                looksInDoubt.set(id, 0);
            } else if (isBusy(error)) {
                asked.delete(id);
            } else {
                throw awsFailure(subject, `AWS refuses to reboot ${id}`, error);
            }
        }
    };
    const done = await poll(durationSeconds(timeout)!, async () => {
        state = await holder.look();
        if (!state.isSettled) {
            return undefined;
        }
        if (state.wrong.length > 0) {
            throw new ResourceError(subject, state.wrong.join("; "), "Set it in the parameter group that is attached");
        }
        const { waiting } = state;
        if (waiting.length === 0) {
            return outputsOf(state);
        }
        if (asked.size === 0 && !mayReboot(reboot)) {
            throw new ResourceError(subject, waitsForReboot(state), whatToDo(holder, waiting, reboot));
        }
        for (const id of waiting) {
            const looks = (looksInDoubt.get(id) ?? -Infinity) + 1;
            looksInDoubt.set(id, looks);
            if (!asked.has(id) || looks === LOOKS_IN_DOUBT) {
                await ask(id);
            }
        }
        return undefined;
    });
    if (!done) {
        throw new ResourceError(
            subject,
            state?.isSettled ? waitsForReboot(state) : `its parameters were still being applied after ${timeout}`,
            "Run the update again; a longer timeout would wait for it",
        );
    }
    return done;
}

function mayReboot(reboot: Reboot): boolean {
    return reboot === "now" || (typeof reboot === "object" && isInMaintenanceWindow(reboot.window, new Date()));
}

function waitsForReboot({ waiting, waitingParameters }: ParametersState): string {
    const names = waitingParameters.length === 0 ? "parameters" : waitingParameters.join(", ");
    return `${names} may not be in effect: ${waiting.join(" and ")} waits for a reboot, and AWS judges the values in effect`;
}

function whatToDo(holder: ParameterHolder, waiting: string[], reboot: Reboot): string {
    const byHand = waiting.map((id) => holder.rebootByHand(id)).join("; ");
    return typeof reboot === "object"
        ? `Run the update again in its window, ${reboot.window} UTC, or reboot it by hand: ${byHand}`
        : `Reboot it (${byHand}) and run the update again, or say reboot: "now", or reboot: { window: "sun:03:00-sun:04:00" }`;
}
