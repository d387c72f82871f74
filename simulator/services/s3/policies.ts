import type {
    DeleteBucketPolicyRequest,
    GetBucketPolicyOutput,
    GetBucketPolicyRequest,
    PublicAccessBlockConfiguration,
    PutBucketPolicyRequest,
} from "@aws-sdk/client-s3";
import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import { listOf, statementsOf, type PolicyDocument, type Statement } from "../../access/policy";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { bucketArn, findBucket, onBucket } from "./bucket";

const MAX_POLICY_BYTES = 20 * 1024;

export const policies = {
    PutBucketPolicy: operation<PutBucketPolicyRequest, void>({
        access: (input, ctx) => [onBucket("PutBucketPolicy", ctx, input)],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            const document = parse(input.Policy!);
            const arn = bucketArn(ctx, bucket.name);
            const isForeign = (resource: string) => resource !== arn && !resource.startsWith(`${arn}/`);
            if (statementsOf(document).some((statement) => listOf(statement.Resource).some(isForeign))) {
                throw malformed("Policy has invalid resource");
            }
            const block = bucket.settings.get("PublicAccessBlock") as PublicAccessBlockConfiguration | undefined;
            if (block?.BlockPublicPolicy && statementsOf(document).some(isPublic)) {
                const user = ctx.caller.kind === "service" ? ctx.caller.name : ctx.caller.arn;
                throw new AwsError(
                    "AccessDenied",
                    `User: ${user} is not authorized to perform: s3:PutBucketPolicy on resource: "${arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
                    403,
                );
            }
            bucket.policy = input.Policy;
        },
    }),

    GetBucketPolicy: operation<GetBucketPolicyRequest, GetBucketPolicyOutput>({
        access: (input, ctx) => [onBucket("GetBucketPolicy", ctx, input)],
        handle(input, ctx) {
            const { name, policy } = findBucket(ctx, input);
            if (policy === undefined) {
                throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404, { BucketName: name });
            }
            return { Policy: policy };
        },
    }),

    DeleteBucketPolicy: operation<DeleteBucketPolicyRequest, void>({
        access: (input, ctx) => [onBucket("DeleteBucketPolicy", ctx, input)],
        handle(input, ctx) {
            findBucket(ctx, input).policy = undefined;
        },
    }),
};

function parse(text: string): PolicyDocument {
    if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
        throw malformed("Policy exceeds the maximum allowed document size.");
    }
    try {
        return parsePolicy(text, "resource");
    } catch (error) {
        throw error instanceof MalformedPolicyError ? malformed(error.message) : error;
    }
}

/** Everybody is let in, and no condition narrows it. */
function isPublic({ Effect, Principal, Condition }: Statement): boolean {
    const names = Principal === "*" ? ["*"] : listOf(Principal?.AWS);
    return Effect === "Allow" && names.includes("*") && Object.keys(Condition ?? {}).length === 0;
}

function malformed(message: string): AwsError {
    return new AwsError("MalformedPolicy", message);
}
