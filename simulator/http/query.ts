import type { Schema } from "../world/model";
import { encode, envelope, TEXT, xmlCodec } from "./codec";
import { plainBody, type WireRequest } from "./message";
import { fault, queryCode, type Protocol } from "./protocol";

const HEADERS = { "content-type": "text/xml" };

/** AWS query: a form whose Action names the operation, answered in XML. */
export const query: Protocol = {
    requestIdHeader: "x-amzn-requestid",
    commonErrors: {
        AccessDeniedException: ["AccessDenied", 403],
        ExpiredTokenException: ["ExpiredToken", 403],
        InternalServerException: ["InternalFailure", 500],
        MissingAuthenticationTokenException: ["MissingAuthenticationToken", 403],
        SerializationException: ["MalformedInput", 400],
        ThrottlingException: ["Throttling", 400],
        UnrecognizedClientException: ["InvalidClientTokenId", 403],
        ValidationException: ["ValidationError", 400],
    },

    async read(request, model) {
        const { Action: operation, ...members } = formTree(formOf(request)) as Record<string, FormTree>;
        const schema = model.operation(String(operation))?.input;
        return {
            operation: String(operation),
            // Names, lists and maps are laid out as in XML.
            input: (schema && xmlCodec(model).createDeserializer().readSchema(schema, members)) ?? {},
        };
    },

    write({ operation }, output, model, requestId) {
        const { output: schema } = model.operation(operation)!;
        const result: Record<string, Schema> = schema.isUnitSchema()
            ? {}
            : { [`${operation}Result`]: schema.getSchema() };
        const metadata = envelope("ResponseMetadata", { RequestId: TEXT });
        const response = envelope(`${operation}Response`, { ...result, ResponseMetadata: metadata });
        const body = { [`${operation}Result`]: output, ResponseMetadata: { RequestId: requestId } };
        return { status: 200, headers: HEADERS, body: encode(xmlCodec(model), response, body) };
    },

    writeError(error, requestId, model) {
        const { message, status } = error;
        const shape = envelope("Error", { Type: TEXT, Code: TEXT, Message: TEXT });
        const response = envelope("ErrorResponse", { Error: shape, RequestId: TEXT });
        const body = { Error: { Type: fault(status), Code: queryCode(error), Message: message }, RequestId: requestId };
        return { status, headers: HEADERS, body: encode(xmlCodec(model), response, body) };
    },
};

/** Whether a request has the form of a query: its parameters are in the body, or in the URL of a GET. */
export function isQuery({ headers, query }: WireRequest): boolean {
    return headers["content-type"]?.startsWith("application/x-www-form-urlencoded") || query.has("Action");
}

export function formOf(request: WireRequest): URLSearchParams {
    return request.query.has("Action") ? request.query : new URLSearchParams(plainBody(request).toString());
}

export type FormTree = string | FormTree[] | { [name: string]: FormTree };

/** `{ Tags: { member: [{ Key: "a" }] } }` of `Tags.member.1.Key=a`. */
export function formTree(form: URLSearchParams): FormTree {
    const root = new Map<string, FormNode>();
    for (const [name, value] of form) {
        const path = name.split(".");
        let node = root;
        for (const step of path.slice(0, -1)) {
            const next = node.get(step);
            const child = next instanceof Map ? next : new Map<string, FormNode>();
            node.set(step, child);
            node = child;
        }
        node.set(path.at(-1)!, value);
    }
    return withLists(root);
}

type FormNode = string | Map<string, FormNode>;

function withLists(node: FormNode): FormTree {
    if (typeof node === "string") {
        return node;
    }
    const entries = [...node].map(([name, child]) => [name, withLists(child)] as const);
    return entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name))
        ? entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child)
        : Object.fromEntries(entries);
}
