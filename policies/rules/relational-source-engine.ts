import type { Rule } from "../rule";
import { errors } from "../stack/problems";
import { isMultiAzCluster, relationalSources, sourceProblems } from "../stack/relational-sources";
import { RDS_CLUSTER, RDS_INSTANCE } from "../stack/types";
import { CannotTellYet, known } from "../stack/unknown";

export const relationalSourceEngine = {
    id: "relational-source-engine",
    title: "A source of RDS has an engine, a version and a shape that AWS integrates.",
    level: "mandatory",
    severity: "critical",
    reads: [
        `${RDS_CLUSTER} engine, engineVersion, engineMode, clusterScalabilityType`,
        `${RDS_INSTANCE} engine, engineVersion`,
    ],
    why: "AWS refuses the integration when it is created, and an upgrade of a database is no small matter.",
    fix: "Choose an engine and a version that the message names, and plan the upgrade before the integration.",
    subjects: (stack, scope) => relationalSources(stack, scope),
    judge: (source, stack) => {
        const engineVersion = known(() => source.get<string>("engineVersion"));
        const problems = errors(
            sourceProblems("engine", {
                stack,
                source,
                engineVersion,
                multiAzCluster: isMultiAzCluster(stack, source),
                // The provider's word for "none" is an empty one.
                engineMode: source.get<string>("engineMode") || undefined,
                clusterScalabilityType: source.get("clusterScalabilityType"),
            }),
        );
        if (problems.length === 0 && engineVersion === undefined) {
            throw new CannotTellYet("AWS chooses the version");
        }
        return problems;
    },
} as const satisfies Rule;
