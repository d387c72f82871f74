import { parseS3Uri, type S3Location } from "../../sdk/requirements";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { CannotTellYet, readEach, type Reading } from "./unknown";

/** The databases that a role writes to, as far as resource properties of the stack say. */
export function databasesOf(stack: Stack, role: Resource): Reading<Resource> {
    const properties = stack.resourceProperties.filter((property) => stack.roleOf(property).resource === role);
    return readEach(properties, (property) => {
        const { resource } = stack.databaseOf(property);
        if (resource === undefined) {
            throw new CannotTellYet("another stack declares the database");
        }
        return [resource];
    });
}

/** Where a database's tables go. */
export function locationOf(database: Resource): S3Location {
    const location = parseS3Uri(database.get<string>("locationUri") ?? "");
    if (!location) {
        throw new CannotTellYet("the database has no location");
    }
    return location;
}
