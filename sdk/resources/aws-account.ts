import * as pulumi from "@pulumi/pulumi";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import { Provider, type ProviderArgs } from "@pulumi/aws/provider";

/** A role to take before anything is called. */
export interface AssumeRoleArgs {
    /** The role's ARN. */
    roleArn: pulumi.Input<string>;
    /** Names the session in CloudTrail. @default "pulumi-aws-zero-etl" for the resources of this package, the `aws` provider's own for the others */
    sessionName?: pulumi.Input<string>;
    /** What the role's trust policy asks for, where it asks for something. @default none */
    externalId?: pulumi.Input<string>;
}

/** Arguments of {@link AwsAccount}: those of `aws.Provider`, with one role to take. */
export interface AwsAccountArgs extends Omit<ProviderArgs, "assumeRoles" | "profile" | "region"> {
    /** The Region, such as `eu-west-1`. */
    region: pulumi.Input<string>;
    /** @default - the credentials at hand are used as they are */
    assumeRole?: AssumeRoleArgs;
    /**
     * A profile of this machine. The `aws` provider keeps it in its own part of the state; the resources of this package don't.
     *
     * @default - AWS_PROFILE, or whatever else the environment says
     */
    profile?: pulumi.Input<string>;
}

/** An account and Region, and the way into them, as the resources of this package take them. */
export interface AccountArgs {
    /** Twelve digits. A handler that finds itself in another account stops before it writes. */
    accountId?: pulumi.Input<string>;
    /** Such as `eu-west-1`. */
    region?: pulumi.Input<string>;
    /** A role to take first. */
    roleArn?: pulumi.Input<string>;
    /** @default "pulumi-aws-zero-etl" */
    roleSessionName?: pulumi.Input<string>;
    /** What the role's trust policy asks for, where it asks for something. @default none */
    externalId?: pulumi.Input<string>;
    /** Used while the program runs, and never kept in the state. */
    profile?: pulumi.Input<string>;
}

type WayIn = Omit<AccountArgs, "accountId" | "region">;

/**
 * An AWS account and Region: an `aws.Provider` that remembers how it was made, so that the resources of this package get into the
 * account in the same way as those of `@pulumi/aws`. Give it as `provider` to a component.
 *
 * A plain `aws.Provider` is just as good where the stack's configuration or the environment leads to the same account.
 */
export class AwsAccount extends Provider {
    /** @internal Not `instanceof`, since a program may have loaded this package twice. */
    readonly zeroEtlWayIn: WayIn;

    constructor(name: string, args: AwsAccountArgs, opts?: pulumi.ResourceOptions) {
        const { assumeRole, ...rest } = args;
        super(name, { ...rest, assumeRoles: assumeRole && [assumeRole] }, opts);
        this.zeroEtlWayIn = {
            roleArn: assumeRole?.roleArn,
            roleSessionName: assumeRole?.sessionName,
            externalId: assumeRole?.externalId,
            profile: args.profile,
        };
    }
}

/** The account that the `aws` children of a component are in, for its other children. */
export function accountOf(component: pulumi.Resource): pulumi.Output<pulumi.Unwrap<AccountArgs> & Located> {
    return accountBehind(component.getProvider(ANY_AWS_RESOURCE), { parent: component });
}

/** The account that a resource with these options belongs to. */
export function accountFor({
    provider,
    parent,
}: pulumi.CustomResourceOptions): pulumi.Output<pulumi.Unwrap<AccountArgs> & Located> {
    const explicit = Provider.isInstance(provider) ? provider : parent?.getProvider(ANY_AWS_RESOURCE);
    return accountBehind(explicit, parent ? { parent } : {});
}

interface Located {
    accountId: string;
    region: string;
}

const ANY_AWS_RESOURCE = "aws:index/x:X";

function accountBehind(provider: pulumi.ProviderResource | undefined, opts: pulumi.InvokeOptions) {
    const through = provider ? { ...opts, provider } : opts;
    return pulumi.output({
        accountId: getCallerIdentityOutput({}, through).accountId,
        region: getRegionOutput({}, through).region,
        ...(provider as Partial<AwsAccount> | undefined)?.zeroEtlWayIn,
    });
}
