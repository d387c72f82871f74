import type {
    CreateWorkGroupInput,
    DeleteWorkGroupInput,
    GetWorkGroupInput,
    GetWorkGroupOutput,
    ListTagsForResourceInput,
    ListTagsForResourceOutput,
    ListWorkGroupsInput,
    ListWorkGroupsOutput,
    Tag,
    TagResourceInput,
    UntagResourceInput,
    UpdateWorkGroupInput,
    WorkGroupConfiguration,
    WorkGroupConfigurationUpdates,
} from "@aws-sdk/client-athena";
import { splitArn, type Context } from "../../world/context";
import { operation, type Operation } from "../../world/service";
import { operationsOn, pageOf } from "../operations";
import {
    Athena,
    ENGINE_VERSION,
    findWorkGroup,
    invalid,
    MAX_PER_PAGE,
    PRIMARY,
    workGroupArn,
    type KeptWorkGroup,
} from "./state";

const WORK_GROUP_NAME = /^[a-zA-Z0-9._-]{1,128}$/;
const MAX_TAGS = 50;

export const workGroups: Record<string, Operation> = {
    ...operationsOn("athena", (input, ctx) => workGroupArn(ctx, input.WorkGroup ?? input.Name), {
        CreateWorkGroup(input: CreateWorkGroupInput, ctx) {
            const Name = input.Name!;
            const { workGroups } = ctx.state(Athena);
            if (!WORK_GROUP_NAME.test(Name)) {
                throw invalid(`WorkGroup name ${Name} does not match ${WORK_GROUP_NAME.source}`);
            }
            if (workGroups.has(Name)) {
                throw invalid("WorkGroup is already created");
            }
            const kept: KeptWorkGroup = {
                workGroup: {
                    Name,
                    State: "ENABLED",
                    Description: input.Description,
                    CreationTime: new Date(ctx.now),
                    Configuration: {
                        EnforceWorkGroupConfiguration: true,
                        PublishCloudWatchMetricsEnabled: true,
                        RequesterPaysEnabled: false,
                        ...input.Configuration,
                        EngineVersion: { ...ENGINE_VERSION, ...input.Configuration?.EngineVersion },
                    },
                },
                tags: new Map(),
            };
            putTags(kept, input.Tags ?? []);
            workGroups.set(Name, kept);
        },

        GetWorkGroup: (input: GetWorkGroupInput, ctx): GetWorkGroupOutput => ({
            WorkGroup: findWorkGroup(ctx, input.WorkGroup!).workGroup,
        }),

        UpdateWorkGroup(input: UpdateWorkGroupInput, ctx) {
            const { workGroup } = findWorkGroup(ctx, input.WorkGroup!);
            workGroup.Description = input.Description ?? workGroup.Description;
            workGroup.State = input.State ?? workGroup.State;
            workGroup.Configuration = updated(workGroup.Configuration!, input.ConfigurationUpdates ?? {});
        },

        DeleteWorkGroup(input: DeleteWorkGroupInput, ctx) {
            const name = input.WorkGroup!;
            const { workGroups, namedQueries } = ctx.state(Athena);
            findWorkGroup(ctx, name);
            if (name === PRIMARY) {
                throw invalid(`WorkGroup ${PRIMARY} cannot be deleted.`);
            }
            const saved = [...namedQueries.values()].filter((query) => query.WorkGroup === name);
            if (saved.length > 0 && !input.RecursiveDeleteOption) {
                throw invalid(`WorkGroup ${name} is not empty.`);
            }
            saved.forEach((query) => namedQueries.delete(query.NamedQueryId!));
            workGroups.delete(name);
        },
    }),

    ...operationsOn("athena", (input) => input.ResourceARN, {
        TagResource: (input: TagResourceInput, ctx) => putTags(taggedWorkGroup(ctx, input.ResourceARN!), input.Tags!),

        UntagResource(input: UntagResourceInput, ctx) {
            const { tags } = taggedWorkGroup(ctx, input.ResourceARN!);
            input.TagKeys!.forEach((key) => tags.delete(key));
        },

        ListTagsForResource(input: ListTagsForResourceInput, ctx): ListTagsForResourceOutput {
            const { tags } = taggedWorkGroup(ctx, input.ResourceARN!);
            return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
        },
    }),

    ListWorkGroups: operation<ListWorkGroupsInput, ListWorkGroupsOutput>({
        handle(input, ctx) {
            const all = [...ctx.state(Athena).workGroups.values()];
            const { page, next } = pageOf(all, input.MaxResults ?? MAX_PER_PAGE, input.NextToken);
            return {
                WorkGroups: page.map(({ workGroup: { Configuration, ...workGroup } }) => ({
                    ...workGroup,
                    EngineVersion: Configuration!.EngineVersion,
                })),
                NextToken: next,
            };
        },
    }),
};

/** An update names what changes, and says of what has no empty value that it is to be removed. */
function updated(
    current: WorkGroupConfiguration,
    { ResultConfigurationUpdates = {}, EngineVersion, ...changes }: WorkGroupConfigurationUpdates,
): WorkGroupConfiguration {
    return {
        ...withUpdates(current, changes),
        ResultConfiguration: withUpdates(current.ResultConfiguration ?? {}, ResultConfigurationUpdates),
        EngineVersion: { ...current.EngineVersion!, ...EngineVersion },
    };
}

/** `{ RemoveX: true }` takes X away, `{ X }` puts it there. */
function withUpdates<T extends object>(current: T, updates: object): T {
    const given = Object.entries(updates).filter(([, value]) => value !== undefined);
    const removed = given
        .filter(([name, value]) => name.startsWith("Remove") && value)
        .map(([name]) => name.slice("Remove".length));
    const changed = given.filter(([name]) => !name.startsWith("Remove"));
    const kept = Object.entries(current).filter(([name]) => !removed.includes(name));
    return Object.fromEntries([...kept, ...changed]) as T;
}

function putTags({ tags }: KeptWorkGroup, added: Tag[]): void {
    if (new Set([...tags.keys(), ...added.map((tag) => tag.Key!)]).size > MAX_TAGS) {
        throw invalid(`A resource cannot have more than ${MAX_TAGS} tags.`);
    }
    added.forEach((tag) => tags.set(tag.Key!, tag.Value ?? ""));
}

function taggedWorkGroup(ctx: Context, arn: string): KeptWorkGroup {
    const { accountId, region, resource } = splitArn(arn);
    const [kind, name] = resource.split("/");
    if (kind !== "workgroup" || accountId !== ctx.accountId || region !== ctx.region) {
        throw invalid(`Only workgroups of the caller's account and Region have tags here: ${arn}`);
    }
    return findWorkGroup(ctx, name);
}
