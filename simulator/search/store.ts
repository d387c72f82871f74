import type { World } from "../world/world";
import type { Endpoint, SearchEndpoint } from "./endpoint";

/**
 * `undefined` where nobody has such an endpoint.
 *
 * @param vpcEndpointId the VPC endpoint that its clients come through. @default over the internet
 */
export function findEndpoint(world: World, host: string, vpcEndpointId?: string): SearchEndpoint | undefined {
    return endpointAt(world, host)?.client(vpcEndpointId);
}

export function endpointAt(world: World, host: string): Endpoint | undefined {
    return world.allStates(SearchEndpoints).flatMap(({ byHost }) => byHost.get(host) ?? [])[0];
}

/** The endpoints of a partition, by host. */
export class SearchEndpoints {
    static readonly scope = "partition";
    readonly byHost = new Map<string, Endpoint>();
}
