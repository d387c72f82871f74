import type { AccessCheck } from "./access";
import { authorize, decide } from "./access";
import type { Caller } from "./identity";
import type { World } from "./world";

/** A class whose instances hold what a service keeps: one per account and Region, per account, or per partition. */
export interface StateClass<T> {
    new (): T;
    /** @default "region" */
    readonly scope?: "region" | "account" | "partition";
}

/** A call's surroundings: who calls, where, and the way to the rest of the world. */
export class Context {
    constructor(
        readonly world: World,
        readonly caller: Caller,
        readonly region: string,
        readonly door: "http" | "provider" | "internal" = "internal",
    ) {}

    /** The caller's account: where what it makes belongs. */
    get accountId(): string {
        return this.caller.accountId;
    }

    get partition(): string {
        return partitionOf(this.region);
    }

    get dnsSuffix(): string {
        return dnsSuffixOf(this.partition);
    }

    get now(): number {
        return this.world.clock.now();
    }

    /** What a service keeps, by default in the caller's account and Region. */
    state<T extends object>(type: StateClass<T>, accountId = this.accountId, region = this.region): T {
        return this.world.state(type, accountId, region);
    }

    arn(service: string, resource: string, accountId = this.accountId, region = this.region): string {
        return `arn:${this.partition}:${service}:${region}:${accountId}:${resource}`;
    }

    /** Calls another operation as the same caller, with all its checks. */
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the operation's own shape
    call(service: string, operation: string, input: object = {}): Promise<any> {
        return this.world.invoke(new Context(this.world, this.caller, this.region), service, operation, input);
    }

    /** The same surroundings for another caller: a service, or the role that it has assumed. */
    as(caller: Caller, region = this.region): Context {
        return new Context(this.world, caller, region);
    }

    /** Whether the caller is allowed; refuses nothing. */
    may(check: AccessCheck) {
        return decide(this, check);
    }

    /** Throws AccessDenied as AWS words it unless the caller is allowed. */
    authorize(check: AccessCheck): void {
        authorize(this, check);
    }
}

/** The end of AWS's names in a partition. */
export const dnsSuffixOf = (partition: string): string =>
    partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";

export function partitionOf(region: string): string {
    return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The parts of `arn:partition:service:region:account:resource`. */
export function splitArn(arn: string) {
    const [, partition = "", service = "", region = "", accountId = "", ...resource] = arn.split(":");
    return { partition, service, region, accountId, resource: resource.join(":") };
}
