import type * as api from "@aws-sdk/client-kms";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { keyAccess, keyOperations } from "./access";
import { checkState, findKey, type Key } from "./state";

const ALGORITHM = "aes-256-gcm";
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
/** Bytes that KMS encrypts itself. */
const MAX_PLAINTEXT = 4096;

type EncryptionContext = Record<string, string> | undefined;

/** What is encrypted says by which key: length and text of its ARN, then what AES-GCM gives. */
function encrypt(key: Key, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv(ALGORITHM, key.secret, iv).setAAD(canonical(context));
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const arn = Buffer.from(key.arn);
    return Buffer.concat([Buffer.of(arn.length), arn, iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Key, blob: Uint8Array, context: EncryptionContext): Uint8Array {
    const sealed = Buffer.from(blob).subarray(1 + blob[0]);
    const decipher = createDecipheriv(ALGORITHM, key.secret, sealed.subarray(0, IV_LENGTH))
        .setAAD(canonical(context))
        .setAuthTag(sealed.subarray(IV_LENGTH, IV_LENGTH + TAG_LENGTH));
    try {
        return Buffer.concat([decipher.update(sealed.subarray(IV_LENGTH + TAG_LENGTH)), decipher.final()]);
    } catch {
        throw invalidCiphertext();
    }
}

function keyOf(ctx: Context, blob: Uint8Array): Key {
    const arn = Buffer.from(blob.subarray(1, 1 + blob[0])).toString();
    if (!arn.startsWith("arn:") || blob.length < 1 + blob[0] + IV_LENGTH + TAG_LENGTH) {
        throw invalidCiphertext();
    }
    return findKey(ctx, arn);
}

function invalidCiphertext(): AwsError {
    return new AwsError("InvalidCiphertextException", "");
}

function canonical(context: EncryptionContext = {}): Buffer {
    return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function dataKey(key: Key, input: api.GenerateDataKeyRequest) {
    checkState(key, { enabled: true });
    const plaintext = randomBytes(input.NumberOfBytes ?? (input.KeySpec === "AES_128" ? 16 : 32));
    return { KeyId: key.arn, Plaintext: plaintext, CiphertextBlob: encrypt(key, plaintext, input.EncryptionContext) };
}

export const encryption = {
    ...keyOperations({
        Encrypt(key, { Plaintext = new Uint8Array(), EncryptionContext }: api.EncryptRequest): api.EncryptResponse {
            checkState(key, { enabled: true });
            if (Plaintext.length > MAX_PLAINTEXT) {
                throw new AwsError(
                    "ValidationException",
                    "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
                );
            }
            return {
                KeyId: key.arn,
                CiphertextBlob: encrypt(key, Plaintext, EncryptionContext),
                EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
            };
        },
        GenerateDataKey: dataKey,
        GenerateDataKeyWithoutPlaintext(key, input) {
            const { KeyId, CiphertextBlob } = dataKey(key, input);
            return { KeyId, CiphertextBlob };
        },
    }),
    Decrypt: operation<api.DecryptRequest, api.DecryptResponse>({
        access: ({ CiphertextBlob, EncryptionContext }, ctx) =>
            keyAccess(ctx, "Decrypt", keyOf(ctx, CiphertextBlob!), EncryptionContext),
        handle({ CiphertextBlob, EncryptionContext, KeyId }, ctx) {
            const key = keyOf(ctx, CiphertextBlob!);
            checkState(key, { enabled: true });
            if (KeyId !== undefined && findKey(ctx, KeyId) !== key) {
                throw new AwsError(
                    "IncorrectKeyException",
                    "The key ID in the request does not identify a CMK that can perform this operation.",
                );
            }
            return {
                KeyId: key.arn,
                Plaintext: decrypt(key, CiphertextBlob!, EncryptionContext),
                EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
            };
        },
    }),
};
