/** A value in Secrets Manager, which the service puts in where the text stands. Nothing else is a credential in a body: it is kept in the state. */
export type SecretReference = `\${{aws_secrets:${string}:${string}}}`;

const REFERENCE = /\$\{\{\s*aws_secrets:([^:}]+)(?::([^}]+))?\}\}/g;

/** The reference to one key of a secret that the pipeline declares under the id. */
export function secretReference(id: string, key: string): SecretReference {
    return `\${{aws_secrets:${id}:${key}}}`;
}

/** User and password of a database, in the form in which RDS and DocumentDB keep them in Secrets Manager. */
export function secretCredentials(id: string): { username: SecretReference; password: SecretReference } {
    return { username: secretReference(id, "username"), password: secretReference(id, "password") };
}

/** Whether the value is a reference and nothing else. */
export function isSecretReference(value: unknown): boolean {
    return typeof value === "string" && /^\$\{\{\s*aws_secrets:[^:}]+(?::[^}]+)?\}\}$/.test(value);
}

/** The ids of all secrets that a text refers to. */
export function secretIdsIn(text: string): string[] {
    return [...text.matchAll(REFERENCE)].map(([, id]) => id!.trim());
}
