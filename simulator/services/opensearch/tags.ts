import type * as api from "@aws-sdk/client-opensearch";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { invalid, OpenSearchState } from "./state";

const MAX_TAGS = 50;

export const tags = operationsOn("es", ({ ARN }) => ARN, {
    AddTags({ ARN, TagList }: api.AddTagsRequest, ctx) {
        tagsOf(ctx, ARN!);
        setTags(ctx, ARN!, TagList);
    },

    ListTags: ({ ARN }: api.ListTagsRequest, ctx) => ({
        TagList: [...tagsOf(ctx, ARN!)].map(([Key, Value]) => ({ Key, Value })),
    }),

    RemoveTags({ ARN, TagKeys }: api.RemoveTagsRequest, ctx) {
        TagKeys!.forEach((key) => tagsOf(ctx, ARN!).delete(key));
    },
});

export function setTags(ctx: Context, arn: string, added: api.Tag[] = []): void {
    const { tags: all } = ctx.state(OpenSearchState);
    const merged = new Map([...(all.get(arn) ?? []), ...added.map(({ Key, Value }) => [Key!, Value!] as const)]);
    if (merged.size > MAX_TAGS) {
        throw new AwsError("LimitExceededException", `A domain has at most ${MAX_TAGS} tags.`, 409);
    }
    all.set(arn, merged);
}

function tagsOf(ctx: Context, arn: string): Map<string, string> {
    const found = ctx.state(OpenSearchState).tags.get(arn);
    if (!found) {
        throw invalid(`The resource ${arn} does not exist.`);
    }
    return found;
}
