/** A policy element that AWS accepts as one value or as a list of them. */
export type OneOrMany<T> = T | T[];

/** `"*"`, or names by kind: `{ AWS: [...], Service: [...] }`. */
export type PrincipalElement = "*" | Partial<Record<PrincipalKind, OneOrMany<string>>>;
export type PrincipalKind = "AWS" | "Service" | "Federated" | "CanonicalUser";

/** Operator → condition key → accepted values. */
export type ConditionElement = Record<string, Record<string, OneOrMany<string | number | boolean>>>;

export interface Statement {
    Sid?: string;
    Effect: "Allow" | "Deny";
    Principal?: PrincipalElement;
    NotPrincipal?: PrincipalElement;
    Action?: OneOrMany<string>;
    NotAction?: OneOrMany<string>;
    Resource?: OneOrMany<string>;
    NotResource?: OneOrMany<string>;
    Condition?: ConditionElement;
}

export interface PolicyDocument {
    Version?: "2012-10-17" | "2008-10-17";
    Id?: string;
    Statement: OneOrMany<Statement>;
}

export function listOf<T>(value: OneOrMany<T> | undefined): T[] {
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

export function statementsOf(document: PolicyDocument): Statement[] {
    return listOf(document.Statement);
}
