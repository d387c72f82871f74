import { text } from "node:stream/consumers";

import { Sha256 } from "@aws-crypto/sha256-js";
import { loadRestJsonErrorCode } from "@aws-sdk/core/protocols";
import { partition } from "@aws-sdk/util-endpoints";
import { retryMiddleware } from "@smithy/core/retry";
import { HttpRequest, toEndpointV1 } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Endpoint, HeaderBag, MetadataBearer } from "@smithy/types";

/** Region, credentials, retries and connections, as a client of the SDK has resolved them. */
type ClientConfig = Pick<
    import("@aws-sdk/client-sts").STSClientResolvedConfig,
    "region" | "credentials" | "requestHandler" | "retryStrategy" | "maxAttempts" | "endpoint" | "isCustomEndpoint"
> & { serviceConfiguredEndpoint?: () => Promise<string | undefined> };

export interface RestRequest {
    method: "GET" | "PUT" | "POST" | "DELETE";
    /** Begins with a slash; its parts are encoded. */
    path: string;
    query?: Record<string, string | undefined>;
    body?: object;
    /** The host of a domain. @default - the service's own in the Region */
    host?: string;
}

/** Signed JSON over HTTP, for what the SDK has no client of. Errors have AWS's code as their name, as the SDK's have. */
export class SignedRest {
    private readonly signer: SignatureV4;

    /** @param service The name that signatures carry, such as `osis`. */
    constructor(
        private readonly service: string,
        private readonly config: ClientConfig,
    ) {
        const { region, credentials } = config;
        this.signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    }

    async send<T>(request: RestRequest): Promise<T> {
        const unsigned = await this.address(request);
        // Signed anew for each attempt: a signature lasts for five minutes only.
        const sent = retryMiddleware(this.config)<MetadataBearer & { answer: T }>(
            async () => ({ response: {}, output: { $metadata: {}, answer: await this.sendOnce<T>(unsigned) } }),
            {},
        );
        const { output } = await sent({ input: {}, request: unsigned });
        return output.answer;
    }

    private async sendOnce<T>(unsigned: HttpRequest): Promise<T> {
        const signed = new HttpRequest(await this.signer.sign(unsigned));
        const { response } = await this.config.requestHandler.handle(signed);
        const { statusCode, headers, body } = response as {
            statusCode: number;
            headers: HeaderBag;
            body: NodeJS.ReadableStream;
        };
        const answer = await text(body as AsyncIterable<Uint8Array> & NodeJS.ReadableStream);
        if (statusCode >= 300) {
            throw errorIn(statusCode, headers, answer);
        }
        return (answer ? JSON.parse(answer) : {}) as T;
    }

    private async address({ method, path, query = {}, body, host }: RestRequest): Promise<HttpRequest> {
        const own = host ?? `${this.service}.${await this.dnsName()}`;
        const configured = await this.configuredEndpoint();
        // An interface endpoint of the service leads to its API; only what stands in for AWS serves the domains' hosts too.
        const isUsed = configured && (host === undefined || !configured.hostname.endsWith(await this.dnsSuffix()));
        const { protocol, hostname, port, path: base } = isUsed ? configured : toEndpointV1(`https://${own}`);
        const address = port === undefined ? hostname : `${hostname}:${port}`;
        return new HttpRequest({
            protocol,
            hostname,
            port,
            method,
            path: base.replace(/\/$/, "") + path,
            query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Record<
                string,
                string
            >,
            headers: {
                host: host ?? address,
                ...(body && { "content-type": "application/json" }),
            },
            body: body && JSON.stringify(body),
        });
    }

    private async configuredEndpoint(): Promise<Endpoint | undefined> {
        const { isCustomEndpoint, endpoint, serviceConfiguredEndpoint } = this.config;
        if (isCustomEndpoint) {
            return endpoint!();
        }
        const url = await serviceConfiguredEndpoint?.();
        return url ? toEndpointV1(url) : undefined;
    }

    private async dnsName(): Promise<string> {
        return `${await this.config.region()}.${await this.dnsSuffix()}`;
    }

    private async dnsSuffix(): Promise<string> {
        return partition(await this.config.region()).dnsSuffix;
    }
}

/** What a domain answers in place of AWS's `__type` and `message`. */
interface SearchError {
    type?: string;
    reason?: string;
    caused_by?: SearchError;
}

/** By the status, where the answer has no code. */
const CODES: Record<number, string> = {
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
};

function errorIn(statusCode: number, headers: HeaderBag, answer: string): Error {
    const body = parsed(answer);
    const error = typeof body.error === "object" ? (body.error as SearchError) : { reason: body.error as string };
    const code =
        loadRestJsonErrorCode({ statusCode, headers }, body) ?? error.type ?? CODES[statusCode] ?? `HTTP ${statusCode}`;
    const reasons = [error.reason, error.caused_by?.reason].filter(Boolean).join(": ");
    const message = (body.message ?? body.Message) as string | undefined;
    return Object.assign(new Error(message ?? (reasons || answer.slice(0, 500))), {
        name: code,
        $metadata: { httpStatusCode: statusCode },
    });
}

function parsed(answer: string): Record<string, unknown> {
    try {
        return Object(JSON.parse(answer)) as Record<string, unknown>;
    } catch {
        // A proxy's page, or nothing.
        return {};
    }
}
