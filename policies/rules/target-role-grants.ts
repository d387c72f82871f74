import { problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { isGoverned, isWithin, locationOf } from "../stack/location";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { databaseOf, propertiesOf } from "../stack/target-role";
import {
    GLUE_DATABASE,
    IAM_ROLE,
    LAKE_FORMATION_LOCATION,
    LAKE_FORMATION_PERMISSIONS,
    LAKE_FORMATION_SETTINGS,
} from "../stack/types";
import { CannotTellYet, readEach, type Reading } from "../stack/unknown";

const DATABASE_PERMISSIONS = ["CREATE_TABLE", "ALTER", "DROP"];
const TABLE_PERMISSIONS = ["ALTER", "DROP"];

export const targetRoleGrants = {
    id: "target-role-grants",
    title: "Where Lake Formation governs a target, its grants let the role write there.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${LAKE_FORMATION_LOCATION} arn, hybridAccessEnabled`,
        `${LAKE_FORMATION_PERMISSIONS} principal, permissions, database, table, dataLocation, lfTagPolicy`,
        `${LAKE_FORMATION_SETTINGS} createDatabaseDefaultPermissions`,
        `${GLUE_DATABASE} name, locationUri`,
    ],
    why: "Beside IAM's permissions a registered location asks for Lake Formation's: AWS accepts the integration, which then needs attention, and fails after seven days.",
    fix: "Grant the role DATA_LOCATION_ACCESS on the location, CREATE_TABLE, ALTER and DROP on the database, and ALTER and DROP on all its tables.",
    subjects: (stack, scope) => (stack.ofType(LAKE_FORMATION_LOCATION).length === 0 ? [] : stack.targetRoles(scope)),
    judge: (role, stack) => {
        const databases = readEach(propertiesOf(stack, role), (property) => [databaseOf(stack, property)]);
        const checks = readEach(databases.values, (database) =>
            isGoverned(stack, database) ? checksOf(stack, role, database) : [],
        );
        const { values: missing, complete } = readEach(checks.values, (check) => check());
        if (missing.length === 0 && !(databases.complete && checks.complete && complete)) {
            throw new CannotTellYet("a database, a location or a grant of Lake Formation is not known");
        }
        return missing.length === 0
            ? []
            : [problem("arn", "Lake Formation does not let the role write", `Grant it ${missing.join("; ")}`)];
    },
} as const satisfies Rule;

/** Each gives in words what is missing, and throws where that is not known. */
function checksOf(stack: Stack, role: Resource, database: Resource): (() => string[])[] {
    const location = locationOf(database);
    const missing = (permissions: string[], where: string, isThere: (grant: Resource) => boolean) =>
        missingOf(permissions, where, permissionsOn(stack, role, isThere));
    const isOf = (path: string) => (grant: Resource) => {
        if (grant.get("lfTagPolicy.resourceType") !== undefined) {
            throw new CannotTellYet("what carries the tags of a grant is not known");
        }
        return stack.optionalReference(grant, path, GLUE_DATABASE, "name")?.resource === database;
    };
    return [
        () =>
            missing(["DATA_LOCATION_ACCESS"], `location s3://${location.bucket}/${location.prefix}`, (grant) =>
                isWithin(location, grant.get("dataLocation.arn") ?? ""),
            ),
        () => unlessOpen(stack, missing(DATABASE_PERMISSIONS, `database ${database.name}`, isOf("database.name"))),
        () =>
            unlessOpen(stack, missing(TABLE_PERMISSIONS, `the tables of ${database.name}`, isOf("table.databaseName"))),
    ];
}

function missingOf(permissions: string[], where: string, { values, complete }: Reading<string>): string[] {
    const missing = values.includes("ALL") ? [] : permissions.filter((permission) => !values.includes(permission));
    if (missing.length > 0 && !complete) {
        throw new CannotTellYet("a grant is not known");
    }
    return missing.length === 0 ? [] : [`${missing.join(", ")} on ${where}`];
}

function permissionsOn(stack: Stack, role: Resource, isMeant: (grant: Resource) => boolean): Reading<string> {
    return readEach(stack.ofType(LAKE_FORMATION_PERMISSIONS), (grant) =>
        isMeant(grant) && isGrantedTo(stack, grant, role) ? grant.get<string[]>("permissions")! : [],
    );
}

/** To the role, or to a group that every role of the account is in. */
function isGrantedTo(stack: Stack, grant: Resource, role: Resource): boolean {
    const { resource, value } = stack.optionalReference(grant, "principal", IAM_ROLE, "arn")!;
    return resource === role || /^(IAM_ALLOWED_PRINCIPALS|\d{12}:IAMPrincipals)$/.test(value ?? "");
}

/** Until an account's settings say otherwise, a new database, unlike a location, grants everything to whomever IAM allows it. */
function unlessOpen(stack: Stack, missing: string[]): string[] {
    const isClosed = stack
        .ofType(LAKE_FORMATION_SETTINGS)
        .some((settings) => (settings.get<unknown[]>("createDatabaseDefaultPermissions") ?? []).length === 0);
    if (missing.length > 0 && !isClosed) {
        throw new CannotTellYet("IAM_ALLOWED_PRINCIPALS may have the permissions still");
    }
    return missing;
}
