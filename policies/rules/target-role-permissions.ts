import {
    allowedPrincipals,
    connectionArn,
    KEY_ACTIONS,
    parseArn,
    targetRolePolicy,
    type Statement,
    type TargetRoleArgs,
} from "../../sdk/requirements";
import type { Rule } from "../rule";
import { deniedProblems, grantsOf, missingProblems, type Grant } from "../stack/grants";
import { isGoverned, locationOf } from "../stack/location";
import { READS_OF_ROLE, keyStatements, roleStatements } from "../stack/policies";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { databaseOf, propertiesOf } from "../stack/target-role";
import {
    GLUE_CONNECTION,
    GLUE_DATABASE,
    KMS_GRANT,
    KMS_KEY,
    KMS_KEY_POLICY,
    LAKE_FORMATION_LOCATION,
    NATIVE_RESOURCE_PROPERTY,
    RESOURCE_PROPERTY,
} from "../stack/types";
import { CannotTellYet, known, readEach } from "../stack/unknown";

export const targetRolePermissions = {
    id: "target-role-permissions",
    title: "The role that writes to a target may do what AWS needs there.",
    level: "mandatory",
    severity: "critical",
    reads: [
        ...READS_OF_ROLE,
        `${GLUE_DATABASE} arn, locationUri`,
        `${RESOURCE_PROPERTY} target`,
        `${NATIVE_RESOURCE_PROPERTY} targetProcessingProperties`,
        `${GLUE_CONNECTION} name`,
        `${KMS_KEY} policy`,
        `${KMS_KEY_POLICY} policy`,
        `${KMS_GRANT} any`,
        `${LAKE_FORMATION_LOCATION} arn, hybridAccessEnabled`,
    ],
    why: "AWS accepts the integration and finds out when it writes: it needs attention until the role may, and fails after seven days.",
    fix: "Allow the actions that the message names, on the database, its tables, the files below its location, and the key and the connection of its resource property; deny none of them.",
    subjects: (stack, scope) => stack.targetRoles(scope),
    judge: (role, stack) => {
        const granted = roleStatements(stack, role);
        const needs = readEach(propertiesOf(stack, role), (property) => [neededFor(stack, property, granted.values)]);
        const grants = needs.values.flatMap((need) => need.grants);
        const problems = [
            ...deniedProblems(grants, granted.values),
            ...(granted.complete ? missingProblems(grants, granted.values) : []),
        ];
        const exact = needs.complete && needs.values.length > 0 && needs.values.every((need) => need.exact);
        if (problems.length === 0 && !(granted.complete && exact)) {
            throw new CannotTellYet(
                "the database, what its resource property names, or a policy of the role is not known",
            );
        }
        return problems;
    },
} as const satisfies Rule;

interface Needs {
    grants: Grant[];
    /** Whether all is known, or patterns stand for some resources. */
    exact: boolean;
}

function neededFor(stack: Stack, property: Resource, granted: Statement[]): Needs {
    const database = databaseOf(stack, property);
    const { pattern: databaseArn, exact } = stack.databaseArn(database);
    const location = known(() => locationOf(database));
    const { bucket, prefix } = location ?? { bucket: "*", prefix: "" };
    const lakeFormation = known(() => isGoverned(stack, database));
    const network = known(() => throughConnection(stack, property, databaseArn));
    const keys = known(() => keyGrants(stack, property, granted));
    const policy = targetRolePolicy({
        databaseArn,
        bucketArn: `arn:${parseArn(databaseArn).partition}:s3:::${bucket}`,
        prefix,
        lakeFormation,
        ...network,
    });
    return {
        grants: [...grantsOf(policy), ...(keys ?? [])],
        exact: exact && ![location, lakeFormation, network, keys].includes(undefined),
    };
}

function throughConnection(
    stack: Stack,
    property: Resource,
    databaseArn: string,
): Pick<TargetRoleArgs, "connectionArn"> {
    const connection = stack.connectionOf(property);
    return connection ? { connectionArn: connectionArn(databaseArn, connection.value ?? "*") } : {};
}

/** What the role's own policies must give it on the key of the tables' files. */
function keyGrants(stack: Stack, property: Resource, granted: Statement[]): Grant[] {
    const key = stack.keyOf(property);
    if (key === undefined) {
        return [];
    }
    const grant = { actions: KEY_ACTIONS, resources: [key.value ?? "arn:*:kms:*:*:key/*"] };
    if (missingProblems([grant], granted).length > 0 && !(key.resource && isLeftToIam(stack, key.resource))) {
        throw new CannotTellYet("the key's own policy may let the role use it");
    }
    return [grant];
}

/** Whether only its own policies let a role use a key: there are no grants, and the key's policy names accounts alone, as AWS's default does. */
function isLeftToIam(stack: Stack, key: Resource): boolean {
    const { values, complete } = keyStatements(stack, key);
    const principals = allowedPrincipals({ Statement: values }, KEY_ACTIONS);
    return (
        complete &&
        stack.ofType(KMS_GRANT).length === 0 &&
        principals.every((principal) => /^aws:(\d{12}|arn:[^:]*:iam::\d{12}:root)$/.test(principal))
    );
}
