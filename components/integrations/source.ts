import * as pulumi from "@pulumi/pulumi";

import {
    integrationCountProblems,
    parseArn,
    problem,
    refuse,
    regionProblems,
    sameRegionProblems,
    type Problem,
} from "../../sdk/requirements";
import { checked, derived } from "../checked";
import type { Location, Target } from "../targets/target";

/** The source's ARN, once it is known to be of the integration's account and of the target's Region; at preview as far as that can be told. */
export function besideTarget(
    source: { argument: string; service: "dynamodb" | "rds"; arn: pulumi.Output<string> },
    account: Location,
    target: Target,
): pulumi.Output<string> {
    const { argument, service, arn } = source;
    const region = checked(pulumi.all([account.region, target.region]), ([sourceRegion, targetRegion]) =>
        regionProblems(argument, { service, sourceRegion, targetRegion }),
    );
    const fitting = checked(
        pulumi.all([arn, target.arn, account.accountId, region]),
        ([sourceArn, targetArn, accountId]) => [
            ...sameRegionProblems(argument, { sourceArn, targetArn }),
            ...sameAccountProblems(argument, sourceArn, accountId),
        ],
    );
    return derived(fitting, ([sourceArn]) => sourceArn);
}

function sameAccountProblems(argument: string, sourceArn: string, accountId: string): Problem[] {
    const owner = parseArn(sourceArn).accountId;
    return owner === accountId
        ? []
        : [
              problem(
                  argument,
                  `The source is in account ${owner}, the integration's provider leads to ${accountId}, and AWS makes an integration in its source's account`,
                  `Give the integration a provider of account ${owner}: { provider: new zeroetl.AwsAccount(…) }`,
              ),
          ];
}

const integrationsBySource = new WeakMap<pulumi.Resource, pulumi.Resource[]>();

/**
 * The integrations that the program has made of this source so far; whoever makes the next one waits for the last, and adds it. AWS creates one of a
 * source at a time. A source that is not declared in the program has none here: the next one waits by asking AWS again.
 */
export function integrationsOf(source: unknown): pulumi.Resource[] {
    if (!pulumi.Resource.isInstance(source)) {
        return [];
    }
    const made = integrationsBySource.get(source) ?? [];
    integrationsBySource.set(source, made);
    refuse(integrationCountProblems("source", "source", made.length + 1));
    return made;
}
