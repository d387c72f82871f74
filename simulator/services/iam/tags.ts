import type { Tag } from "@aws-sdk/client-iam";
import type { Context } from "../../world/context";

export function tagMap(tags: Tag[] = []): Map<string, string> {
    return new Map(tags.map(({ Key, Value }) => [Key!, Value!]));
}

export function tagList(tags: Map<string, string>): Tag[] {
    return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

type Tagged = { tags: Map<string, string> };

/** `Tag…`, `Untag…` and `List…Tags` of a kind of entity. */
export function tagOperations<Input>(kind: string, find: (input: Input, ctx: Context) => Tagged) {
    return {
        [`Tag${kind}`]: (input: Input & { Tags: Tag[] }, ctx: Context) => {
            const { tags } = find(input, ctx);
            tagMap(input.Tags).forEach((value, key) => tags.set(key, value));
            return {};
        },
        [`Untag${kind}`]: (input: Input & { TagKeys: string[] }, ctx: Context) => {
            const { tags } = find(input, ctx);
            input.TagKeys.forEach((key) => tags.delete(key));
            return {};
        },
        [`List${kind}Tags`]: (input: Input, ctx: Context) => ({
            Tags: tagList(find(input, ctx).tags),
            IsTruncated: false,
        }),
    };
}
