import type { AccessCheck } from "./access";
import type { Context } from "./context";
import type { AccountCaller } from "./identity";
import type { PolicyDocument } from "../access/policy";
import type { RelationalTarget } from "../integrations/relational";

/**
 * An AWS service: its operations with their rules.
 *
 * Both doors lead here. Inputs and outputs have the shape of the service's SDK client (`CreateTableInput`,
 * `CreateTableOutput`), so that the HTTP door needs to know nothing but the client's schemas.
 */
export interface Service {
    /** The name in SigV4 scopes and IAM actions: `dynamodb`, `glue`, `s3`, `iam`, `sts`, `kms`, `logs`. */
    readonly id: string;
    /** Other signing names of the same service: `monitoring` for CloudWatch. */
    readonly signingName?: string;
    /** The SDK client's module, loaded when first used: its schemas (`CreateTable$`) are the service's model. */
    readonly model: () => Record<string, unknown>;
    readonly operations: Record<string, Operation>;
    /** The code under which it refuses what no policy allows. @default AccessDeniedException */
    readonly accessDenied?: string;
    /**
     * The owner of a resource and the policy attached to it, if the service has such policies: consulted in access
     * decisions. The action matters to a role alone, whose trust policy speaks of nothing but being assumed.
     */
    resourcePolicy?(ctx: Context, resourceArn: string, action: string): ResourcePolicy | undefined;
    /** Of services whose resources take data from the integrations of the RDS API. */
    readonly relationalTarget?: RelationalTarget;
    /** Of IAM alone: what a user's or a role session's own policies say. */
    identityPolicies?(ctx: Context, caller: AccountCaller): IdentityPolicies;
}

export interface IdentityPolicies {
    identity: PolicyDocument[];
    permissionsBoundary?: PolicyDocument;
    session?: PolicyDocument[];
}

export interface ResourcePolicy {
    accountId: string;
    /** @default none: the resource has an owner that its ARN does not tell, and no policy */
    document?: string;
    /** Whether nothing is allowed without the resource's policy, as with KMS keys and role trust. */
    required?: boolean;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation has its own shapes
export interface Operation<Input = any, Output = any> {
    /** What the caller must be allowed to do. @default `<service>:<operation>` on `*` */
    access?(input: Input, ctx: Context): AccessCheck[];
    handle(input: Input, ctx: Context): Output | Promise<Output>;
}

/** Gives an operation's two functions their types. */
export function operation<Input, Output>(definition: Operation<Input, Output>): Operation {
    return definition;
}
