import { Clock } from "./clock";
import { Context, partitionOf, type StateClass } from "./context";
import { AwsError } from "./error";
import { Faults } from "./faults";
import { Identities, administratorOf, MANAGEMENT_ACCOUNT } from "./identity";
import { requiredMembers } from "./model";
import { RequestLog } from "./requests";
import type { Operation, Service } from "./service";

export interface WorldOptions {
    /** How many seconds pass in a real second. @default 1 */
    speed?: number;
    services: Service[];
}

/** Raised at the HTTP door: the call was carried out, and its answer never arrives. */
export class LostAnswer extends Error {}

/** AWS as far as zero-ETL needs it: accounts and Regions with their services, one time, one log of all calls. */
export class World {
    readonly clock: Clock;
    readonly faults = new Faults();
    readonly identities = new Identities();
    readonly requests = new RequestLog();
    readonly services: ReadonlyMap<string, Service>;
    private readonly states = new Map<StateClass<object>, Map<string, object>>();

    constructor(options: WorldOptions) {
        this.clock = new Clock(options.speed);
        this.services = new Map(options.services.map((s) => [s.id, s]));
    }

    /** What a service keeps in an account and Region; made when first asked for. */
    state<T extends object>(type: StateClass<T>, accountId: string, region: string): T {
        const partition = partitionOf(region);
        const key = { region: `${accountId}/${region}`, account: `${partition}/${accountId}`, partition }[
            type.scope ?? "region"
        ];
        const instances = this.states.get(type) ?? new Map<string, object>();
        this.states.set(type, instances);
        const existing = instances.get(key) ?? new type();
        instances.set(key, existing);
        return existing as T;
    }

    /** Every instance of a state that exists, with the key of its account and Region. */
    allStates<T extends object>(type: StateClass<T>): T[] {
        return [...(this.states.get(type)?.values() ?? [])] as T[];
    }

    /** The surroundings of an administrator's calls: for tests and the demo's own set-up. */
    administrator(accountId = MANAGEMENT_ACCOUNT, region = "eu-west-1"): Context {
        return new Context(this, administratorOf(accountId, partitionOf(region)), region);
    }

    /** How long a transitional state lasts now. */
    duration(service: string, ms: number): number {
        return ms * this.faults.slowness(service);
    }

    /** The one way to an operation: it is logged, may be hit by a fault, and is refused unless complete and allowed. */
    async invoke(ctx: Context, serviceId: string, name: string, input: object): Promise<object> {
        const record = this.requests.add({
            at: this.clock.date(),
            door: ctx.door,
            service: serviceId,
            operation: name,
            caller: ctx.caller.kind === "service" ? ctx.caller.name : ctx.caller.arn,
            accountId: ctx.accountId,
            region: ctx.region,
            input,
        });
        const fault = ctx.door === "http" ? this.faults.strike(serviceId, name) : undefined;
        record.fault = fault?.kind;
        try {
            if (fault?.kind === "throttle") {
                throw new AwsError("ThrottlingException", "Rate exceeded");
            }
            if (fault?.kind === "server-error") {
                throw new AwsError("InternalServerException", "The request failed because of an internal error", 500);
            }
            const output = await this.carryOut(ctx, serviceId, name, input);
            if (fault?.kind === "lost-answer") {
                throw new LostAnswer();
            }
            return output;
        } catch (error) {
            record.error = error instanceof AwsError ? error.code : (error as Error).name;
            throw error;
        }
    }

    stop(): void {
        this.clock.stop();
    }

    private async carryOut(ctx: Context, serviceId: string, name: string, input: object): Promise<object> {
        const service = this.services.get(serviceId);
        const operation = service?.operations[name];
        if (!service || !operation) {
            throw new AwsError("UnknownOperationException", `${serviceId}:${name} is not simulated`, 404);
        }
        try {
            return await this.perform(ctx, service, name, operation, input);
        } catch (error) {
            const renamed = service.accessDenied && error instanceof AwsError && error.code === "AccessDeniedException";
            throw renamed ? new AwsError(service.accessDenied!, error.message, error.status) : error;
        }
    }

    private async perform(ctx: Context, service: Service, name: string, operation: Operation, input: object) {
        const missing = requiredMembers(service.model(), name).filter(
            (m) => (input as Record<string, unknown>)[m] == null,
        );
        if (missing.length > 0) {
            const each = missing.map(
                (m) => `Value null at '${m}' failed to satisfy constraint: Member must not be null`,
            );
            throw new AwsError(
                "ValidationException",
                `${missing.length} validation error detected: ${each.join("; ")}`,
            );
        }
        const checks = operation.access?.(input, ctx) ?? [{ action: `${service.id}:${name}`, resource: "*" }];
        for (const check of checks) {
            ctx.authorize(check);
        }
        return (await operation.handle(input, ctx)) ?? {};
    }
}
