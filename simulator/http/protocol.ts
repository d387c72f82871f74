import type { NormalizedSchema } from "@smithy/core/schema";
import type { AwsError } from "../world/error";
import type { WireRequest, WireResponse } from "./message";
import type { WireModel } from "./model";

/** One of the ways in which AWS clients write calls; nothing in it is about one operation. */
export interface Protocol {
    /** Its own codes for the errors that every service has, by the name that the JSON protocols give them. */
    commonErrors: Record<string, CommonError>;
    /** The operation that a request names, and its input in the SDK's shape; `{}` if the model lacks the operation. */
    read(request: WireRequest, model: WireModel): Promise<Call>;
    write(call: Call, output: Record<string, unknown>, model: WireModel, requestId: string): WireResponse;
    /** @param model undefined when the service could not be told */
    writeError(error: WireError, requestId: string, model?: WireModel): WireResponse;
    /** The header that carries the request's id. */
    requestIdHeader: "x-amzn-requestid" | "x-amz-request-id";
}

export interface Call {
    operation: string;
    input: Record<string, unknown>;
}

type CommonError = readonly [code: string, status: number];

/** An error as its protocol calls it. */
export interface WireError {
    code: string;
    status: number;
    message: string;
    fields: Record<string, unknown>;
    /** its shape, if the model has it */
    shape?: NormalizedSchema;
}

export function wireError(error: AwsError, protocol: Protocol, model?: WireModel): WireError {
    const { message, fields } = error;
    const common = protocol.commonErrors[error.code];
    if (common) {
        return { code: common[0], status: common[1], message, fields };
    }
    const shape = model?.error(error.code);
    const traits = shape?.getMergedTraits() as { httpError?: number } | undefined;
    return { code: error.code, status: traits?.httpError ?? error.status, message, fields, shape };
}

/** The code that an error has in the query protocol, where it is not the shape's name. */
export function queryCode({ code, shape }: WireError): string {
    return (shape?.getMergedTraits() as { awsQueryError?: [string, number] } | undefined)?.awsQueryError?.[0] ?? code;
}

/** Who is to blame, in the words of the query protocol. */
export function fault(status: number): "Sender" | "Receiver" {
    return status < 500 ? "Sender" : "Receiver";
}

/** An error's members: models spell the message either way. */
export function errorMembers({ message, fields }: WireError): Record<string, unknown> {
    return { ...fields, message, Message: message };
}
