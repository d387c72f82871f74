import { listOf, problem, type Statement } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { domainStatements, targetDomains } from "../stack/search-targets";
import type { Resource } from "../stack/resource";
import { SEARCH_DOMAIN, SEARCH_DOMAIN_POLICY } from "../stack/types";
import { found } from "../stack/unknown";

export const searchDomainOpen = {
    id: "search-domain-open",
    title: "A domain that pipelines write to lets nobody in whom it does not name.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${SEARCH_DOMAIN} accessPolicies, vpcOptions, advancedSecurityOptions`,
        `${SEARCH_DOMAIN_POLICY} accessPolicies`,
    ],
    why: "The endpoint of a domain outside a VPC is on the internet, and a statement for everybody lets anybody read and delete the documents, without signing in.",
    fix: "Name roles as principals, add a condition such as aws:SourceIp, put the domain into a VPC, or turn fine-grained access control on.",
    subjects: (stack, scope) => targetDomains(stack, scope),
    judge: (domain, stack) => {
        if (isGuarded(domain)) {
            return [];
        }
        const statements = domainStatements(stack, domain);
        const open = { ...statements, values: statements.values.filter(isForEverybody) };
        return found(open, "the access policy of the domain is not known").map(({ Sid }) =>
            problem(
                "accessPolicies",
                `${Sid === undefined ? "A statement" : `The statement ${Sid}`} lets everybody in`,
                "Name roles as principals, or add a condition",
            ),
        );
    },
} as const satisfies Rule;

/** Whether something else keeps people out: the network, or the domain's own users and roles. */
function isGuarded(domain: Resource): boolean {
    return (
        (domain.declared<string[]>("vpcOptions.subnetIds") ?? []).length > 0 ||
        domain.declared<boolean>("advancedSecurityOptions.enabled") === true
    );
}

function isForEverybody({ Effect, Principal, Condition = {} }: Statement): boolean {
    const isEverybody = Principal === "*" || (typeof Principal === "object" && listOf(Principal.AWS).includes("*"));
    return Effect === "Allow" && isEverybody && Object.keys(Condition).length === 0;
}
