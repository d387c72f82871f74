import type { AccessCheck } from "../world/access";
import type { Context } from "../world/context";
import type { Operation } from "../world/service";

/** Operations that each act on one resource: the caller needs the action of the operation's name on it. */
export function operationsOn(
    service: string,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation has its own shapes
    resource: (input: any, ctx: Context) => string,
    handlers: Record<string, Operation["handle"]>,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation has its own shapes
    conditionKeys?: (input: any, ctx: Context) => AccessCheck["context"],
): Record<string, Operation> {
    return Object.fromEntries(
        Object.entries(handlers).map(([name, handle]) => [
            name,
            {
                access: (input, ctx) => [
                    {
                        action: `${service}:${name}`,
                        resource: resource(input, ctx),
                        context: conditionKeys?.(input, ctx),
                    },
                ],
                handle,
            },
        ]),
    );
}

/** One page of a listing, and the token that leads to the next. */
export function pageOf<T>(items: T[], size: number, token = "0"): { page: T[]; next?: string } {
    const start = Number(token);
    const end = start + size;
    return { page: items.slice(start, end), ...(end < items.length && { next: String(end) }) };
}
