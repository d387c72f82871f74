import * as pulumi from "@pulumi/pulumi";

import {
    deriveCollectionName,
    parseArn,
    pipelineRolePolicy,
    problem,
    type PipelineRoleArgs,
    type PipelineSourceKind,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { OsisPipeline, type PipelineVpcArgs } from "../../sdk/resources/osis-pipeline";
import { checked, derived } from "../checked";
import { nameParts } from "../names";
import type { SearchPlace } from "../targets/search-place";
import { bodyOf, type SourceWriting } from "./body";
import { unitsOf } from "./capacity";
import { indexPatterns, madeBeforehand, refuseImpossibleIndexes, type RoutedIndexArgs } from "./indexes";
import { pipelineLogs } from "./logs";
import { pipelineRole } from "./role";
import type { PipelineArgs, PipelineParts, ProcessingArgs } from "./search-pipeline";
import { deadLetterBucket } from "./storage";

/** What a source contributes to a pipeline. */
export interface PipelineReading<V extends Record<string, string>> {
    /** What the source is. */
    kind: PipelineSourceKind;
    /** The sub-pipeline has the same name. */
    pipelineName: pulumi.Output<string>;
    /** The source's half of the body. */
    source: SourceWriting<V>;
    /** Which documents go to which index. */
    indexes: RoutedIndexArgs[];
    /** What the role may do at the source. */
    grants: pulumi.Output<Pick<PipelineRoleArgs, "source" | "secretArns" | "kmsKeyArns">>;
    /** What comes before the pipeline. */
    ready: pulumi.Resource[];
}

/** The target's half, the role, the indexes, and then the pipeline: what every source has in common. */
export function makePipeline<V extends Record<string, string>>(
    component: pulumi.Resource,
    name: string,
    args: PipelineArgs & ProcessingArgs & { vpc?: PipelineVpcArgs },
    reading: PipelineReading<V>,
): PipelineParts {
    const { search, vpc, tags, transform = {}, kmsKeyArn } = args;
    const { place } = search;
    const { pipelineName, indexes } = reading;
    const account = accountOf(component);
    refuseImpossibleIndexes(place.kind, indexes);
    const units = unitsOf(component, args.capacity);
    const indexNames = [...new Set(indexes.map((index) => index.name))];

    const deadLetters = deadLetterBucket(component, name, args.deadLetters, {
        kmsKeyArn,
        tags,
        transform: transform.deadLetterBucket,
    });
    const logGroup = pipelineLogs(component, name, pipelineName, args.logs, { tags, transform: transform.logGroup });
    const body = bodyOf(component, {
        subPipeline: pipelineName,
        source: reading.source,
        processors: args.processors,
        place,
        networkPolicyName: networkPolicyName(name, place, vpc),
        indexes,
        deadLetters,
        region: account.region,
    });
    const role = pipelineRole(component, name, args, {
        account,
        policy: derived(
            pulumi.all([
                account,
                reading.grants,
                place.arn,
                deadLetters?.arn ?? null,
                pipelineName,
                kmsKeyArn ?? null,
                vpc?.attachmentCidr === undefined ? null : pulumi.output(vpc),
            ]),
            ([{ accountId, region }, grants, targetArn, deadLetterArn, prefix, key, attached]) =>
                pipelineRolePolicy({
                    ...{ partition: parseArn(targetArn).partition, accountId, region },
                    ...grants,
                    target: place.kind === "domain" ? { domainArn: targetArn } : { collectionArn: targetArn },
                    deadLetters: deadLetterArn === null ? undefined : { bucketArn: deadLetterArn, prefix },
                    kmsKeyArns: [...new Set([...(grants.kmsKeyArns ?? []), ...(key === null ? [] : [key])])],
                    vpc: attached ?? undefined,
                }),
        ),
    });
    const accepted = search.accept(name, { roleArn: role.arn, indexes: indexPatterns(indexNames) });
    const made = madeBeforehand(component, name, { search, indexes, dependsOn: [accepted] });
    const pipeline = new OsisPipeline(
        `${name}-pipeline`,
        {
            pipelineName,
            body,
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
        {
            parent: component,
            dependsOn: [...reading.ready, ...(deadLetters?.guards ?? []), ...role.permissions, accepted, ...made],
        },
    );
    return {
        kind: reading.kind,
        pipeline,
        subPipeline: pipelineName,
        body,
        roleArn: role.arn,
        deadLetterBucket: deadLetters?.name,
        logGroup,
        indexNames,
        units,
        roleMapping: accepted.roleMapping,
    };
}

/** A policy of the pipeline's own, which the service edits: one that Pulumi manages would drift. */
function networkPolicyName(name: string, place: SearchPlace, vpc?: PipelineVpcArgs): pulumi.Output<string> | undefined {
    return place.kind === "collection" && vpc ? pulumi.output(deriveCollectionName(nameParts(name))) : undefined;
}

/** The network, once it is known that the target can be reached through it. */
function reachable(place: SearchPlace, vpc?: PipelineVpcArgs): pulumi.Input<PipelineVpcArgs> | undefined {
    if (vpc) {
        return vpc;
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
