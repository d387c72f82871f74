import type { IntegrationError } from "@aws-sdk/client-redshift";

import { Context, splitArn } from "../world/context";
import { AwsError } from "../world/error";
import type { World } from "../world/world";

/** An integration's whereabouts, whichever API it belongs to. */
export interface Whereabouts {
    readonly arn: string;
    readonly accountId: string;
    readonly region: string;
    readonly sourceArn: string;
}

/** A service at work for an integration: what a policy's aws:SourceArn sees is the integration. */
export function asService(world: World, name: string, { arn, accountId, region }: Whereabouts): Context {
    return new Context(world, { kind: "service", name, accountId, sourceArn: arn }, region);
}

/** A service that asks the target whether it takes data from a source: aws:SourceArn is the source. */
export function asInbound(world: World, name: string, integration: Omit<Whereabouts, "arn">): Context {
    return asService(world, name, { ...integration, arn: integration.sourceArn });
}

/** The account that owns a resource: for what AWS knows without asking for permission. */
export function asOwner(world: World, arn: string): Context {
    const { accountId, region } = splitArn(arn);
    return world.administrator(accountId, region);
}

export const problem = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

export const told = ({ code, message }: AwsError) => problem(code, message);

/** The refusal of each check that is refused. */
export function refusals(ctx: Context, checks: Parameters<Context["authorize"]>[0][]): IntegrationError[] {
    return checks.flatMap((check) => {
        try {
            ctx.authorize(check);
            return [];
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            return [told(error)];
        }
    });
}
