import type { Rule } from "../rule";
import { relationalSources, sourceProblems } from "../stack/relational-sources";
import type { Resource } from "../stack/resource";
import { RDS_CLUSTER, RDS_INSTANCE } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

/** What an instance may be made from: then it has the other's backups where it declares none. */
const ORIGINS = ["replicateSourceDb", "restoreToPointInTime", "snapshotIdentifier"];

export const relationalSourceBackups = {
    id: "relational-source-backups",
    title: "A source of RDS has automated backups.",
    level: "mandatory",
    severity: "critical",
    reads: [`${RDS_INSTANCE} backupRetentionPeriod`, `${RDS_CLUSTER} backupRetentionPeriod`],
    why: "AWS fills the target from a backup and keeps binary logs only with backups on; the provider's default for an instance is none.",
    fix: "Set backupRetentionPeriod to 1 day at least.",
    // Aurora cannot do without.
    subjects: (stack, scope) => relationalSources(stack, scope, ["mysql", "postgres", "oracle"]),
    judge: (source, stack) =>
        sourceProblems("backupRetentionPeriod", {
            stack,
            source,
            backupRetentionPeriod: source.get("backupRetentionPeriod") ?? defaultRetention(source),
        }),
} as const satisfies Rule;

function defaultRetention(source: Resource): number {
    if (source.type === RDS_CLUSTER) {
        return 1;
    }
    if (ORIGINS.some((property) => source.declared(property) !== undefined)) {
        throw new CannotTellYet("it has the backups of what it is made from");
    }
    return 0;
}
