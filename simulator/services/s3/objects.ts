import { randomBytes } from "node:crypto";
import type {
    CopyObjectOutput,
    CopyObjectRequest,
    DeleteObjectOutput,
    DeleteObjectRequest,
    DeleteObjectsOutput,
    DeleteObjectsRequest,
    DeleteObjectTaggingOutput,
    DeleteObjectTaggingRequest,
    GetObjectOutput,
    GetObjectRequest,
    GetObjectTaggingOutput,
    GetObjectTaggingRequest,
    HeadObjectOutput,
    HeadObjectRequest,
    PutObjectOutput,
    PutObjectRequest,
    PutObjectTaggingOutput,
    PutObjectTaggingRequest,
    Tag,
} from "@aws-sdk/client-s3";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { Bucket, findBucket, md5, onBucket, onObject, type ObjectAttributes, type ObjectVersion } from "./bucket";
import { authorizeDecryption, encryptionFor } from "./encryption";

const MAX_KEY_BYTES = 1024;
const MAX_METADATA_BYTES = 2048;
const MAX_TAGS = 10;
const MAX_DELETES_PER_REQUEST = 1000;

/** The version that objects have in a bucket without versioning. */
const NULL_VERSION = "null";

const ATTRIBUTES = [
    "ContentType",
    "ContentEncoding",
    "ContentDisposition",
    "ContentLanguage",
    "CacheControl",
    "StorageClass",
    "Metadata",
] as const;

interface Target {
    Bucket?: string;
    Key?: string;
    VersionId?: string;
    ExpectedBucketOwner?: string;
}

type WithContent = ObjectVersion & Required<Pick<ObjectVersion, "content">>;

