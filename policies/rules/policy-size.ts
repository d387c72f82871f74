import { addMember, policySizeProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { membersOf, tableOf } from "../stack/policies";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import {
    CATALOG_POLICY_MEMBER,
    DYNAMODB_RESOURCE_POLICY,
    GLUE_RESOURCE_POLICY,
    TABLE_POLICY_MEMBER,
} from "../stack/types";
import { found, known, readEach } from "../stack/unknown";

const LIMIT_OF = {
    [GLUE_RESOURCE_POLICY]: "glueCatalog",
    [CATALOG_POLICY_MEMBER]: "glueCatalog",
    [DYNAMODB_RESOURCE_POLICY]: "dynamoDbTable",
    [TABLE_POLICY_MEMBER]: "dynamoDbTable",
} as const;

const MEMBERS: string[] = [CATALOG_POLICY_MEMBER, TABLE_POLICY_MEMBER];

export const policySize = {
    id: "policy-size",
    title: "A catalog's policy has 10 KB at most, a table's 20 KB.",
    level: "mandatory",
    severity: "medium",
    reads: [
        `${GLUE_RESOURCE_POLICY} policy`,
        `${CATALOG_POLICY_MEMBER} members`,
        `${DYNAMODB_RESOURCE_POLICY} policy`,
        `${TABLE_POLICY_MEMBER} member`,
    ],
    why: "AWS refuses a larger policy, spaces and line ends included, in the middle of an update.",
    fix: "Remove statements that are not needed any more, write JSON without spaces, or use members, which share statements.",
    subjects: (stack) => stack.ofType(...Object.keys(LIMIT_OF)).filter((policy) => isFirstOfItsPolicy(stack, policy)),
    judge: (policy, stack) => {
        const limit = LIMIT_OF[policy.type as keyof typeof LIMIT_OF];
        if (!MEMBERS.includes(policy.type)) {
            return policySizeProblems("policy", limit, policy.get<string>("policy") ?? "{}");
        }
        const members = readEach(
            stack.ofType(policy.type).filter((other) => policyKey(stack, other) === policyKey(stack, policy)),
            membersOf,
        );
        const text = members.values.reduce<string | undefined>(addMember, undefined) ?? "{}";
        const problems = policySizeProblems(limit === "glueCatalog" ? "members" : "member", limit, text);
        return found({ ...members, values: problems }, "not all members are known");
    },
} as const satisfies Rule;

/** Members of one policy are judged together, and reported once. */
function isFirstOfItsPolicy(stack: Stack, policy: Resource): boolean {
    if (!MEMBERS.includes(policy.type)) {
        return true;
    }
    const key = policyKey(stack, policy);
    return stack.ofType(policy.type).find((other) => policyKey(stack, other) === key) === policy;
}

function policyKey(stack: Stack, member: Resource): string | undefined {
    return known(() =>
        member.type === TABLE_POLICY_MEMBER
            ? (tableOf(stack, member)?.urn ?? member.get<string>("tableArn"))
            : `${member.get("account.accountId")}/${member.get("account.region")}`,
    );
}
