import { json } from "node:stream/consumers";

import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/core/transport";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";

import { detail, waitFor, type ClientConfig } from "./demo";

/** A document that was found, with its id. */
type Hit = Record<string, unknown> & { _id: string };

/** Asks a domain (`es`) or a collection (`aoss`) with signed requests, as an application does. */
export class SearchReader {
    private readonly handler = new NodeHttpHandler();
    private readonly signer: SignatureV4;

    constructor(
        private readonly config: ClientConfig,
        service: "es" | "aoss",
        private readonly endpoint: string,
    ) {
        this.signer = new SignatureV4({ ...config, service, sha256: Sha256 });
    }

    /** Asks until the answer is as it should be, and prints it. */
    async show(index: string, query: object, ready: (hits: Hit[]) => boolean): Promise<void> {
        const hits = await waitFor(index, () => this.search(index, query), ready);
        detail(hits.map((hit) => JSON.stringify(hit)));
    }

    /** The documents that fit, the best first. */
    private async search(index: string, query: object): Promise<Hit[]> {
        const { protocol, hostname, port } = new URL(this.config.endpoint);
        const request = new HttpRequest({
            protocol,
            hostname,
            port: Number(port),
            method: "POST",
            path: `/${index}/_search`,
            headers: { host: new URL(this.endpoint).host, "content-type": "application/json" },
            body: JSON.stringify({ query }),
        });
        const signed = new HttpRequest(await this.signer.sign(request));
        const { response } = await this.handler.handle(signed);
        const answer = (await json(response.body)) as { hits: { hits: { _id: string; _source: object }[] } };
        if (response.statusCode !== 200) {
            throw new Error(`${index}: ${JSON.stringify(answer)}`);
        }
        return answer.hits.hits.map(({ _id, _source }) => ({ _id, ..._source }));
    }
}
