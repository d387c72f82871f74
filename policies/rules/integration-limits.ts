import {
    fromAwsRefreshInterval,
    GLUE_INTEGRATION_CHANGES,
    glueIntegrationProblems,
    type GlueIntegrationInputs,
    type Problem,
} from "../../sdk/requirements";
import type { Rule } from "../rule";
import type { Resource } from "../stack/resource";
import { INTEGRATION, NATIVE_INTEGRATION } from "../stack/types";
import { CannotTellYet, known } from "../stack/unknown";

type Input = keyof GlueIntegrationInputs;
type Inputs = Record<Input, unknown>;

const INPUTS = Object.keys(GLUE_INTEGRATION_CHANGES) as Input[];
const UNKNOWN = Symbol("unknown");

export const integrationLimits = {
    id: "integration-limits",
    title: "An integration's name, refresh interval, ARNs, tags and other arguments are such as AWS takes.",
    level: "mandatory",
    severity: "medium",
    reads: [`${INTEGRATION} all arguments`, `${NATIVE_INTEGRATION} all arguments`],
    why: "AWS refuses other values when it creates or changes the integration, after everything around it was made.",
    fix: "Use a name of 1 to 128 characters, an interval from 15 minutes to 6 days, and whatever else the message names.",
    subjects: (stack) => stack.integrations,
    judge: (integration) => {
        const inputs = inputsOf(integration);
        // One ARN at a time: whether both are in one Region is what same-region tells.
        const problems = distinct([
            ...problemsOf({ ...inputs, sourceArn: UNKNOWN }),
            ...problemsOf({ ...inputs, targetArn: UNKNOWN }),
        ]);
        const open = INPUTS.filter((input) => inputs[input] === UNKNOWN);
        if (problems.length === 0 && open.length > 0) {
            throw new CannotTellYet(`${open.join(", ")} not known`);
        }
        return problems;
    },
} as const satisfies Rule;

function inputsOf(integration: Resource): Inputs {
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

function problemsOf(inputs: Inputs): Problem[] {
    return glueIntegrationProblems(inputs as unknown as GlueIntegrationInputs, (value) => value === UNKNOWN);
}

function distinct(problems: Problem[]): Problem[] {
    return [...new Map(problems.map((problem) => [`${problem.argument}: ${problem.message}`, problem])).values()];
}
