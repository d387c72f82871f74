import type { Tag, TagListMessage } from "@aws-sdk/client-rds";

import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn } from "../operations";
import {
    findCluster,
    findInstance,
    findParameterGroup,
    findSnapshot,
    invalidParameter,
    RdsState,
    tagList,
} from "./state";

const MAX_TAGS = 50;

export const tags = operationsOn("rds", ({ ResourceName }: { ResourceName: string }) => ResourceName, {
    AddTagsToResource({ ResourceName, Tags }: { ResourceName: string; Tags: Tag[] }, ctx) {
        requireResource(ctx, ResourceName);
        putTags(ctx, ResourceName, Tags);
    },

    RemoveTagsFromResource({ ResourceName, TagKeys }: { ResourceName: string; TagKeys: string[] }, ctx) {
        requireResource(ctx, ResourceName);
        const tags = ctx.state(RdsState).tags.get(ResourceName);
        TagKeys.forEach((key) => tags?.delete(key));
    },

    ListTagsForResource({ ResourceName }: { ResourceName: string }, ctx): TagListMessage {
        requireResource(ctx, ResourceName);
        return { TagList: tagList(ctx, ResourceName) };
    },
});

/** Tags that come with a creation need the right to tag, too. */
export function tagOnCreation(ctx: Context, arn: string, added: Tag[] = []): void {
    if (added.length > 0) {
        ctx.authorize({ action: "rds:AddTagsToResource", resource: arn });
        putTags(ctx, arn, added);
    }
}

function putTags(ctx: Context, arn: string, added: Tag[]): void {
    const all = new Map(ctx.state(RdsState).tags.get(arn));
    for (const { Key, Value = "" } of added) {
        if (!Key || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key)) {
            throw invalidParameter(`Invalid tag: ${Key}=${Value}`);
        }
        all.set(Key, Value);
    }
    if (all.size > MAX_TAGS) {
        throw invalidParameter(`A resource has at most ${MAX_TAGS} tags.`);
    }
    ctx.state(RdsState).tags.set(arn, all);
}

/** Throws unless the resource exists in the caller's account and Region. */
function requireResource(ctx: Context, arn: string): void {
    const { service, accountId, region, resource } = splitArn(arn);
    const [, kind, name] = /^([a-z-]+):(.+)$/.exec(resource) ?? [];
    if (service !== "rds" || accountId !== ctx.accountId || region !== ctx.region) {
        throw invalidParameter(`Invalid resource name: ${arn}`);
    }
    const { integrations, subnetGroups } = ctx.state(RdsState);
    switch (kind) {
        case "cluster":
            return void findCluster(ctx, name!);
        case "db":
            return void findInstance(ctx, name!);
        case "cluster-pg":
            return void findParameterGroup(ctx, "cluster", name!);
        case "pg":
            return void findParameterGroup(ctx, "instance", name!);
        case "cluster-snapshot":
        case "snapshot":
            return void findSnapshot(ctx, arn);
        case "subgrp":
            if (subnetGroups.has(name!)) {
                return;
            }
            throw new AwsError("DBSubnetGroupNotFoundFault", `DB subnet group ${name} not found.`, 404);
        case "integration":
            if (integrations.has(arn)) {
                return;
            }
            throw new AwsError("IntegrationNotFoundFault", `Integration ${arn} not found.`, 404);
        default:
            throw invalidParameter(`Invalid resource name: ${arn}`);
    }
}
