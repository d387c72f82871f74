import { FromStringShapeDeserializer, ToStringShapeSerializer } from "@smithy/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { encode, envelope, jsonMembers, restJsonCodec, TEXT, xmlCodec } from "./codec";
import type { WireRequest, WireResponse } from "./message";
import type { WireModel } from "./model";
import type { Protocol } from "./protocol";
import { match, type Binding } from "./routes";

/** REST-JSON: method and path name the operation; members are where their `http` traits put them. */
export const restJson: Protocol = {
    ...rest({
        contentType: "application/json",
        omitsEmptyBody: false,
        read: (schema, body) => restJsonCodec.createDeserializer().read(schema, body.toString()),
        write: (schema, value) => (schema.isUnitSchema() ? "{}" : encode(restJsonCodec, schema, value)),
    }),
    requestIdHeader: "x-amzn-requestid",
    commonErrors: {},

    writeError(error) {
        const { code, message, status } = error;
        return {
            status,
            headers: { "content-type": "application/json", "x-amzn-errortype": code },
            body: JSON.stringify({ ...jsonMembers(restJsonCodec, error), message }),
        };
    },
};

/** REST-XML as S3 speaks it: errors stand alone, without the envelope that other services put around them. */
export const restXml: Protocol = {
    ...rest({
        contentType: "application/xml",
        omitsEmptyBody: true,
        read: (schema, body, model) => xmlCodec(model).createDeserializer().read(schema, body),
        write: (schema, value, model) => XML_DECLARATION + unwrapped(String(encode(xmlCodec(model), schema, value))),
    }),
    requestIdHeader: "x-amz-request-id",
    commonErrors: {
        AccessDeniedException: ["AccessDenied", 403],
        ExpiredTokenException: ["ExpiredToken", 400],
        InternalServerException: ["InternalError", 500],
        MissingAuthenticationTokenException: ["AccessDenied", 403],
        SerializationException: ["MalformedXML", 400],
        ThrottlingException: ["SlowDown", 503],
        UnrecognizedClientException: ["InvalidAccessKeyId", 403],
        ValidationException: ["InvalidRequest", 400],
    },

    writeError({ code, status, message, fields }, requestId) {
        const members = { Code: code, Message: message, ...fields, RequestId: requestId };
        const shape = envelope("Error", Object.fromEntries(Object.keys(members).map((name) => [name, TEXT])));
        const body = encode(xmlCodec(), shape, members);
        return { status, headers: { "content-type": "application/xml" }, body: `${XML_DECLARATION}${body}` };
    },
};

/** GetBucketLocation answers `<LocationConstraint>eu-west-1</…>`: S3 leaves out an element in one of its own name. */
function unwrapped(xml: string): string {
    return xml.replace(/^<(\w+)([^>]*)><\1>(.*)<\/\1><\/\1>$/s, "<$1$2>$3</$1>");
}

const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Members in headers, path and query. */
const settings = { httpBindings: true, timestampFormat: { useTrait: true, default: 5 as const } };
const fromText = new FromStringShapeDeserializer(settings);
const toText = new ToStringShapeSerializer(settings);

interface BodyFormat {
    contentType: string;
    /** Whether an output without members in the body has none, instead of an empty one. */
    omitsEmptyBody: boolean;
    read(schema: NormalizedSchema, body: Buffer, model: WireModel): unknown;
    write(schema: NormalizedSchema, value: unknown, model: WireModel): string | Uint8Array;
}

function rest(format: BodyFormat): Pick<Protocol, "read" | "write"> {
    return {
        async read(request, model) {
            const found = match(model, request);
            if (!found) {
                return { operation: `${request.method} ${request.path}`, input: {} };
            }
            const { operation, labels } = found;
            const input = await readBody(operation.input, request, model, format);
            for (const [name, schema] of members(operation.input)) {
                const value = readBinding(schema, labels[name], request);
                if (value !== undefined) {
                    input[name] = value;
                }
            }
            return { operation: operation.name, input };
        },

        write({ operation: name }, output, model) {
            const { output: schema, traits } = model.operation(name)!;
            const given = members(schema).filter(([name]) => output[name] != null);
            const headers = Object.assign({}, ...given.map(([name, member]) => headersOf(member, output[name])));
            const code = given.find(([, member]) => binding(member).httpResponseCode)?.[0];
            const body = writeBody(schema, output, model, format);
            return {
                // A part of an object has a status of its own, which the model does not say.
                status: code ? Number(output[code]) : "content-range" in headers ? 206 : traits.http![2],
                headers: { ...(body !== undefined && { "content-type": format.contentType }), ...headers },
                body,
            };
        },
    };
}

