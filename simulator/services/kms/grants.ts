import type * as api from "@aws-sdk/client-kms";
import { randomBytes } from "node:crypto";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { encryptionContextKeys, keyOperations } from "./access";
import { listing } from "./keys";
import { checkState, findKey, KmsState, type Grant, type Key } from "./state";

function createGrant(key: Key, input: api.CreateGrantRequest, ctx: Context): api.CreateGrantResponse {
    checkState(key, { enabled: true });
    const { caller } = ctx;
    const wanted = {
        name: input.Name,
        grantee: input.GranteePrincipal!,
        retiring: input.RetiringPrincipal,
        operations: [...input.Operations!],
        constraints: input.Constraints,
    };
    // A name makes the call idempotent.
    const same = (grant: Grant) =>
        Object.entries(wanted).every(
            ([member, value]) => JSON.stringify(grant[member as keyof Grant]) === JSON.stringify(value),
        );
    const existing = wanted.name === undefined ? undefined : key.grants.find(same);
    const grant: Grant = existing ?? {
        ...wanted,
        id: randomBytes(32).toString("hex"),
        token: randomBytes(48).toString("base64"),
        created: new Date(ctx.now),
        issuer: caller.kind === "service" ? caller.name : caller.arn,
    };
    if (!existing) {
        key.grants.push(grant);
    }
    return { GrantId: grant.id, GrantToken: grant.token };
}

function conditionKeys(input: api.CreateGrantRequest): Record<string, string | string[]> {
    const { EncryptionContextEquals, EncryptionContextSubset } = input.Constraints ?? {};
    return {
        "kms:GrantOperations": input.Operations!,
        "kms:GranteePrincipal": input.GranteePrincipal!,
        ...encryptionContextKeys(EncryptionContextEquals ?? EncryptionContextSubset ?? {}),
    };
}

function remove(key: Key, grantId: string | undefined): void {
    const index = key.grants.findIndex(({ id }) => id === grantId);
    if (index < 0) {
        throw new AwsError("NotFoundException", `Grant ID ${grantId} not found`);
    }
    key.grants.splice(index, 1);
}

/** The key and grant that a token, or an id with its key, stands for. */
function retirable(input: api.RetireGrantRequest, ctx: Context): { key: Key; grant: Grant } {
    const keys = input.KeyId ? [findKey(ctx, input.KeyId)] : [...ctx.state(KmsState).keys.values()];
    for (const key of keys) {
        const grant = key.grants.find(({ id, token }) => id === input.GrantId || token === input.GrantToken);
        if (grant) {
            return { key, grant };
        }
    }
    throw new AwsError("NotFoundException", "Grant not found");
}

export const grants = {
    ...keyOperations({ CreateGrant: createGrant }, conditionKeys),
    ...keyOperations({
        RevokeGrant: (key, { GrantId }: api.RevokeGrantRequest) => remove(key, GrantId),
        ListGrants: (key, input: api.ListGrantsRequest) =>
            listing(
                "Grants",
                key.grants
                    .filter(({ id }) => (input.GrantId ?? id) === id)
                    .filter(({ grantee }) => (input.GranteePrincipal ?? grantee) === grantee)
                    .map((grant) => ({
                        KeyId: key.arn,
                        GrantId: grant.id,
                        Name: grant.name,
                        CreationDate: grant.created,
                        GranteePrincipal: grant.grantee,
                        RetiringPrincipal: grant.retiring,
                        IssuingAccount: grant.issuer,
                        Operations: grant.operations,
                        Constraints: grant.constraints,
                    })),
                input,
            ),
    }),
    RetireGrant: operation<api.RetireGrantRequest, object>({
        // Whom the grant names as retiring principal needs no policy.
        access(input, ctx) {
            const { key, grant } = retirable(input, ctx);
            const { caller } = ctx;
            const own = caller.kind === "service" ? [caller.name] : [caller.arn, caller.roleArn];
            return own.includes(grant.retiring) ? [] : [{ action: "kms:RetireGrant", resource: key.arn }];
        },
        handle(input, ctx) {
            const { key, grant } = retirable(input, ctx);
            remove(key, grant.id);
            return {};
        },
    }),
};
