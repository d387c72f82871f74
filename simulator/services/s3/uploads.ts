import { randomBytes } from "node:crypto";
import type {
    AbortMultipartUploadRequest,
    CompleteMultipartUploadOutput,
    CompleteMultipartUploadRequest,
    CreateMultipartUploadOutput,
    CreateMultipartUploadRequest,
    ListMultipartUploadsOutput,
    ListMultipartUploadsRequest,
    ListPartsOutput,
    ListPartsRequest,
    UploadPartOutput,
    UploadPartRequest,
} from "@aws-sdk/client-s3";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { findBucket, md5, onBucket, onObject, owner, type Upload } from "./bucket";
import { answer, checkPreconditions, parseTagging, store, writtenAttributes } from "./objects";

/** Of every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;
const MAX_PARTS_PER_PAGE = 1000;

export const uploads = {
    CreateMultipartUpload: operation<CreateMultipartUploadRequest, CreateMultipartUploadOutput>({
        access: (input, ctx) => [onObject("PutObject", ctx, input)],
        async handle(input, ctx) {
            const { Bucket, Key } = input;
            const bucket = findBucket(ctx, input);
            const attributes = await writtenAttributes(ctx, bucket, input);
            const UploadId = randomBytes(48).toString("base64url");
            bucket.uploads.set(UploadId, {
                key: Key!,
                initiated: new Date(ctx.now),
                attributes,
                tags: parseTagging(input.Tagging),
                parts: new Map(),
            });
            return { Bucket, Key, UploadId };
        },
    }),

    UploadPart: operation<Omit<UploadPartRequest, "Body"> & { Body?: Uint8Array | string }, UploadPartOutput>({
        access: (input, ctx) => [onObject("PutObject", ctx, input)],
        handle(input, ctx) {
            const { parts } = findUpload(ctx, input);
            const number = input.PartNumber!;
            if (number < 1 || number > MAX_PARTS) {
                throw new AwsError(
                    "InvalidArgument",
                    `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
                );
            }
            const body = new Uint8Array(Buffer.from(input.Body ?? ""));
            const ETag = `"${md5(body)}"`;
            parts.set(number, { PartNumber: number, ETag, body, lastModified: new Date(ctx.now) });
            return { ETag };
        },
    }),

    CompleteMultipartUpload: operation<CompleteMultipartUploadRequest, CompleteMultipartUploadOutput>({
        access: (input, ctx) => [onObject("PutObject", ctx, input)],
        handle(input, ctx) {
            const upload = findUpload(ctx, input);
            const bucket = findBucket(ctx, input);
            const bodies = completedBodies(upload, input);
            checkPreconditions(bucket, input);
            const hashes = bodies.map((body) => Buffer.from(md5(body), "hex"));
            const etag = `${md5(Buffer.concat(hashes))}-${bodies.length}`;
            const body = new Uint8Array(Buffer.concat(bodies));
            const version = store(ctx, bucket, upload.key, body, etag, upload.attributes, upload.tags);
            bucket.uploads.delete(input.UploadId!);
            return {
                ...answer(version),
                Bucket: bucket.name,
                Key: upload.key,
                Location: `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${upload.key}`,
            };
        },
    }),

    AbortMultipartUpload: operation<AbortMultipartUploadRequest, void>({
        access: (input, ctx) => [onObject("AbortMultipartUpload", ctx, input)],
        handle(input, ctx) {
            findUpload(ctx, input);
            findBucket(ctx, input).uploads.delete(input.UploadId!);
        },
    }),

    ListParts: operation<ListPartsRequest, ListPartsOutput>({
        access: (input, ctx) => [onObject("ListMultipartUploadParts", ctx, input)],
        handle(input, ctx) {
            const { Bucket, Key, UploadId, MaxParts = MAX_PARTS_PER_PAGE } = input;
            const marker = Number(input.PartNumberMarker ?? 0);
            const after = [...findUpload(ctx, input).parts.values()]
                .filter((part) => part.PartNumber! > marker)
                .sort((a, b) => a.PartNumber! - b.PartNumber!);
            const page = after.slice(0, MaxParts);
            const IsTruncated = page.length < after.length;
            return {
                Bucket,
                Key,
                UploadId,
                MaxParts,
                IsTruncated,
                PartNumberMarker: String(marker),
                ...(IsTruncated && { NextPartNumberMarker: String(page.at(-1)?.PartNumber) }),
                Owner: owner(findBucket(ctx, input).accountId),
                Parts: page.map(({ PartNumber, ETag, body, lastModified }) => ({
                    PartNumber,
                    ETag,
                    Size: body.length,
                    LastModified: lastModified,
                })),
            };
        },
    }),

    ListMultipartUploads: operation<ListMultipartUploadsRequest, ListMultipartUploadsOutput>({
        access: (input, ctx) => [onBucket("ListBucketMultipartUploads", ctx, input)],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            const found = [...bucket.uploads].filter(([, { key }]) => key.startsWith(input.Prefix ?? ""));
            return {
                Bucket: bucket.name,
                Prefix: input.Prefix,
                IsTruncated: false,
                Uploads: found.map(([UploadId, { key, initiated }]) => ({
                    UploadId,
                    Key: key,
                    Initiated: initiated,
                    Owner: owner(bucket.accountId),
                })),
            };
        },
    }),
};

function findUpload(
    ctx: Context,
    input: { Bucket?: string; Key?: string; UploadId?: string; ExpectedBucketOwner?: string },
): Upload {
    const upload = findBucket(ctx, input).uploads.get(input.UploadId!);
    if (upload?.key !== input.Key || !upload) {
        throw new AwsError(
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
            404,
        );
    }
    return upload;
}

/** The parts that a completion names, in their order. */
function completedBodies(upload: Upload, { MultipartUpload }: CompleteMultipartUploadRequest): Uint8Array[] {
    const named = MultipartUpload?.Parts ?? [];
    if (named.length === 0) {
        throw new AwsError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        );
    }
    if (named.some((part, at) => at > 0 && part.PartNumber! <= named[at - 1].PartNumber!)) {
        throw new AwsError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
        );
    }
    return named.map(({ PartNumber, ETag }, at) => {
        const part = upload.parts.get(PartNumber!);
        if (!part || part.ETag!.replaceAll('"', "") !== ETag?.replaceAll('"', "")) {
            throw new AwsError(
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
            );
        }
        if (at < named.length - 1 && part.body.length < MIN_PART_BYTES) {
            throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
        }
        return part.body;
    });
}
