import {
    fromAwsRefreshInterval,
    GLUE_INTEGRATION_CHANGES,
    glueIntegrationProblems,
    type GlueIntegrationInputs,
    type Problem,
} from "../../sdk/requirements";
import type { Resource } from "./resource";
import { NATIVE_INTEGRATION } from "./types";
import { known } from "./unknown";

export type Input = keyof GlueIntegrationInputs;

/** A value, or {@link UNKNOWN}. */
export type Inputs = Record<Input, unknown>;

export const INPUTS = Object.keys(GLUE_INTEGRATION_CHANGES) as Input[];
export const UNKNOWN = Symbol("unknown");

/** The inputs of an integration, whoever declares it. */
export function inputsOf(integration: Resource): Inputs {
    const read = integration.type === NATIVE_INTEGRATION ? nativeInput : ourInput;
    return Object.fromEntries(
        INPUTS.map((input) => {
            const reading = known(() => ({ value: plain(read(integration, input)) }));
            return [input, reading ? reading.value : UNKNOWN];
        }),
    ) as Inputs;
}

function ourInput(integration: Resource, input: Input): unknown {
    return integration.get(input);
}

/** As the API has them: the interval in minutes, tags as a list. */
function nativeInput(integration: Resource, input: Input): unknown {
    switch (input) {
        case "refreshInterval": {
            const minutes = integration.get<string>("integrationConfig.refreshInterval");
            return minutes !== undefined && /^\d+$/.test(minutes) ? fromAwsRefreshInterval(minutes) : minutes;
        }
        case "continuousSync":
        case "sourceProperties":
            return integration.get(`integrationConfig.${input}`);
        case "tags": {
            const tags = integration.get<{ key: string; value: string }[]>("tags");
            return tags && Object.fromEntries(tags.map(({ key, value }) => [key, value]));
        }
        default:
            return integration.get(input);
    }
}

/** A copy, so that whatever is unknown inside shows here. */
function plain(value: unknown): unknown {
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What AWS would refuse, or advises against, in what is known. */
export function problemsOf(inputs: Inputs): Problem[] {
    return glueIntegrationProblems(inputs as unknown as GlueIntegrationInputs, (value) => value === UNKNOWN);
}