export const objects = {
    PutObject: operation<Omit<PutObjectRequest, "Body"> & { Body?: Uint8Array | string }, PutObjectOutput>({
        access: (input, ctx) => [
            onObject("PutObject", ctx, input),
            ...(input.Tagging ? [onObject("PutObjectTagging", ctx, input)] : []),
        ],
        async handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            const body = new Uint8Array(Buffer.from(input.Body ?? ""));
            if (input.ContentMD5 && input.ContentMD5 !== Buffer.from(md5(body), "hex").toString("base64")) {
                throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.");
            }
            const attributes = await writtenAttributes(ctx, bucket, input);
            checkPreconditions(bucket, input);
            return answer(store(ctx, bucket, input.Key!, body, md5(body), attributes, parseTagging(input.Tagging)));
        },
    }),

    CopyObject: operation<CopyObjectRequest, CopyObjectOutput>({
        access: (input, ctx) => {
            const source = parseCopySource(input.CopySource!);
            return [
                onObject(source.VersionId ? "GetObjectVersion" : "GetObject", ctx, source),
                onObject("PutObject", ctx, input),
            ];
        },
        async handle(input, ctx) {
            const source = parseCopySource(input.CopySource!);
            const { content, versionId, tags } = await readable(ctx, source, "GetObject");
            const replaces = input.MetadataDirective === "REPLACE";
            const changes = replaces || input.StorageClass || input.ServerSideEncryption || source.VersionId;
            if (source.Bucket === input.Bucket && source.Key === input.Key && !changes) {
                throw new AwsError(
                    "InvalidRequest",
                    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
                );
            }
            const bucket = findBucket(ctx, input);
            const { Key, ACL } = input;
            const copied = { ...content.attributes, ...encryptionOf(input), Key, ACL };
            const attributes = await writtenAttributes(ctx, bucket, replaces ? input : copied);
            const newTags = input.TaggingDirective === "REPLACE" ? parseTagging(input.Tagging) : tags;
            const copy = store(ctx, bucket, input.Key!, content.body, content.etag, attributes, newTags);
            const { ETag, ...rest } = answer(copy);
            return {
                ...rest,
                CopyObjectResult: { ETag, LastModified: copy.lastModified },
                ...(versionId !== NULL_VERSION && { CopySourceVersionId: versionId }),
            };
        },
    }),

    GetObject: operation<GetObjectRequest, Omit<GetObjectOutput, "Body"> & { Body: Uint8Array }>({
        access: (input, ctx) => [onObject(versioned("GetObject", input), ctx, input)],
        async handle(input, ctx) {
            const version = await readable(ctx, input, "GetObject");
            const { body } = version.content;
            const range = optionalRange(input.Range, body.length);
            return {
                ...headers(version, input),
                Body: range ? body.subarray(range.start, range.end + 1) : body,
                ...(range && {
                    ContentLength: range.end - range.start + 1,
                    ContentRange: `bytes ${range.start}-${range.end}/${body.length}`,
                }),
            };
        },
    }),

    HeadObject: operation<HeadObjectRequest, HeadObjectOutput>({
        access: (input, ctx) => [onObject(versioned("GetObject", input), ctx, input)],
        handle: async (input, ctx) => headers(await readable(ctx, input, "HeadObject"), input),
    }),

    DeleteObject: operation<DeleteObjectRequest, DeleteObjectOutput>({
        access: (input, ctx) => [onObject(versioned("DeleteObject", input), ctx, input)],
        handle: (input, ctx) => remove(ctx, findBucket(ctx, input), input.Key!, input.VersionId),
    }),

    DeleteObjects: operation<DeleteObjectsRequest, DeleteObjectsOutput>({
        // Each key is decided by itself, and one that is refused does not stop the others.
        access: () => [],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            const { Objects = [], Quiet } = input.Delete!;
            if (Objects.length < 1 || Objects.length > MAX_DELETES_PER_REQUEST) {
                throw new AwsError(
                    "MalformedXML",
                    "The XML you provided was not well-formed or did not validate against our published schema",
                );
            }
            const isAllowed = (object: Target) =>
                ctx.may(onObject(versioned("DeleteObject", object), ctx, { Bucket: bucket.name, Key: object.Key }))
                    .allowed;
            const { true: allowed = [], false: refused = [] } = Object.groupBy(
                Objects,
                (object) => String(isAllowed(object)) as "true" | "false",
            );
            const deleted = allowed.map(({ Key, VersionId }) => {
                const removed = remove(ctx, bucket, Key!, VersionId);
                return {
                    Key,
                    VersionId,
                    DeleteMarker: removed.DeleteMarker,
                    ...(removed.DeleteMarker && { DeleteMarkerVersionId: removed.VersionId }),
                };
            });
            return {
                ...(!Quiet && { Deleted: deleted }),
                Errors: refused.map(({ Key, VersionId }) => ({
                    Key,
                    VersionId,
                    Code: "AccessDenied",
                    Message: "Access Denied",
                })),
            };
        },
    }),

    GetObjectTagging: operation<GetObjectTaggingRequest, GetObjectTaggingOutput>({
        access: (input, ctx) => [onObject(versioned("GetObject", input, "Tagging"), ctx, input)],
        handle(input, ctx) {
            const { tags, versionId } = findVersion(ctx, input);
            return { TagSet: tags, VersionId: shownVersion(versionId) };
        },
    }),

    PutObjectTagging: operation<PutObjectTaggingRequest, PutObjectTaggingOutput>({
        access: (input, ctx) => [onObject(versioned("PutObject", input, "Tagging"), ctx, input)],
        handle(input, ctx) {
            const version = findVersion(ctx, input);
            version.tags = checkTags(input.Tagging!.TagSet!);
            return { VersionId: shownVersion(version.versionId) };
        },
    }),

    DeleteObjectTagging: operation<DeleteObjectTaggingRequest, DeleteObjectTaggingOutput>({
        access: (input, ctx) => [onObject(versioned("DeleteObject", input, "Tagging"), ctx, input)],
        handle(input, ctx) {
            const version = findVersion(ctx, input);
            version.tags = [];
            return { VersionId: shownVersion(version.versionId) };
        },
    }),
};

