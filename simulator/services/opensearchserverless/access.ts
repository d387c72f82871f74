import { endpointAt } from "../../search/store";
import type { DataRequest } from "../../search/endpoint";
import { SearchError } from "../../search/error";
import type { Gate } from "../../search/gate";
import type { SearchResponse } from "../../search/rest/route";
import { serve } from "../../search/rest/serve";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { matchOf, type DataStatement, type EncryptionDocument, type NetworkStatement } from "./documents";
import { policiesOf } from "./policies";
import { CollectionsState, notFound, type Collection } from "./state";

/** The OpenSearch API of collections: to IAM all of it is one action, and data access policies say the rest. */
export const data = {
    APIAccessAll: operation<DataRequest, SearchResponse>({
        access: ({ host }, ctx) => {
            const { detail } = collectionAt(ctx, host);
            return [{ action: "aoss:APIAccessAll", resource: detail.arn, context: { "aoss:collection": detail.name } }];
        },
        handle(request, ctx) {
            const collection = collectionAt(ctx, request.host);
            requireNetwork(ctx, collection, request.vpcEndpointId);
            return serve(collection.cluster, gateOf(ctx, collection), request);
        },
    }),
};

/** Whose policies count: those of the collection's account and Region. */
function ownState({ world }: Context, { detail }: Collection): CollectionsState {
    const { accountId, region } = splitArn(detail.arn);
    return world.state(CollectionsState, accountId, region);
}

function collectionAt(ctx: Context, host: string): Collection {
    const endpoint = endpointAt(ctx.world, host);
    const { accountId, region, resource } = splitArn(endpoint?.arn ?? "");
    const { collections } = ctx.world.state(CollectionsState, accountId, region);
    const collection = endpoint && collections.get(resource.split("/")[1]);
    if (!collection) {
        throw notFound(`Nothing answers at ${host}`);
    }
    return collection;
}

/** Whether the way that a request comes is open: over the internet, or through one of the VPC endpoints. */
function requireNetwork(ctx: Context, collection: Collection, vpcEndpointId?: string): void {
    const { name } = collection.detail;
    const resource = `collection/${name}`;
    const statements = policiesOf(ownState(ctx, collection), "network").flatMap(
        ({ policy }) => policy as NetworkStatement[],
    );
    const isOpen = statements.some(
        ({ Rules, AllowFromPublic, SourceVPCEs = [] }) =>
            Rules.some((rule) => rule.ResourceType === "collection" && matchOf(rule, resource) !== undefined) &&
            (AllowFromPublic === true || SourceVPCEs.includes(vpcEndpointId ?? "")),
    );
    if (!isOpen) {
        const way = vpcEndpointId ? `through ${vpcEndpointId}` : "from public networks";
        throw denied(`no network policy allows access to collection ${name} ${way}`);
    }
}

/** What a caller may do in a collection, by the permissions of its data access policies. */
function gateOf(ctx: Context, collection: Collection): Gate {
    return {
        check(action, index) {
            // Each line of a bulk request is a write to its own index.
            if (action === "indices:data/write/bulk") {
                return;
            }
            const permission = PERMISSIONS.find(([pattern]) => pattern.test(action))?.[1];
            if (!permission) {
                throw new SearchError("no_handler_found", `${action} is not supported on collections`, 404);
            }
            requireData(ctx, collection, permission, index);
        },
    };
}

const PERMISSIONS: [RegExp, string][] = [
    [/^indices:admin\/create$/, "CreateIndex"],
    [/^indices:admin\/delete$/, "DeleteIndex"],
    [/^indices:admin\/(get|mappings\/get)$|^indices:monitor\//, "DescribeIndex"],
    [/^indices:admin\/(mapping\/put|settings\/update)$/, "UpdateIndex"],
    [/^indices:data\/read\//, "ReadDocument"],
    [/^indices:data\/write\//, "WriteDocument"],
    [/^cluster:admin\/ingest\/pipeline\/put$/, "CreateCollectionItems"],
    [/^cluster:admin\/ingest\/pipeline\/get$/, "DescribeCollectionItems"],
    [/^cluster:admin\/ingest\/pipeline\/delete$/, "DeleteCollectionItems"],
];

/** Throws unless a data access policy names the caller, the permission and the index; without one, the collection. */
export function requireData(ctx: Context, collection: Collection, permission: string, index?: string): void {
    const { name } = collection.detail;
    const { caller } = ctx;
    const resource = index === undefined ? `collection/${name}` : `index/${name}/${index}`;
    const names = caller.kind === "service" ? [caller.name] : [caller.arn, caller.roleArn];
    const statements = policiesOf(ownState(ctx, collection), "data").flatMap(({ policy }) => policy as DataStatement[]);
    const isAllowed = statements.some(
        ({ Rules, Principal }) =>
            Principal.some((principal) => names.includes(principal)) &&
            Rules.some(
                (rule) =>
                    matchOf(rule, resource) !== undefined &&
                    rule.Permission!.some((each) => each === "aoss:*" || each === `aoss:${permission}`),
            ),
    );
    if (!isAllowed) {
        throw denied(`no data access policy gives ${names.at(-1) ?? names[0]} aoss:${permission} on ${resource}`);
    }
}

const denied = (why: string) => new AwsError("AccessDeniedException", `Forbidden: ${why}`, 403);

/** The key of a new collection, by the encryption policy that names it most precisely: `auto` is AWS's own. */
export function encryptionKey(ctx: Context, name: string): string | undefined {
    const fitting = policiesOf(ctx.state(CollectionsState), "encryption").flatMap(({ policy }) => {
        const { Rules, KmsARN } = policy as EncryptionDocument;
        const precision = Math.max(...Rules.map((rule) => matchOf(rule, `collection/${name}`) ?? 0));
        return precision > 0 ? [{ precision, key: KmsARN ?? "auto" }] : [];
    });
    return fitting.sort((a, b) => b.precision - a.precision)[0]?.key;
}
