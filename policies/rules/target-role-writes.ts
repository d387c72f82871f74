import { allowedResources, overlaps, problem, type S3Location } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { locationOf } from "../stack/location";
import { READS_OF_ROLE, roleStatements } from "../stack/policies";
import { databaseOf, propertiesOf } from "../stack/target-role";
import { GLUE_DATABASE } from "../stack/types";
import { CannotTellYet, readEach } from "../stack/unknown";

const WRITE_ACTIONS = ["s3:PutObject", "s3:DeleteObject"];

const fix =
    "Allow s3:PutObject and s3:DeleteObject on arn:partition:s3:::bucket/prefix/* of the database's location alone.";

export const targetRoleWrites = {
    id: "target-role-writes",
    title: "The role that writes to a target may write below the database's location and nowhere else in S3.",
    level: "mandatory",
    severity: "high",
    reads: [...READS_OF_ROLE, `${GLUE_DATABASE} locationUri`],
    why: "The role is Glue's, for every integration into the database: what it may write, a wrong or hostile source can overwrite and delete.",
    fix,
    subjects: (stack, scope) => stack.targetRoles(scope),
    judge: (role, stack) => {
        const statements = roleStatements(stack, role);
        const locations = readEach(propertiesOf(stack, role), (property) => [locationOf(databaseOf(stack, property))]);
        const located = locations.complete && locations.values.length > 0;

        const written = allowedResources({ Statement: statements.values }, WRITE_ACTIONS).flatMap(objectsIn);
        const outside = written.filter((objects) =>
            located ? !locations.values.some((location) => isBelow(objects, location)) : ofAnyBucket(objects),
        );
        if (outside.length > 0) {
            return [
                problem(
                    "policy",
                    `The role may write to ${outside.join(", ")} in S3`,
                    located
                        ? `Allow it ${WRITE_ACTIONS.join(" and ")} on ${locations.values.map(allBelow).join(", ")} alone`
                        : fix,
                ),
            ];
        }
        if (!located || !statements.complete) {
            throw new CannotTellYet("the database's location or a policy of the role is not known");
        }
        return [];
    },
} as const satisfies Rule;

/** `bucket/key` of a pattern on S3 objects, `*` of one on everything. */
function objectsIn(resource: string): string[] {
    const [, objects] = /^arn:[^:]*:s3:[^:]*:[^:]*:(.+)$/.exec(resource) ?? [];
    if (objects !== undefined) {
        // A bucket's own ARN covers no object.
        return /[/*?]/.test(objects) ? [objects] : [];
    }
    return overlaps(resource, "arn:aws:s3:::any-bucket/any-key") ? ["*"] : [];
}

function isBelow(objects: string, location: S3Location): boolean {
    return objects.startsWith(allBelow(location).slice(0, -"*".length));
}

function allBelow({ bucket, prefix }: S3Location): string {
    return [bucket, ...(prefix === "" ? [] : [prefix]), "*"].join("/");
}

function ofAnyBucket(objects: string): boolean {
    return /[*?]/.test(objects.split("/")[0]!);
}
