import { createHash } from "node:crypto";

import type {
    DeleteResourcePolicyRequest,
    GetResourcePoliciesRequest,
    GetResourcePoliciesResponse,
    GetResourcePolicyRequest,
    GetResourcePolicyResponse,
    PutResourcePolicyRequest,
    PutResourcePolicyResponse,
} from "@aws-sdk/client-glue";

import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation, type ResourcePolicy } from "../../world/service";
import { catalogArn, GlueState, stateOf, type CatalogPolicy } from "./state";
import { checkEnum, checkLength, entityNotFound, invalidInput } from "./validation";
import { splitArn } from "../../world/context";

/** https://docs.aws.amazon.com/glue/latest/dg/glue-resource-policies.html; white space counts. */
const MAX_POLICY_BYTES = 10 * 1024;

const onCatalog = (action: string) => (_: object, ctx: Context) => [
    { action: `glue:${action}`, resource: catalogArn(ctx) },
];

export const resourcePolicies = {
    PutResourcePolicy: operation<PutResourcePolicyRequest, PutResourcePolicyResponse>({
        access: onCatalog("PutResourcePolicy"),
        handle(input, ctx) {
            checkLength("policyInJson", input.PolicyInJson, Infinity, 2);
            checkEnum("policyExistsCondition", input.PolicyExistsCondition, ["MUST_EXIST", "NOT_EXIST", "NONE"]);
            checkEnum("enableHybrid", input.EnableHybrid, ["TRUE", "FALSE"]);
            refuseResourceArn(input.ResourceArn);
            checkDocument(input.PolicyInJson!);
            const state = ctx.state(GlueState);
            checkHash(state.policy, input.PolicyHashCondition);
            if (input.PolicyExistsCondition === "MUST_EXIST" && !state.policy) {
                throw conditionFailed("Policy does not exist");
            }
            if (input.PolicyExistsCondition === "NOT_EXIST" && state.policy) {
                throw conditionFailed("Policy already exists");
            }
            const now = new Date(ctx.now);
            const text = input.PolicyInJson!;
            const hash = createHash("md5").update(text).digest("base64");
            state.policy = { text, hash, created: state.policy?.created ?? now, updated: now };
            return { PolicyHash: hash };
        },
    }),

    GetResourcePolicy: operation<GetResourcePolicyRequest, GetResourcePolicyResponse>({
        access: onCatalog("GetResourcePolicy"),
        handle(input, ctx) {
            refuseResourceArn(input.ResourceArn);
            const { policy } = ctx.state(GlueState);
            if (!policy) {
                throw entityNotFound("Policy not found");
            }
            return describe(policy);
        },
    }),

    GetResourcePolicies: operation<GetResourcePoliciesRequest, GetResourcePoliciesResponse>({
        access: onCatalog("GetResourcePolicies"),
        handle(_, ctx) {
            const { policy } = ctx.state(GlueState);
            return { GetResourcePoliciesResponseList: policy ? [describe(policy)] : [] };
        },
    }),

    DeleteResourcePolicy: operation<DeleteResourcePolicyRequest, object>({
        access: onCatalog("DeleteResourcePolicy"),
        handle(input, ctx) {
            refuseResourceArn(input.ResourceArn);
            const state = ctx.state(GlueState);
            if (!state.policy) {
                throw entityNotFound("Policy not found");
            }
            checkHash(state.policy, input.PolicyHashCondition);
            state.policy = undefined;
            return {};
        },
    }),
};

/** The catalog's policy speaks for everything in the account's catalog, in this Region. */
export function catalogPolicy(ctx: Context, resourceArn: string): ResourcePolicy | undefined {
    const { accountId } = splitArn(resourceArn);
    const policy = accountId ? stateOf(ctx, resourceArn).policy : undefined;
    return policy && { accountId, document: policy.text };
}

function describe(policy: CatalogPolicy) {
    return {
        PolicyInJson: policy.text,
        PolicyHash: policy.hash,
        CreateTime: policy.created,
        UpdateTime: policy.updated,
    };
}

function checkDocument(text: string): void {
    if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
        throw invalidInput(`Resource policy size exceeds the limit of ${MAX_POLICY_BYTES} bytes.`);
    }
    try {
        parsePolicy(text, "resource");
    } catch (error) {
        throw error instanceof MalformedPolicyError ? invalidInput(error.message) : error;
    }
}

function checkHash(policy: CatalogPolicy | undefined, expected: string | undefined): void {
    if (expected !== undefined && policy?.hash !== expected) {
        throw conditionFailed("The policy hash does not match the expected hash");
    }
}

const conditionFailed = (message: string) => new AwsError("ConditionCheckFailureException", message);

function refuseResourceArn(arn: string | undefined): void {
    if (arn !== undefined) {
        throw invalidInput("ResourceArn is for internal use only; the policy is the catalog's.");
    }
}
