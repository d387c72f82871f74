import { createHash } from "node:crypto";

/**
 * Says which resource of which stack made a thing. No API here has an idempotency token: this tag is how the next
 * update finds what an interrupted one made, and how nobody takes what is another's.
 */
export const OWNER_TAG = "pulumi-aws-zero-etl:owner";

const MAX_TAG_VALUE = 256;
const HASH_LENGTH = 16;

/** The tag's value for an owner (`project/stack/type/name`), within what AWS takes as one. */
export function ownerTagValue(owner: string): string {
    const readable = owner.replace(/[^\p{L}\p{N} _.:/=+@-]/gu, "_");
    if (readable === owner && owner.length <= MAX_TAG_VALUE) {
        return owner;
    }
    const hash = createHash("sha256").update(owner).digest("hex").slice(0, HASH_LENGTH);
    return `${readable.slice(0, MAX_TAG_VALUE - HASH_LENGTH - 1)}/${hash}`;
}

export function withOwner(tags: Record<string, string> | undefined, owner: string): Record<string, string> {
    return { ...tags, [OWNER_TAG]: ownerTagValue(owner) };
}

export function isOwnedBy(tags: Record<string, string>, owner: string): boolean {
    return tags[OWNER_TAG] === ownerTagValue(owner);
}

/** Whose a thing is that is not its finder's, in words. */
export function madeBy(tags: Record<string, string>): string {
    return tags[OWNER_TAG] ? `made by ${tags[OWNER_TAG]}` : "which this stack did not make";
}

/** The tags that are the user's to decide: neither ours nor those that AWS sets. */
export function userTags(tags: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(tags).filter(([key]) => key !== OWNER_TAG && !key.startsWith("aws:")));
}

/** The calls that tag what has an ARN. */
export interface Tagging {
    tag(arn: string, tags: Record<string, string>): Promise<unknown>;
    untag(arn: string, keys: string[]): Promise<unknown>;
}

/**
 * Gives a thing the tags that its owner wants.
 *
 * @param former The tags that the user had given before: those that are left out now go, and those of others stay.
 */
export async function retag(
    api: Tagging,
    { arn, tags }: { arn: string; tags: Record<string, string> },
    wanted: Record<string, string>,
    former: object,
): Promise<void> {
    const missing = Object.entries(wanted).filter(([key, value]) => tags[key] !== value);
    const obsolete = Object.keys(former).filter((key) => key in tags && !(key in wanted));
    if (missing.length > 0) {
        await api.tag(arn, Object.fromEntries(missing));
    }
    if (obsolete.length > 0) {
        await api.untag(arn, obsolete);
    }
}

/** Tags in the form of RDS, Redshift and OpenSearch Ingestion. */
export function toTagList(tags: Record<string, string>): { Key: string; Value: string }[] {
    return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function fromTagList(tags: { Key?: string; Value?: string }[] = []): Record<string, string> {
    return Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value ?? ""]));
}
