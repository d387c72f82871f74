import { endpointAt } from "../search/store";
import type { DataRequest, Endpoint } from "../search/endpoint";
import { illegalArgument, NoRoute, SearchError } from "../search/error";
import { Context, splitArn } from "../world/context";
import { AwsError } from "../world/error";
import { anonymousTo } from "../world/identity";
import { LostAnswer, type World } from "../world/world";
import { callerOf, credentialScope } from "./caller";
import { plainBody, splitOnce, type WireRequest, type WireResponse } from "./message";

/** The domain or the collection whose endpoint a request is for, by its Host. */
export function searchEndpoint(world: World, { headers }: WireRequest): Endpoint | undefined {
    return endpointAt(world, splitOnce(headers.host ?? "", ":")[0]);
}

/** The OpenSearch API at an endpoint: signed as calls of AWS are, with answers and errors of OpenSearch. */
export async function answerSearch(
    world: World,
    endpoint: Endpoint,
    request: WireRequest,
    requestId: string,
): Promise<WireResponse> {
    if (endpoint.isPrivate) {
        console.error(
            `simulator: ${endpoint.host} is in a VPC, out of reach from here; zero-etl documents shows what has arrived there`,
        );
        throw new LostAnswer();
    }
    try {
        requireDecodable(request.path);
        const { status, body } = await endpoint.request(contextOf(world, endpoint, request), {
            method: request.method,
            path: request.path,
            query: Object.fromEntries(request.query),
            body: plainBody(request).toString(),
            login: basicCredentials(request),
        });
        return typeof body === "string" ? { status, headers: TEXT, body } : json(status, body);
    } catch (error) {
        if (error instanceof LostAnswer) {
            throw error;
        }
        return refusal(error, endpoint, requestId);
    }
}

function requireDecodable(path: string): void {
    try {
        decodeURIComponent(path);
    } catch {
        throw illegalArgument(`The path ${path} is not percent-encoded UTF-8`);
    }
}

const TEXT = { "content-type": "text/plain; charset=UTF-8" };

function contextOf(world: World, endpoint: Endpoint, request: WireRequest): Context {
    const scope = credentialScope(request);
    if (!scope && endpoint.kind === "domain") {
        return new Context(world, anonymousTo(splitArn(endpoint.arn).accountId), endpoint.region, "http");
    }
    const caller = callerOf(world, scope);
    if (scope!.service !== endpoint.service || scope!.region !== endpoint.region) {
        throw new AwsError(
            "InvalidSignatureException",
            `Credential should be scoped to a valid region and correct service: '${endpoint.region}' and '${endpoint.service}', not '${scope!.region}' and '${scope!.service}'.`,
            403,
        );
    }
    return new Context(world, caller, endpoint.region, "http");
}

function basicCredentials({ headers }: WireRequest): DataRequest["login"] {
    const [, encoded] = /^Basic (\S+)$/i.exec(headers.authorization ?? "") ?? [];
    if (encoded === undefined) {
        return undefined;
    }
    const [name, password] = splitOnce(Buffer.from(encoded, "base64").toString(), ":");
    return { name, password };
}

const json = (status: number, body: unknown): WireResponse => ({
    status,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify(body),
});

/** What OpenSearch refuses has a type and a reason; what AWS refuses before that, a message. */
function refusal(error: unknown, { kind }: Endpoint, requestId: string): WireResponse {
    if (error instanceof NoRoute) {
        return json(error.status, { error: error.message, status: error.status });
    }
    if (error instanceof SearchError) {
        const cause = { type: error.code, reason: error.message };
        return json(error.status, { error: { root_cause: [cause], ...cause, ...error.fields }, status: error.status });
    }
    if (!(error instanceof AwsError)) {
        console.error("simulator: a search request failed:", error);
        return json(500, { error: { type: "exception", reason: String(error) }, status: 500 });
    }
    const { message } = error;
    const status = error.code === "ThrottlingException" ? 429 : error.status;
    return kind === "domain"
        ? json(status, { Message: message })
        : json(status, {
              status,
              "request-id": requestId,
              error: { type: status === 403 ? "Forbidden" : error.code, reason: `${status} ${message}` },
          });
}
