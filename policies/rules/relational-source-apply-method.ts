import { applyMethodProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { declaredParameters, engineOf, groupPropertyOf, relationalSources } from "../stack/relational-sources";
import { RDS_CLUSTER_PARAMETER_GROUP, RDS_PARAMETER_GROUP } from "../stack/types";
import { PARAMETER_ENGINES } from "./relational-source-parameters";

export const relationalSourceApplyMethod = {
    id: "relational-source-apply-method",
    title: "Static parameters of a source of RDS are declared to wait for a reboot.",
    level: "mandatory",
    severity: "medium",
    reads: [`${RDS_CLUSTER_PARAMETER_GROUP} parameters`, `${RDS_PARAMETER_GROUP} parameters`],
    why: "A parameter without applyMethod is to take effect at once, and AWS refuses that for a static one, in the middle of the update.",
    fix: "Set applyMethod to pending-reboot on the parameters that the message names.",
    subjects: (stack, scope) => relationalSources(stack, scope, PARAMETER_ENGINES),
    judge: (source, stack) =>
        applyMethodProblems(groupPropertyOf(source), engineOf(stack, source)!, declaredParameters(stack, source)),
} as const satisfies Rule;
