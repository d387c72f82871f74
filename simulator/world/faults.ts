/** Something that goes wrong on purpose, with calls that come through the HTTP door. */
export interface Fault {
    /** `throttle`: refused with ThrottlingException. `server-error`: 500, nothing done. `lost-answer`: done, but the
     * connection breaks before the answer. `slow-state`: transitional states last `factor` times as long.
     * `busy-target`: a target takes one new integration at a time, and refuses others meanwhile. */
    kind: "throttle" | "server-error" | "lost-answer" | "slow-state" | "busy-target";
    /** @default every service */
    service?: string;
    /** @default every operation */
    operation?: string;
    /** The share of calls that it hits, 0–1. @default 1 */
    rate?: number;
    /** How many calls it hits before it is over. @default no end */
    times?: number;
    /** Of `slow-state`. @default 10 */
    factor?: number;
}

/** The faults in force. */
export class Faults {
    private active: Fault[] = [];

    add(fault: Fault): void {
        this.active.push({ ...fault });
    }

    clear(): void {
        this.active = [];
    }

    list(): readonly Fault[] {
        return this.active;
    }

    /** The fault that hits this call, if one does. */
    strike(service: string, operation: string): Fault | undefined {
        const hit = this.active.find(
            (f) =>
                f.kind !== "slow-state" &&
                f.kind !== "busy-target" &&
                (f.service ?? service) === service &&
                (f.operation ?? operation) === operation &&
                (f.times ?? 1) > 0 &&
                Math.random() < (f.rate ?? 1),
        );
        if (hit?.times !== undefined) {
            hit.times--;
        }
        return hit;
    }

    /** How many times as long a service's transitional states last. */
    slowness(service: string): number {
        const slow = this.active.find((f) => f.kind === "slow-state" && (f.service ?? service) === service);
        return slow ? (slow.factor ?? 10) : 1;
    }

    /** Whether a service refuses a second integration for a busy target. */
    isTargetBusy(service: string): boolean {
        return this.active.some((f) => f.kind === "busy-target" && (f.service ?? service) === service);
    }
}
