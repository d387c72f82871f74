import type { DomainStatus, OptionStatus } from "@aws-sdk/client-opensearch";

import type { Cluster } from "../../search/cluster";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";

/** The domains of an account in a Region. */
export class OpenSearchState {
    readonly domains = new Map<string, Domain>();
    /** by ARN */
    readonly tags = new Map<string, Map<string, string>>();
}

export interface Domain {
    name: string;
    arn: string;
    /** What is asked for: in force once nothing is processed any more. */
    status: DomainStatus;
    /** The access policy in force; a new one takes a moment. */
    policy?: string;
    /** How far each part of the configuration is. */
    options: Map<string, OptionStatus>;
    cluster: Cluster;
    /** What is being processed: all of it is done together. */
    pending?: { due: number; tasks: (() => void)[]; cancel: () => void };
}

export const invalid = (message: string) => new AwsError("ValidationException", message);
export const notFound = (name: string) => new AwsError("ResourceNotFoundException", `Domain not found: ${name}`, 409);

export const domainArn = (ctx: Context, name: string) => ctx.arn("es", `domain/${name}`);

export function findDomain(ctx: Context, name: string): Domain {
    const domain = ctx.state(OpenSearchState).domains.get(name);
    if (!domain) {
        throw notFound(name);
    }
    return domain;
}
