import type { ServerSideEncryptionConfiguration } from "@aws-sdk/client-s3";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { keyAccess } from "../kms/access";
import { findKey } from "../kms/state";
import type { Bucket, ObjectAttributes } from "./bucket";

type Encryption = Pick<ObjectAttributes, "ServerSideEncryption" | "SSEKMSKeyId" | "BucketKeyEnabled">;

/** How an object is encrypted: as asked, or as the bucket says; with a customer's key only for those it lets in. */
export async function encryptionFor(ctx: Context, bucket: Bucket, asked: Encryption): Promise<Encryption> {
    const { Rules } = bucket.settings.get("BucketEncryption") as ServerSideEncryptionConfiguration;
    const byDefault = Rules![0].ApplyServerSideEncryptionByDefault!;
    const ServerSideEncryption = asked.ServerSideEncryption ?? byDefault.SSEAlgorithm!;
    if (!ServerSideEncryption.startsWith("aws:kms")) {
        return { ServerSideEncryption };
    }
    const keyId = asked.SSEKMSKeyId ?? (asked.ServerSideEncryption ? undefined : byDefault.KMSMasterKeyID);
    const key = await describeKey(ctx, keyId ?? "alias/aws/s3");
    authorizeKey(ctx, "GenerateDataKey", key);
    return {
        ServerSideEncryption,
        SSEKMSKeyId: key.Arn,
        BucketKeyEnabled: asked.BucketKeyEnabled ?? Rules![0].BucketKeyEnabled ?? false,
    };
}

/** Refuses to read unless the caller may use the object's key. */
export async function authorizeDecryption(ctx: Context, { SSEKMSKeyId }: ObjectAttributes): Promise<void> {
    if (SSEKMSKeyId) {
        const key = await describeKey(ctx, SSEKMSKeyId);
        authorizeKey(ctx, "Decrypt", key);
    }
}

function authorizeKey(ctx: Context, operation: "GenerateDataKey" | "Decrypt", { Arn, KeyManager }: DescribedKey): void {
    // The policy of S3's own key lets in whoever S3 lets in.
    if (KeyManager === "CUSTOMER") {
        keyAccess(ctx, operation, findKey(ctx, Arn)).forEach((check) => ctx.authorize(check));
    }
}

interface DescribedKey {
    Arn: string;
    KeyManager: string;
}

/** S3 finds a key by itself; its caller needs no right to describe it. */
async function describeKey(ctx: Context, keyId: string): Promise<DescribedKey> {
    const { accountId, region } = keyId.startsWith("arn:") ? splitArn(keyId) : ctx;
    const { KeyMetadata } = await ctx.world
        .administrator(accountId, region)
        .call("kms", "DescribeKey", { KeyId: keyId });
    if (KeyMetadata.KeyState !== "Enabled") {
        throw new AwsError("KMS.DisabledException", `${KeyMetadata.Arn} is disabled.`);
    }
    return KeyMetadata;
}
