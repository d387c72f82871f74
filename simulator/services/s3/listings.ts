import type {
    DeleteMarkerEntry,
    ListObjectsOutput,
    ListObjectsRequest,
    ListObjectsV2Output,
    ListObjectsV2Request,
    ListObjectVersionsOutput,
    ListObjectVersionsRequest,
    ObjectVersion as VersionEntry,
} from "@aws-sdk/client-s3";
import type { AccessCheck } from "../../world/access";
import type { Context } from "../../world/context";
import { operation } from "../../world/service";
import { findBucket, onBucket, owner, type Bucket, type ObjectVersion } from "./bucket";

const MAX_KEYS_PER_PAGE = 1000;

interface ListingInput {
    Bucket?: string;
    Prefix?: string;
    Delimiter?: string;
    MaxKeys?: number;
    EncodingType?: "url";
    ExpectedBucketOwner?: string;
}

export const listings = {
    ListObjectsV2: operation<ListObjectsV2Request, ListObjectsV2Output>({
        access: (input, ctx) => [mayList("ListBucket", ctx, input)],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            const token = input.ContinuationToken;
            const after = token === undefined ? input.StartAfter : Buffer.from(token, "base64").toString();
            const { entries, prefixes, last, shared } = list(currentObjects(bucket), after, input);
            return {
                ...shared,
                StartAfter: input.StartAfter,
                ContinuationToken: token,
                KeyCount: entries.length + prefixes.length,
                Contents: entries.map((entry) => ({
                    ...summary(entry, input),
                    ...(input.FetchOwner && { Owner: owner(bucket.accountId) }),
                })),
                CommonPrefixes: prefixes,
                ...(last !== undefined && { NextContinuationToken: Buffer.from(last).toString("base64") }),
            };
        },
    }),

    ListObjects: operation<ListObjectsRequest, ListObjectsOutput>({
        access: (input, ctx) => [mayList("ListBucket", ctx, input)],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            const { entries, prefixes, last, shared } = list(currentObjects(bucket), input.Marker, input);
            return {
                ...shared,
                Marker: input.Marker ?? "",
                Contents: entries.map((entry) => ({ ...summary(entry, input), Owner: owner(bucket.accountId) })),
                CommonPrefixes: prefixes,
                // Without a delimiter the last key itself is the marker.
                ...(last !== undefined && input.Delimiter && { NextMarker: encoded(last, input) }),
            };
        },
    }),

    ListObjectVersions: operation<ListObjectVersionsRequest, ListObjectVersionsOutput>({
        access: (input, ctx) => [mayList("ListBucketVersions", ctx, input)],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            const { KeyMarker, VersionIdMarker } = input;
            const all = sortedKeys(bucket).flatMap((key) => bucket.objects.get(key)!.toReversed());
            const marked = all.findIndex((each) => each.key === KeyMarker && each.versionId === VersionIdMarker);
            const { entries, prefixes, last, shared } =
                marked < 0 ? list(all, KeyMarker, input) : list(all.slice(marked + 1), undefined, input);
            const describe = (version: ObjectVersion): VersionEntry & DeleteMarkerEntry =>
                ({
                    ...(version.content
                        ? summary(version, input)
                        : { Key: encoded(version.key, input), LastModified: version.lastModified }),
                    VersionId: version.versionId,
                    IsLatest: bucket.newest(version.key) === version,
                    Owner: owner(bucket.accountId),
                }) as VersionEntry & DeleteMarkerEntry;
            return {
                ...shared,
                KeyMarker: KeyMarker ?? "",
                VersionIdMarker: VersionIdMarker ?? "",
                Versions: entries.filter((version) => version.content).map(describe),
                DeleteMarkers: entries.filter((version) => !version.content).map(describe),
                CommonPrefixes: prefixes,
                ...(last !== undefined && {
                    NextKeyMarker: encoded(last, input),
                    ...(entries.at(-1)?.key === last && { NextVersionIdMarker: entries.at(-1)!.versionId }),
                }),
            };
        },
    }),
};

/** One page of what follows `after`: a delimiter folds keys into their common prefix, which counts as one. */
function list(all: ObjectVersion[], after: string | undefined, input: ListingInput) {
    const { Bucket, Prefix = "", Delimiter, MaxKeys = MAX_KEYS_PER_PAGE, EncodingType } = input;
    const limit = Math.min(MaxKeys, MAX_KEYS_PER_PAGE);
    const entries: ObjectVersion[] = [];
    const prefixes = new Set<string>();
    let last: string | undefined;
    let isTruncated = false;
    for (const version of all) {
        const { key } = version;
        const cut = Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1;
        const prefix = cut < 0 ? undefined : key.slice(0, cut + Delimiter!.length);
        const name = prefix ?? key;
        if (!key.startsWith(Prefix) || (after !== undefined && byteOrder(name, after) <= 0) || prefixes.has(name)) {
            continue;
        }
        if (entries.length + prefixes.size >= limit) {
            isTruncated = limit > 0;
            break;
        }
        if (prefix === undefined) {
            entries.push(version);
        } else {
            prefixes.add(prefix);
        }
        last = name;
    }
    return {
        entries,
        prefixes: [...prefixes].map((prefix) => ({ Prefix: encoded(prefix, input) })),
        last: isTruncated ? last : undefined,
        shared: {
            Name: Bucket,
            Prefix: encoded(Prefix, input),
            Delimiter: Delimiter && encoded(Delimiter, input),
            MaxKeys: limit,
            IsTruncated: isTruncated,
            EncodingType,
        },
    };
}

function currentObjects(bucket: Bucket): ObjectVersion[] {
    return sortedKeys(bucket)
        .map((key) => bucket.newest(key)!)
        .filter((version) => version.content);
}

function sortedKeys(bucket: Bucket): string[] {
    return [...bucket.objects.keys()].sort(byteOrder);
}

/** S3 orders keys by their UTF-8 bytes. */
function byteOrder(a: string, b: string): number {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function summary({ key, lastModified, content }: ObjectVersion, input: ListingInput) {
    return {
        Key: encoded(key, input),
        LastModified: lastModified,
        ETag: `"${content!.etag}"`,
        Size: content!.body.length,
        StorageClass: (content!.attributes.StorageClass ?? "STANDARD") as "STANDARD",
    };
}

function encoded(text: string, { EncodingType }: ListingInput): string {
    return EncodingType === "url" ? encodeURIComponent(text).replaceAll("%2F", "/") : text;
}

/** Policies may narrow a listing to a prefix. */
function mayList(action: string, ctx: Context, input: ListingInput): AccessCheck {
    return onBucket(action, ctx, input, {
        ...(input.Prefix !== undefined && { "s3:prefix": input.Prefix }),
        ...(input.Delimiter !== undefined && { "s3:delimiter": input.Delimiter }),
        ...(input.MaxKeys !== undefined && { "s3:max-keys": String(input.MaxKeys) }),
    });
}
