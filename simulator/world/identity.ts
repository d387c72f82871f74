import { randomBytes } from "node:crypto";

/** Who makes a call. */
export type Caller = AccountCaller | ServiceCaller;

export interface AccountCaller {
    kind: "user" | "role";
    accountId: string;
    /** `arn:P:iam::A:user/NAME`, or `arn:P:sts::A:assumed-role/NAME/SESSION` */
    arn: string;
    userId: string;
    /** of a role session: the role's ARN */
    roleArn?: string;
    /** of a role session: policies that came with AssumeRole */
    sessionPolicies?: string[];
}

/** An AWS service that acts by itself; resource policies alone decide what it may do. */
export interface ServiceCaller {
    kind: "service";
    /** `glue.amazonaws.com` */
    name: string;
    /** the account on whose behalf it acts: aws:SourceAccount */
    accountId: string;
    /** the resource on whose behalf it acts: aws:SourceArn */
    sourceArn: string;
}

export interface Credentials {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
}

/** The account of everybody who brings no key that says otherwise; it manages the others, as in AWS Organizations. */
export const MANAGEMENT_ACCOUNT = "123456789012";

/** The role that AWS Organizations makes in each member account, trusted by the management account. */
export const ORGANIZATION_ROLE = "OrganizationAccountAccessRole";

/** The user that a bare account number as access key stands for; it may do everything in its account. */
export const ADMINISTRATOR = "administrator";

/** Which access key belongs to whom. */
export class Identities {
    private readonly callers = new Map<string, { caller: AccountCaller; expires: number }>();

    /** Makes a key for `caller`: `AKIA…` for users, `ASIA…` with a token for sessions. */
    issue(caller: AccountCaller, expires = Infinity): Credentials {
        const random = (bytes: number) => randomBytes(bytes).toString("hex").toUpperCase();
        const session = caller.kind === "role";
        const accessKeyId = (session ? "ASIA" : "AKIA") + random(8);
        this.callers.set(accessKeyId, { caller, expires });
        return {
            accessKeyId,
            secretAccessKey: random(20),
            ...(session && { sessionToken: random(32) }),
        };
    }

    revoke(accessKeyId: string): void {
        this.callers.delete(accessKeyId);
    }

    /** A key that was issued; else a 12-digit key names its account; else it is the management account's. */
    callerOf(accessKeyId: string, partition: string, now: number): AccountCaller | "expired" | "unknown" {
        const issued = this.callers.get(accessKeyId);
        if (issued) {
            return issued.expires > now ? issued.caller : "expired";
        }
        if (/^(AKIA|ASIA)[0-9A-F]{16}$/.test(accessKeyId)) {
            return "unknown";
        }
        const accountId = /^\d{12}$/.test(accessKeyId) ? accessKeyId : MANAGEMENT_ACCOUNT;
        return administratorOf(accountId, partition);
    }
}

/** Somebody without a key, before a resource of an account: let in by what its policy says of everybody. */
export function anonymousTo(accountId: string): AccountCaller {
    return { kind: "user", accountId, arn: "anonymous", userId: "anonymous" };
}

export function administratorOf(accountId: string, partition: string): AccountCaller {
    return {
        kind: "user",
        accountId,
        arn: `arn:${partition}:iam::${accountId}:user/${ADMINISTRATOR}`,
        userId: `AIDA${accountId}ADMIN`,
    };
}