/** What a writer said of an object, checked, with its encryption decided. */
export async function writtenAttributes(
    ctx: Context,
    bucket: Bucket,
    input: ObjectAttributes & { Key?: string; ACL?: string; SSECustomerAlgorithm?: string },
): Promise<ObjectAttributes> {
    if (Buffer.byteLength(input.Key ?? "") > MAX_KEY_BYTES) {
        throw new AwsError("KeyTooLongError", "Your key is too long");
    }
    const metadata = Object.entries(input.Metadata ?? {})
        .flat()
        .join("");
    if (Buffer.byteLength(metadata) > MAX_METADATA_BYTES) {
        throw new AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
    }
    if (!["private", "bucket-owner-full-control"].includes(input.ACL ?? "private")) {
        throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs");
    }
    if (input.SSECustomerAlgorithm) {
        throw new AwsError("NotImplemented", "Encryption with keys that a customer sends is not simulated", 501);
    }
    const kept = ATTRIBUTES.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]]));
    return { ...Object.fromEntries(kept), ...(await encryptionFor(ctx, bucket, encryptionOf(input))) };
}

export function store(
    ctx: Context,
    bucket: Bucket,
    key: string,
    body: Uint8Array,
    etag: string,
    attributes: ObjectAttributes,
    tags: Tag[],
): WithContent {
    const version = {
        key,
        versionId: newVersionId(bucket),
        lastModified: new Date(ctx.now),
        content: { body, etag, attributes },
        tags,
    };
    bucket.add(version);
    return version;
}

/** What the writer of an object is told. */
export function answer({ content: { etag, attributes }, versionId }: WithContent) {
    return {
        ETag: `"${etag}"`,
        VersionId: shownVersion(versionId),
        ...(encryptionOf(attributes) as Pick<
            PutObjectOutput,
            "ServerSideEncryption" | "SSEKMSKeyId" | "BucketKeyEnabled"
        >),
    };
}

/** `key=value&…`, as the header of a PutObject has it. */
export function parseTagging(tagging: string | undefined): Tag[] {
    return checkTags([...new URLSearchParams(tagging)].map(([Key, Value]) => ({ Key, Value })));
}

export function checkPreconditions(
    bucket: Bucket,
    { Key, IfMatch, IfNoneMatch }: { Key?: string; IfMatch?: string; IfNoneMatch?: string },
): void {
    const etag = bucket.newest(Key!)?.content?.etag;
    if (IfMatch !== undefined && etag === undefined) {
        throw noSuchKey(Key!);
    }
    if ((IfNoneMatch === "*" && etag !== undefined) || (IfMatch !== undefined && unquoted(IfMatch) !== etag)) {
        throw preconditionFailed();
    }
}

function checkTags(tags: Tag[]): Tag[] {
    if (tags.length > MAX_TAGS) {
        throw new AwsError("BadRequest", `Object tags cannot be greater than ${MAX_TAGS}`);
    }
    if (new Set(tags.map((tag) => tag.Key)).size < tags.length) {
        throw new AwsError("InvalidTag", "Cannot provide multiple Tags with the same key");
    }
    return tags;
}

function encryptionOf({ ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled }: ObjectAttributes) {
    return { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled };
}

function newVersionId(bucket: Bucket): string {
    return bucket.versioning === "Enabled" ? randomBytes(24).toString("base64url") : NULL_VERSION;
}

/** Buckets that never kept versions speak of none. */
function shownVersion(versionId: string): string | undefined {
    return versionId === NULL_VERSION ? undefined : versionId;
}

/** `GetObject`, or `GetObjectVersion` where a version is named: another action for IAM. */
function versioned(action: string, { VersionId }: { VersionId?: string }, suffix = ""): string {
    return `${action}${VersionId ? "Version" : ""}${suffix}`;
}

/** Deletes one version for good; without one, hides the object in a bucket with versions. */
function remove(ctx: Context, bucket: Bucket, key: string, versionId: string | undefined): DeleteObjectOutput {
    if (versionId !== undefined) {
        const removed = bucket.remove(key, versionId);
        return { VersionId: versionId, ...(removed && !removed.content && { DeleteMarker: true }) };
    }
    if (!bucket.versioning) {
        bucket.remove(key, NULL_VERSION);
        return {};
    }
    const marker = { key, versionId: newVersionId(bucket), lastModified: new Date(ctx.now), tags: [] };
    bucket.add(marker);
    return { DeleteMarker: true, VersionId: marker.versionId };
}

