import { splitArn } from "../../world/context";
import type { Service } from "../../world/service";
import { identityPolicies } from "./identities";
import { policies } from "./policies";
import { roles } from "./roles";
import { roleOf } from "./state";
import { users } from "./users";

export { principalExists, roleOf } from "./state";

export const iam: Service = {
    id: "iam",
    model: () => require("@aws-sdk/client-iam"),
    accessDenied: "AccessDenied",
    operations: { ...roles, ...users, ...policies },
    identityPolicies,
    // A role's policy is its trust policy, which says who may assume it and nothing else. Where there is no such role,
    // nobody may: AWS does not tell the one from the other.
    resourcePolicy: (ctx, arn, action) =>
        action.startsWith("sts:")
            ? { accountId: splitArn(arn).accountId, document: roleOf(ctx, arn)?.trust, required: true }
            : undefined,
};
