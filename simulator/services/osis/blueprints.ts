import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { notFound } from "./state";

/** The one whose id is known. */
const KNOWN = "AWS-ApacheLogPipeline";

export const blueprints = {
    ListPipelineBlueprints: operation<object, object>({
        handle: () => ({ Blueprints: [{ BlueprintName: KNOWN }] }),
    }),
    GetPipelineBlueprint: operation<{ BlueprintName: string }, never>({
        handle({ BlueprintName }) {
            throw BlueprintName === KNOWN
                ? new AwsError("DisabledOperationException", `The blueprint ${KNOWN} is not simulated.`, 409)
                : notFound(`Blueprint ${BlueprintName} could not be found.`);
        },
    }),
};
