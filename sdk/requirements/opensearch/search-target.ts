import { problem, warning, type Problem } from "../errors";
import { derivedName, type NameParts } from "../names";

/** What holds the indexes: a domain of nodes, or a serverless collection. */
export type SearchKind = "domain" | "collection";

/** What a collection is for. AWS does not change it later. */
export type CollectionType = "SEARCH" | "TIMESERIES" | "VECTORSEARCH";

const NAME_LENGTH: Record<SearchKind, { least: number; most: number }> = {
    domain: { least: 3, most: 28 },
    // A collection's may have 64, but the field of a pipeline's body that names it, and its policies, end at 32.
    collection: { least: 3, most: 32 },
};

const NAME_PATTERN = /^[a-z][a-z0-9-]*$/;

export function searchNameProblems(argument: string, kind: SearchKind, name: string): Problem[] {
    const { least, most } = NAME_LENGTH[kind];
    return name.length >= least && name.length <= most && NAME_PATTERN.test(name)
        ? []
        : [
              problem(
                  argument,
                  `"${name}" is no name of a ${kind} that pipelines can name`,
                  `Give ${least} to ${most} lower-case letters, digits and hyphens, a letter first`,
              ),
          ];
}

/** A name that AWS takes for a domain: `project-stack-name`; shortened, it ends with a hash. */
export function deriveDomainName(parts: NameParts): string {
    return derivedName(parts, { maxLength: NAME_LENGTH.domain.most, pattern: NAME_PATTERN, lowerCase: true });
}

/** How a domain's nodes are spread. */
export interface DomainNodes {
    zones: number;
    instances: number;
    /** How many subnets are given, where the domain is in a VPC. */
    subnets?: number;
}

export function availabilityZoneProblems(
    argument: string,
    { zones, instances, subnets = zones }: DomainNodes,
): Problem[] {
    if (zones > instances) {
        return [
            problem(
                argument,
                `${instances} node${instances === 1 ? "" : "s"} cannot be in ${zones} Availability Zones`,
                "Give fewer zones, or more nodes",
            ),
        ];
    }
    if (subnets !== zones) {
        return [
            problem(
                argument,
                `There are ${zones} Availability Zones and ${subnets} subnets, and AWS takes one subnet for each zone`,
                `Give ${zones} subnet${zones === 1 ? "" : "s"} in vpc.subnetIds, each in a zone of its own`,
            ),
        ];
    }
    return instances % zones === 0
        ? []
        : [
              warning(
                  argument,
                  `${instances} nodes are not spread evenly over ${zones} Availability Zones, so that one zone has more of the data than others`,
                  `Give a multiple of ${zones} as instanceCount`,
              ),
          ];
}

/** A domain's own endpoint, or a collection's, as a pipeline's sink takes it. */
export function endpointUrl(endpoint: string): string {
    return /^https:\/\//.test(endpoint) ? endpoint.replace(/\/$/, "") : `https://${endpoint}`;
}
