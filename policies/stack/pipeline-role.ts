import {
    needsOtherRights,
    parseArn,
    pipelineRolePolicy,
    roleArgsOf,
    type PipelineRoleArgs,
} from "../../sdk/requirements";
import { grantsOf, type Grant } from "./grants";
import { UNKNOWN } from "./integration-inputs";
import { bodyText, pipelineInputs, pipelineRegion, pointedBy, roleOf } from "./pipelines";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { PIPELINES, SEARCH_COLLECTION, SEARCH_DOMAIN } from "./types";
import { known, readEach } from "./unknown";

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
    const roleArn = known(() => role.get<string>("arn"));
    const { partition, accountId } = roleArn === undefined ? { partition: "*", accountId: "*" } : parseArn(roleArn);
    const region = known(() => pipelineRegion(pipeline)) ?? "*";
    const targetArn = known(() =>
        [SEARCH_DOMAIN, SEARCH_COLLECTION]
            .map((type) => pointedBy(stack, pipeline, type)?.get<string>("arn"))
            .find((arn) => arn !== undefined),
    );
    const vpc = attachmentOf(pipeline);
    const args = roleArgsOf(body, { partition, region, accountId, targetArn, vpc: vpc === UNKNOWN ? undefined : vpc });
    const grants = args === undefined ? [] : grantsOf(pipelineRolePolicy(args));
    return {
        grants,
        exact: args !== undefined && vpc !== UNKNOWN && ![partition, region, accountId].includes("*"),
        others: needsOtherRights(body),
    };
}

/** The VPC that a pipeline is attached to. */
function attachmentOf(pipeline: Resource): PipelineRoleArgs["vpc"] | typeof UNKNOWN {
    const vpc = pipelineInputs(pipeline).vpc as
        (PipelineRoleArgs["vpc"] & { attachmentCidr?: string }) | typeof UNKNOWN;
    return typeof vpc === "symbol" || vpc?.attachmentCidr !== undefined ? vpc : undefined;
}
