import type * as api from "@aws-sdk/client-redshift";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import { RedshiftState } from "./state";

const MAX_TAGS = 50;

/** What an ARN's resource begins with, as DescribeTags names the types. */
const TYPES: Record<string, string> = {
    cluster: "cluster",
    integration: "integration",
    parametergroup: "parametergroup",
    subnetgroup: "subnetgroup",
};

export const tags = operationsOn("redshift", ({ ResourceName = "*" }) => ResourceName, {
    CreateTags({ ResourceName, Tags }: api.CreateTagsMessage, ctx) {
        requireTagged(ctx, ResourceName!);
        setTags(ctx, ResourceName!, Tags);
    },

    DeleteTags({ ResourceName, TagKeys }: api.DeleteTagsMessage, ctx) {
        requireTagged(ctx, ResourceName!);
        TagKeys!.forEach((key) => ctx.state(RedshiftState).tags.get(ResourceName!)?.delete(key));
    },

    DescribeTags({ ResourceName, ResourceType, TagKeys, TagValues }: api.DescribeTagsMessage, ctx) {
        const all = [...ctx.state(RedshiftState).tags].flatMap(([arn, values]) =>
            [...values].map(([Key, Value]) => ({
                ResourceName: arn,
                ResourceType: TYPES[arn.split(":")[5]],
                Tag: { Key, Value },
            })),
        );
        return {
            TaggedResources: all.filter(
                (entry) =>
                    entry.ResourceName === (ResourceName ?? entry.ResourceName) &&
                    entry.ResourceType === (ResourceType ?? entry.ResourceType) &&
                    (TagKeys ?? [entry.Tag.Key]).includes(entry.Tag.Key) &&
                    (TagValues ?? [entry.Tag.Value]).includes(entry.Tag.Value),
            ),
        };
    },
});

/** Adds tags to those that a resource has. */
export function setTags(ctx: Context, arn: string, added: api.Tag[] = []): void {
    const { tags: all } = ctx.state(RedshiftState);
    const merged = new Map([...(all.get(arn) ?? []), ...added.map(({ Key, Value }) => [Key!, Value ?? ""] as const)]);
    if (merged.size > MAX_TAGS) {
        throw new AwsError("TagLimitExceededFault", `A resource has at most ${MAX_TAGS} tags.`);
    }
    if (added.some(({ Key = "" }) => Key === "" || Key.length > 128 || /^aws:/i.test(Key))) {
        throw new AwsError(
            "InvalidTagFault",
            "The tag is invalid: keys have 1 to 128 characters and do not begin with aws:.",
        );
    }
    all.set(arn, merged);
}

function requireTagged(ctx: Context, arn: string): void {
    if (!ctx.state(RedshiftState).tags.has(arn)) {
        throw new AwsError("ResourceNotFoundFault", `The resource ${arn} was not found.`, 404);
    }
}