function members(schema: NormalizedSchema): [string, NormalizedSchema][] {
    return Object.entries(schema.getMemberSchemas());
}

function binding(schema: NormalizedSchema): Binding {
    return schema.getMergedTraits() as Binding;
}

function isUnbound(schema: NormalizedSchema): boolean {
    const b = binding(schema);
    return !(
        b.httpLabel ||
        b.httpQuery ||
        b.httpQueryParams ||
        b.httpHeader ||
        b.httpPrefixHeaders !== undefined ||
        b.httpPayload ||
        b.httpResponseCode
    );
}

async function readBody(
    input: NormalizedSchema,
    { body }: WireRequest,
    model: WireModel,
    format: BodyFormat,
): Promise<Record<string, unknown>> {
    const payload = members(input).find(([, schema]) => binding(schema).httpPayload);
    if (!payload) {
        const hasBody = body.length > 0 && members(input).some(([, schema]) => isUnbound(schema));
        return hasBody ? ((await format.read(input, body, model)) as Record<string, unknown>) : {};
    }
    const [name, schema] = payload;
    if (schema.isBlobSchema()) {
        return { [name]: new Uint8Array(body) };
    }
    if (body.length === 0) {
        return {};
    }
    return { [name]: schema.isStringSchema() ? body.toString() : await format.read(schema, body, model) };
}

function readBinding(schema: NormalizedSchema, label: string | undefined, { query, headers }: WireRequest): unknown {
    const { httpLabel, httpQuery, httpQueryParams, httpHeader, httpPrefixHeaders } = binding(schema);
    if (httpLabel) {
        return fromText.read(schema, label!);
    }
    if (httpQuery && query.has(httpQuery)) {
        return schema.isListSchema()
            ? query.getAll(httpQuery).map((value) => fromText.read(schema.getValueSchema(), value))
            : fromText.read(schema, query.get(httpQuery)!);
    }
    if (httpQueryParams) {
        return Object.fromEntries(query);
    }
    if (httpHeader && headers[httpHeader.toLowerCase()]) {
        return fromText.read(schema, headers[httpHeader.toLowerCase()]);
    }
    if (httpPrefixHeaders !== undefined) {
        const entries = Object.entries(headers)
            .filter(([name]) => name.startsWith(httpPrefixHeaders))
            .map(([name, value]) => [name.slice(httpPrefixHeaders.length), value]);
        return entries.length > 0 ? Object.fromEntries(entries) : undefined;
    }
    return undefined;
}

function headersOf(schema: NormalizedSchema, value: unknown): Record<string, string> {
    const { httpHeader, httpPrefixHeaders } = binding(schema);
    if (httpHeader) {
        toText.write(schema, value);
        return { [httpHeader.toLowerCase()]: toText.flush() };
    }
    return httpPrefixHeaders === undefined
        ? {}
        : Object.fromEntries(
              Object.entries(value as Record<string, string>).map(([name, text]) => [httpPrefixHeaders + name, text]),
          );
}

function writeBody(
    schema: NormalizedSchema,
    output: Record<string, unknown>,
    model: WireModel,
    format: BodyFormat,
): WireResponse["body"] {
    const payload = members(schema).find(([, member]) => binding(member).httpPayload);
    if (payload) {
        const [name, member] = payload;
        const value = output[name];
        const asItIs = value == null || member.isBlobSchema() || member.isStringSchema();
        return asItIs ? (value as WireResponse["body"]) : format.write(member, value, model);
    }
    const unbound = members(schema).filter(([, member]) => isUnbound(member));
    return unbound.length > 0 || !format.omitsEmptyBody
        ? format.write(schema, Object.fromEntries(unbound.map(([name]) => [name, output[name]])), model)
        : undefined;
}
