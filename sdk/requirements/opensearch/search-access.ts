import { nameIn } from "../arn";
import { derivedName, statementId, type NameParts } from "../names";
import type { PolicyMember } from "../policy-member";

/** A role in the list of those who may use a domain. */
const PRINCIPALS = ["Principal", "AWS"];

/** Lets a role read and write a domain's documents: a member of the domain's access policy, in one statement for all such roles. */
export function domainAccessMember({ domainArn, roleArn }: { domainArn: string; roleArn: string }): PolicyMember {
    return {
        statement: {
            Sid: statementId("Write", nameIn(domainArn), domainArn),
            Effect: "Allow",
            Action: "es:ESHttp*",
            Resource: `${domainArn}/*`,
        },
        list: PRINCIPALS,
        value: roleArn,
    };
}

/** A request to the domain itself, for those who may change its security, and what to do with it in words. */
export interface BackendRoleMapping {
    method: "PATCH";
    path: string;
    body: string;
    instructions: string;
}

/**
 * How a role gets its rights in a domain with fine-grained access control: it becomes a backend role of one of the domain's own roles. AWS
 * has no API for it; without it, each write is answered with 403.
 *
 * @param securityRole The domain's role. @default "all_access"
 */
export function backendRoleMapping({
    endpoint,
    roleArn,
    securityRole = "all_access",
}: {
    /** Of the domain, with or without `https://`. */
    endpoint: string;
    roleArn: string;
    securityRole?: string;
}): BackendRoleMapping {
    const path = `/_plugins/_security/api/rolesmapping/${securityRole}`;
    // PATCH and not PUT, which takes away everybody who was mapped before.
    const body = JSON.stringify([{ op: "add", path: "/backend_roles/-", value: roleArn }]);
    const url = `https://${endpoint.replace(/^https:\/\//, "").replace(/\/$/, "")}${path}`;
    return {
        method: "PATCH",
        path,
        body,
        instructions: [
            `The domain has fine-grained access control: map the pipeline's role to its role ${securityRole}, as the domain's master user.`,
            `PATCH ${url}`,
            body,
            `Where ${securityRole} has no mapping yet: PUT ${url} with ${JSON.stringify({ backend_roles: [roleArn] })}`,
        ].join("\n"),
    };
}

/** Who does what with a collection's indexes. */
export interface CollectionGrant {
    principalArns: string[];
    /** `write`: a pipeline. `manage`: who makes indexes beforehand. `read`: who searches. */
    to: "write" | "manage" | "read";
    /** Names or patterns. @default - every index */
    indexes?: string[];
}

const PERMISSIONS: Record<CollectionGrant["to"], string[]> = {
    write: ["aoss:CreateIndex", "aoss:UpdateIndex", "aoss:DescribeIndex", "aoss:WriteDocument"],
    manage: ["aoss:CreateIndex", "aoss:UpdateIndex", "aoss:DescribeIndex", "aoss:DeleteIndex"],
    read: ["aoss:DescribeIndex", "aoss:ReadDocument"],
};

/** A collection's data access policy, as text. It is what lets a role in, beside the role's own policy. */
export function collectionAccessPolicy(collectionName: string, grants: CollectionGrant[]): string {
    const toSomebody = grants.filter(({ principalArns }) => principalArns.length > 0);
    return JSON.stringify(
        toSomebody.map(({ principalArns, to, indexes = ["*"] }) => ({
            Rules: [
                {
                    ResourceType: "index",
                    Resource: indexes.map((index) => `index/${collectionName}/${index}`),
                    Permission: PERMISSIONS[to],
                },
            ],
            Principal: [...principalArns].sort(),
            Description: `Who may ${to}`,
        })),
    );
}

/** From where a collection is reached. */
export interface CollectionNetwork {
    /** OpenSearch Serverless' own VPC endpoints. @default - none */
    vpcEndpointIds?: string[];
    /** Whether from everywhere, by those whom its access policy lets in. @default false */
    public?: boolean;
}

/**
 * A collection's network policy, as text. A pipeline adds itself to the policy that its body names, and takes itself away when it stops:
 * give it a policy of its own, or ignore what changes in this one.
 */
export function collectionNetworkPolicy(
    collectionName: string,
    { vpcEndpointIds = [], public: isPublic = false }: CollectionNetwork,
): string {
    return JSON.stringify([
        {
            Rules: [{ ResourceType: "collection", Resource: [`collection/${collectionName}`] }],
            AllowFromPublic: isPublic,
            ...(vpcEndpointIds.length === 0 ? {} : { SourceVPCEs: [...vpcEndpointIds].sort() }),
        },
    ]);
}

/** A collection's encryption policy, as text. It has to be there before the collection. */
export function collectionEncryptionPolicy(collectionName: string, kmsKeyArn?: string): string {
    return JSON.stringify({
        Rules: [{ ResourceType: "collection", Resource: [`collection/${collectionName}`] }],
        ...(kmsKeyArn === undefined ? { AWSOwnedKey: true } : { AWSOwnedKey: false, KmsARN: kmsKeyArn }),
    });
}

/** A name for a collection, its policies or a network policy: 3 to 32 characters, as pipelines take them, although collections may have 64. */
export function deriveCollectionName(parts: NameParts): string {
    return derivedName(parts, { maxLength: 32, pattern: /^[a-z][a-z0-9-]{2,}$/, lowerCase: true });
}
