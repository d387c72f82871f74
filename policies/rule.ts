import type { EnforcementLevel, Severity } from "@pulumi/policy";

import type { Problem } from "../sdk/requirements";
import type { Resource, Tag } from "./stack/resource";
import type { Scope, Stack } from "./stack/stack";
import { isUnknown } from "./stack/unknown";

/** What AWS asks, as a question to a stack. Rules know nothing of packs, levels set by users, or exemptions. */
export interface Rule {
    /** Stable: configurations and exemptions name it. */
    id: string;
    /** What must hold, in a sentence. */
    title: string;
    /** Where nothing else is configured. */
    level: EnforcementLevel;
    severity: Severity;
    /** Types and properties that it looks at. */
    reads: readonly string[];
    /** What AWS does otherwise. */
    why: string;
    /** What to do. */
    fix: string;
    /** Whom it applies to. */
    subjects(stack: Stack, scope: Scope): Resource[];
    /**
     * What is wrong: the value found, and the value needed.
     *
     * @throws where something is not known that the answer depends on
     */
    judge(subject: Resource, stack: Stack): Problem[];
    /** Puts the inputs of a subject right, where that is safe; `undefined` when there is nothing to do. */
    remediation?: Remediation;
}

export interface Remediation {
    type: string;
    tag: Tag;
    /** @param inputs Are changed in place. @returns whether they were */
    apply(inputs: Record<string, unknown>): boolean;
}

/** What a rule says of one resource. A rule that says nothing does not apply. */
export type Verdict = { subject: Resource } & (
    | { answer: "compliant" }
    | { answer: "violation"; problems: Problem[] }
    | { answer: "cannot tell yet"; reason: string }
);

export function evaluate(rule: Rule, stack: Stack, scope: Scope): Verdict[] {
    return rule.subjects(stack, scope).map((subject) => {
        try {
            const problems = rule.judge(subject, stack);
            return problems.length === 0
                ? { subject, answer: "compliant" }
                : { subject, answer: "violation", problems };
        } catch (error) {
            if (isUnknown(error)) {
                return { subject, answer: "cannot tell yet", reason: error.message };
            }
            throw error;
        }
    });
}
