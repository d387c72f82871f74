import type { Statement } from "../../sdk/requirements";
import { pointedBy } from "./pipelines";
import { statementsOfPolicy, statementsIn } from "./policies";
import type { Resource } from "./resource";
import type { Reference, Scope, Stack } from "./stack";
import {
    DOMAIN_POLICY_MEMBER,
    PIPELINES,
    SEARCH_COLLECTION,
    SEARCH_DOMAIN,
    SEARCH_DOMAIN_POLICY,
    SEARCH_SECURITY_POLICY,
} from "./types";
import { CannotTellYet, known, readEach, type Reading } from "./unknown";

/** Domains that pipelines write to. */
export function targetDomains(stack: Stack, scope: Scope): Resource[] {
    return stack.inScope(scope, SEARCH_DOMAIN, "target", writtenTo(stack, SEARCH_DOMAIN));
}

/** The domain whose access policy a resource writes, its own included. */
export function domainOf(stack: Stack, policy: Resource): Reference {
    switch (policy.type) {
        case SEARCH_DOMAIN:
            return { resource: policy };
        case DOMAIN_POLICY_MEMBER:
            return stack.reference(policy, "domainArn", SEARCH_DOMAIN);
        default:
            return stack.reference(policy, "domainName", SEARCH_DOMAIN, "domainName");
    }
}

/** Everything that the stack writes into a domain's access policy. */
export function domainStatements(stack: Stack, domain: Resource): Reading<Statement> {
    return readEach([domain, ...stack.ofType(SEARCH_DOMAIN_POLICY, DOMAIN_POLICY_MEMBER)], (policy) => {
        const { resource, value } = domainOf(stack, policy);
        if (resource === undefined && value === undefined) {
            throw new CannotTellYet(`the domain of ${policy.name} is not known`);
        }
        if (resource !== domain) {
            return [];
        }
        return policy.type === DOMAIN_POLICY_MEMBER
            ? statementsOfPolicy(policy)
            : statementsIn(policy.declared("accessPolicies") || undefined);
    });
}

/** A rule of a network policy, as far as it counts here. */
export interface NetworkRule {
    Rules?: { ResourceType: string; Resource: string[] }[];
    AllowFromPublic?: boolean;
}

/** Network policies of collections that pipelines write to. */
export function targetNetworkPolicies(stack: Stack, scope: Scope): Resource[] {
    const names = stack
        .inScope(scope, SEARCH_COLLECTION, "target", writtenTo(stack, SEARCH_COLLECTION))
        .map((collection) => known(() => collection.get<string>("name")));
    return stack
        .ofType(SEARCH_SECURITY_POLICY)
        .filter((policy) => known(() => policy.get<string>("type")) === "network")
        .filter((policy) => {
            const rules = known(() => networkRulesOf(policy));
            const patterns = rules?.flatMap(({ Rules = [] }) => Rules.flatMap(({ Resource }) => Resource));
            return names.some(
                (name) => patterns === undefined || name === undefined || patterns.some((each) => covers(each, name)),
            );
        });
}

/** What a network policy says. @throws where it is not known */
export function networkRulesOf(policy: Resource): NetworkRule[] {
    try {
        const rules = JSON.parse(policy.get<string>("policy") ?? "[]") as unknown;
        return Array.isArray(rules) ? (rules as NetworkRule[]) : [];
    } catch (error) {
        if (error instanceof SyntaxError) {
            throw new CannotTellYet("the policy is not JSON");
        }
        throw error;
    }
}

function covers(pattern: string, name: string): boolean {
    const collection = pattern.replace(/^collection\//, "");
    return collection.endsWith("*") ? name.startsWith(collection.slice(0, -1)) : collection === name;
}

function writtenTo(stack: Stack, type: string): (Resource | undefined)[] {
    return stack.ofType(...PIPELINES).map((pipeline) => pointedBy(stack, pipeline, type));
}
