import { Ajv } from "ajv";

import { glob } from "../../search/glob";
import { isJson } from "../../search/json";
import { invalid, type PolicyType } from "./state";

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

const texts = (pattern: string) => ({ type: "array", minItems: 1, items: { type: "string", pattern } });

/** An object that has nothing but these members. */
const object = (properties: object, required: string[], more: object = {}) => ({
    type: "object",
    properties,
    required,
    additionalProperties: false,
    ...more,
});

const list = (items: object) => ({ type: "array", minItems: 1, items });

const COLLECTION = "^collection/[a-z*][a-z0-9*-]*$";
const INDEX = "^index/[a-z*][a-z0-9*-]*/.+$";
const PRINCIPAL =
    "^(arn:aws[a-z-]*:(iam|sts)::\\d{12}:(user|role|assumed-role|federated-user)/.+|saml/.+|iamidentitycenter/.+)$";

const on = (type: string, resources: string) => ({ ResourceType: { const: type }, Resource: texts(resources) });

const description = { Description: { type: "string", maxLength: 1000 } };

/** A rule of a data access policy. */
const permitted = (type: string, resources: string, names: string[]) =>
    object(
        {
            ...on(type, resources),
            Permission: list({ enum: ["aoss:*", ...names.map((name) => `aoss:${name}`)] }),
        },
        ["ResourceType", "Resource", "Permission"],
    );

/** The forms of policies, by their types. */
const SCHEMAS: Record<PolicyType, object> = {
    encryption: object(
        {
            ...description,
            Rules: list(object(on("collection", COLLECTION), ["ResourceType", "Resource"])),
            AWSOwnedKey: { type: "boolean" },
            KmsARN: { type: "string", pattern: "^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/.+$" },
        },
        ["Rules"],
        // One key or the other.
        {
            oneOf: [
                {
                    required: ["AWSOwnedKey"],
                    properties: { AWSOwnedKey: { const: true } },
                    not: { required: ["KmsARN"] },
                },
                { required: ["KmsARN"], properties: { AWSOwnedKey: { const: false } } },
            ],
        },
    ),
    network: list(
        object(
            {
                ...description,
                Rules: list({
                    anyOf: ["collection", "dashboard"].map((type) =>
                        object(on(type, COLLECTION), ["ResourceType", "Resource"]),
                    ),
                }),
                AllowFromPublic: { type: "boolean" },
                SourceVPCEs: texts("^vpce-[0-9a-z]+$"),
                SourceServices: texts("^[a-z0-9.-]+$"),
            },
            ["Rules"],
            // Either everybody, or those who are named.
            {
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
        ),
    ),
    data: list(
        object(
            {
                ...description,
                Rules: list({
                    anyOf: [
                        permitted("collection", COLLECTION, [
                            "CreateCollectionItems",
                            "DeleteCollectionItems",
                            "UpdateCollectionItems",
                            "DescribeCollectionItems",
                        ]),
                        permitted("index", INDEX, [
                            "ReadDocument",
                            "WriteDocument",
                            "CreateIndex",
                            "DeleteIndex",
                            "UpdateIndex",
                            "DescribeIndex",
                        ]),
                    ],
                }),
                Principal: texts(PRINCIPAL),
            },
            ["Rules", "Principal"],
        ),
    ),
    retention: object(
        {
            Rules: list(
                object(
                    {
                        ...on("index", INDEX),
                        MinIndexRetention: { type: "string", pattern: "^\\d+[dh]$" },
                        NoMinIndexRetention: { type: "boolean" },
                    },
                    ["ResourceType", "Resource"],
                    { oneOf: [{ required: ["MinIndexRetention"] }, { required: ["NoMinIndexRetention"] }] },
                ),
            ),
        },
        ["Rules"],
    ),
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
