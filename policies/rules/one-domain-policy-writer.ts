import type { Rule } from "../rule";
import { writerProblems } from "../stack/policy-writers";
import type { Resource } from "../stack/resource";
import { domainOf } from "../stack/search-targets";
import type { Stack } from "../stack/stack";
import { DOMAIN_POLICY_MEMBER, SEARCH_DOMAIN, SEARCH_DOMAIN_POLICY } from "../stack/types";
import { known } from "../stack/unknown";

const fix = "Add your own statements as members (OpenSearchDomainPolicyMember), or keep one document for all.";

export const oneDomainPolicyWriter = {
    id: "one-domain-policy-writer",
    title: "The access policy of a domain is written by members of ours alone, or as one whole document.",
    level: "mandatory",
    severity: "high",
    reads: [
        `${SEARCH_DOMAIN} accessPolicies`,
        `${SEARCH_DOMAIN_POLICY} domainName`,
        `${DOMAIN_POLICY_MEMBER} domainArn`,
    ],
    why: "A domain has one policy, and a whole document takes the place of it: with the next update the pipelines that others let in are answered with 403.",
    fix,
    subjects: (stack) => documents(stack),
    judge: (document, stack) =>
        writerProblems(document, {
            argument: "accessPolicies",
            documents: documents(stack),
            members: stack.ofType(DOMAIN_POLICY_MEMBER),
            owner: (writer) => domainOf(stack, writer),
            what: "domain",
            fix,
        }),
} as const satisfies Rule;

/** Whole documents: resources of their own, and domains that declare theirs. */
function documents(stack: Stack): Resource[] {
    return [
        ...stack.ofType(SEARCH_DOMAIN_POLICY),
        ...stack.ofType(SEARCH_DOMAIN).filter((domain) => known(() => domain.declared("accessPolicies") ?? "") !== ""),
    ];
}
