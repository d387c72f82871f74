import {
    fromAwsRefreshInterval,
    GLUE_INTEGRATION_CHANGES,
    glueIntegrationProblems,
    type GlueIntegrationInputs,
    type Problem,
} from "../../sdk/requirements";
import { distinct, errors } from "./problems";
import type { Resource } from "./resource";
import { NATIVE_INTEGRATION } from "./types";
import { CannotTellYet, known } from "./unknown";

export type Input = keyof GlueIntegrationInputs;

/** A value, or {@link UNKNOWN}. */
export type Inputs = Record<Input, unknown>;

export const INPUTS = Object.keys(GLUE_INTEGRATION_CHANGES) as Input[];
export const UNKNOWN = Symbol("unknown");

/** The inputs of an integration, whoever declares it. */
export function inputsOf(integration: Resource): Inputs {
    const read = integration.type === NATIVE_INTEGRATION ? nativeInput : ourInput;
    return readInputs(INPUTS, (input) => read(integration, input));
}

/** Each input's value, or {@link UNKNOWN}. */
export function readInputs<I extends string>(inputs: readonly I[], read: (input: I) => unknown): Record<I, unknown> {
    return Object.fromEntries(
        inputs.map((input) => {
            const reading = known(() => ({ value: plain(read(input)) }));
            return [input, reading ? reading.value : UNKNOWN];
        }),
    ) as Record<I, unknown>;
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
        case "tags":
            return nativeTags(integration);
        default:
            return integration.get(input);
    }
}

/** As a map, as the others have them. */
export function nativeTags(integration: Resource): Record<string, string> | undefined {
    const tags = integration.get<{ key: string; value: string }[]>("tags");
    return tags && Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** A copy, so that whatever is unknown inside shows here. */
function plain(value: unknown): unknown {
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What AWS would refuse, or advises against, in what is known. */
export function problemsOf(inputs: Inputs): Problem[] {
    return glueIntegrationProblems(inputs as unknown as GlueIntegrationInputs, (value) => value === UNKNOWN);
}

/**
 * What AWS would refuse in inputs, as far as they are known.
 *
 * @throws where nothing is wrong so far, and not everything is known
 */
export function limitProblems<I extends string>(
    inputs: Record<I, unknown>,
    judge: (inputs: Record<I, unknown>) => Problem[],
): Problem[] {
    // One ARN at a time: whether both are in one Region is what same-region tells.
    const problems = distinct(
        errors([...judge({ ...inputs, sourceArn: UNKNOWN }), ...judge({ ...inputs, targetArn: UNKNOWN })]),
    );
    const open = (Object.keys(inputs) as I[]).filter((input) => inputs[input] === UNKNOWN);
    if (problems.length === 0 && open.length > 0) {
        throw new CannotTellYet(`${open.join(", ")} not known`);
    }
    return problems;
}
