import {
    addMember,
    statementsOf,
    type PolicyDocument,
    type PolicyMember,
    type Statement,
} from "../../sdk/requirements";
import type { Resource } from "./resource";
import { WAREHOUSES, type Reference, type Stack } from "./stack";
import {
    CATALOG_POLICY_MEMBER,
    DOMAIN_POLICY_MEMBER,
    DYNAMODB_RESOURCE_POLICY,
    DYNAMODB_TABLE,
    GLUE_RESOURCE_POLICY,
    IAM_POLICY,
    IAM_ROLE,
    IAM_ROLE_POLICY,
    IAM_ROLE_POLICY_ATTACHMENT,
    KMS_KEY,
    KMS_KEY_POLICY,
    NAMESPACE_POLICY_MEMBER,
    REDSHIFT_RESOURCE_POLICY,
    TABLE_POLICY_MEMBER,
} from "./types";
import { CannotTellYet, readEach, type Reading } from "./unknown";

/** Everything that the stack writes into a table's policy. */
export function tableStatements(stack: Stack, table: Resource): Reading<Statement> {
    return readEach(stack.ofType(DYNAMODB_RESOURCE_POLICY, TABLE_POLICY_MEMBER), (policy) =>
        tableOf(stack, policy) === table ? statementsOfPolicy(policy) : [],
    );
}

/** The table whose policy a resource writes. */
export function tableOf(stack: Stack, policy: Resource): Resource | undefined {
    const property = policy.type === TABLE_POLICY_MEMBER ? "tableArn" : "resourceArn";
    const { resource, value } = stack.reference(policy, property, DYNAMODB_TABLE);
    if (resource === undefined && value === undefined) {
        throw new CannotTellYet(`the table of ${policy.name} is not known`);
    }
    return resource;
}

/** Everything that the stack writes into the catalog's policies. */
export function catalogStatements(stack: Stack): Reading<Statement> {
    return stack.remembered("catalogStatements", () =>
        readEach(stack.ofType(GLUE_RESOURCE_POLICY, CATALOG_POLICY_MEMBER), statementsOfPolicy),
    );
}

/** Everything that the stack writes into the policy of a warehouse's namespace. */
export function namespaceStatements(stack: Stack, warehouse: Resource): Reading<Statement> {
    return readEach(stack.ofType(REDSHIFT_RESOURCE_POLICY, NAMESPACE_POLICY_MEMBER), (policy) => {
        const { resource, value } = warehouseOf(stack, policy);
        if (resource === undefined && value === undefined) {
            throw new CannotTellYet(`the namespace of ${policy.name} is not known`);
        }
        return resource === warehouse ? statementsOfPolicy(policy) : [];
    });
}

/** The warehouse whose namespace's policy a resource writes. */
export function warehouseOf(stack: Stack, policy: Resource): Reference {
    const property = policy.type === NAMESPACE_POLICY_MEMBER ? "namespaceArn" : "resourceArn";
    return stack.referenceToAny(policy, property, WAREHOUSES);
}

/** The members that a resource of ours adds to a policy. */
export function membersOf(resource: Resource): PolicyMember[] {
    return resource.type === TABLE_POLICY_MEMBER
        ? [resource.get<PolicyMember>("member")!]
        : resource.get<PolicyMember[]>("members")!;
}

/** The statements that a resource writes: its document's, or those of its members. */
export function statementsOfPolicy(policy: Resource): Statement[] {
    return [TABLE_POLICY_MEMBER, CATALOG_POLICY_MEMBER, NAMESPACE_POLICY_MEMBER, DOMAIN_POLICY_MEMBER].includes(
        policy.type,
    )
        ? membersOf(policy).flatMap((member) => statementsIn(addMember(undefined, member)))
        : statementsIn(policy.get("policy"));
}

/** What the following reads, for a rule's list. */
export const READS_OF_ROLE = [
    `${IAM_ROLE} inlinePolicies, managedPolicyArns`,
    `${IAM_ROLE_POLICY} policy`,
    `${IAM_ROLE_POLICY_ATTACHMENT} policyArn`,
    `${IAM_POLICY} policy`,
] as const;

/** What a role may do: policies of its own, and those attached to it as far as the stack declares them. */
export function roleStatements(stack: Stack, role: Resource): Reading<Statement> {
    return readEach(
        [
            () =>
                (role.get<{ policy?: string }[]>("inlinePolicies") ?? []).flatMap(({ policy }) => statementsIn(policy)),
            () => (role.get<string[]>("managedPolicyArns") ?? []).flatMap((arn) => managed(stack, arn)),
            ...ofRole(stack, role, IAM_ROLE_POLICY).map((policy) => () => statementsIn(policy.get("policy"))),
            ...ofRole(stack, role, IAM_ROLE_POLICY_ATTACHMENT).map((attachment) => () => {
                const { resource, value } = stack.reference(attachment, "policyArn", IAM_POLICY);
                return resource ? statementsIn(resource.get("policy")) : managed(stack, value);
            }),
        ],
        (read) => read(),
    );
}

/** What a key's own policy says, as far as the stack writes it. */
export function keyStatements(stack: Stack, key: Resource): Reading<Statement> {
    const policies = stack
        .ofType(KMS_KEY_POLICY)
        .filter((policy) =>
            ["keyId", "arn"].some((by) => stack.reference(policy, "keyId", KMS_KEY, by).resource === key),
        );
    return readEach([key, ...policies], (resource) => statementsIn(resource.get("policy")));
}

function ofRole(stack: Stack, role: Resource, type: string): Resource[] {
    return stack.ofType(type).filter((policy) => stack.reference(policy, "role", IAM_ROLE, "name").resource === role);
}

/** AWS's own policies that let a role write to every bucket. */
const WRITE_EVERYWHERE: Record<string, Statement> = {
    AdministratorAccess: { Effect: "Allow", Action: "*", Resource: "*" },
    AmazonS3FullAccess: { Effect: "Allow", Action: "s3:*", Resource: "*" },
    PowerUserAccess: { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
};

function managed(stack: Stack, arn: string | undefined): Statement[] {
    if (arn === undefined) {
        throw new CannotTellYet("an attached policy is not known");
    }
    const [, name] = /:aws:policy\/(\w+)$/.exec(arn) ?? [];
    const everywhere = WRITE_EVERYWHERE[name ?? ""];
    if (everywhere) {
        return [everywhere];
    }
    const policy = stack.ofType(IAM_POLICY).find((candidate) => candidate.get("arn") === arn);
    if (!policy) {
        throw new CannotTellYet(`the policy ${arn} is not in this stack`);
    }
    return statementsIn(policy.get("policy"));
}

/** The statements of a policy's text. AWS refuses what is no JSON by itself. */
export function statementsIn(text: string | undefined): Statement[] {
    try {
        return statementsOf(JSON.parse(text ?? "{}") as PolicyDocument);
    } catch (error) {
        if (error instanceof SyntaxError) {
            throw new CannotTellYet("the policy is not JSON");
        }
        throw error;
    }
}
