import type { Properties } from "../../../simulator/provider/values";
import type { Case, DatabaseFixtures } from "./provider-cases";

const ACCOUNT = "123456789012";

/** What policies and indices belong to. */
export interface SearchFixtures {
    /** a domain */
    domain: Properties;
}

const small = {
    clusterConfig: { instanceType: "t3.small.search", instanceCount: 1 },
    ebsOptions: { ebsEnabled: true, volumeSize: 10 },
};

export async function makeSearch(make: (token: string, args: Properties) => Promise<Properties>) {
    await make("aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy", {
        name: "base",
        type: "encryption",
        policy: encryption("collection/thing-*"),
    });
    return { domain: await make("aws:opensearch/domain:Domain", { domainName: "catalog", ...small }) };
}

const encryption = (...Resource: string[]) =>
    JSON.stringify({ Rules: [{ ResourceType: "collection", Resource }], AWSOwnedKey: true });

const data = (...Permission: string[]) =>
    JSON.stringify([
        {
            Rules: [{ ResourceType: "index", Resource: ["index/shop/*"], Permission }],
            Principal: [`arn:aws:iam::${ACCOUNT}:role/writer`],
        },
    ]);

const retention = (MinIndexRetention: string) =>
    JSON.stringify({ Rules: [{ ResourceType: "index", Resource: ["index/shop/*"], MinIndexRetention }] });

const access = (domain: string, Action: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
                Action,
                Resource: `arn:aws:es:eu-west-1:${ACCOUNT}:domain/${domain}/*`,
            },
        ],
    });

export const searchCases: Record<string, Case<SearchFixtures & Pick<DatabaseFixtures, "vpc" | "subnets" | "group">>> = {
    "aws:opensearch/domain:Domain": {
        args: ({ subnets, group }) => ({
            domainName: "shop",
            engineVersion: "OpenSearch_2.11",
            accessPolicies: access("shop", "es:ESHttpGet"),
            clusterConfig: {
                instanceType: "r6g.large.search",
                instanceCount: 2,
                zoneAwarenessEnabled: true,
                zoneAwarenessConfig: { availabilityZoneCount: 2 },
            },
            ebsOptions: { ebsEnabled: true, volumeSize: 20, volumeType: "gp3" },
            encryptAtRest: { enabled: true },
            nodeToNodeEncryption: { enabled: true },
            domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
            advancedSecurityOptions: {
                enabled: true,
                internalUserDatabaseEnabled: true,
                masterUserOptions: { masterUserName: "boss", masterUserPassword: "Correct1horse!" },
            },
            vpcOptions: { subnetIds: subnets, securityGroupIds: [group] },
            tags: { a: "1" },
        }),
        update: () => ({
            engineVersion: "OpenSearch_2.19",
            accessPolicies: access("shop", "es:ESHttp*"),
            ebsOptions: { ebsEnabled: true, volumeSize: 30, volumeType: "gp3" },
            offPeakWindowOptions: { enabled: true, offPeakWindow: { windowStartTime: { hours: 3, minutes: 0 } } },
            tags: { b: "2" },
        }),
        id: /^arn:aws:es:eu-west-1:123456789012:domain\/shop$/,
    },
    "aws:opensearch/domainPolicy:DomainPolicy": {
        args: ({ domain }) => ({
            domainName: domain.domainName,
            accessPolicies: access("catalog", "es:ESHttpGet"),
        }),
        update: () => ({ accessPolicies: access("catalog", "es:ESHttpPost") }),
        id: /^esd-policy-catalog$/,
    },
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy": {
        args: () => ({ type: "data", policy: data("aoss:ReadDocument") }),
        update: () => ({ policy: data("aoss:ReadDocument", "aoss:WriteDocument"), description: "to write" }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:opensearch/serverlessCollection:ServerlessCollection": {
        args: () => ({ type: "SEARCH", description: "of things", tags: { a: "1" } }),
        update: () => ({ description: "of all things", tags: { b: "2" } }),
        id: /^[a-z0-9]{20}$/,
    },
    "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy": {
        args: () => ({ type: "retention", policy: retention("30d") }),
        update: () => ({ policy: retention("81d") }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy": {
        args: () => ({ type: "encryption", policy: encryption("collection/a") }),
        update: () => ({ policy: encryption("collection/a", "collection/b*") }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:opensearch/serverlessVpcEndpoint:ServerlessVpcEndpoint": {
        args: ({ vpc, subnets, group }) => ({ vpcId: vpc, subnetIds: [subnets[0]], securityGroupIds: [group] }),
        update: ({ subnets }) => ({ subnetIds: subnets }),
        id: /^vpce-[0-9a-f]{17}$/,
    },
};
