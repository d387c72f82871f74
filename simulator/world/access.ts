import { accessDeniedMessage, evaluate, type Decision } from "../access/evaluate";
import { parsePolicy } from "../access/policy";
import { splitArn, type Context } from "./context";
import { AwsError } from "./error";

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

/** What AWS would decide: identity policies of the caller, and the policy of the resource. */
export function decide(ctx: Context, check: AccessCheck): Decision {
    const { caller } = ctx;
    const arn = splitArn(check.resource);
    const attached = ctx.world.services.get(arn.service)?.resourcePolicy?.(ctx, check.resource);
    const identity =
        caller.kind === "service" ? { identity: [] } : ctx.world.services.get("iam")!.identityPolicies!(ctx, caller);
    return evaluate(
        {
            principal:
                caller.kind === "service"
                    ? { kind: "service", name: caller.name }
                    : { kind: "aws", arn: caller.arn, accountId: caller.accountId, roleArn: caller.roleArn },
            action: check.action,
            resource: check.resource,
            resourceAccountId: check.resourceAccountId ?? attached?.accountId ?? (arn.accountId || ctx.accountId),
            context: { ...globalKeys(ctx), ...check.context },
        },
        {
            ...identity,
            resource: attached?.document === undefined ? undefined : parsePolicy(attached.document, "resource"),
            resourcePolicyRequired: attached?.required,
        },
    );
}

export function authorize(ctx: Context, check: AccessCheck): void {
    const decision = decide(ctx, check);
    if (!decision.allowed) {
        const { caller } = ctx;
        const principal = caller.kind === "service" ? caller.name : caller.arn;
        const message = accessDeniedMessage({ principal, action: check.action, resource: check.resource }, decision);
        throw new AwsError("AccessDeniedException", message, 403);
    }
}

function globalKeys(ctx: Context): Record<string, string> {
    const { caller } = ctx;
    const keys: Record<string, string> = {
        "aws:RequestedRegion": ctx.region,
        "aws:CurrentTime": new Date(ctx.now).toISOString(),
        "aws:SecureTransport": "true",
    };
    return caller.kind === "service"
        ? { ...keys, "aws:SourceAccount": caller.accountId, "aws:SourceArn": caller.sourceArn }
        : {
              ...keys,
              "aws:PrincipalAccount": caller.accountId,
              "aws:PrincipalArn": caller.roleArn ?? caller.arn,
              "aws:userid": caller.userId,
          };
}
