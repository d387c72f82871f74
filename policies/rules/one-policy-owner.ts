import { problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { tableOf } from "../stack/policies";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import {
    CATALOG_POLICY_MEMBER,
    DYNAMODB_RESOURCE_POLICY,
    GLUE_RESOURCE_POLICY,
    TABLE_POLICY_MEMBER,
} from "../stack/types";
import { CannotTellYet, known } from "../stack/unknown";

const fix = "Leave the whole document out, and add your own statements as members.";

export const onePolicyOwner = {
    id: "one-policy-owner",
    title: "A policy that has members of ours is not written as a whole document as well.",
    level: "mandatory",
    severity: "high",
    reads: [
        `${GLUE_RESOURCE_POLICY} policy`,
        `${CATALOG_POLICY_MEMBER} members`,
        `${DYNAMODB_RESOURCE_POLICY} policy`,
        `${TABLE_POLICY_MEMBER} member`,
    ],
    why: "A catalog and a table have one policy each, and a whole document takes the place of it: with every update of the document, the members are lost, and the integrations with them.",
    fix,
    subjects: (stack) => [...contested(stack, GLUE_RESOURCE_POLICY), ...contested(stack, DYNAMODB_RESOURCE_POLICY)],
    judge: (document, stack) => {
        const members =
            document.type === GLUE_RESOURCE_POLICY
                ? stack.ofType(CATALOG_POLICY_MEMBER).filter((member) => isSameCatalog(stack, document, member))
                : stack
                      .ofType(TABLE_POLICY_MEMBER)
                      .filter((member) => tableKey(stack, member) === tableKey(stack, document));
        return members.length === 0
            ? []
            : [
                  problem(
                      "policy",
                      `The document overwrites ${members.map(({ name }) => name).join(", ")} in the same policy`,
                      fix,
                  ),
              ];
    },
} as const satisfies Rule;

function contested(stack: Stack, type: string): Resource[] {
    const members = type === GLUE_RESOURCE_POLICY ? CATALOG_POLICY_MEMBER : TABLE_POLICY_MEMBER;
    return stack.ofType(members).length > 0 ? stack.ofType(type) : [];
}

function tableKey(stack: Stack, policy: Resource): string | undefined {
    return tableOf(stack, policy)?.urn ?? policy.get(policy.type === TABLE_POLICY_MEMBER ? "tableArn" : "resourceArn");
}

function isSameCatalog(stack: Stack, document: Resource, member: Resource): boolean {
    const regions = [known(() => document.get("region")), known(() => member.get("account.region"))];
    if (!regions.includes(undefined) && regions[0] !== regions[1]) {
        return false;
    }
    const providers = new Set(stack.resources.filter(({ type }) => type.startsWith("aws:")).map((r) => r.provider));
    if (providers.size === 1) {
        return true;
    }
    const accounts = [stack.accountOf(document), known(() => member.get("account.accountId"))];
    if (accounts.includes(undefined)) {
        throw new CannotTellYet("the account of the policy is not known");
    }
    return accounts[0] === accounts[1];
}
