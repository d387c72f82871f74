import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { CannotTellYet } from "./unknown";

/** A parameter as the groups of RDS and Redshift declare it; Redshift's have no method. */
export interface DeclaredParameter {
    name: string;
    value: string;
    applyMethod?: string;
}

/** The parameters of the group that a property names: none for AWS's default ones, which nobody can change. */
export function parametersOfGroup(stack: Stack, from: Resource, property: string, type: string): DeclaredParameter[] {
    const { resource } = stack.reference(from, property, type, "name");
    if (resource) {
        return (resource.get<DeclaredParameter[]>("parameters") ?? []).map(({ name, value, applyMethod }) => ({
            name,
            value,
            applyMethod,
        }));
    }
    const name = from.get<string>(property);
    if (name !== undefined && !name.startsWith("default.")) {
        throw new CannotTellYet(`the parameter group ${name} is not in this stack`);
    }
    return [];
}

/** As the requirements take them. */
export function valuesOf(parameters: DeclaredParameter[]): Record<string, string> {
    return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}
