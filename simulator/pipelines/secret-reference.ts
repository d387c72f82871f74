/** A value that stands in a secret: `${{aws_secrets:dbcreds:username}}`, or without a key for the whole text. */
const REFERENCE = /^\$\{\{\s*aws_secrets:([^:}]+?)(?::([^}]+?))?\s*\}\}$/;

export interface SecretReference {
    /** under which `extension.aws.secrets` describes it */
    id: string;
    /** member of the secret's JSON. @default the whole text */
    key?: string;
}

function secretReference(value: unknown): SecretReference | undefined {
    const [, id, key] = (typeof value === "string" && REFERENCE.exec(value)) || [];
    return id === undefined ? undefined : { id, key };
}

export const isSecretReference = (value: unknown): boolean => secretReference(value) !== undefined;

/** Every reference in a body, with its place. */
export function secretReferences(value: unknown, path: string): { path: string; reference: SecretReference }[] {
    if (Array.isArray(value)) {
        return value.flatMap((element, index) => secretReferences(element, `${path}[${index}]`));
    }
    if (typeof value === "object" && value !== null) {
        return Object.entries(value).flatMap(([key, member]) => secretReferences(member, `${path}.${key}`));
    }
    const reference = secretReference(value);
    return reference ? [{ path, reference }] : [];
}

/** The same value with each reference replaced by what `valueOf` says. */
export function replaceSecrets(value: unknown, valueOf: (reference: SecretReference) => unknown): unknown {
    if (Array.isArray(value)) {
        return value.map((element) => replaceSecrets(element, valueOf));
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceSecrets(member, valueOf)]));
    }
    const reference = secretReference(value);
    return reference ? valueOf(reference) : value;
}
