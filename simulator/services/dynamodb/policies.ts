import { randomInt } from "node:crypto";
import type {
    DeleteResourcePolicyInput,
    DeleteResourcePolicyOutput,
    GetResourcePolicyInput,
    GetResourcePolicyOutput,
    PutResourcePolicyInput,
    PutResourcePolicyOutput,
} from "@aws-sdk/client-dynamodb";
import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation, type ResourcePolicy } from "../../world/service";
import { findTable, lookUpTable, onTable, type Table } from "./table";
import { invalid } from "./values";

/** AWS counts every byte of the document, white space included. */
const MAX_POLICY_BYTES = 20 * 1024;
/** What ExpectedRevisionId says of a resource that must have no policy yet. */
const NO_POLICY = "NO_POLICY";

export const policies = {
    PutResourcePolicy: operation<PutResourcePolicyInput, PutResourcePolicyOutput>({
        access: onTable("PutResourcePolicy"),
        handle(input, ctx) {
            const table = policyTable(ctx, input.ResourceArn!);
            requireRevision(table, input.ExpectedRevisionId);
            return { RevisionId: attachPolicy(table, input.Policy!) };
        },
    }),

    GetResourcePolicy: operation<GetResourcePolicyInput, GetResourcePolicyOutput>({
        access: onTable("GetResourcePolicy"),
        handle(input, ctx) {
            const { policy } = policyTable(ctx, input.ResourceArn!);
            if (!policy) {
                throw policyNotFound(input.ResourceArn!);
            }
            return { Policy: policy.document, RevisionId: policy.revisionId };
        },
    }),

    DeleteResourcePolicy: operation<DeleteResourcePolicyInput, DeleteResourcePolicyOutput>({
        access: onTable("DeleteResourcePolicy"),
        handle(input, ctx) {
            const table = policyTable(ctx, input.ResourceArn!);
            requireRevision(table, input.ExpectedRevisionId);
            const RevisionId = table.policy?.revisionId ?? "";
            table.policy = undefined;
            return { RevisionId };
        },
    }),
};

/** Attaches a policy and gives its revision. */
export function attachPolicy(table: Table, document: string): string {
    if (Buffer.byteLength(document) > MAX_POLICY_BYTES) {
        throw invalid(
            `Resource-based policy document size has exceeded the maximum allowed size of ${MAX_POLICY_BYTES} bytes`,
        );
    }
    try {
        parsePolicy(document, "resource");
    } catch (error) {
        throw error instanceof MalformedPolicyError ? invalid(`Invalid policy document: ${error.message}`) : error;
    }
    // The same document again is no new revision.
    if (table.policy?.document !== document) {
        table.policy = { document, revisionId: String(randomInt(1e12, 1e13)) };
    }
    return table.policy.revisionId;
}

/** The policy of a table holds for its indexes and exports too, but not for its streams, which have their own. */
export function resourcePolicy(ctx: Context, resourceArn: string): ResourcePolicy | undefined {
    const table = lookUpTable(ctx, resourceArn);
    const isStream = splitArn(resourceArn).resource.includes("/stream/");
    return table && { accountId: table.accountId, document: isStream ? undefined : table.policy?.document };
}

function policyTable(ctx: Context, arn: string): Table {
    const { resource } = splitArn(arn);
    if (!/^table\/[^/]+$/.test(resource)) {
        throw invalid(`Invalid ResourceArn: ${arn}. Policies of streams are not simulated`);
    }
    return findTable(ctx, arn, `Requested resource not found: Table: ${resource.slice("table/".length)} not found`);
}

function requireRevision(table: Table, expected: string | undefined): void {
    if (expected !== undefined && expected !== (table.policy?.revisionId ?? NO_POLICY)) {
        throw policyNotFound(table.arn);
    }
}

function policyNotFound(arn: string): AwsError {
    return new AwsError(
        "PolicyNotFoundException",
        `Resource-based policy not found for the provided ResourceArn: ${arn}`,
    );
}
