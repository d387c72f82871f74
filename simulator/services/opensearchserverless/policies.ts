import { isDeepStrictEqual } from "node:util";

import type { Context } from "../../world/context";
import type { Operation } from "../../world/service";
import { operationsOn, pageOf } from "../operations";
import { matchOf, parseDocument, rulesOf } from "./documents";
import { checkName, CollectionsState, conflict, invalid, notFound, type Policy, type PolicyType } from "./state";

/** The kinds of policy, with the types of each. */
const KINDS = {
    security: ["encryption", "network"],
    access: ["data"],
    lifecycle: ["retention"],
} as const satisfies Record<string, readonly PolicyType[]>;

type Kind = keyof typeof KINDS;

const PAGE_SIZE = 20;

interface PolicyInput {
    type: PolicyType;
    name: string;
    policyVersion?: string;
    description?: string;
    policy?: string;
}

/** All of a kind are handled alike: `CreateAccessPolicy`, `UpdateAccessPolicy`, … */
function policyOperations(kind: Kind): Record<string, Operation> {
    const noun = `${kind[0].toUpperCase()}${kind.slice(1)}`;
    const detail = (policy: Policy) => ({ [`${kind}PolicyDetail`]: policy });
    return operationsOn("aoss", () => "*", {
        [`Create${noun}Policy`](input: PolicyInput, ctx) {
            checkType(kind, input.type);
            checkName("Policy", input.name);
            const { policies } = ctx.state(CollectionsState);
            const key = keyOf(kind, input);
            if (policies.has(key)) {
                throw conflict(`Policy with name ${input.name} and type ${input.type} already exists`);
            }
            const policy: Policy = {
                type: input.type,
                name: input.name,
                policyVersion: versionAfter(ctx),
                description: input.description ?? "",
                policy: parseDocument(input.type, input.policy!),
                createdDate: Math.floor(ctx.now),
                lastModifiedDate: Math.floor(ctx.now),
            };
            policies.set(key, policy);
            return detail({ ...policy });
        },

        [`Get${noun}Policy`]: (input: PolicyInput, ctx) => detail(findPolicy(ctx, kind, input)),

        [`Update${noun}Policy`](input: PolicyInput, ctx) {
            const policy = findPolicy(ctx, kind, input);
            if (input.policyVersion !== policy.policyVersion) {
                throw conflict(
                    `Policy version ${input.policyVersion} is outdated: the current version is ${policy.policyVersion}`,
                );
            }
            const document = input.policy === undefined ? policy.policy : parseDocument(policy.type, input.policy);
            const description = input.description ?? policy.description;
            if (description === policy.description && isDeepStrictEqual(document, policy.policy)) {
                throw invalid("No changes detected in policy or policy description");
            }
            Object.assign(policy, {
                policy: document,
                description,
                policyVersion: versionAfter(ctx, policy.policyVersion),
                lastModifiedDate: Math.floor(ctx.now),
            });
            return detail({ ...policy });
        },

        [`Delete${noun}Policy`](input: PolicyInput, ctx) {
            findPolicy(ctx, kind, input);
            ctx.state(CollectionsState).policies.delete(keyOf(kind, input));
        },

        [`List${noun}Policies`](input, ctx) {
            const { type, resource, resources = resource, maxResults = PAGE_SIZE, nextToken } = input;
            const found = policiesOf(ctx.state(CollectionsState), type).filter(
                ({ policy }) =>
                    !resources ||
                    rulesOf(policy).some((rule) => resources.some((each: string) => matchOf(rule, each) !== undefined)),
            );
            const { page, next } = pageOf(found, maxResults, nextToken);
            const summaries = page.map(({ policy: _, ...summary }) => summary);
            return { [`${kind}PolicySummaries`]: summaries, nextToken: next };
        },
    });
}

/** A lifecycle policy is read with others. */
const { GetLifecyclePolicy: _, ...lifecycle } = policyOperations("lifecycle");

export const policies: Record<string, Operation> = {
    ...policyOperations("security"),
    ...policyOperations("access"),
    ...lifecycle,
    ...operationsOn("aoss", () => "*", {
        BatchGetLifecyclePolicy({ identifiers }: { identifiers: PolicyInput[] }, ctx) {
            const { policies: all } = ctx.state(CollectionsState);
            const found = (identifier: PolicyInput) => all.get(keyOf("lifecycle", identifier));
            return {
                lifecyclePolicyDetails: identifiers.flatMap((identifier) => found(identifier) ?? []),
                lifecyclePolicyErrorDetails: identifiers
                    .filter((identifier) => !found(identifier))
                    .map(({ type, name }) => ({
                        type,
                        name,
                        errorCode: "NOT_FOUND",
                        errorMessage: "The specified Lifecycle Policy is not found.",
                    })),
            };
        },
    }),
};

export const policiesOf = ({ policies: all }: CollectionsState, type: PolicyType): Policy[] =>
    [...all.values()].filter((policy) => policy.type === type);

const keyOf = (kind: Kind, { type, name }: Pick<PolicyInput, "type" | "name">) => `${kind}/${type}/${name}`;

function checkType(kind: Kind, type: PolicyType): void {
    const types: readonly PolicyType[] = KINDS[kind];
    if (!types.includes(type)) {
        throw invalid(
            `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [${types.join(", ")}]`,
        );
    }
}

function findPolicy(ctx: Context, kind: Kind, input: PolicyInput): Policy {
    const policy = ctx.state(CollectionsState).policies.get(keyOf(kind, input));
    if (!policy) {
        throw notFound(`Policy with name ${input.name} and type ${input.type} is not found`);
    }
    return policy;
}

/** Versions are opaque, and never the same twice. */
function versionAfter({ now }: Context, last?: string): string {
    const [, count = "0"] = last ? Buffer.from(last, "base64").toString().split("_") : [];
    return Buffer.from(`${Math.floor(now)}_${Number(count) + 1}`).toString("base64");
}
