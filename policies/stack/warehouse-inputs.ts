import {
    RDS_INTEGRATION_CHANGES,
    rdsIntegrationProblems,
    REDSHIFT_INTEGRATION_CHANGES,
    redshiftIntegrationProblems,
    type Problem,
    type RdsIntegrationInputs,
    type RedshiftIntegrationInputs,
} from "../../sdk/requirements";
import { nativeTags, readInputs, UNKNOWN } from "./integration-inputs";
import { engineOf } from "./relational-sources";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { RDS_INTEGRATIONS } from "./types";
import { known } from "./unknown";

type Inputs = Record<string, unknown>;

/** The inputs of an integration of RDS or Redshift, whoever declares it, each a value or `UNKNOWN`. */
export function warehouseInputs(integration: Resource): Inputs {
    const changes = isOfRds(integration) ? RDS_INTEGRATION_CHANGES : REDSHIFT_INTEGRATION_CHANGES;
    const isNative = integration.type.startsWith("aws-native:");
    return readInputs(Object.keys(changes), (input) =>
        input === "tags" && isNative ? nativeTags(integration) : integration.get(input),
    );
}

/** What AWS would refuse, or advises against, in what is known of the inputs. */
export function warehouseInputProblems(stack: Stack, integration: Resource, inputs: Inputs): Problem[] {
    const isUnknown = (value: unknown) => value === UNKNOWN;
    if (!isOfRds(integration)) {
        return redshiftIntegrationProblems(inputs as unknown as RedshiftIntegrationInputs, isUnknown);
    }
    const { resource: source } = stack.sourceOf(integration);
    const engine = source && known(() => engineOf(stack, source));
    return rdsIntegrationProblems(inputs as unknown as RdsIntegrationInputs, isUnknown, engine);
}

function isOfRds({ type }: Resource): boolean {
    return RDS_INTEGRATIONS.includes(type);
}
