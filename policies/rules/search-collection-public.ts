import { problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { networkRulesOf, targetNetworkPolicies } from "../stack/search-targets";
import { SEARCH_COLLECTION, SEARCH_SECURITY_POLICY } from "../stack/types";

export const searchCollectionPublic = {
    id: "search-collection-public",
    title: "A collection that pipelines write to is not reached from the internet.",
    level: "advisory",
    severity: "medium",
    reads: [`${SEARCH_SECURITY_POLICY} policy`, `${SEARCH_COLLECTION} name`],
    why: "Its data access policy still asks who comes, but from anywhere: a key that leaked is enough. A pipeline that is given a VPC opens a way of its own, and needs no public one.",
    fix: "Set AllowFromPublic to false, and name the VPC endpoints that people come from.",
    subjects: (stack, scope) => targetNetworkPolicies(stack, scope),
    judge: (policy) =>
        networkRulesOf(policy)
            .filter(({ AllowFromPublic }) => AllowFromPublic === true)
            .map(({ Rules = [] }) => {
                const opened = Rules.map(({ ResourceType, Resource }) => `${Resource.join(", ")} (${ResourceType})`);
                return problem(
                    "policy",
                    `It opens ${opened.join(", ")} to the internet`,
                    "Set AllowFromPublic to false, and name VPC endpoints in SourceVPCEs",
                );
            }),
} as const satisfies Rule;
