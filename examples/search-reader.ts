import { request, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";

import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";

import { detail, waitFor, type ClientConfig } from "./demo";

/** A document that was found, with its id. */
type Hit = Record<string, unknown> & { _id: string };

/** Asks a domain (`es`) or a collection (`aoss`) with signed requests, as an application does. */
export class SearchReader {
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
        const { host, protocol, hostname } = new URL(this.endpoint);
        const path = `/${index}/_search`;
        const body = JSON.stringify({ query });
        const headers = { host, "content-type": "application/json" };
        const unsigned = new HttpRequest({ method: "POST", protocol, hostname, path, headers, body });
        const signed = await this.signer.sign(unsigned);
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
            request(`${this.config.endpoint}${path}`, { method: "POST", headers: signed.headers }, resolve)
                .on("error", reject)
                .end(body);
        });
        const answer = (await json(response)) as { hits: { hits: { _id: string; _source: object }[] } };
        if (response.statusCode !== 200) {
            throw new Error(`${index}: ${JSON.stringify(answer)}`);
        }
        return answer.hits.hits.map(({ _id, _source }) => ({ _id, ..._source }));
    }
}