function findVersion(ctx: Context, input: Target): WithContent {
    const bucket = findBucket(ctx, input);
    const versions = bucket.objects.get(input.Key!) ?? [];
    const version = input.VersionId ? versions.find((each) => each.versionId === input.VersionId) : versions.at(-1);
    if (version?.content) {
        return version as WithContent;
    }
    if (version && input.VersionId) {
        throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405);
    }
    // Only who may list a bucket learns what is not in it.
    ctx.authorize(onBucket("ListBucket", ctx, input));
    throw input.VersionId
        ? new AwsError("NoSuchVersion", "The specified version does not exist.", 404)
        : noSuchKey(input.Key!);
}

async function readable(ctx: Context, input: Target, by: "GetObject" | "HeadObject"): Promise<WithContent> {
    try {
        const version = findVersion(ctx, input);
        await authorizeDecryption(ctx, version.content.attributes);
        return version;
    } catch (error) {
        // An answer to HEAD has no body that could say more.
        throw by === "HeadObject" && (error as AwsError).status === 404
            ? new AwsError("NotFound", "Not Found", 404)
            : error;
    }
}

interface ReadConditions {
    IfMatch?: string;
    IfNoneMatch?: string;
    IfModifiedSince?: Date;
    IfUnmodifiedSince?: Date;
}

function headers(
    { content: { body, etag, attributes }, lastModified, versionId, tags }: WithContent,
    conditions: ReadConditions,
) {
    // A header tells whole seconds.
    const modified = Math.floor(lastModified.getTime() / 1000) * 1000;
    const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
    if (
        IfMatch !== undefined ? unquoted(IfMatch) !== etag : IfUnmodifiedSince && modified > IfUnmodifiedSince.getTime()
    ) {
        throw preconditionFailed();
    }
    if (
        IfNoneMatch !== undefined
            ? unquoted(IfNoneMatch) === etag
            : IfModifiedSince && modified <= IfModifiedSince.getTime()
    ) {
        throw new AwsError("NotModified", "Not Modified", 304);
    }
    return {
        AcceptRanges: "bytes",
        LastModified: lastModified,
        ContentLength: body.length,
        ETag: `"${etag}"`,
        VersionId: shownVersion(versionId),
        ...(tags.length > 0 && { TagCount: tags.length }),
        ...(attributes as Pick<HeadObjectOutput, "ServerSideEncryption" | "StorageClass">),
        ContentType: attributes.ContentType ?? "binary/octet-stream",
        StorageClass:
            attributes.StorageClass === "STANDARD"
                ? undefined
                : (attributes.StorageClass as HeadObjectOutput["StorageClass"]),
    };
}

/** `bytes=0-9`, `bytes=10-` or `bytes=-5`; what is no range is ignored. */
function optionalRange(header: string | undefined, length: number): { start: number; end: number } | undefined {
    const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
    if (!first && !last) {
        return undefined;
    }
    const start = first ? Number(first) : Math.max(0, length - Number(last));
    const end = first && last ? Math.min(Number(last), length - 1) : length - 1;
    if (start > end) {
        throw new AwsError("InvalidRange", "The requested range is not satisfiable", 416);
    }
    return { start, end };
}

function parseCopySource(text: string): { Bucket: string; Key: string; VersionId?: string } {
    const [path, VersionId] = text.split("?versionId=");
    const [, Bucket, Key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path)) ?? [];
    if (!Bucket) {
        throw new AwsError(
            "InvalidArgument",
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
        );
    }
    return { Bucket, Key, VersionId };
}

function unquoted(etag: string): string {
    return etag.replace(/^"|"$/g, "");
}

function noSuchKey(key: string): AwsError {
    return new AwsError("NoSuchKey", "The specified key does not exist.", 404, { Key: key });
}

function preconditionFailed(): AwsError {
    return new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
}
