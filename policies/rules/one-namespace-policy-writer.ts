import { problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import { warehouseOf } from "../stack/policies";
import { identityOf } from "../stack/stack";
import { NAMESPACE_POLICY_MEMBER, REDSHIFT_RESOURCE_POLICY } from "../stack/types";
import { CannotTellYet, readEach } from "../stack/unknown";

const fix = "Add your own statements as members (RedshiftNamespacePolicyMember), or keep one document for all.";

export const oneNamespacePolicyWriter = {
    id: "one-namespace-policy-writer",
    title: "The policy of a warehouse's namespace is written by members of ours alone, or as one whole document.",
    level: "mandatory",
    severity: "high",
    reads: [`${REDSHIFT_RESOURCE_POLICY} resourceArn`, `${NAMESPACE_POLICY_MEMBER} namespaceArn`],
    why: "A namespace has one policy, and a whole document takes the place of it: the sources that another one authorised are lost, and AWS stops their integrations for good.",
    fix,
    subjects: (stack) => stack.ofType(REDSHIFT_RESOURCE_POLICY),
    judge: (document, stack) => {
        const warehouse = identityOf(warehouseOf(stack, document));
        const members = readEach(stack.ofType(NAMESPACE_POLICY_MEMBER), (member) =>
            identityOf(warehouseOf(stack, member)) === warehouse ? [member.name] : [],
        );
        const problems = [
            ...duplicateProblems(document, stack.ofType(REDSHIFT_RESOURCE_POLICY), {
                argument: "policy",
                identity: (other) => identityOf(warehouseOf(stack, other)),
                what: "the policy of the same namespace",
                fix,
            }),
            ...(members.values.length === 0
                ? []
                : [problem("policy", `The document overwrites ${members.values.join(", ")} in the same policy`, fix)]),
        ];
        if (problems.length === 0 && !members.complete) {
            throw new CannotTellYet("the namespace of a member is not known");
        }
        return problems;
    },
} as const satisfies Rule;
