import { Ajv } from "ajv";

import { isJson } from "../../search/json";
import { glob } from "../../search/mapping";
import { invalid } from "./state";

/** What a policy says of resources: `collection/shop`, `index/shop/*`. */
export interface Rule {
    ResourceType: string;
    Resource: string[];
    Permission?: string[];
}

export interface EncryptionDocument {
    Rules: Rule[];
    AWSOwnedKey?: boolean;
    KmsARN?: string;
}

export interface NetworkStatement {
    Rules: Rule[];
    AllowFromPublic?: boolean;
    SourceVPCEs?: string[];
    SourceServices?: string[];
}

export interface DataStatement {
    Rules: Rule[];
    Principal: string[];
}

export type PolicyType = "encryption" | "network" | "data" | "retention";

const texts = (pattern: string) => ({
    type: "array",
    minItems: 1,
    items: { type: "string", pattern },
});

const COLLECTION = "^collection/[a-z*][a-z0-9*-]*$";
const INDEX = "^index/[a-z*][a-z0-9*-]*/.+$";

const rule = (type: string, resources: string, more: object = {}, required: string[] = []) => ({
    type: "object",
    properties: { ResourceType: { const: type }, Resource: texts(resources), ...more },
    required: ["ResourceType", "Resource", ...required],
    additionalProperties: false,
});

const rules = (...anyOf: object[]) => ({
    type: "array",
    minItems: 1,
    items: anyOf.length === 1 ? anyOf[0] : { anyOf },
});

const DESCRIPTION = { type: "string", maxLength: 1000 };

const permission = (names: string[]) => ({
    Permission: { type: "array", minItems: 1, items: { enum: ["aoss:*", ...names.map((name) => `aoss:${name}`)] } },
});

const COLLECTION_PERMISSIONS = permission([
    "CreateCollectionItems",
    "DeleteCollectionItems",
    "UpdateCollectionItems",
    "DescribeCollectionItems",
]);
const INDEX_PERMISSIONS = permission([
    "ReadDocument",
    "WriteDocument",
    "CreateIndex",
    "DeleteIndex",
    "UpdateIndex",
    "DescribeIndex",
]);

/** The forms of policies, by their types. */
const SCHEMAS: Record<PolicyType, object> = {
    encryption: {
        type: "object",
        properties: {
            Description: DESCRIPTION,
            Rules: rules(rule("collection", COLLECTION)),
            AWSOwnedKey: { type: "boolean" },
            KmsARN: { type: "string", pattern: "^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/.+$" },
        },
        required: ["Rules"],
        additionalProperties: false,
        // One key or the other.
        oneOf: [
            { required: ["AWSOwnedKey"], properties: { AWSOwnedKey: { const: true } }, not: { required: ["KmsARN"] } },
            { required: ["KmsARN"], properties: { AWSOwnedKey: { const: false } } },
        ],
    },
    network: {
        type: "array",
        minItems: 1,
        items: {
            type: "object",
            properties: {
                Description: DESCRIPTION,
                Rules: rules(rule("collection", COLLECTION), rule("dashboard", COLLECTION)),
                AllowFromPublic: { type: "boolean" },
                SourceVPCEs: texts("^vpce-[0-9a-z]+$"),
                SourceServices: texts("^[a-z0-9.-]+$"),
            },
            required: ["Rules"],
            additionalProperties: false,
            // Either everybody, or those who are named.
            oneOf: [
                {
                    required: ["AllowFromPublic"],
                    properties: { AllowFromPublic: { const: true } },
                    not: { anyOf: [{ required: ["SourceVPCEs"] }, { required: ["SourceServices"] }] },
                },
                {
                    properties: { AllowFromPublic: { const: false } },
                    anyOf: [{ required: ["SourceVPCEs"] }, { required: ["SourceServices"] }],
                },
            ],
        },
    },
    data: {
        type: "array",
        minItems: 1,
        items: {
            type: "object",
            properties: {
                Description: DESCRIPTION,
                Rules: rules(
                    rule("collection", COLLECTION, COLLECTION_PERMISSIONS, ["Permission"]),
                    rule("index", INDEX, INDEX_PERMISSIONS, ["Permission"]),
                ),
                Principal: texts(
                    "^(arn:aws[a-z-]*:(iam|sts)::\\d{12}:(user|role|assumed-role|federated-user)/.+|saml/.+|iamidentitycenter/.+)$",
                ),
            },
            required: ["Rules", "Principal"],
            additionalProperties: false,
        },
    },
    retention: {
        type: "object",
        properties: {
            Rules: rules({
                type: "object",
                properties: {
                    ResourceType: { const: "index" },
                    Resource: texts(INDEX),
                    MinIndexRetention: { type: "string", pattern: "^\\d+[dh]$" },
                    NoMinIndexRetention: { type: "boolean" },
                },
                required: ["ResourceType", "Resource"],
                additionalProperties: false,
                oneOf: [{ required: ["MinIndexRetention"] }, { required: ["NoMinIndexRetention"] }],
            }),
        },
        required: ["Rules"],
        additionalProperties: false,
    },
};

const ajv = new Ajv({ strict: false });
const validators = new Map(Object.entries(SCHEMAS).map(([type, schema]) => [type, ajv.compile(schema)]));

/** A policy's document, once its form is right. */
export function parseDocument(type: PolicyType, text: string): unknown {
    const document = parse(text);
    const validate = validators.get(type)!;
    if (!validate(document)) {
        const [{ instancePath, message }] = validate.errors!;
        throw malformed(`$${instancePath.replaceAll("/", ".")}: ${message}`);
    }
    return document;
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        throw malformed("$: is not JSON");
    }
}

const malformed = (why: string) => invalid(`Policy json is invalid, error: [${why}]`);

/** All rules of a policy, whatever its form. */
export function rulesOf(document: unknown): Rule[] {
    const statements = Array.isArray(document) ? document : [document];
    return statements.flatMap((statement) => (isJson(statement) ? (statement.Rules as Rule[]) : []));
}

/** How precisely a rule speaks of a resource: the length of its pattern; undefined if it does not. */
export function matchOf({ Resource }: Rule, resource: string): number | undefined {
    const fitting = Resource.filter((pattern) => glob(pattern).test(resource));
    return fitting.length > 0 ? Math.max(...fitting.map((pattern) => pattern.length)) : undefined;
}
