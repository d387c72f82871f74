import type * as pulumi from "@pulumi/pulumi";
import { all } from "@pulumi/pulumi";

import { besidePipelineProblems } from "../../sdk/requirements";
import { checked, derived } from "../checked";
import type { Location } from "../targets/target";

/** The source's ARN, once it is known to be of the pipeline's account and Region. */
export function besidePipeline(
    argument: string,
    arn: pulumi.Output<string>,
    pipeline: Location,
): pulumi.Output<string> {
    const fitting = checked(all([arn, pipeline]), ([sourceArn, place]) =>
        besidePipelineProblems(argument, sourceArn, place),
    );
    return derived(fitting, ([sourceArn]) => sourceArn);
}
