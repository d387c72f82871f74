import type { Rule } from "../rule";
import { warehouseOf } from "../stack/policies";
import { writerProblems } from "../stack/policy-writers";
import { NAMESPACE_POLICY_MEMBER, REDSHIFT_RESOURCE_POLICY } from "../stack/types";

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
    judge: (document, stack) =>
        writerProblems(document, {
            argument: "policy",
            documents: stack.ofType(REDSHIFT_RESOURCE_POLICY),
            members: stack.ofType(NAMESPACE_POLICY_MEMBER),
            owner: (writer) => warehouseOf(stack, writer),
            what: "namespace",
            fix,
        }),
} as const satisfies Rule;
