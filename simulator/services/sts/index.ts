import type * as api from "@aws-sdk/client-sts";
import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { AccountCaller } from "../../world/identity";
import { operation, type Service } from "../../world/service";
import { defaultDocument, managedPolicy, roleOf, type Role } from "../iam/state";

/**
 * The caller that somebody becomes by assuming a role; throws AccessDenied unless the trust policy (and, across or by
 * accounts, the identity policy) lets them. For services that take a role to do their work.
 */
export function assumeRole(ctx: Context, roleArn: string, sessionName: string): AccountCaller {
    ctx.authorize({ action: "sts:AssumeRole", resource: roleArn, context: { "sts:RoleSessionName": sessionName } });
    return sessionOf(roleOf(ctx, roleArn)!, sessionName);
}

function sessionOf(role: Role, sessionName: string): AccountCaller {
    const { partition, accountId } = splitArn(role.arn);
    return {
        kind: "role",
        accountId,
        arn: `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
        userId: `${role.id}:${sessionName}`,
        roleArn: role.arn,
    };
}

/** Seconds, whatever the role allows. */
const MIN_SESSION = 900;
/** Of a session that was itself reached from a session. */
const MAX_CHAINED_SESSION = 3600;
const DEFAULT_SESSION = 3600;

function sessionDuration(
    role: Role,
    { DurationSeconds = DEFAULT_SESSION }: api.AssumeRoleRequest,
    ctx: Context,
): number {
    if (DurationSeconds < MIN_SESSION) {
        throw validationError(
            `1 validation error detected: Value '${DurationSeconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${MIN_SESSION}`,
        );
    }
    if (ctx.caller.kind === "role" && DurationSeconds > MAX_CHAINED_SESSION) {
        throw validationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        );
    }
    if (DurationSeconds > role.maxSessionDuration) {
        throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }
    return DurationSeconds;
}

function validationError(message: string): AwsError {
    return new AwsError("ValidationError", message);
}

/** The inline policy and the managed ones that limit the session; undefined where the call brings none. */
function sessionPolicies(ctx: Context, { Policy, PolicyArns = [] }: api.AssumeRoleRequest, accountId: string) {
    try {
        const inline = Policy === undefined ? [] : [JSON.stringify(parsePolicy(Policy, "identity"))];
        const managed = PolicyArns.map(({ arn }) => defaultDocument(managedPolicy(ctx, arn!, accountId)));
        const all = [...inline, ...managed];
        return all.length > 0 ? all : undefined;
    } catch (error) {
        throw error instanceof MalformedPolicyError
            ? new AwsError("MalformedPolicyDocumentException", error.message)
            : error;
    }
}

export const sts: Service = {
    id: "sts",
    model: () => require("@aws-sdk/client-sts"),
    accessDenied: "AccessDenied",
    operations: {
        GetCallerIdentity: operation<object, api.GetCallerIdentityResponse>({
            // Everybody may know who they are.
            access: () => [],
            handle(_input, { caller, accountId }) {
                const { arn, userId } = caller as AccountCaller;
                return { Account: accountId, Arn: arn, UserId: userId };
            },
        }),
        AssumeRole: operation<api.AssumeRoleRequest, api.AssumeRoleResponse>({
            access: ({ RoleArn, RoleSessionName, ExternalId, Tags = [] }) => {
                const context = {
                    "sts:RoleSessionName": RoleSessionName!,
                    ...(ExternalId !== undefined && { "sts:ExternalId": ExternalId }),
                };
                return [
                    { action: "sts:AssumeRole", resource: RoleArn!, context },
                    ...(Tags.length > 0 ? [{ action: "sts:TagSession", resource: RoleArn!, context }] : []),
                ];
            },
            handle(input, ctx) {
                const role = roleOf(ctx, input.RoleArn!)!;
                const duration = sessionDuration(role, input, ctx) * 1000;
                const caller = sessionOf(role, input.RoleSessionName!);
                const limited = { ...caller, sessionPolicies: sessionPolicies(ctx, input, caller.accountId) };
                // Its holder lives outside of the world: an hour there is an hour by a clock that runs no faster than real.
                const { accessKeyId, secretAccessKey, sessionToken } = ctx.world.identities.issue(
                    limited,
                    ctx.now + duration * ctx.world.clock.speed,
                );
                return {
                    Credentials: {
                        AccessKeyId: accessKeyId,
                        SecretAccessKey: secretAccessKey,
                        SessionToken: sessionToken,
                        Expiration: new Date(ctx.now + duration),
                    },
                    AssumedRoleUser: { Arn: caller.arn, AssumedRoleId: caller.userId },
                    PackedPolicySize: input.Policy ? Math.ceil((input.Policy.length / 2048) * 100) : undefined,
                };
            },
        }),
        GetAccessKeyInfo: operation<api.GetAccessKeyInfoRequest, api.GetAccessKeyInfoResponse>({
            handle({ AccessKeyId }, ctx) {
                const owner = ctx.world.identities.callerOf(AccessKeyId!, ctx.partition, ctx.now);
                if (typeof owner === "string") {
                    throw validationError(`Access key ${AccessKeyId} is ${owner}.`);
                }
                return { Account: owner.accountId };
            },
        }),
    },
};
