import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

/** A request as it came over the wire, without the wire's framing. */
export interface WireRequest {
    method: string;
    /** as sent: percent-encoded, without the query */
    path: string;
    query: URLSearchParams;
    /** names in lower case */
    headers: Record<string, string>;
    body: Buffer;
}

export interface WireResponse {
    status: number;
    headers: Record<string, string>;
    body?: string | Uint8Array;
}

export async function readRequest(message: IncomingMessage): Promise<WireRequest> {
    const [path, query] = splitOnce(message.url ?? "/", "?");
    const headers = Object.fromEntries(
        Object.entries(message.headers).map(([name, value]) => [
            name,
            Array.isArray(value) ? value.join(", ") : value!,
        ]),
    );
    const request = {
        method: message.method ?? "GET",
        path,
        query: new URLSearchParams(query),
        headers,
        body: await buffer(message),
    };
    return isAwsChunked(headers) ? withoutChunks(request) : request;
}

/** The body of a call, uncompressed. Not for S3, which keeps compressed objects as they come. */
export function plainBody(request: WireRequest): Buffer {
    return request.headers["content-encoding"] === "gzip" ? gunzipSync(request.body) : request.body;
}

export function splitOnce(text: string, separator: string): [string, string] {
    const at = text.indexOf(separator);
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function isAwsChunked(headers: Record<string, string>): boolean {
    return (
        headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true ||
        contentEncodings(headers).includes("aws-chunked")
    );
}

function contentEncodings(headers: Record<string, string>): string[] {
    return (headers["content-encoding"] ?? "").split(",").map((encoding) => encoding.trim());
}

/**
 * Takes off aws-chunked, the framing inside the body by which clients sign a stream or send its checksum after it:
 * `<hex size>[;chunk-signature=…]`, the data, … , a chunk of size 0, trailing headers.
 */
function withoutChunks(request: WireRequest): WireRequest {
    const { body } = request;
    const chunks: Buffer[] = [];
    let at = 0;
    for (;;) {
        const lineEnd = body.indexOf("\r\n", at);
        const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
        at = lineEnd + 2;
        if (lineEnd < 0 || !(size > 0)) {
            break;
        }
        chunks.push(body.subarray(at, at + size));
        at += size + 2;
    }
    const trailers = body
        .toString("latin1", at)
        .split("\r\n")
        .filter((line) => line.includes(":"))
        .map((line) => splitOnce(line, ":"))
        .map(([name, value]) => [name.toLowerCase(), value.trim()]);
    const data = Buffer.concat(chunks);
    const encodings = contentEncodings(request.headers).filter((encoding) => encoding !== "aws-chunked");
    return {
        ...request,
        headers: {
            ...request.headers,
            "content-encoding": encodings.join(","),
            "content-length": String(data.length),
            ...Object.fromEntries(trailers),
        },
        body: data,
    };
}
