import { accessDeniedMessage, evaluate, type AccessRequest, type Decision } from "../access/evaluate";
import type { PolicyDocument } from "../access/policy";
import { splitArn, type Context } from "./context";
import { AwsError } from "./error";
import type { ResourcePolicy } from "./service";

/** One decision that an operation needs. */
export interface AccessCheck {
    /** `glue:CreateTable` */
    action: string;
    /** an ARN, or `*` for actions that know no resource */
    resource: string;
    /** The resource's owner, where its ARN does not tell. @default from the ARN, else the caller's account */
    resourceAccountId?: string;
    /** Condition keys beside the global ones (`aws:SourceArn` for a service, `aws:PrincipalAccount`, …). */
    context?: Record<string, string | string[]>;
}

/**
 * What AWS would decide: by the identity policies of the caller, and the policy of the resource.
 *
 * @param attached the resource's policy. @default the one that its service has
 */
export function decide(ctx: Context, check: AccessCheck, attached = policyOf(ctx, check)): Decision {
    const { caller, world } = ctx;
    const identity =
        caller.kind === "service" ? { identity: [] } : world.services.get("iam")!.identityPolicies!(ctx, caller);
    return evaluate(accessRequest(ctx, check, attached), {
        ...identity,
        // It was checked when it was stored.
        resource: attached?.document === undefined ? undefined : (JSON.parse(attached.document) as PolicyDocument),
        resourcePolicyRequired: attached?.required,
    });
}

export function authorize(ctx: Context, check: AccessCheck): void {
    const decision = decide(ctx, check);
    if (!decision.allowed) {
        const message = accessDeniedMessage(accessRequest(ctx, check), decision);
        throw new AwsError("AccessDeniedException", message, 403);
    }
}

function policyOf(ctx: Context, check: AccessCheck): ResourcePolicy | undefined {
    const service = ctx.world.services.get(splitArn(check.resource).service);
    return service?.resourcePolicy?.(ctx, check.resource, check.action);
}

function accessRequest(ctx: Context, check: AccessCheck, attached?: ResourcePolicy): AccessRequest {
    const { caller } = ctx;
    const resourceAccountId =
        check.resourceAccountId ?? attached?.accountId ?? (splitArn(check.resource).accountId || ctx.accountId);
    return {
        principal:
            caller.kind === "service"
                ? { kind: "service", name: caller.name }
                : { kind: "aws", arn: caller.arn, accountId: caller.accountId, roleArn: caller.roleArn },
        action: check.action,
        resource: check.resource,
        resourceAccountId,
        context: { ...globalKeys(ctx), "aws:ResourceAccount": resourceAccountId, ...check.context },
    };
}

function globalKeys(ctx: Context): Record<string, string> {
    const { caller } = ctx;
    const keys: Record<string, string> = {
        "aws:RequestedRegion": ctx.region,
        "aws:CurrentTime": new Date(ctx.now).toISOString(),
        "aws:SecureTransport": "true",
    };
    return caller.kind === "service"
        ? {
              ...keys,
              "aws:PrincipalIsAWSService": "true",
              "aws:PrincipalServiceName": caller.name,
              "aws:SourceAccount": caller.accountId,
              "aws:SourceArn": caller.sourceArn,
          }
        : {
              ...keys,
              "aws:PrincipalIsAWSService": "false",
              "aws:PrincipalType": caller.kind === "user" ? "User" : "AssumedRole",
              "aws:PrincipalAccount": caller.accountId,
              "aws:PrincipalArn": caller.roleArn ?? caller.arn,
              "aws:userid": caller.userId,
              ...(caller.kind === "user" && { "aws:username": caller.arn.slice(caller.arn.lastIndexOf("/") + 1) }),
          };
}
