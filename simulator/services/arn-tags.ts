import type { Context } from "../world/context";
import type { AwsError } from "../world/error";
import type { Operation } from "../world/service";
import { operationsOn } from "./operations";

const MAX_TAGS = 50;

/** Tags by the ARN of what has them. */
export type TagsByArn = Map<string, Map<string, string>>;

interface Tag {
    key?: string;
    value?: string;
}

interface TagRules {
    /** Where a service keeps them. */
    stateOf(ctx: Context): TagsByArn;
    notFound(message: string): AwsError;
    tooMany(message: string): AwsError;
}

/** TagResource, UntagResource and ListTagsForResource, as services with lowercase members have them. */
export function tagOperations(service: string, rules: TagRules): Record<string, Operation> {
    const tagsOf = (ctx: Context, arn: string) => {
        const found = rules.stateOf(ctx).get(arn);
        if (!found) {
            throw rules.notFound(`Resource ${arn} not found.`);
        }
        return found;
    };
    return operationsOn(service, ({ resourceArn }) => resourceArn, {
        TagResource({ resourceArn, tags }: { resourceArn: string; tags: Tag[] }, ctx) {
            tagsOf(ctx, resourceArn);
            addTags(ctx, rules, resourceArn, tags);
        },

        UntagResource({ resourceArn, tagKeys }: { resourceArn: string; tagKeys: string[] }, ctx) {
            tagKeys.forEach((key) => tagsOf(ctx, resourceArn).delete(key));
        },

        ListTagsForResource: ({ resourceArn }: { resourceArn: string }, ctx) => ({
            tags: [...tagsOf(ctx, resourceArn)].map(([key, value]) => ({ key, value })),
        }),
    });
}

/** Tags beside those that are there; a new resource begins with none. */
export function addTags(ctx: Context, rules: TagRules, arn: string, added: Tag[] = []): void {
    const all = rules.stateOf(ctx);
    const merged = new Map([...(all.get(arn) ?? []), ...added.map(({ key, value }) => [key!, value!] as const)]);
    if (merged.size > MAX_TAGS) {
        throw rules.tooMany(`A resource has at most ${MAX_TAGS} tags.`);
    }
    all.set(arn, merged);
}
