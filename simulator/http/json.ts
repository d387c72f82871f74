import { encode, jsonCodec, jsonMembers } from "./codec";
import { plainBody } from "./message";
import { fault, queryCode, type Protocol, type WireError } from "./protocol";

/** Clients take either version's name. */
const HEADERS = { "content-type": "application/x-amz-json-1.1" };

/** AWS JSON 1.0 and 1.1: everything is a POST to `/`, and X-Amz-Target names the operation. */
export const json: Protocol = {
    requestIdHeader: "x-amzn-requestid",
    commonErrors: {},

    async read(request, model) {
        const operation = request.headers["x-amz-target"].split(".").pop()!;
        const schema = model.operation(operation)?.input;
        const body = plainBody(request).toString() || "{}";
        return { operation, input: schema ? await jsonCodec.createDeserializer().read(schema, body) : {} };
    },

    write({ operation }, output, model) {
        const schema = model.operation(operation)!.output;
        return {
            status: 200,
            headers: HEADERS,
            body: schema.isUnitSchema() ? "{}" : encode(jsonCodec, schema, output),
        };
    },

    writeError(error, _requestId, model) {
        const { code, message, status } = error;
        return {
            status,
            headers: { ...HEADERS, ...queryErrorHeader(error, model?.queryCompatible) },
            body: JSON.stringify({ __type: code, ...jsonMembers(jsonCodec, error), message }),
        };
    },
};

/** How services that once spoke the query protocol tell its error codes in others. */
export function queryErrorHeader(error: WireError, queryCompatible = false): Record<string, string> {
    return queryCompatible ? { "x-amzn-query-error": `${queryCode(error)};${fault(error.status)}` } : {};
}
