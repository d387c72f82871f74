import type { Fault } from "../world/faults";
import type { RequestRecord } from "../world/requests";
import type { World } from "../world/world";
import type { WireRequest, WireResponse } from "./message";

/** Below this path the simulator itself answers. No bucket can have the name. */
export const CONTROL_PATH = "/_zero-etl/";

export interface ControlRequest {
    query: URLSearchParams;
    /** the parsed JSON body, `{}` if there was none */
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each handler checks its own
    body: any;
}

/** Answers with what becomes the JSON of a response; an error's message becomes a 400. */
export type ControlHandler = (request: ControlRequest) => unknown | Promise<unknown>;

/** The door to the simulator itself: its clock, its faults, its log, in JSON. */
export class ControlDoor {
    private readonly handlers = new Map<string, ControlHandler>();

    constructor(world: World) {
        const faults = () => world.faults.list();
        const clock = () => ({ now: world.clock.date(), speed: world.clock.speed });

        this.handle("GET", "health", () => ({ status: "ok", services: [...world.services.keys()], ...clock() }));
        this.handle("GET", "requests", ({ query }) => world.requests.find(requestFilter(query)));
        this.handle("DELETE", "requests", () => world.requests.clear());
        this.handle("GET", "faults", faults);
        this.handle("POST", "faults", ({ body }) => {
            world.faults.add(checkedFault(body));
            return faults();
        });
        this.handle("DELETE", "faults", () => world.faults.clear());
        this.handle("GET", "clock", clock);
        this.handle("POST", "clock", async ({ body }) => {
            const { advance, speed } = body as { advance?: number; speed?: number };
            if (speed !== undefined) {
                world.clock.setSpeed(checkedNumber("speed", speed, speed > 0));
            }
            if (advance !== undefined) {
                await world.clock.advance(checkedNumber("advance", advance, advance >= 0));
            }
            return clock();
        });
    }

    /** Lets `handler` answer `method` at `/_zero-etl/<path>`. */
    handle(method: string, path: string, handler: ControlHandler): void {
        this.handlers.set(`${method} ${path}`, handler);
    }

    async answer({ method, path, query, body }: WireRequest): Promise<WireResponse> {
        const name = `${method} ${path.slice(CONTROL_PATH.length)}`;
        const handler = this.handlers.get(name);
        if (!handler) {
            return reply(404, { error: `Nothing answers ${name}`, known: [...this.handlers.keys()] });
        }
        try {
            return reply(200, (await handler({ query, body: JSON.parse(body.toString() || "{}") })) ?? {});
        } catch (error) {
            return reply(400, { error: (error as Error).message });
        }
    }
}

function reply(status: number, body: unknown): WireResponse {
    return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

const REQUEST_FILTERS = ["door", "service", "operation", "accountId", "region"] as const;

function requestFilter(query: URLSearchParams): Partial<RequestRecord> {
    const given = REQUEST_FILTERS.filter((name) => query.has(name));
    return Object.fromEntries(given.map((name) => [name, query.get(name)!]));
}

const FAULTS: Fault["kind"][] = ["throttle", "server-error", "lost-answer", "slow-state"];

function checkedFault(fault: Fault): Fault {
    if (!FAULTS.includes(fault.kind)) {
        throw new Error(`kind is ${JSON.stringify(fault.kind)}, not one of ${FAULTS.join(", ")}`);
    }
    return fault;
}

function checkedNumber(name: string, value: unknown, inRange: boolean): number {
    if (typeof value !== "number" || !Number.isFinite(value) || !inRange) {
        throw new Error(`${name} is ${JSON.stringify(value)}, not a number that fits`);
    }
    return value;
}
