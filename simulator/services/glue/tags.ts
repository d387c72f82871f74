import type { GetTagsRequest, GetTagsResponse, TagResourceRequest, UntagResourceRequest } from "@aws-sdk/client-glue";

import type { Context } from "../../world/context";
import { operation } from "../../world/service";
import { databaseNameOf, onResource, stateOf } from "./state";
import { checkLength, entityNotFound, invalidInput } from "./validation";

const MAX_TAGS = 50;

export const tags = {
    TagResource: operation<TagResourceRequest, object>({
        access: onResource("TagResource"),
        handle({ ResourceArn, TagsToAdd }, ctx) {
            requireResource(ctx, ResourceArn!);
            setTags(ctx, ResourceArn!, { ...tagsOf(ctx, ResourceArn!), ...TagsToAdd });
            return {};
        },
    }),

    UntagResource: operation<UntagResourceRequest, object>({
        access: onResource("UntagResource"),
        handle({ ResourceArn, TagsToRemove }, ctx) {
            requireResource(ctx, ResourceArn!);
            const kept = Object.entries(tagsOf(ctx, ResourceArn!)).filter(([key]) => !TagsToRemove!.includes(key));
            setTags(ctx, ResourceArn!, Object.fromEntries(kept));
            return {};
        },
    }),

    GetTags: operation<GetTagsRequest, GetTagsResponse>({
        access: onResource("GetTags"),
        handle({ ResourceArn }, ctx) {
            requireResource(ctx, ResourceArn!);
            return { Tags: tagsOf(ctx, ResourceArn!) };
        },
    }),
};

/** Tags that come with a creation need the right to tag, too. */
export function tagOnCreation(ctx: Context, arn: string, added: Record<string, string> = {}): void {
    if (Object.keys(added).length > 0) {
        ctx.authorize({ action: "glue:TagResource", resource: arn });
        setTags(ctx, arn, added);
    }
}

export function tagsOf(ctx: Context, arn: string): Record<string, string> {
    return stateOf(ctx, arn).tags.get(arn) ?? {};
}

export function checkTags(all: Record<string, string>): void {
    if (Object.keys(all).length > MAX_TAGS) {
        throw invalidInput(`A resource has at most ${MAX_TAGS} tags.`);
    }
    for (const [key, value] of Object.entries(all)) {
        checkLength("tags.key", key, 128);
        checkLength("tags.value", value, 256, 0);
        if (/^aws/i.test(key)) {
            throw invalidInput(`Tag keys must not start with "aws": ${key}`);
        }
    }
}

function setTags(ctx: Context, arn: string, all: Record<string, string>): void {
    checkTags(all);
    stateOf(ctx, arn).tags.set(arn, all);
}

function requireResource(ctx: Context, arn: string): void {
    const state = stateOf(ctx, arn);
    const known =
        state.integrations.has(arn) ||
        state.databases.has(databaseNameOf(arn) ?? "") ||
        [...state.catalogs.values()].some((catalog) => catalog.ResourceArn === arn) ||
        [...state.resourceProperties.values()].some((p) => p.arn === arn);
    if (!known) {
        throw entityNotFound(`Resource ${arn} not found.`);
    }
}
