import type * as api from "@aws-sdk/client-opensearchserverless";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { CollectionsState, notFound } from "./state";

const MAX_TAGS = 50;

export const tags = operationsOn("aoss", ({ resourceArn }) => resourceArn, {
    TagResource({ resourceArn, tags: added }: api.TagResourceRequest, ctx) {
        tagsOf(ctx, resourceArn!);
        setTags(ctx, resourceArn!, added);
    },

    UntagResource({ resourceArn, tagKeys }: api.UntagResourceRequest, ctx) {
        tagKeys!.forEach((key) => tagsOf(ctx, resourceArn!).delete(key));
    },

    ListTagsForResource: ({ resourceArn }: api.ListTagsForResourceRequest, ctx) => ({
        tags: [...tagsOf(ctx, resourceArn!)].map(([key, value]) => ({ key, value })),
    }),
});

export function setTags(ctx: Context, arn: string, added: api.Tag[] = []): void {
    const { tags: all } = ctx.state(CollectionsState);
    const merged = new Map([...(all.get(arn) ?? []), ...added.map(({ key, value }) => [key!, value!] as const)]);
    if (merged.size > MAX_TAGS) {
        throw new AwsError("ServiceQuotaExceededException", `A resource has at most ${MAX_TAGS} tags.`, 402);
    }
    all.set(arn, merged);
}

function tagsOf(ctx: Context, arn: string): Map<string, string> {
    const found = ctx.state(CollectionsState).tags.get(arn);
    if (!found) {
        throw notFound(`Resource ${arn} not found.`);
    }
    return found;
}
