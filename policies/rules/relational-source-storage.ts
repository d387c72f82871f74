import type { Rule } from "../rule";
import { relationalSources, sourceProblems } from "../stack/relational-sources";
import { RDS_CLUSTER, RDS_INSTANCE } from "../stack/types";

export const relationalSourceStorage = {
    id: "relational-source-storage",
    title: "A source of RDS for MySQL is not on magnetic storage.",
    level: "mandatory",
    severity: "critical",
    reads: [`${RDS_INSTANCE} storageType`, `${RDS_CLUSTER} storageType`],
    why: "AWS does not integrate a database of MySQL on the storage of the first generation.",
    fix: "Choose gp3 or io2 as storageType.",
    subjects: (stack, scope) => relationalSources(stack, scope, ["mysql"]),
    judge: (source, stack) => sourceProblems("storageType", { stack, source, storageType: source.get("storageType") }),
} as const satisfies Rule;
