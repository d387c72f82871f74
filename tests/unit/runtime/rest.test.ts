import * as assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

import { clientsOf, configure } from "../../../sdk/runtime/clients";
import { isDenied, isNotFound, isTaken } from "../../../sdk/runtime/errors";
import { isTransient } from "../../../sdk/runtime/retry";
import { SignedRest } from "../../../sdk/runtime/rest";

import { ACCOUNT, REGION, rejection } from "./offline";

const DOMAIN = `search-orders-abcdefghijklmnopqrstuvwxyz.${REGION}.es.amazonaws.com`;

interface Received {
    method?: string;
    url?: string;
    headers: IncomingMessage["headers"];
    body: string;
}

type Answer = { status: number; headers?: Record<string, string>; body?: unknown } | "broken connection";

describe("The signed REST client", () => {
    const environment = { ...process.env };
    let server: Server;
    let endpoint: string;
    let received: Received[];
    let answers: Answer[];

    beforeEach(async () => {
        received = [];
        answers = [];
        server = createServer((request, response) => {
            let body = "";
            request.on("data", (chunk) => (body += chunk));
            request.on("end", () => {
                received.push({ method: request.method, url: request.url, headers: request.headers, body });
                const answer = answers.shift() ?? { status: 200, body: { ok: true } };
                if (answer === "broken connection") {
                    request.socket.destroy();
                    return;
                }
                const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? "");
                response.writeHead(answer.status, answer.headers).end(answer.body === undefined ? "" : text);
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => {
        process.env = { ...environment };
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    });

    const clients = (endpoints: Record<string, string> = { osis: endpoint, opensearch: endpoint }) => {
        configure({
            "aws:accessKey": ACCOUNT,
            "aws:secretKey": "simulated",
            "aws:endpoints": JSON.stringify([endpoints]),
        });
        return clientsOf({ accountId: ACCOUNT, region: REGION });
    };
    const get = { method: "GET", path: "/2022-01-01/osis/listPipelines" } as const;

    it("signs for the service and Region, the host among the rest", async () => {
        const answer = await clients().osis.send({
            method: "POST",
            path: "/2022-01-01/osis/tagResource/",
            query: { arn: "arn:aws:osis:eu-west-1:1:pipeline/x", none: undefined },
            body: { Tags: [] },
        });
        assert.deepEqual(answer, { ok: true });
        const [{ method, url, headers, body } = {} as Received] = received;
        assert.deepEqual(
            [method, url, body],
            [
                "POST",
                "/2022-01-01/osis/tagResource/?arn=arn%3Aaws%3Aosis%3Aeu-west-1%3A1%3Apipeline%2Fx",
                '{"Tags":[]}',
            ],
        );
        assert.match(headers.authorization!, new RegExp(`Credential=${ACCOUNT}/\\d{8}/${REGION}/osis/aws4_request`));
        assert.match(headers.authorization!, /SignedHeaders=[^,]*\bhost\b/);
        assert.equal(headers.host, new URL(endpoint).host);
        assert.equal(headers["content-type"], "application/json");
    });

    it("goes where AWS_ENDPOINT_URL says, or the variable of the service", async () => {
        process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
        process.env.AWS_ENDPOINT_URL_OSIS = endpoint;
        await clients({}).osis.send(get);
        process.env.AWS_ENDPOINT_URL = endpoint;
        await clients({ test: endpoint }).opensearchDomains.send({ method: "GET", path: "/orders", host: DOMAIN });
        assert.deepEqual(
            received.map(({ headers }) => headers.host),
            [new URL(endpoint).host, DOMAIN],
        );
    });

    it("reaches a domain through what stands in for AWS, by the domain's host, which is signed", async () => {
        await clients().opensearchDomains.send({ method: "PUT", path: "/orders", body: {}, host: DOMAIN });
        const [{ headers } = {} as Received] = received;
        assert.equal(headers.host, DOMAIN);
        assert.match(headers.authorization!, new RegExp(`/${REGION}/es/aws4_request, SignedHeaders=[^,]*\\bhost\\b`));
    });

    for (const [region, suffix] of [
        ["eu-west-1", "amazonaws.com"],
        ["cn-north-1", "amazonaws.com.cn"],
        ["us-gov-west-1", "amazonaws.com"],
    ] as const) {
        const sentTo = async (service: string, host?: string, url?: string) => {
            const seen: { hostname: string; headers: Record<string, string> }[] = [];
            const rest = new SignedRest(service, {
                region: async () => region,
                credentials: async () => ({ accessKeyId: "a", secretAccessKey: "b" }),
                maxAttempts: async () => 1,
                retryStrategy: clients().sts.config.retryStrategy,
                serviceConfiguredEndpoint: async () => url,
                requestHandler: {
                    handle: async (request: (typeof seen)[0]) => {
                        seen.push(request);
                        return { response: { statusCode: 200, headers: {}, body: Readable.from([]) } };
                    },
                } as never,
            });
            await rest.send({ method: "GET", path: "/", host });
            return [seen[0]!.hostname, seen[0]!.headers.host];
        };

        it(`finds the service and a domain in ${region}, also where the service's API has an endpoint in the VPC`, async () => {
            const own = `osis.${region}.${suffix}`;
            assert.deepEqual(await sentTo("osis"), [own, own]);
            const domain = `vpc-orders-abc.${region}.es.${suffix}`;
            assert.deepEqual(await sentTo("es", domain), [domain, domain]);
            const inVpc = `vpce-1.es.${region}.vpce.${suffix}`;
            assert.deepEqual(await sentTo("es", domain, `https://${inVpc}`), [domain, domain]);
            assert.deepEqual(await sentTo("es", undefined, `https://${inVpc}`), [inVpc, inVpc]);
        });
    }

    it("asks again after throttling, a failure of AWS and a broken connection, with a new signature each time", async () => {
        answers = [
            { status: 429, headers: { "x-amzn-errortype": "ThrottlingException" }, body: { message: "slowly" } },
            { status: 500, body: { message: "an internal failure" } },
            "broken connection",
        ];
        assert.deepEqual(await clients().osis.send(get), { ok: true });
        assert.equal(received.length, 4);
        assert.deepEqual(
            received.map(({ headers }) => String(headers["amz-sdk-request"]).split(";")[0]),
            ["attempt=1", "attempt=2", "attempt=3", "attempt=4"],
        );
        assert.equal(new Set(received.map(({ headers }) => headers.authorization)).size, 4);
    });

    const ERRORS: [string, Answer, (error: unknown) => boolean, string, RegExp][] = [
        [
            "OSIS",
            {
                status: 404,
                headers: { "x-amzn-ErrorType": "ResourceNotFoundException:http://internal/" },
                body: { message: "no such pipeline" },
            },
            isNotFound,
            "ResourceNotFoundException",
            /^no such pipeline$/,
        ],
        [
            "an index that is missing",
            {
                status: 404,
                body: { error: { type: "index_not_found_exception", reason: "no such index" }, status: 404 },
            },
            isNotFound,
            "index_not_found_exception",
            /^no such index$/,
        ],
        [
            "an index that is there",
            { status: 400, body: { error: { type: "resource_already_exists_exception", reason: "index exists" } } },
            isTaken,
            "resource_already_exists_exception",
            /index exists/,
        ],
        [
            "a cause within a cause",
            {
                status: 400,
                body: {
                    error: {
                        type: "mapper_parsing_exception",
                        reason: "Failed to parse mapping",
                        caused_by: { reason: "No handler for type [txt]" },
                    },
                },
            },
            (error) => !isTransient(error),
            "mapper_parsing_exception",
            /^Failed to parse mapping: No handler for type \[txt\]$/,
        ],
        [
            "a domain's access policy",
            { status: 403, body: { Message: "User: anonymous is not authorized to perform: es:ESHttpPut" } },
            isDenied,
            "AccessDeniedException",
            /not authorized/,
        ],
        [
            "fine-grained access control",
            {
                status: 403,
                body: { error: { type: "security_exception", reason: "no permissions for [indices:admin/create]" } },
            },
            isDenied,
            "security_exception",
            /no permissions/,
        ],
        ["an empty answer", { status: 404 }, isNotFound, "ResourceNotFoundException", /^$/],
        ["a page of a proxy", { status: 407, body: "<html>sign in</html>" }, () => true, "HTTP 407", /sign in/],
        [
            "a text for an error",
            { status: 400, body: { error: "no handler found for uri [/x]", status: 400 } },
            () => true,
            "HTTP 400",
            /no handler found/,
        ],
    ];
    for (const [what, answer, is, name, message] of ERRORS) {
        it(`makes errors like those of AWS's clients: ${what}`, async () => {
            answers = [answer];
            const error = await rejection(clients().osis.send(get));
            assert.equal(error.name, name);
            assert.match(error.message, message);
            assert.ok(is(error));
            assert.doesNotMatch(JSON.stringify(error) + error.stack, /simulated|AWS4/);
            assert.equal(received.length, 1);
        });
    }
});
