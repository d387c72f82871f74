import { createHash } from "node:crypto";
import type { CompletedPart, Tag } from "@aws-sdk/client-s3";
import { splitArn, type Context } from "../../world/context";
import type { AccessCheck } from "../../world/access";
import { AwsError } from "../../world/error";
import type { ResourcePolicy } from "../../world/service";

/** What travels with an object and comes back as headers. */
export interface ObjectAttributes {
    ContentType?: string;
    ContentEncoding?: string;
    ContentDisposition?: string;
    ContentLanguage?: string;
    CacheControl?: string;
    StorageClass?: "STANDARD" | string;
    Metadata?: Record<string, string>;
    ServerSideEncryption?: string;
    SSEKMSKeyId?: string;
    BucketKeyEnabled?: boolean;
}

export interface ObjectVersion {
    key: string;
    /** `null` unless the bucket kept versions when it was written */
    versionId: string;
    lastModified: Date;
    /** @default it is a delete marker */
    content?: { body: Uint8Array; etag: string; attributes: ObjectAttributes };
    tags: Tag[];
}

/** A multipart upload under way. */
export interface Upload {
    key: string;
    initiated: Date;
    attributes: ObjectAttributes;
    tags: Tag[];
    parts: Map<number, CompletedPart & { body: Uint8Array; lastModified: Date }>;
}

export class Bucket {
    /** the versions of each key, the newest last */
    readonly objects = new Map<string, ObjectVersion[]>();
    readonly uploads = new Map<string, Upload>();
    /** by the noun of their operations: `BucketCors` */
    readonly settings = new Map<string, object>();
    policy?: string;

    constructor(
        readonly name: string,
        readonly accountId: string,
        readonly region: string,
        readonly createdAt: Date,
    ) {}

    get versioning(): "Enabled" | "Suspended" | undefined {
        return (this.settings.get("BucketVersioning") as { Status?: "Enabled" | "Suspended" } | undefined)?.Status;
    }

    /** The newest version of a key, a delete marker included. */
    newest(key: string): ObjectVersion | undefined {
        return this.objects.get(key)?.at(-1);
    }

    /** Adds a version; without versioning, and for the version `null`, it takes the place of the one before. */
    add(version: ObjectVersion): void {
        const kept = (this.objects.get(version.key) ?? []).filter((each) => each.versionId !== version.versionId);
        this.objects.set(version.key, [...kept, version]);
    }

    remove(key: string, versionId: string): ObjectVersion | undefined {
        const versions = this.objects.get(key) ?? [];
        const removed = versions.find((version) => version.versionId === versionId);
        const kept = versions.filter((version) => version !== removed);
        if (kept.length > 0) {
            this.objects.set(key, kept);
        } else {
            this.objects.delete(key);
        }
        return removed;
    }
}

/** Bucket names are unique in a partition, whoever owns them. */
export class Buckets {
    static readonly scope = "partition";
    readonly byName = new Map<string, Bucket>();
}

export function lookUpBucket(ctx: Context, name: string): Bucket | undefined {
    return ctx.state(Buckets).byName.get(name);
}

/** The bucket, if it is in the Region that is asked and its owner is the one expected. */
export function findBucket(ctx: Context, input: { Bucket?: string; ExpectedBucketOwner?: string }): Bucket {
    const bucket = lookUpBucket(ctx, input.Bucket!);
    if (!bucket) {
        throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: input.Bucket });
    }
    if ((input.ExpectedBucketOwner ?? bucket.accountId) !== bucket.accountId) {
        throw new AwsError("AccessDenied", "Access Denied", 403);
    }
    if (bucket.region !== ctx.region) {
        throw new AwsError(
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
            301,
            { Bucket: bucket.name, BucketRegion: bucket.region },
        );
    }
    return bucket;
}

export function bucketArn(ctx: Context, name: string): string {
    return `arn:${ctx.partition}:s3:::${name}`;
}

interface BucketInput {
    Bucket?: string;
    ExpectedBucketOwner?: string;
}

/** The right to an action on the bucket; a bucket that is not there is told first, as AWS does. */
export function onBucket(
    action: string,
    ctx: Context,
    input: BucketInput,
    context?: AccessCheck["context"],
): AccessCheck {
    findBucket(ctx, input);
    return { action: `s3:${action}`, resource: bucketArn(ctx, input.Bucket!), context };
}

export function onObject(action: string, ctx: Context, input: BucketInput & { Key?: string }): AccessCheck {
    findBucket(ctx, input);
    return { action: `s3:${action}`, resource: `${bucketArn(ctx, input.Bucket!)}/${input.Key}` };
}

export function resourcePolicy(ctx: Context, arn: string): ResourcePolicy | undefined {
    const bucket = lookUpBucket(ctx, splitArn(arn).resource.split("/")[0]);
    return bucket && { accountId: bucket.accountId, document: bucket.policy };
}

export function owner(accountId: string): { ID: string } {
    // An account's canonical user id is 64 hexadecimal digits that nobody can compute; these at least never change.
    return { ID: createHash("sha256").update(accountId).digest("hex") };
}

export function md5(content: Uint8Array): string {
    return createHash("md5").update(content).digest("hex");
}
