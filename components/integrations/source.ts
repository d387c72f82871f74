import * as pulumi from "@pulumi/pulumi";

import { parseArn, problem, regionProblems, sameRegionProblems, type Problem } from "../../sdk/requirements";
import { checked, derived } from "../checked";

/** The account and Region that an integration is made in. */
export type Location = pulumi.Output<{ accountId: string; region: string }>;

/** Where an integration writes to. */
export interface Target {
    arn: pulumi.Output<string>;
    /** Known at a first preview, when the ARN is not. */
    region: pulumi.Output<string>;
}

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
