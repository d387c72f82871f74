import { CASE_SENSITIVITY } from "../../sdk/requirements";
import { parametersOfGroup, valuesOf } from "./parameter-groups";
import type { Resource } from "./resource";
import type { Scope, Stack } from "./stack";
import {
    REDSHIFT_CLUSTER,
    REDSHIFT_NAMESPACE,
    REDSHIFT_PARAMETER_GROUP,
    REDSHIFT_WORKGROUP,
    WAREHOUSE_PARAMETERS,
} from "./types";

/** Provisioned clusters that are targets. */
export function targetClusters(stack: Stack, scope: Scope): Resource[] {
    return stack.inScope(scope, REDSHIFT_CLUSTER, "target", linkedTargets(stack));
}

/** Workgroups of serverless namespaces that are targets. */
export function targetWorkgroups(stack: Stack, scope: Scope): Resource[] {
    const namespaces = stack.inScope(scope, REDSHIFT_NAMESPACE, "target", linkedTargets(stack));
    const linked = stack.ofType(REDSHIFT_WORKGROUP).filter((workgroup) => {
        const { resource } = stack.reference(workgroup, "namespaceName", REDSHIFT_NAMESPACE, "namespaceName");
        return resource !== undefined && namespaces.includes(resource);
    });
    return [...new Set([...linked, ...stack.inScope(scope, REDSHIFT_WORKGROUP, "target", [])])];
}

function linkedTargets(stack: Stack): (Resource | undefined)[] {
    return stack.allIntegrations.map((integration) => stack.targetOf(integration).resource);
}

/** Whether a warehouse tells capitals in names, as its own settings say; "" where they say nothing. */
export function caseSensitivityOf(stack: Stack, warehouse: Resource): string {
    if (warehouse.type === REDSHIFT_CLUSTER) {
        const parameters = parametersOfGroup(stack, warehouse, "clusterParameterGroupName", REDSHIFT_PARAMETER_GROUP);
        return valuesOf(parameters)[CASE_SENSITIVITY.name] ?? "";
    }
    // Ours sets it, and leaves the other parameters of the workgroup alone.
    const isSet = stack
        .ofType(WAREHOUSE_PARAMETERS)
        .some(
            (set) => stack.reference(set, "workgroupName", REDSHIFT_WORKGROUP, "workgroupName").resource === warehouse,
        );
    const declared = warehouse.get<{ parameterKey: string; parameterValue: string }[]>("configParameters") ?? [];
    return isSet
        ? CASE_SENSITIVITY.value
        : (declared.find(({ parameterKey }) => parameterKey === CASE_SENSITIVITY.name)?.parameterValue ?? "");
}
