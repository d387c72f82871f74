import { problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import { domainOf } from "../stack/search-targets";
import { identityOf } from "../stack/stack";
import { DOMAIN_POLICY_MEMBER, SEARCH_DOMAIN, SEARCH_DOMAIN_POLICY } from "../stack/types";
import { CannotTellYet, known, readEach } from "../stack/unknown";

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
    judge: (document, stack) => {
        const domain = identityOf(domainOf(stack, document));
        const members = readEach(stack.ofType(DOMAIN_POLICY_MEMBER), (member) =>
            identityOf(domainOf(stack, member)) === domain ? [member.name] : [],
        );
        const problems = [
            ...duplicateProblems(document, documents(stack), {
                argument: "accessPolicies",
                identity: (other) => identityOf(domainOf(stack, other)),
                what: "the policy of the same domain",
                fix,
            }),
            ...(members.values.length === 0
                ? []
                : [
                      problem(
                          "accessPolicies",
                          `The document overwrites ${members.values.join(", ")} in the same policy`,
                          fix,
                      ),
                  ]),
        ];
        if (problems.length === 0 && !members.complete) {
            throw new CannotTellYet("the domain of a member is not known");
        }
        return problems;
    },
} as const satisfies Rule;

/** Whole documents: resources of their own, and domains that declare theirs. */
function documents(stack: Parameters<Rule["subjects"]>[0]) {
    return [
        ...stack.ofType(SEARCH_DOMAIN_POLICY),
        ...stack.ofType(SEARCH_DOMAIN).filter((domain) => known(() => domain.declared("accessPolicies") ?? "") !== ""),
    ];
}
