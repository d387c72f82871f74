import type * as api from "@aws-sdk/client-kms";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { keyAccess } from "./access";
import { listing } from "./keys";
import { checkState, findKey, KmsState, notFound, type Alias } from "./state";

interface AliasInput {
    AliasName: string;
    TargetKeyId: string;
}

function arnOf(ctx: Context, name: string): string {
    return ctx.arn("kms", name);
}

function find(ctx: Context, name: string): Alias {
    return ctx.state(KmsState).aliases.get(name) ?? notFound(`Alias ${arnOf(ctx, name)} is not found.`);
}

/** The caller needs the action on the alias and on every key that it joins or leaves. */
function access(action: string, ctx: Context, name: string, ...keyIds: string[]) {
    return [
        { action: `kms:${action}`, resource: arnOf(ctx, name) },
        ...keyIds.flatMap((keyId) => keyAccess(ctx, action, findKey(ctx, keyId))),
    ];
}

export const aliases = {
    CreateAlias: operation<AliasInput, object>({
        access: ({ AliasName, TargetKeyId }, ctx) => access("CreateAlias", ctx, AliasName, TargetKeyId),
        handle({ AliasName, TargetKeyId }, ctx) {
            const key = findKey(ctx, TargetKeyId);
            checkState(key, { enabled: false });
            if (!/^alias\/(?!aws\/)[\w/-]+$/.test(AliasName)) {
                throw new AwsError(
                    "InvalidAliasNameException",
                    "Alias must start with the prefix 'alias/', and must not start with 'alias/aws/'.",
                );
            }
            const { aliases: known } = ctx.state(KmsState);
            if (known.has(AliasName)) {
                throw new AwsError(
                    "AlreadyExistsException",
                    `An alias with the name ${arnOf(ctx, AliasName)} already exists`,
                );
            }
            const now = new Date(ctx.now);
            known.set(AliasName, { keyId: key.id, created: now, updated: now });
            return {};
        },
    }),
    UpdateAlias: operation<AliasInput, object>({
        access: ({ AliasName, TargetKeyId }, ctx) =>
            access("UpdateAlias", ctx, AliasName, find(ctx, AliasName).keyId, TargetKeyId),
        handle({ AliasName, TargetKeyId }, ctx) {
            const key = findKey(ctx, TargetKeyId);
            checkState(key, { enabled: false });
            Object.assign(find(ctx, AliasName), { keyId: key.id, updated: new Date(ctx.now) });
            return {};
        },
    }),
    DeleteAlias: operation<AliasInput, object>({
        access: ({ AliasName }, ctx) => access("DeleteAlias", ctx, AliasName, find(ctx, AliasName).keyId),
        handle({ AliasName }, ctx) {
            ctx.state(KmsState).aliases.delete(AliasName);
            return {};
        },
    }),
    ListAliases: operation({
        handle(input: api.ListAliasesRequest, ctx) {
            const wanted = input.KeyId === undefined ? undefined : findKey(ctx, input.KeyId).id;
            const all = [...ctx.state(KmsState).aliases].map(([AliasName, { keyId, created, updated }]) => ({
                AliasName,
                AliasArn: arnOf(ctx, AliasName),
                TargetKeyId: keyId,
                CreationDate: created,
                LastUpdatedDate: updated,
            }));
            return listing(
                "Aliases",
                all.filter(({ TargetKeyId }) => wanted === undefined || TargetKeyId === wanted),
                input,
            );
        },
    }),
};
