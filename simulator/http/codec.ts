import { XmlCodec } from "@aws-sdk/core/protocols";
import { CborCodec } from "@smithy/core/cbor";
import { JsonCodec2 } from "@smithy/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { Schema } from "../world/model";
import type { WireModel } from "./model";
import { errorMembers, type WireError } from "./protocol";

/** Numbers of seconds in JSON, ISO 8601 in XML, unless a member's own trait says otherwise. */
const jsonSettings = { timestampFormat: { useTrait: true, default: 7 as const } };
const xmlSettings = { timestampFormat: { useTrait: true, default: 5 as const } };

export const jsonCodec = new JsonCodec2({ ...jsonSettings, jsonName: false });
export const restJsonCodec = new JsonCodec2({ ...jsonSettings, httpBindings: true, jsonName: true });
export const cborCodec = new CborCodec();

/** @param model undefined for what stands in no namespace */
export function xmlCodec(model?: WireModel): XmlCodec {
    const { xmlNamespace = "", namespace = "" } = model ?? {};
    return new XmlCodec({ ...xmlSettings, httpBindings: true, xmlNamespace, serviceNamespace: namespace });
}

interface Codec<Encoded> {
    createSerializer(): { write(schema: NormalizedSchema, value: unknown): void; flush(): Encoded };
}

export function encode<Encoded>(codec: Codec<Encoded>, schema: Schema, value: unknown): Encoded {
    const serializer = codec.createSerializer();
    serializer.write(NormalizedSchema.of(schema), value);
    return serializer.flush();
}

/** An error's members as JSON has them; none if no model has the error. */
export function jsonMembers(codec: JsonCodec2, error: WireError): object {
    return error.shape ? JSON.parse(new TextDecoder().decode(encode(codec, error.shape, errorMembers(error)))) : {};
}

/** The schema of a structure that no model has: an envelope around what a model has. */
export function envelope(name: string, members: Record<string, Schema>): Schema {
    return [STRUCTURE, "", name, 0, Object.keys(members), Object.values(members)] as never;
}

const STRUCTURE = 3;
export const TEXT: Schema = 0;
