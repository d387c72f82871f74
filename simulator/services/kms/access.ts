import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import { listOf, statementsOf } from "../../access/policy";
import { decide, type AccessCheck } from "../../world/access";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { Operation } from "../../world/service";
import { principalExists } from "../iam";
import { findKey, type Grant, type Key } from "./state";

type EncryptionContext = Record<string, string>;

/** A call with the key that it names. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation has its own shapes
type KeyHandler = (key: Key, input: any, ctx: Context) => unknown;

/** Operations on one key: its policy decides, unless a grant already lets the caller. */
export function keyOperations(
    handlers: Record<string, KeyHandler>,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation has its own shapes
    conditionKeys?: (input: any) => AccessCheck["context"],
): Record<string, Operation> {
    return Object.fromEntries(
        Object.entries(handlers).map(([name, handle]) => [
            name,
            {
                access: (input, ctx) =>
                    keyAccess(ctx, name, findKey(ctx, input.KeyId), input.EncryptionContext, conditionKeys?.(input)),
                handle: (input, ctx) => handle(findKey(ctx, input.KeyId), input, ctx),
            },
        ]),
    );
}

/** The checks that a use of `key` needs: none where a grant covers it and no policy denies it. */
export function keyAccess(
    ctx: Context,
    operation: string,
    key: Key,
    encryptionContext: EncryptionContext = {},
    context: AccessCheck["context"] = {},
): AccessCheck[] {
    const check = {
        action: `kms:${operation}`,
        resource: key.arn,
        context: { "kms:CallerAccount": ctx.accountId, ...encryptionContextKeys(encryptionContext), ...context },
    };
    const decision = decide(ctx, check);
    const denied = !decision.allowed && decision.reason === "explicit-deny";
    return !denied && key.grants.some((grant) => covers(grant, ctx, operation, encryptionContext)) ? [] : [check];
}

export function encryptionContextKeys(encryptionContext: EncryptionContext): Record<string, string | string[]> {
    const pairs = Object.entries(encryptionContext);
    return {
        ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
        ...(pairs.length > 0 && { "kms:EncryptionContextKeys": pairs.map(([name]) => name) }),
    };
}

function covers(grant: Grant, { caller }: Context, operation: string, context: EncryptionContext): boolean {
    const { EncryptionContextSubset: subset, EncryptionContextEquals: equals } = grant.constraints ?? {};
    const principals = caller.kind === "service" ? [caller.name] : [caller.arn, caller.roleArn];
    const contains = (wanted: EncryptionContext) =>
        Object.entries(wanted).every(([name, value]) => context[name] === value);
    return (
        principals.includes(grant.grantee) &&
        grant.operations.includes(operation) &&
        contains(subset ?? {}) &&
        (!equals || (contains(equals) && Object.keys(equals).length === Object.keys(context).length))
    );
}

/** Characters of a key policy. */
const MAX_POLICY_SIZE = 32_768;

/**
 * Refuses what KMS would not store: above all a policy under which the caller could not change it back.
 *
 * @param lockoutCheck false if the call says that it wants to be locked out
 */
export function checkKeyPolicy(ctx: Context, keyArn: string, document: string, lockoutCheck: boolean): void {
    if (document.length > MAX_POLICY_SIZE) {
        throw new AwsError("LimitExceededException", `A key policy has at most ${MAX_POLICY_SIZE} characters.`);
    }
    const principals = parse(document).flatMap(({ Principal }) =>
        listOf(Principal === "*" || Principal === undefined ? undefined : Principal.AWS),
    );
    if (!principals.every((principal) => principalExists(ctx, principal))) {
        throw malformed("Policy contains a statement with one or more invalid principals.");
    }
    const putPolicy = { action: "kms:PutKeyPolicy", resource: keyArn, context: { "kms:CallerAccount": ctx.accountId } };
    const attached = { accountId: ctx.accountId, document, required: true };
    if (lockoutCheck && !decide(ctx, putPolicy, attached).allowed) {
        throw malformed("The new key policy will not allow you to update the key policy in the future.");
    }
}

function parse(document: string) {
    try {
        return statementsOf(parsePolicy(document, "resource"));
    } catch (error) {
        throw error instanceof MalformedPolicyError ? malformed(error.message) : error;
    }
}

function malformed(message: string): AwsError {
    return new AwsError("MalformedPolicyDocumentException", message);
}
