import type { DescribeIntegrationsResponse, Integration } from "@aws-sdk/client-rds";
import { minutes } from "../../world/clock";
import { orGone, type Client } from "../client";
import { changedMembers, fromMembers, toMembers, type Members } from "../members";
import { retag, tagList, tagMap, type ResourceType } from "../resource";
import type { Properties } from "../values";

/** What RDS and Redshift call the same things of an integration differently. */
interface IntegrationApi {
    service: "rds" | "redshift";
    label: string;
    /** what can be changed in place */
    changeable: Members;
    /** how a call names an integration */
    identifier: "IntegrationIdentifier" | "IntegrationArn";
    tags: "Tags" | "TagList";
    tagOperations: { tag: string; untag: string };
    /** A create that goes wrong after AWS accepted it is lost from the state. */
    loses: boolean;
    outputs?(found: Integration): Properties;
}

const FIXED: Members = {
    additionalEncryptionContext: "AdditionalEncryptionContext",
    kmsKeyId: "KMSKeyId",
    sourceArn: "SourceArn",
    targetArn: "TargetArn",
};

export function integrationType(api: IntegrationApi): ResourceType {
    const { service, label, changeable, identifier, tagOperations } = api;
    const find = async (aws: Client, id: string) =>
        (await aws.find<DescribeIntegrationsResponse>(service, "DescribeIntegrations", { [identifier]: id }))
            ?.Integrations?.[0];

    /** Anything but the wanted state and those on the way to it is a failure, be it one that passes. */
    const reach = (
        aws: Client,
        id: string,
        doing: string,
        wanted: string | undefined,
        pending: string[],
        time: number,
    ) =>
        aws.until(
            `${label} (${id}) ${doing}`,
            async () => {
                const found = await find(aws, id);
                if (found?.Status === wanted) {
                    return true;
                }
                if (found && pending.includes(found.Status!)) {
                    return undefined;
                }
                throw new Error(`waiting for ${label} (${id}) ${doing}: ${unexpected(found, wanted)}`);
            },
            time,
        );

    const created = (aws: Client, id: string, args: Properties) =>
        reach(aws, id, "create", "active", ["creating", "modifying"], timeout(args, "create", minutes(60)));

    return {
        label,
        replaces: Object.keys(FIXED),

        async create(aws, args) {
            const { IntegrationArn } = await aws.call<Integration>(service, "CreateIntegration", {
                ...toMembers({ ...FIXED, ...changeable }, args),
                [api.tags]: args.tags && tagList(args.tags),
            });
            if (api.loses) {
                await created(aws, IntegrationArn!, args);
            }
            return IntegrationArn!;
        },

        async settle(aws, id, args) {
            if (!api.loses) {
                await created(aws, id, args);
            }
        },

        async read(aws, id) {
            const found = await find(aws, id);
            return (
                found && {
                    ...fromMembers({ ...FIXED, ...changeable, arn: "IntegrationArn" }, found, { kmsKeyId: "" }),
                    ...api.outputs?.(found),
                    tagsAll: tagMap(found.Tags),
                }
            );
        },

        async update(aws, id, args, before) {
            const changes = changedMembers(changeable, before, args);
            if (Object.keys(changes).length > 0) {
                await aws.call(service, "ModifyIntegration", { [identifier]: id, ...changes });
                const time = timeout(args, "update", minutes(30));
                await reach(aws, id, "update", "active", ["modifying", "syncing"], time);
            }
            await retag(before, args, {
                tag: (tags) => aws.call(service, tagOperations.tag, { ResourceName: id, Tags: tagList(tags) }),
                untag: (TagKeys) => aws.call(service, tagOperations.untag, { ResourceName: id, TagKeys }),
            });
        },

        async delete(aws, id, state) {
            await orGone(aws.call(service, "DeleteIntegration", { [identifier]: id }));
            const time = timeout(state, "delete", minutes(30));
            await reach(aws, id, "delete", undefined, ["deleting", "active"], time);
        },
    };
}

function unexpected(found: Integration | undefined, wanted = ""): string {
    const errors = (found?.Errors ?? []).map(({ ErrorCode, ErrorMessage }) => `${ErrorCode}: ${ErrorMessage}`);
    const reasons = errors.length > 0 ? `. last error: ${errors.join("\n")}` : "";
    return found ? `unexpected state '${found.Status}', wanted target '${wanted}'${reasons}` : "couldn't find resource";
}

const UNITS: Record<string, number> = { h: minutes(60), m: minutes(1), s: minutes(1) / 60 };

/** A time that the program sets, as Go writes it: `1h30m`. */
function timeout({ timeouts }: Properties, operation: "create" | "update" | "delete", otherwise: number): number {
    const parts = [...String(timeouts?.[operation] ?? "").matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
    return parts.length > 0 ? parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0) : otherwise;
}
