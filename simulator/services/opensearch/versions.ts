import type * as api from "@aws-sdk/client-opensearch";

import { operationsOn, pageOf } from "../operations";
import { domainArn, findDomain, invalid } from "./state";

/** Newest first, as they are listed. */
const VERSIONS = [
    "OpenSearch_3.1",
    "OpenSearch_2.19",
    "OpenSearch_2.17",
    "OpenSearch_2.15",
    "OpenSearch_2.13",
    "OpenSearch_2.11",
    "OpenSearch_2.9",
    "OpenSearch_2.7",
    "OpenSearch_2.5",
    "OpenSearch_2.3",
    "OpenSearch_1.3",
    "OpenSearch_1.2",
    "OpenSearch_1.1",
    "OpenSearch_1.0",
    "Elasticsearch_7.10",
    "Elasticsearch_7.9",
    "Elasticsearch_7.8",
    "Elasticsearch_7.7",
    "Elasticsearch_7.4",
    "Elasticsearch_7.1",
    "Elasticsearch_6.8",
    "Elasticsearch_6.7",
];

export const DEFAULT_VERSION = "OpenSearch_2.19";

const PAGE_SIZE = 100;

export const versions = {
    ...operationsOn("es", () => "*", {
        ListVersions({ MaxResults = PAGE_SIZE, NextToken }: api.ListVersionsRequest) {
            const { page, next } = pageOf(VERSIONS, MaxResults, NextToken);
            return { Versions: page, NextToken: next };
        },
    }),

    ...operationsOn("es", ({ DomainName }, ctx) => (DomainName ? domainArn(ctx, DomainName) : "*"), {
        GetCompatibleVersions({ DomainName }: api.GetCompatibleVersionsRequest, ctx) {
            const sources = DomainName ? [findDomain(ctx, DomainName).status.EngineVersion!] : VERSIONS;
            return {
                CompatibleVersions: sources.map((SourceVersion) => ({
                    SourceVersion,
                    TargetVersions: newerThan(SourceVersion),
                })),
            };
        },
    }),
};

export function checkVersion(version: string): void {
    if (!VERSIONS.includes(version)) {
        throw invalid(`Unsupported engine version: ${version}. Supported versions: ${VERSIONS.join(", ")}`);
    }
}

/** Versions that a domain can be upgraded to: of the same major one, or of the next. */
export function newerThan(version: string): string[] {
    const rank = (each: string) => MAJORS.indexOf(each.split(".")[0]);
    return VERSIONS.slice(0, VERSIONS.indexOf(version)).filter((each) => rank(each) - rank(version) <= 1);
}

const MAJORS = ["Elasticsearch_6", "Elasticsearch_7", "OpenSearch_1", "OpenSearch_2", "OpenSearch_3"];
