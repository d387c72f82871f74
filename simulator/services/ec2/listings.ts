import type * as api from "@aws-sdk/client-ec2";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation, type Operation } from "../../world/service";
import { found } from "./state";

/** An operation that every identity with a policy for it may call, on whatever it names. */
export const read = <I, O>(handle: (input: I, ctx: Context) => O): Operation => operation<I, O>({ handle });

/** Those with the ids, of which none may be missing, that pass the filters. */
export function chosen<T extends { Tags?: api.Tag[] }>(
    all: Map<string, T>,
    ids: string[] | undefined,
    kind: Parameters<typeof found>[2],
    filters: api.Filter[] = [],
    fields: Record<string, (resource: T) => string | undefined>,
): T[] {
    const named = ids?.length ? ids.map((id) => found(all, id, kind)) : [...all.values()];
    return named.filter((resource) =>
        filters.every(({ Name = "", Values = [] }) => {
            const tag = /^tag:(.+)$/.exec(Name)?.[1];
            if (!tag && !fields[Name]) {
                throw new AwsError("InvalidParameterValue", `The filter '${Name}' is invalid`);
            }
            const value = tag ? resource.Tags?.find(({ Key }) => Key === tag)?.Value : fields[Name](resource);
            return value !== undefined && Values.includes(value);
        }),
    );
}
