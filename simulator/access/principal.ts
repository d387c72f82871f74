import { listOf, type PrincipalElement, type Statement } from "./policy";

/** Who makes a request. */
export type Principal = AwsPrincipal | ServicePrincipal;

export interface AwsPrincipal {
    kind: "aws";
    /** A user, an account's root, or the session of a role: `arn:aws:sts::123456789012:assumed-role/NAME/SESSION`. */
    arn: string;
    accountId: string;
    /** The role behind a session. */
    roleArn?: string;
}

export interface ServicePrincipal {
    kind: "service";
    /** Such as `glue.amazonaws.com`. */
    name: string;
}

/**
 * How a statement of a resource's policy names the principal of a request. It decides what an Allow is worth:
 * `account` leaves the decision to the account's own identity policies; `role` grants within the boundary and the session
 * policy, `everyone` within the session policy, `exact` grants to that user or session whatever these leave out.
 */
export type PrincipalMatch = "none" | "account" | "role" | "everyone" | "exact";

export function matchPrincipal(statement: Statement, principal: Principal): PrincipalMatch {
    if (statement.NotPrincipal !== undefined) {
        return matchElement(statement.NotPrincipal, principal) === "none" ? "everyone" : "none";
    }
    return matchElement(statement.Principal, principal);
}

function matchElement(element: PrincipalElement | undefined, principal: Principal): PrincipalMatch {
    if (element === undefined) {
        return "none";
    }
    const { AWS, Service } = element === "*" ? { AWS: "*", Service: undefined } : element;
    const names = listOf(AWS);
    if (principal.kind === "service") {
        return names.includes("*") || listOf(Service).includes(principal.name) ? "exact" : "none";
    }
    const { arn, roleArn, accountId } = principal;
    if (names.includes(arn)) {
        return "exact";
    }
    if (names.includes("*")) {
        return "everyone";
    }
    if (roleArn !== undefined && names.includes(roleArn)) {
        return "role";
    }
    return names.some((name) => name === accountId || isRootOf(name, accountId)) ? "account" : "none";
}

function isRootOf(arn: string, accountId: string): boolean {
    return arn.endsWith(`:iam::${accountId}:root`);
}
