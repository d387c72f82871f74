import type { Context } from "../world/context";
import { AwsError } from "../world/error";
import type { Options } from "./schema";
import { replaceSecrets, secretReferences, type SecretReference } from "./secret-reference";

/** Regions of secrets are not the pipeline's unless the body says so. */
const DEFAULT_REGION = "us-east-1";

/**
 * Options with the values of the secrets that they refer to, read as the pipeline's role.
 *
 * @param roleFor the role of a secret that names one of its own, else the pipeline's
 */
export async function resolveSecrets<T>(
    given: T,
    secrets: Record<string, Options>,
    roleFor: (roleArn: string | undefined) => Context,
): Promise<T> {
    const texts = new Map<string, string>();
    for (const id of new Set(secretReferences(given, "").map(({ reference }) => reference.id))) {
        const { secret_id: SecretId, region = DEFAULT_REGION, sts_role_arn } = secrets[id];
        const role = roleFor(sts_role_arn);
        const { SecretString } = await role
            .as(role.caller, region)
            .call("secretsmanager", "GetSecretValue", { SecretId });
        texts.set(id, SecretString);
    }
    return replaceSecrets(given, (reference) => valueIn(texts.get(reference.id)!, reference)) as T;
}

function valueIn(text: string, { id, key }: SecretReference): unknown {
    if (key === undefined) {
        return text;
    }
    const value = members(text)[key];
    if (value === undefined) {
        throw new AwsError("ValidationException", `The secret ${id} has no key ${key}.`);
    }
    return value;
}

function members(text: string): Options {
    try {
        return JSON.parse(text) ?? {};
    } catch {
        return {};
    }
}
