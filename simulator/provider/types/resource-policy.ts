import { orGone } from "../client";
import type { ResourceType } from "../resource";
import type { Properties } from "../values";

interface PolicyApi {
    /** The policy in the answer of GetResourcePolicy. */
    found(answer: Properties): Properties | undefined;
    /** What the API calls them. @default ResourceArn and Policy */
    members?: { arn: string; policy: string };
}

/** A resource's policy as a type of its own. It is the whole document: two of them on one resource overwrite each other. */
export function resourcePolicyType(
    label: string,
    service: string,
    { found, members: { arn, policy } = { arn: "ResourceArn", policy: "Policy" } }: PolicyApi,
): ResourceType {
    const put: NonNullable<ResourceType["update"]> = async (aws, _id, args) => {
        await aws.call(service, "PutResourcePolicy", { [arn]: args.resourceArn, [policy]: args.policy });
    };
    return {
        label,
        replaces: ["resourceArn"],
        documents: ["policy"],

        async create(aws, args) {
            await put(aws, args.resourceArn, args, {}, {});
            return args.resourceArn;
        },

        async read(aws, id) {
            const answer = await aws.find<Properties>(service, "GetResourcePolicy", { [arn]: id });
            const existing = answer && found(answer);
            return existing?.[policy] ? { policy: existing[policy], resourceArn: existing[arn] } : undefined;
        },

        update: put,

        async delete(aws, id) {
            await orGone(aws.call(service, "DeleteResourcePolicy", { [arn]: id }));
        },
    };
}
