import type { PolicyResource } from "@pulumi/policy";
import {
    evaluate,
    rules,
    Stack,
    type Declarations,
    type Rule,
    type RuleId,
    type Scope,
} from "pulumi-policy-aws-zero-etl";

import { addMember, exportMember, catalogMembers, glueTrustPolicy, targetRolePolicy } from "../../../sdk/requirements";

// The policy SDK's own stand-in for values that are not known at preview, which it does not declare.
const { unknownCheckingProxy, unknownStringValue } = require("@pulumi/policy/proxy") as {
    unknownCheckingProxy(properties: object): Record<string, unknown>;
    unknownStringValue: string;
};

/** Not known at preview, whatever the preview. */
export const unknown = unknownStringValue;

/** What only creation tells: unknown at a first preview. */
class Later {
    constructor(readonly value: unknown) {}
}

export const later = (value: unknown) => new Later(value);

/** A resource as the program declares it and as the engine shows it. */
export interface Declared {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
    /** What the provider adds. */
    outputs?: Record<string, unknown>;
    /** Which resources a property's value comes from. */
    from?: Record<string, string[]>;
    provider?: string;
}

/** Resources by what they are in the story. */
export type Shop = Record<string, Declared>;

export const ACCOUNT = "111122223333";
export const REGION = "eu-west-1";
export const tableArn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
export const databaseArn = `arn:aws:glue:${REGION}:${ACCOUNT}:database/shop`;
export const roleArn = `arn:aws:iam::${ACCOUNT}:role/writer`;

export const rights = () => targetRolePolicy({ databaseArn, bucketArn: "arn:aws:s3:::lake", prefix: "shop" });

const account = { accountId: ACCOUNT, region: REGION };
const ours = (type: string) => `pulumi-nodejs:dynamic/zeroetl:${type}`;

/** One table in one database, with everything that AWS asks for. */
export function shop(): Shop {
    return {
        table: {
            type: "aws:dynamodb/table:Table",
            name: "orders",
            inputs: { name: "orders", pointInTimeRecovery: { enabled: true } },
            outputs: { arn: later(tableArn), region: REGION, serverSideEncryption: later(undefined) },
        },
        tablePolicy: {
            type: "aws:dynamodb/resourcePolicy:ResourcePolicy",
            name: "orders-export",
            inputs: {
                resourceArn: later(tableArn),
                policy: addMember(undefined, exportMember({ tableArn, owner: "orders" })),
            },
            from: { resourceArn: ["table"] },
        },
        database: {
            type: "aws:glue/catalogDatabase:CatalogDatabase",
            name: "shop",
            inputs: { name: "shop", locationUri: "s3://lake/shop/" },
            outputs: { arn: later(databaseArn), region: REGION },
        },
        role: {
            type: "aws:iam/role:Role",
            name: "writer",
            inputs: { name: "writer", assumeRolePolicy: JSON.stringify(glueTrustPolicy()) },
            outputs: { arn: later(roleArn), inlinePolicies: later([]), managedPolicyArns: later([]) },
        },
        rolePolicy: {
            type: "aws:iam/rolePolicy:RolePolicy",
            name: "writer",
            inputs: { role: "writer", policy: JSON.stringify(rights()) },
            from: { role: ["role"] },
        },
        property: {
            type: ours("GlueIntegrationResourceProperty"),
            name: "shop",
            inputs: { account, resourceArn: later(databaseArn), target: { roleArn: later(roleArn) } },
            from: { resourceArn: ["database"], target: ["role"] },
        },
        layout: {
            type: ours("GlueIntegrationTableProperties"),
            name: "orders-table",
            inputs: {
                account,
                resourceArn: later(databaseArn),
                sourceTableName: "orders",
                partitionBy: [{ field: "at", by: "day", format: "iso" }],
                targetTableName: "orders",
            },
            from: { resourceArn: ["database"] },
        },
        authorized: {
            type: ours("GlueCatalogPolicyMember"),
            name: "orders-authorized",
            inputs: { account, members: later(catalogMembers({ targetArn: databaseArn, sourceArn: tableArn })) },
        },
        integration: {
            type: ours("GlueIntegration"),
            name: "orders",
            inputs: {
                account,
                integrationName: "orders",
                sourceArn: later(tableArn),
                targetArn: later(databaseArn),
                refreshInterval: "15 minutes",
            },
            from: { sourceArn: ["table"], targetArn: ["database"] },
        },
    };
}

/** The pair as aws-native declares it. */
export const nativeIntegration = (integrationConfig: object = {}): Declared => ({
    type: "aws-native:glue:Integration",
    name: "orders-native",
    inputs: { integrationName: "native", sourceArn: later(tableArn), targetArn: later(databaseArn), integrationConfig },
    from: { sourceArn: ["table"], targetArn: ["database"] },
});

export interface View {
    /** A first preview: nothing has been created. */
    preview?: boolean;
    scope?: Scope;
}

/** What a rule says of each resource that it is about: `orders: compliant`. */
export function ask(id: RuleId, declared: Shop, { preview = false, scope = ["linked", "tagged"] }: View = {}) {
    const rule: Rule = rules.find((candidate) => candidate.id === id)!;
    const { resources, declarations } = shown(declared, preview);
    return evaluate(rule, new Stack(resources, declarations), scope);
}

/** The resources as the engine shows them, first one by one, then as a stack. */
export function shown(
    declared: Shop,
    preview: boolean,
): { resources: PolicyResource[]; declarations: Declarations; urns: Record<string, string> } {
    const urns = Object.fromEntries(
        Object.entries(declared).map(([key, { type, name }]) => [key, `urn:pulumi:dev::shop::${type}::${name}`]),
    );
    const declarations: Declarations = new Map();
    const resources = Object.entries(declared).map(([key, resource]) => {
        const inputs = settled(resource.inputs, preview);
        const outputs = { ...(inputs as object), ...(settled(resource.outputs ?? {}, preview) as object) };
        declarations.set(urns[key]!, unknownCheckingProxy(inputs as object));
        return {
            urn: urns[key]!,
            type: resource.type,
            name: resource.name,
            props: unknownCheckingProxy(outputs),
            provider: { urn: resource.provider ?? "urn:default" },
            propertyDependencies: Object.fromEntries(
                Object.entries(resource.from ?? {}).map(([property, keys]) => [
                    property,
                    keys.map((other) => ({ urn: urns[other] })),
                ]),
            ),
        } as unknown as PolicyResource;
    });
    return { resources, declarations, urns };
}

function settled(value: unknown, preview: boolean): unknown {
    if (value instanceof Later) {
        return preview ? unknown : value.value;
    }
    if (Array.isArray(value)) {
        return value.map((inner) => settled(inner, preview));
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(
              Object.entries(value)
                  .map(([key, inner]) => [key, settled(inner, preview)])
                  .filter(([, inner]) => inner !== undefined),
          )
        : value;
}
