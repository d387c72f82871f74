import { problem, type Problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { errors } from "../stack/problems";
import { primaryOf, relationalSources, sourceProblems, targetsOf } from "../stack/relational-sources";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { RDS_INSTANCE, RDS_INTEGRATIONS } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const ARGUMENT = "replicateSourceDb";

const fix = "Integrate the primary, or with MySQL the replica alone.";

export const relationalSourceReplica = {
    id: "relational-source-replica",
    title: "A source of RDS is no read replica, and with MySQL no replica of another source in its Region.",
    level: "mandatory",
    severity: "critical",
    reads: [`${RDS_INSTANCE} ${ARGUMENT}`, ...RDS_INTEGRATIONS.map((type) => `${type} sourceArn`)],
    why: "AWS integrates no replica of PostgreSQL and Oracle, and of MySQL a primary or its replica in the same Region, not both.",
    fix,
    subjects: (stack, scope) =>
        relationalSources(stack, scope, ["mysql", "postgres", "oracle"]).filter(({ type }) => type === RDS_INSTANCE),
    judge: (source, stack) => {
        // Empty once it has been promoted; not known at a first preview, when the program tells all the same.
        const isReadReplica = primaryOf(stack, source) !== undefined || Boolean(source.get<string>(ARGUMENT));
        return isReadReplica
            ? [...errors(sourceProblems(ARGUMENT, { stack, source, isReadReplica })), ...besidePrimary(stack, source)]
            : [];
    },
} as const satisfies Rule;

function besidePrimary(stack: Stack, replica: Resource): Problem[] {
    // Pipelines read a replica beside its primary.
    const primary = targetsOf(stack, replica).includes("redshift") ? primaryOf(stack, replica) : undefined;
    const isSource = stack
        .ofType(...RDS_INTEGRATIONS)
        .some((integration) => primary !== undefined && stack.sourceOf(integration).resource === primary);
    return primary !== undefined && isSource && regionOf(primary) === regionOf(replica)
        ? [problem(ARGUMENT, `${primary.name}, which it replicates, is a source in the same Region as well`, fix)]
        : [];
}

function regionOf(instance: Resource): string {
    const region = instance.get<string>("region");
    if (region === undefined) {
        throw new CannotTellYet(`the Region of ${instance.name} is not known`);
    }
    return region;
}
