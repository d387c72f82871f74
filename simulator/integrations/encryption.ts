import type { Context } from "../world/context";
import { AwsError } from "../world/error";
import { asService, type Whereabouts } from "./callers";

/** Pairs of a user's; the service adds two, and a context has eight. */
const MAX_CONTEXT_PAIRS = 6;
const GRANTED = ["Decrypt", "GenerateDataKey", "CreateGrant"];

export interface IntegrationKey {
    kmsKeyId?: string;
    additionalEncryptionContext?: Record<string, string>;
}

/**
 * Throws KMSKeyNotAccessibleFault unless the caller, and the service that is to work with the key, may make grants on it.
 *
 * @param service the one that reads and writes the integration's data: `redshift.amazonaws.com`; undefined where AWS does
 *     not say that the key's policy must let it in
 * @param via the API through which the caller asks: `rds`
 */
export async function requireIntegrationKey(
    ctx: Context,
    { kmsKeyId, additionalEncryptionContext = {}, ...integration }: IntegrationKey & Whereabouts,
    service: string | undefined,
    via: string,
): Promise<void> {
    const pairs = Object.entries(additionalEncryptionContext);
    if (kmsKeyId === undefined) {
        if (pairs.length > 0) {
            throw new AwsError("InvalidParameterCombination", "AdditionalEncryptionContext needs a KMS key.");
        }
        return;
    }
    if (pairs.length > MAX_CONTEXT_PAIRS) {
        throw new AwsError("InvalidParameterValue", `An encryption context has at most ${MAX_CONTEXT_PAIRS} pairs.`);
    }
    const inaccessible = (why: string) =>
        new AwsError("KMSKeyNotAccessibleFault", `The KMS key ${kmsKeyId} is not accessible: ${why}`);
    try {
        const { KeyMetadata } = await ctx.call("kms", "DescribeKey", { KeyId: kmsKeyId });
        const { Arn, KeyState, KeySpec = "SYMMETRIC_DEFAULT" } = KeyMetadata;
        if (KeyState !== "Enabled" || KeySpec !== "SYMMETRIC_DEFAULT") {
            throw inaccessible(`it is ${KeyState}, ${KeySpec}`);
        }
        const context = {
            ...Object.fromEntries(pairs.map(([key, value]) => [`kms:EncryptionContext:${key}`, value])),
            "kms:GrantOperations": GRANTED,
            "kms:ViaService": `${via}.${ctx.region}.amazonaws.com`,
        };
        const grant = { action: "kms:CreateGrant", resource: Arn };
        ctx.authorize({ ...grant, context: { ...context, "kms:CallerAccount": ctx.accountId } });
        if (service !== undefined) {
            asService(ctx.world, service, integration).authorize({ ...grant, context });
        }
    } catch (error) {
        const isRefusal = error instanceof AwsError && error.code !== "KMSKeyNotAccessibleFault";
        throw isRefusal ? inaccessible(error.message) : error;
    }
}
