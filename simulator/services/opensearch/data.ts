import type { DataRequest, Endpoint } from "../../search/endpoint";
import type { Gate } from "../../search/gate";
import type { SearchResponse } from "../../search/rest/route";
import { serve } from "../../search/rest/serve";
import type { Security, SecurityUser } from "../../search/security";
import { endpointAt } from "../../search/store";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { Caller } from "../../world/identity";
import { operation, type ResourcePolicy } from "../../world/service";
import { OpenSearchState } from "./state";

/** The OpenSearch API of domains, as IAM sees it: one action for each method. */
export const data = Object.fromEntries(
    ["Get", "Head", "Post", "Put", "Delete", "Patch"].map((method) => [
        `ESHttp${method}`,
        operation<DataRequest, SearchResponse>({
            access: ({ host, path }, ctx) => [
                { action: `es:ESHttp${method}`, resource: `${endpointOf(ctx, host).arn}${decodeURIComponent(path)}` },
            ],
            handle(request, ctx) {
                const { cluster } = endpointOf(ctx, request.host);
                const { security } = cluster;
                const user = security && userOf(ctx.caller, request, security);
                return serve(cluster, user ? security.gateOf(user) : OPEN, request, user);
            },
        }),
    ]),
);

const OPEN: Gate = { check: () => undefined };

/** The access policy of the domain in an ARN, or of what is in it. */
export function accessPolicy(ctx: Context, resourceArn: string): ResourcePolicy | undefined {
    const { accountId, region, resource } = splitArn(resourceArn);
    const name = /^domain\/([^/]+)/.exec(resource)?.[1];
    const domain = name && ctx.world.state(OpenSearchState, accountId, region).domains.get(name);
    return domain ? { accountId, document: domain.policy || undefined } : undefined;
}

function endpointOf({ world }: Context, host: string): Endpoint {
    const endpoint = endpointAt(world, host);
    if (!endpoint) {
        throw new AwsError("ResourceNotFoundException", `Nothing answers at ${host}`, 404);
    }
    return endpoint;
}

/** Users and roles of IAM are known by their ARNs; without a signature, a name and its password count. */
function userOf(caller: Caller, { login }: DataRequest, security: Security): SecurityUser {
    if (!login) {
        const arn = caller.kind === "service" ? caller.name : (caller.roleArn ?? caller.arn);
        return { name: arn, backendRoles: [arn] };
    }
    const user = security.login(login.name, login.password);
    if (!user) {
        throw new AwsError("UnauthorizedException", "Unauthorized", 401);
    }
    return user;
}
