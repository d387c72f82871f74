import {
    bodyNeeds,
    databaseSourceOf,
    needsOtherRights,
    parseArn,
    pipelineBodyProblems,
    pipelineRolePolicy,
    targetIn,
    type PipelineRoleArgs,
} from "../../sdk/requirements";
import { grantsOf, type Grant } from "./grants";
import { UNKNOWN } from "./integration-inputs";
import { bodyOf, bodyText, pipelineInputs, pipelineRegion, pointedBy, roleOf } from "./pipelines";
import { errors } from "./problems";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { PIPELINES, SEARCH_COLLECTION, SEARCH_DOMAIN } from "./types";
import { CannotTellYet, known, readEach } from "./unknown";

/** What a role is for. */
export interface PipelineRoleNeeds {
    grants: Grant[];
    /** Whether all is known, or patterns stand for some resources, or a pipeline is not known at all. */
    exact: boolean;
    /** Whether a pipeline does what nothing here knows the rights for. */
    others: boolean;
}

/** What the pipelines of the stack need of a role. */
export function pipelineRoleNeeds(stack: Stack, role: Resource): PipelineRoleNeeds {
    const pipelines = stack.ofType(...PIPELINES).filter((pipeline) => roleOf(stack, pipeline) === role);
    const needs = readEach(pipelines, (pipeline) => [needsOf(stack, role, pipeline)]);
    return {
        grants: needs.values.flatMap(({ grants }) => grants),
        exact: needs.complete && pipelines.length > 0 && needs.values.every(({ exact }) => exact),
        others: needs.values.some(({ others }) => others),
    };
}

function needsOf(stack: Stack, role: Resource, pipeline: Resource): PipelineRoleNeeds {
    const body = bodyText(pipeline);
    if (databaseSourceOf(bodyOf(pipeline)) === undefined || errors(pipelineBodyProblems("body", body)).length > 0) {
        throw new CannotTellYet("the body is none of a database, or has faults of its own");
    }
    const roleArn = known(() => role.get<string>("arn"));
    const { partition, accountId } = roleArn === undefined ? { partition: "*", accountId: "*" } : parseArn(roleArn);
    const place = { partition, accountId, region: known(() => pipelineRegion(pipeline)) ?? "*" };
    const vpc = attachmentOf(pipeline);
    const policy = pipelineRolePolicy({
        ...place,
        ...bodyNeeds(body, place).role,
        target: targetOf(stack, pipeline) ?? targetIn(body, place),
        vpc: vpc === UNKNOWN ? undefined : vpc,
    });
    return {
        grants: grantsOf(policy),
        exact: vpc !== UNKNOWN && !Object.values(place).includes("*"),
        others: needsOtherRights(body),
    };
}

/** The domain or the collection, where the stack declares it and it has an ARN. */
function targetOf(stack: Stack, pipeline: Resource): PipelineRoleArgs["target"] | undefined {
    const arnOf = (type: string) => known(() => pointedBy(stack, pipeline, type)?.get<string>("arn"));
    const [domainArn, collectionArn] = [arnOf(SEARCH_DOMAIN), arnOf(SEARCH_COLLECTION)];
    return domainArn !== undefined ? { domainArn } : collectionArn !== undefined ? { collectionArn } : undefined;
}

/** The VPC that a pipeline is attached to. */
function attachmentOf(pipeline: Resource): PipelineRoleArgs["vpc"] | typeof UNKNOWN {
    const vpc = pipelineInputs(pipeline).vpc as
        (PipelineRoleArgs["vpc"] & { attachmentCidr?: string }) | typeof UNKNOWN;
    return typeof vpc === "symbol" || vpc?.attachmentCidr !== undefined ? vpc : undefined;
}
