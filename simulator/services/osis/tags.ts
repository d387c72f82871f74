import type { Context } from "../../world/context";
import { operationsOn } from "../operations";
import type { Tag } from "./api";
import { findByArn } from "./state";
import { checkTags } from "./validation";

export const tags = operationsOn(
    "osis",
    ({ Arn }) => Arn,
    {
        TagResource({ Arn, Tags }: { Arn: string; Tags: Tag[] }, ctx) {
            const pipeline = findByArn(ctx, Arn);
            const merged = new Map([...pipeline.tags, ...pairs(Tags)]);
            checkTags(tagList(merged));
            pairs(Tags).forEach(([key, value]) => pipeline.tags.set(key, value));
        },

        UntagResource({ Arn, TagKeys }: { Arn: string; TagKeys: string[] }, ctx) {
            const pipeline = findByArn(ctx, Arn);
            TagKeys.forEach((key) => pipeline.tags.delete(key));
        },

        ListTagsForResource: ({ Arn }: { Arn: string }, ctx: Context) => ({ Tags: tagList(findByArn(ctx, Arn).tags) }),
    },
    ({ Tags }: { Tags?: Tag[] }) => requestTags(Tags),
);

export const pairs = (given: Tag[] = []) => given.map(({ Key, Value }) => [Key, Value] as const);

export const tagList = (map: ReadonlyMap<string, string>): Tag[] => [...map].map(([Key, Value]) => ({ Key, Value }));

/** The condition keys of a call that brings tags. */
export const requestTags = (given: Tag[] = []) => ({
    ...Object.fromEntries(pairs(given).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...(given.length > 0 && { "aws:TagKeys": given.map(({ Key }) => Key) }),
});
