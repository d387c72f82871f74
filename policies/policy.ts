import type {
    PolicyConfigSchema,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationPolicy,
} from "@pulumi/policy";

import { EXEMPTIONS_SCHEMA, expiredNotes, liveExemption, type Exemption } from "./exemption";
import { evaluate, type Remediation, type Rule, type Verdict } from "./rule";
import type { Declarations } from "./stack/resource";
import { DEFAULT_SCOPE, Stack, type Scope } from "./stack/stack";
import { known } from "./stack/unknown";

/** What can be set for a rule, beside its level. */
export interface RuleParameters {
    /** @default ["linked", "tagged"] */
    scope?: Scope;
    /** @default none */
    exemptions?: Exemption[];
}

const CONFIG_SCHEMA: PolicyConfigSchema = {
    properties: {
        scope: {
            type: "array",
            description:
                "Which resources are judged: those that integrations of the stack lead to, tagged ones, or all",
            items: { enum: ["linked", "tagged", "all"] },
            default: DEFAULT_SCOPE,
        },
        exemptions: EXEMPTIONS_SCHEMA,
    },
};

/**
 * A rule as the engine runs it. All rules judge the stack as a whole, since links between resources are to be seen only there; a
 * remediation sees one resource, and therefore only what is tagged, or everything.
 */
export function policyOf(rule: Rule, declarations: Declarations): StackValidationPolicy | ResourceValidationPolicy {
    const { id, title, level, severity, why, fix, remediation } = rule;
    return {
        name: id,
        description: title,
        enforcementLevel: level,
        severity,
        remediationSteps: fix,
        configSchema: CONFIG_SCHEMA,
        validateStack: (args, reportViolation) => {
            const { scope, exemptions } = parametersOf(args);
            const verdicts = evaluate(rule, new Stack(args.resources, declarations), scope);
            const reports = verdicts.flatMap((verdict) => reportsOf(verdict, why, exemptions));
            reports.forEach(({ message, urn }) => reportViolation(message, urn));
            if (reports.length === 0) {
                // What is neither reported nor "not applicable", the engine counts as passed.
                const reason = reasonNotToPass(verdicts);
                if (reason !== undefined) {
                    args.notApplicable(reason);
                }
            }
        },
        ...(remediation && { remediateResource: (args) => known(() => remediate(remediation, args)) }),
    } satisfies StackValidationPolicy & ResourceValidationPolicy;
}

/**
 * Keeps what the program declares: in the stack as a whole, a property that is left out and that the provider computes looks the
 * same as one that is unknown. It finds nothing by itself.
 */
export function declarationsPolicy(declarations: Declarations): ResourceValidationPolicy {
    return {
        name: "declarations",
        description: "Reads what the program declares, for the rules on what is left out",
        enforcementLevel: "advisory",
        validateResource: ({ urn, props, notApplicable }) => {
            declarations.set(urn, props);
            notApplicable("it serves the other rules");
        },
    };
}

function parametersOf(args: { getConfig<T extends object>(): T }): Required<RuleParameters> {
    return { scope: DEFAULT_SCOPE, exemptions: [], ...args.getConfig<RuleParameters>() };
}

function reportsOf(verdict: Verdict, why: string, exemptions: Exemption[]): { message: string; urn: string }[] {
    if (verdict.answer !== "violation" || liveExemption(exemptions, verdict.subject, new Date())) {
        return [];
    }
    const { subject, problems } = verdict;
    const notes = expiredNotes(exemptions, subject, new Date());
    return problems.map(({ argument, message }) => ({
        urn: subject.urn,
        message: [`${subject.name}: ${argument}: ${message}`, why, ...notes].join("\n"),
    }));
}

function reasonNotToPass(verdicts: Verdict[]): string | undefined {
    if (verdicts.length === 0) {
        return "Nothing in the stack that the rule is about";
    }
    const open = verdicts.find(({ answer }) => answer !== "compliant");
    return (
        open &&
        `${open.subject.name}: ${open.answer === "cannot tell yet" ? `cannot tell yet, ${open.reason}` : "exempt"}`
    );
}

function remediate(
    { type, tag, apply }: Remediation,
    args: ResourceValidationArgs,
): Record<string, unknown> | undefined {
    const { scope, exemptions } = parametersOf(args);
    const isMeant =
        scope.includes("all") || (scope.includes("tagged") && args.props.tags?.[`zero-etl:${tag}`] === "true");
    if (args.type !== type || !isMeant || liveExemption(exemptions, args, new Date())) {
        return undefined;
    }
    return apply(args.props) ? args.props : undefined;
}
