import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { CannotTellYet } from "./unknown";

/** The resource properties of the stack that make a role write to their databases. */
export function propertiesOf(stack: Stack, role: Resource): Resource[] {
    return stack.resourceProperties.filter((property) => stack.roleOf(property).resource === role);
}

/** The database that a resource property is of. @throws where another stack declares it */
export function databaseOf(stack: Stack, property: Resource): Resource {
    const { resource } = stack.databaseOf(property);
    if (resource === undefined) {
        throw new CannotTellYet("another stack declares the database");
    }
    return resource;
}
