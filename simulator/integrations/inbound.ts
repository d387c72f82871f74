import type { IntegrationError, ZeroETLIntegrationStatus } from "@aws-sdk/client-redshift";

import { RedshiftState } from "../services/redshift/state";
import type { World } from "../world/world";
import { relationalIntegrations } from "./relational";

/** An integration of any API as its warehouse sees it. */
export interface InboundIntegration {
    readonly arn: string;
    readonly accountId: string;
    readonly region: string;
    readonly sourceArn: string;
    readonly targetArn: string;
    readonly status: ZeroETLIntegrationStatus;
    readonly errors: readonly IntegrationError[];
    readonly createTime: Date;
}

/** Every integration into a warehouse, from all accounts; into every one unless told. */
export function inboundIntegrations(world: World, targetArn?: string): InboundIntegration[] {
    const own = world.allStates(RedshiftState).flatMap((state) => [...state.integrations.values()]);
    return [
        ...own.filter((integration) => integration.targetArn === (targetArn ?? integration.targetArn)),
        ...relationalIntegrations(world, targetArn),
    ];
}

/** The UUID by which SQL names an integration. */
export const integrationId = ({ arn }: { arn: string }): string => arn.slice(arn.lastIndexOf(":") + 1);
