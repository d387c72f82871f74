import { PolicyPack, type EnforcementLevel, type Policies, type PolicyPackConfig } from "@pulumi/policy";

import type { Exemption } from "./exemption";
import { declarationsPolicy, policyOf, type RuleParameters } from "./policy";
import type { Rule } from "./rule";
import { rules, type RuleId } from "./rules";
import type { Declarations } from "./stack/resource";
import type { Scope } from "./stack/stack";

export type { Exemption } from "./exemption";
export type { RuleParameters } from "./policy";
export { evaluate, type Rule, type Verdict } from "./rule";
export { rules, type RuleId } from "./rules";
export type { Declarations } from "./stack/resource";
export { DEFAULT_SCOPE, Stack, type Scope } from "./stack/stack";

/** A level, or a level and parameters. */
export type RuleConfig = EnforcementLevel | (RuleParameters & { enforcementLevel?: EnforcementLevel });

/** Arguments of {@link ZeroEtlPolicies}. */
export interface ZeroEtlPoliciesArgs {
    /** The level of all rules that `rules` says nothing of. @default - each rule's own */
    all?: EnforcementLevel;
    /**
     * Which tables, databases, warehouses, domains, collections and roles are judged: `"linked"`, those that integrations and pipelines of the
     * stack lead to; `"tagged"`, those with the tag `zero-etl:source`, `zero-etl:target` or `zero-etl:pipeline-source` = `"true"`, since the
     * other side is in another stack; `"all"` of them but roles.
     *
     * @default ["linked", "tagged"]
     */
    scope?: Scope;
    /** What all rules leave alone. @default none */
    exemptions?: Exemption[];
    /** Rule by rule; a scope or exemptions take the place of those above. @default none */
    rules?: Partial<Record<RuleId, RuleConfig>>;
}

/**
 * What AWS asks of zero-ETL integrations, checked at preview.
 *
 * @example
 * ```ts
 * import { ZeroEtlPolicies } from "pulumi-policy-aws-zero-etl";
 *
 * new ZeroEtlPolicies({
 *     all: "mandatory",
 *     exemptions: [{ resource: "legacy-*", reason: "moves to the new account", expires: "2027-03-31" }],
 *     rules: { "source-point-in-time-recovery": { enforcementLevel: "remediate", scope: ["all"] } },
 * });
 * ```
 */
export class ZeroEtlPolicies extends PolicyPack {
    constructor(args: ZeroEtlPoliciesArgs = {}) {
        super("aws-zero-etl", { policies: zeroEtlPolicies() }, packConfig(args));
    }
}

/** The rules as policies, for a pack that has others as well: a process serves one pack only. */
export function zeroEtlPolicies(): Policies {
    const declarations: Declarations = new Map();
    return [declarationsPolicy(declarations), ...rules.map((rule: Rule) => policyOf(rule, declarations))];
}

/** The configuration as the engine takes it: by policy. */
export function packConfig({ all, scope, exemptions, rules: configs = {} }: ZeroEtlPoliciesArgs): PolicyPackConfig {
    const byRule = rules.map(({ id }) => {
        const config = configs[id];
        const own = typeof config === "string" ? { enforcementLevel: config } : config;
        return [id, { ...(scope && { scope }), ...(exemptions && { exemptions }), ...own }];
    });
    return { ...(all && { all }), ...Object.fromEntries(byRule) };
}
