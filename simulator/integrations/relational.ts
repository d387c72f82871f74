import type { IntegrationError, IntegrationStatus } from "@aws-sdk/client-rds";

import type { Feed } from "../relational/feed";
import { RelationalState } from "../relational/source";
import { RdsState } from "../services/rds/state";
import type { AccessCheck } from "../world/access";
import { splitArn, type Context } from "../world/context";
import type { World } from "../world/world";

/** A zero-ETL integration of the RDS API, as its target sees it. */
export interface RelationalIntegration {
    /** `arn:P:rds:REGION:ACCOUNT:integration:UUID` */
    readonly arn: string;
    /** of the source, which the integration lives with */
    readonly accountId: string;
    readonly region: string;
    readonly name: string;
    readonly sourceArn: string;
    readonly targetArn: string;
    readonly status: IntegrationStatus;
    readonly errors: readonly IntegrationError[];
    readonly createTime: Date;
}

/**
 * What a service does whose resources take data from Aurora and RDS. It has this as `Service.relationalTarget`; the RDS
 * service finds it by the service in the target's ARN.
 */
export interface RelationalTarget {
    /** What the caller of CreateIntegration must be allowed to do with the target, beside what RDS asks for. */
    access(ctx: Context, targetArn: string, sourceArn: string): AccessCheck[];
    /** Throws, as the call does, unless the target exists, can be one, and has room for another integration. */
    requireTarget(ctx: Context, targetArn: string): void;
    /**
     * What the target lacks to take data: asked when the set-up ends, and every minute from then on. Whatever is to be
     * found in the source, RDS finds by itself.
     */
    problems(world: World, integration: RelationalIntegration): IntegrationError[] | Promise<IntegrationError[]>;
    /**
     * The integration is active, or needs attention for some tables, and there may be something new in its feed: after the
     * set-up, seconds after a commit, after a change of the filter, after trouble is over.
     */
    ingest(world: World, integration: RelationalIntegration): void | Promise<void>;
}

/** The target's side of an ARN; undefined where no service takes data. */
export function relationalTarget(world: World, targetArn: string): RelationalTarget | undefined {
    return world.services.get(splitArn(targetArn).service)?.relationalTarget;
}

/** The integrations of the RDS API into a target, from all accounts; of every target unless told. */
export function relationalIntegrations(world: World, targetArn?: string): RelationalIntegration[] {
    return world
        .allStates(RdsState)
        .flatMap((state) => [...state.integrations.values()])
        .filter((integration) => integration.targetArn === (targetArn ?? integration.targetArn));
}

/** What an integration's filter lets through of its source; undefined when the source is gone. */
export function feedOf(
    world: World,
    { arn, sourceArn }: Pick<RelationalIntegration, "arn" | "sourceArn">,
): Feed | undefined {
    const { accountId, region } = splitArn(arn);
    const { dataFilter } = world.state(RdsState, accountId, region).integrations.get(arn) ?? {};
    return world.state(RelationalState, accountId, region).sources.get(sourceArn)?.feed(dataFilter);
}
