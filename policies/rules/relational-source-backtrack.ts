import type { Rule } from "../rule";
import { relationalSources, sourceProblems } from "../stack/relational-sources";
import { RDS_CLUSTER } from "../stack/types";

export const relationalSourceBacktrack = {
    id: "relational-source-backtrack",
    title: "A source of Aurora MySQL has no backtrack.",
    level: "mandatory",
    severity: "critical",
    reads: [`${RDS_CLUSTER} backtrackWindow`],
    why: "Integrations need the enhanced binary log, which AWS refuses on a cluster that has backtrack, ever had it, or comes from one that did.",
    fix: "Leave backtrackWindow out; a cluster that ever had it has to be made anew, from a dump.",
    subjects: (stack, scope) => relationalSources(stack, scope, ["aurora-mysql"]),
    judge: (source, stack) =>
        sourceProblems("backtrackWindow", { stack, source, backtrackWindow: source.get("backtrackWindow") }),
} as const satisfies Rule;
