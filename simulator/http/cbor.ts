import { cbor as untyped } from "@smithy/core/cbor";
import { cborCodec, encode } from "./codec";
import { queryErrorHeader } from "./json";
import { plainBody } from "./message";
import { errorMembers, type Protocol } from "./protocol";

const HEADERS = { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };

/** Smithy RPC v2 CBOR: a POST to `/service/<Service>/operation/<Operation>`. boto3 and the CLI speak it with CloudWatch. */
export const cbor: Protocol = {
    requestIdHeader: "x-amzn-requestid",
    commonErrors: {},

    async read(request, model) {
        const operation = request.path.split("/").pop()!;
        const schema = model.operation(operation)?.input;
        const body = plainBody(request);
        const empty = !schema || schema.isUnitSchema() || body.length === 0;
        return { operation, input: empty ? {} : cborCodec.createDeserializer().read(schema, body) };
    },

    write({ operation }, output, model) {
        const schema = model.operation(operation)!.output;
        return {
            status: 200,
            headers: HEADERS,
            body: schema.isUnitSchema() ? untyped.serialize({}) : encode(cborCodec, schema, output),
        };
    },

    writeError(error, _requestId, model) {
        const { code, message, shape, status } = error;
        const members = shape && untyped.deserialize(encode(cborCodec, shape, errorMembers(error)));
        return {
            status,
            headers: { ...HEADERS, ...queryErrorHeader(error, model?.queryCompatible) },
            body: untyped.serialize({ __type: code, ...members, message }),
        };
    },
};
