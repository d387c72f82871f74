import * as pulumi from "@pulumi/pulumi";

import {
    bodyNeeds,
    otherRightsProblems,
    partitionOf,
    pipelineRolePolicy,
    problem,
    type BodyNeeds,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { OsisPipeline, type PipelineVpcArgs } from "../../sdk/resources/osis-pipeline";
import { checked, derived, judged } from "../checked";
import type { Location } from "../targets/target";
import type { SearchPlace } from "../targets/search-place";
import { transformed } from "../transform";
import type { PipelineBody } from "./body";
import { unitsOf } from "./capacity";
import { madeBeforehand } from "./indexes";
import { pipelineLogs } from "./logs";
import { judgedNetwork } from "./network";
import { pipelineRole } from "./role";
import type { PipelineArgs, PipelineParts } from "./search-pipeline";

/** The target's half, the role, the indexes, and then the pipeline: what every source has in common. */
export function makePipeline(
    component: pulumi.Resource,
    name: string,
    args: PipelineArgs & { vpc?: PipelineVpcArgs },
    { kind, pipelineName, body }: { kind: BodyNeeds["kind"]; pipelineName: pulumi.Output<string>; body: PipelineBody },
): PipelineParts {
    const { search, vpc, tags, transform = {} } = args;
    const { place } = search;
    const account = accountOf(component);
    const units = unitsOf(component, args.capacity);
    const isRoleAsMade = args.roleArn === undefined && transform.rolePolicy === undefined;
    const text = judged(component, body.text, (known) => (isRoleAsMade ? otherRightsProblems("roleArn", known) : []));
    const needs = derived(pulumi.all([text, account]), ([text, here]) =>
        bodyNeeds(text, { ...here, partition: partitionOf(here.region) }),
    );
    const indexNames = derived(needs, ({ indexes }) => indexes);

    const logGroup = pipelineLogs(component, name, pipelineName, args.logs, { tags, transform: transform.logGroup });
    const role = pipelineRole(component, name, args, {
        account,
        policy: rolePolicy(needs, { account, place, vpc, kmsKeyArns: body.kmsKeyArns }),
    });
    const accepted = search.accept(name, { roleArn: role.arn, indexes: indexNames, securityRole: args.securityRole });
    const made = madeBeforehand(component, name, { search, indexes: body.indexes, dependsOn: [accepted] });
    const pipeline = new OsisPipeline(
        ...transformed(
            transform.pipeline,
            `${name}-pipeline`,
            {
                pipelineName,
                body: body.text,
                ...units,
                roleArn: role.arn,
                logGroupName: logGroup?.name,
                vpc: reachable(place, vpc),
                tags,
                running: args.running,
                waitFor: args.waitFor,
                adoptExisting: args.adoptExisting,
                timeouts: args.timeouts,
                account,
            },
            { parent: component, dependsOn: [...body.ready, ...role.permissions, accepted, ...made] },
        ),
    );
    return {
        kind,
        pipeline,
        subPipeline: derived(needs, ({ subPipeline }) => subPipeline),
        body: body.text,
        roleArn: role.arn,
        deadLetterBucket: derived(needs, ({ deadLetterBucket }) => deadLetterBucket),
        logGroup,
        indexNames,
        units,
        roleMapping: accepted.roleMapping,
    };
}

/** What the body asks for, and no more. */
function rolePolicy(
    needs: pulumi.Output<BodyNeeds>,
    {
        account,
        place,
        vpc,
        kmsKeyArns,
    }: { account: Location; place: SearchPlace; vpc?: PipelineVpcArgs; kmsKeyArns: pulumi.Output<string[]> },
) {
    const attached = vpc?.attachmentCidr === undefined ? null : pulumi.output(vpc);
    return derived(
        pulumi.all([needs, account, place.arn, kmsKeyArns, attached]),
        ([{ role }, { accountId, region }, targetArn, keys, attachedTo]) =>
            pipelineRolePolicy({
                ...{ partition: partitionOf(region), accountId, region },
                ...role,
                target: place.kind === "domain" ? { domainArn: targetArn } : { collectionArn: targetArn },
                kmsKeyArns: [...new Set([...(role.kmsKeyArns ?? []), ...keys])],
                vpc: attachedTo ?? undefined,
            }),
    );
}

/** The network, once it is known that the target can be reached through it. */
function reachable(place: SearchPlace, vpc?: PipelineVpcArgs): pulumi.Input<PipelineVpcArgs> | undefined {
    if (vpc) {
        return judgedNetwork(vpc);
    }
    checked(place.isPrivate, (isPrivate) =>
        isPrivate
            ? [
                  problem(
                      "vpc",
                      `The ${place.kind} is reached through a VPC alone`,
                      "Give vpc with subnetIds and securityGroupIds that lead to it",
                  ),
              ]
            : [],
    );
    return undefined;
}
